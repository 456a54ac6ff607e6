// Where references into the heap are outside of it: who has them says so, and the collector goes through them.
#pragma once

#include <span>

#include "gc/ref.h"

namespace wasmrun::gc {

/// Is shown every reference outside of the heap, and may change it: the object has moved. Null and i31 are welcome.
class RootVisitor {
 public:
  void ref(Ref& ref) {
    if (ref.isObject()) visit(ref);
  }
  /// A frame slot, cell or element of any hierarchy but func. Whether it refers to a young object now, so that the next
  /// young collection has to see it even if nobody writes it until then.
  bool slot(u64& slot) {
    Ref ref = Ref::fromSlot(slot);
    if (!ref.isObject()) return false;
    visit(ref);
    slot = ref.slot();
    return isYoung(ref);
  }
  /// Whether any of them does.
  bool slots(std::span<u64> slots) {
    bool anyYoung = false;
    for (u64& each : slots) anyYoung |= slot(each);
    return anyYoung;
  }

 protected:
  ~RootVisitor() = default;
  virtual void visit(Ref& ref) = 0;
  /// Of an object that was visited. True is never wrong.
  virtual bool isYoung(Ref) const { return true; }
};

/// Which roots a collection needs.
enum class RootSet : u8 {
  All,
  MayBeYoung,  ///< a source may leave out what refers to no young object: what `slot` said so of, and nobody wrote
               ///< since
};

/// Somebody with roots. Registered with the heap (Heap::addRoots), taken out before it goes.
class RootSource {
 public:
  /// Shows each root, once or several times. Called inside a collection: must not allocate in the heap or run wasm.
  virtual void visitRoots(RootVisitor& visitor, RootSet set) = 0;

 protected:
  ~RootSource() = default;
};

}  // namespace wasmrun::gc
