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
  /// A frame slot, cell or element of any hierarchy but func.
  void slot(u64& slot) {
    Ref ref = Ref::fromSlot(slot);
    if (!ref.isObject()) return;
    visit(ref);
    slot = ref.slot();
  }
  void slots(std::span<u64> slots) {
    for (u64& each : slots) slot(each);
  }

 protected:
  ~RootVisitor() = default;
  virtual void visit(Ref& ref) = 0;
};

/// Which roots a collection needs.
enum class RootSet : u8 {
  All,
  MayBeYoung,  ///< a source may leave out what has not been written since the collection before, if it knows
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
