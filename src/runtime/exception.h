// Tag, Exception, and the store's exceptions.
//
// An exnref in a slot is a u32, 0 for null: a multiple of 8 that names an entry of the store's ExceptionTable. Until
// they are objects of the heap (docs/GC.md), exceptions that nobody can name any more are found by reference_reclaim.h.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "support/int.h"
#include "wasm/types.h"

namespace wasmrun::runtime {

/// A tag instance (spec: exec/runtime). Equal when they are the same object.
struct Tag {
  wasm::TypeId type;  ///< a function type without results
  u32 slots = 0;      ///< of its payload
};

struct Exception {
  Tag* tag = nullptr;
  std::unique_ptr<u64[]> payload;  ///< tag->slots of them; null if that is 0

  std::span<u64> slots() const { return {payload.get(), tag->slots}; }
};

/// Belongs to its store's thread.
class ExceptionTable {
 public:
  /// A new exception with a copy of tag.slots slots from `payload`. Never 0.
  u32 add(Tag& tag, const u64* payload);
  /// `ref` is not null, and of this store.
  const Exception& get(u32 ref) const { return entries_[ref >> kShift].exception; }

  /// Keeps `ref` alive whatever the wasm state says, until as many `unpin`s.
  void pin(u32 ref) { ++entries_[ref >> kShift].pins; }
  void unpin(u32 ref) { --entries_[ref >> kShift].pins; }

  /// Exceptions there are.
  u32 count() const { return live_; }
  /// Whether enough were made since the last reclaim that another is due.
  bool reclaimIsDue() const { return live_ >= threshold_; }

  // -- For reference_reclaim.cpp.
  /// Whether `ref` is an exception's, not marked yet; marks it.
  bool markIfNew(u32 ref);
  void markPinned(std::vector<u32>& marked);
  /// Frees what is not marked, clears the marks, and sets when the next reclaim is due.
  void sweep();

 private:
  static constexpr u32 kShift = 3;
  static constexpr u32 kFirstThreshold = 1024;
  struct Entry {
    Exception exception;  ///< tag null: free
    u32 pins = 0;
    u32 nextFree = 0;
    bool marked = false;
  };
  std::vector<Entry> entries_ = std::vector<Entry>(1);  // number 0 is null
  u32 firstFree_ = 0;
  u32 live_ = 0;
  u32 threshold_ = kFirstThreshold;
};

}  // namespace wasmrun::runtime
