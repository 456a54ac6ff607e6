// Collector: what the kinds of heap have in common for their users.
#pragma once

#include <expected>
#include <functional>

#include "gc/heap_core.h"

namespace wasmrun::gc {

enum class AllocFailure : u8 {
  TooLarge,  ///< no heap with these limits could hold it: the trap AllocationTooLarge
  HeapFull,  ///< there is no room, after a full collection: the trap HeapExhausted
  Corrupt,   ///< the verifier found corruption (Heap::corruption)
};

/// How often is done what looks for mistakes, and takes time in proportion to the heap: each time while that is not
/// much, and of a larger heap as often as has been saved up for. So the time of a program is proportional to its
/// allocations, whatever it keeps alive.
class Pace {
 public:
  static constexpr u64 kBytesAtOnce = u64{64} << 10;

  /// Asked once an allocation in stress mode, once a collection else. `bytes`: of objects to look through now; `more`
  /// is saved.
  bool isDue(u64 bytes, u64 more = kBytesAtOnce) {
    saved_ += more;
    if (saved_ < bytes) return false;
    saved_ = 0;
    return true;
  }

 private:
  u64 saved_ = 0;
};

class Collector {
 public:
  explicit Collector(HeapCore& core) : core_(core) {}
  virtual ~Collector() = default;
  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;

  /// Room for an object of `bytes`, a multiple of kGranule, that the area has no room for or that is not small. Zeros
  /// if `zeroed`. May collect.
  virtual std::expected<Ref, AllocFailure> allocate(u64 bytes, bool zeroed) = 0;
  /// Collects, and verifies before and after if the options say so (as Pace says, where that takes longer than the
  /// collection). False if the heap is corrupt: then nothing is followed any more.
  bool collect(CollectionKind kind, CollectionReason reason);

  /// Is shown an object and the offset where its space ends. False ends the walk: the object's size is not to be
  /// trusted.
  using ObjectVisitor = std::function<bool(Ref object, u64 end)>;
  /// Shows every object, dead ones that nobody has found dead yet included.
  virtual void forEachObject(const ObjectVisitor& visit) const = 0;
  /// Bytes of the objects that forEachObject shows, or a little more.
  virtual u64 objectBytes() const = 0;
  /// Bytes that count against the heap's limit.
  virtual u64 usedBytes() const = 0;
  /// Objects larger than this are TooLarge.
  virtual u64 maxObjectBytes() const = 0;
  /// Whether a collection of young objects may move or free the object.
  virtual bool isYoung(Ref) const { return false; }
  /// Whether a collection of young objects could miss the reference in the slot at `offset` of `holder`, because the
  /// slot's card is clean.
  virtual bool isForgotten(Ref holder, u32 offset, Ref target) const { return false; }

 protected:
  virtual void run(CollectionKind kind) = 0;
  /// The objects that lie one after the other in [begin, end). False if `visit` ended the walk.
  bool forEachFrom(u32 begin, u32 end, const ObjectVisitor& visit) const;
  bool isCorrupt() const { return core_.corruption.has_value(); }

  HeapCore& core_;

 private:
  bool isVerificationDue(CollectionKind kind);
  bool verify();

  Pace verifications_;
  u64 allocatedBefore_ = 0;  // when that was asked last
};

std::unique_ptr<Collector> makeNullCollector(HeapCore& core);
std::unique_ptr<Collector> makeCopyingCollector(HeapCore& core);
/// Limit error if there is no memory for its tables.
Result<std::unique_ptr<Collector>> makeGenerationalCollector(HeapCore& core);

}  // namespace wasmrun::gc
