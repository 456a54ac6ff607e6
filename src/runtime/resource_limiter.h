// ResourceLimiter: who says whether a store's memories, tables and instances may become more.
#pragma once

#include <optional>

#include "support/int.h"
#include "support/result.h"

namespace wasmrun::runtime {

/// Numbers that a limiter compares with.
struct ResourceLimits {
  static constexpr u64 kNone = ~u64{0};
  u64 memoryBytes = kNone;         ///< of one memory
  u64 totalMemoryBytes = kNone;    ///< of all memories of a store; a shared one counts where it was made and grown
  u64 tableElements = 10'000'000;  ///< of one table
  u64 instances = kNone;
  u64 memories = kNone;
  u64 tables = kNone;
};

/// The embedder's part: asked after the numbers allowed it, on the store's thread, inside the operation that grows. It
/// must not use the store.
class GrowthListener {
 public:
  virtual ~GrowthListener() = default;
  /// Bytes. `current` is 0 for a memory that is made; `max` is its type's maximum, if any. False refuses.
  virtual bool memoryGrowing(u64 current, u64 desired, std::optional<u64> max) = 0;
  /// Elements. As memoryGrowing.
  virtual bool tableGrowing(u64 current, u64 desired, std::optional<u64> max) = 0;
  /// Bytes of the heap of objects. As memoryGrowing.
  virtual bool heapGrowing(u64 current, u64 desired) = 0;
  /// The store has `count` instances and is to get one more.
  virtual bool instanceMade(u64 count) = 0;
};

/// Keeps count of what a store has. One thread at a time.
class ResourceLimiter {
 public:
  explicit ResourceLimiter(const ResourceLimits& limits = {}, GrowthListener* listener = nullptr)
      : limits_(limits), listener_(listener) {}

  const ResourceLimits& limits() const { return limits_; }
  void setListener(GrowthListener* listener) { listener_ = listener; }

  // Each says whether the step may be made, and counts it then; those that make something say why not (a Limit error).
  // A step that fails afterwards is taken back.
  Result<void> makeMemory(u64 bytes, std::optional<u64> max);
  bool growMemory(u64 current, u64 desired, std::optional<u64> max);
  void takeBackMemory(u64 bytes) { memoryBytes_ -= bytes; }
  void takeBackNewMemory(u64 bytes) { memoryBytes_ -= bytes, --memories_; }
  Result<void> makeTable(u64 elements, std::optional<u64> max);
  bool growTable(u64 current, u64 desired, std::optional<u64> max);
  Result<void> makeInstance();
  /// The limit of the heap is its own (gc::HeapOptions::maxBytes).
  bool growHeap(u64 current, u64 desired) { return listener_ == nullptr || listener_->heapGrowing(current, desired); }

  u64 totalMemoryBytes() const { return memoryBytes_; }
  u64 instanceCount() const { return instances_; }

 private:
  ResourceLimits limits_;
  GrowthListener* listener_;
  u64 memoryBytes_ = 0, instances_ = 0, memories_ = 0, tables_ = 0;
};

}  // namespace wasmrun::runtime
