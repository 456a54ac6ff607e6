// RangeList: address ranges with a value each, to be found in signal handlers.
#pragma once

#include <atomic>
#include <mutex>

#include "support/int.h"

namespace wasmrun::code {

/// Any thread adds and removes; any thread and signal handlers look up, without locks. Meant for globals: lives as long
/// as the process and keeps the memory that it once had.
class RangeList {
 public:
  class Entry;

  constexpr RangeList() = default;
  RangeList(const RangeList&) = delete;
  RangeList& operator=(const RangeList&) = delete;

  /// Adds [begin, end), not empty. `value` is not null.
  Entry* add(u64 begin, u64 end, void* value);
  void remove(Entry* entry);

  /// The value of a range that `address` lies in, or null. The range must not be removed meanwhile, which whoever runs
  /// in it or uses its memory can promise; then its entry is stable. What is found of others may be gone.
  void* find(u64 address) const;

  // All operations are sequentially consistent: faults and new memories are rare, and the argument is short. A reader
  // that sees the same `end`, not 0, before and after it read the rest has read one range, unless the entry was removed
  // and added again with the same end meanwhile: then its range was being removed, which the caller excludes.
  class Entry {
    friend class RangeList;
    std::atomic<u64> begin_{0};
    std::atomic<u64> end_{0};  // 0: free
    std::atomic<void*> value_{nullptr};
    Entry* nextFree_ = nullptr;  // under the lock
  };

 private:
  struct Block {
    static constexpr u32 kEntries = 64;
    Entry entries[kEntries];
    std::atomic<Block*> next{nullptr};
  };

  std::mutex mutex_;  // for add and remove
  std::atomic<Block*> first_{nullptr};
  Entry* free_ = nullptr;  // entries that are in no use
};

}  // namespace wasmrun::code
