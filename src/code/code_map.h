// CodeMap: from an address in machine code to its FunctionRecord.
//
// The code space is a row of units. Chunks of whole units are handed to areas (code_space.h), which fill them from the
// start; so a chunk's blocks are in ascending order as they are made, whatever the order in which compile threads
// finish and publish them:
//
//   units   | chunk A | A | - | chunk B | ...     one pointer a unit, stored before any code of the chunk runs
//   chunk   ends     | 48 | 112 | 640 |           end of each block; only the first `count` are read
//           records  | r0 |  -  | r2  |           null until the block is published
//
// A look-up is a load, a binary search and a load. Nothing is moved and no lock is taken, so it works in signal
// handlers and beside any number of threads that add. Units and chunks are taken away only when no thread runs or
// returns into their code; so whoever looks up an address of code that is alive always finds what was published.
#pragma once

#include <atomic>
#include <memory>

#include "code/function_record.h"
#include "platform/mapping.h"
#include "support/int.h"

namespace wasmrun::code {

/// A run of units that is filled from its start. `add` and the destructor: the owner's lock; `find` and `publish`: any
/// thread, `find` in signal handlers too.
class CodeChunk {
 public:
  /// `begin`: where its code runs; room for `size` bytes.
  CodeChunk(const u8* begin, u32 size);
  ~CodeChunk();
  CodeChunk(const CodeChunk&) = delete;
  CodeChunk& operator=(const CodeChunk&) = delete;

  struct Place {
    u32 offset;  ///< in the chunk, of the block's first byte
    u32 number;  ///< of the block
  };
  /// Whether `bytes` more fit, beginning at a multiple of `alignment`.
  bool hasRoom(u32 bytes, u32 alignment) const;
  /// Takes a block that there is room for.
  Place add(u32 bytes, u32 alignment);
  /// Makes the record of a block known; once a block.
  void publish(u32 number, std::unique_ptr<const FunctionRecord> record);

  const FunctionRecord* find(const u8* pc) const;

  const u8* begin() const { return begin_; }
  u32 size() const { return size_; }
  /// Bytes from the start to the end of the last block.
  u32 used() const { return used_; }
  /// Calls `visit(const FunctionRecord&)` for all that are published, in the order of code.
  template <class Visit>
  void forEach(Visit&& visit) const {
    const u32 count = count_.load(std::memory_order_acquire);
    for (u32 number = 0; number < count; ++number)
      if (const FunctionRecord* record = records_[number].load(std::memory_order_acquire)) visit(*record);
  }

 private:
  /// A chunk whose blocks are smaller than this on average fills up before its space does.
  static constexpr u32 kBytesPerBlock = 64;

  const u8* const begin_;
  const u32 size_;
  const u32 capacity_;  // blocks
  u32 used_ = 0;
  std::atomic<u32> count_{0};
  // Left uninitialized beyond `count_`: memory is touched as blocks come.
  std::unique_ptr<u32[]> ends_;
  std::unique_ptr<std::atomic<const FunctionRecord*>[]> records_;
};

/// The chunks of one code space. Thread rules: `find` any thread and signal handlers; the others under one lock.
class CodeMap {
  using Entry = std::atomic<const CodeChunk*>;

 public:
  static constexpr u32 kUnitLog2 = 14;
  static constexpr u32 kUnitBytes = 1 << kUnitLog2;

  /// For code at [begin, begin + units * kUnitBytes). `table`: zeros to read and write, tableBytes(units) or more.
  CodeMap(const u8* begin, u32 units, platform::Mapping table);
  static u64 tableBytes(u32 units) { return platform::roundUpToPage(units * sizeof(Entry)); }

  const u8* begin() const { return begin_; }
  const u8* end() const { return begin_ + u64{units_} * kUnitBytes; }
  bool contains(const void* pc) const { return pc >= begin() && pc < end(); }

  /// The record of the code that the instruction at `pc` is in; null if there is none. `pc` is any address, but code
  /// that is being taken away must not be asked for (no thread runs it).
  const FunctionRecord* find(const void* pc) const;
  /// The same for the call that returns to `returnAddress`, which may be its code's end.
  const FunctionRecord* findCall(const void* returnAddress) const {
    return find(static_cast<const u8*>(returnAddress) - 1);
  }

  void insert(const CodeChunk& chunk) { set(chunk, &chunk); }
  void erase(const CodeChunk& chunk) { set(chunk, nullptr); }

 private:
  void set(const CodeChunk& chunk, const CodeChunk* value);

  const u8* const begin_;
  const u32 units_;
  Entry& entry(u64 unit) const { return reinterpret_cast<Entry*>(table_.base())[unit]; }

  /// By unit. Half a megabyte of zeros, of which a short program touches one page.
  platform::Mapping table_;
};

}  // namespace wasmrun::code
