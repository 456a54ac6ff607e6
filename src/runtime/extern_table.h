// ExternTable: host data that wasm refers to by externref.
//
// An externref in a slot is a gc::Ref that looks like an object's: a multiple of 8, which names an entry of the store's
// table. So an externref converted to anyref is never taken for an i31.
#pragma once

#include <vector>

#include "support/int.h"

namespace wasmrun::runtime {

/// What an externref of host data stands for.
struct HostData {
  void* data = nullptr;
  void (*finalizer)(void* data) = nullptr;  ///< called once when nobody can name it any more; may be null
};

/// Belongs to its store's thread.
class ExternTable {
 public:
  ExternTable() = default;
  ~ExternTable();
  ExternTable(const ExternTable&) = delete;
  ExternTable& operator=(const ExternTable&) = delete;

  /// A new reference; 0 if there are 2^29 already (the finalizer is not called then).
  u32 add(HostData data);
  /// `ref` is a reference made by `add` that somebody kept alive.
  const HostData& get(u32 ref) const { return entries_[ref >> kShift].host; }

  /// Keeps `ref` alive whatever the wasm state says, until as many `unpin`s.
  void pin(u32 ref) { ++entries_[ref >> kShift].pins; }
  void unpin(u32 ref) { --entries_[ref >> kShift].pins; }

  u32 count() const { return live_; }
  bool reclaimIsDue() const { return live_ >= threshold_; }

  // -- For reference_reclaim.cpp.
  void markIfLive(u32 ref);
  /// Finalizes what is neither marked nor pinned, clears the marks, and sets when the next reclaim is due.
  void sweep();

 private:
  static constexpr u32 kShift = 3;
  static constexpr u32 kFirstThreshold = 4096;
  struct Entry {
    HostData host;
    u32 pins = 0;
    u32 nextFree = 0;
    bool live = false;
    bool marked = false;
  };
  std::vector<Entry> entries_ = std::vector<Entry>(1);  // number 0 is null
  u32 firstFree_ = 0;
  u32 live_ = 0;
  u32 threshold_ = kFirstThreshold;
};

}  // namespace wasmrun::runtime
