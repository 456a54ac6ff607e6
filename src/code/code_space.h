// CodeSpace: where an engine's machine code lies. CodeArea: a module's share of it.
//
//   | jump table slots: read, write | code: read, execute                        |    (CodeMapping)
//   '-------------------- one reservation, less than 2 GiB ----------------------'
//
// So code reaches every slot and all other code with 32-bit displacements. Code is written through another address than
// it runs at; where that cannot be had, through the same one before it becomes executable.
//
// An area takes chunks of the space, fills them, and gives them back when its module goes. It also owns the records of
// its code. Code is never freed or replaced alone: better code of a function is one more block, and a store to its
// slot.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "code/code_map.h"
#include "code/code_observer.h"
#include "code/code_space_statistics.h"
#include "code/free_runs.h"
#include "platform/code_mapping.h"
#include "support/result.h"

namespace wasmrun::code {

/// A word of a jump table: where to go. Never in executable memory. Publishing better code is a store with release
/// order (x86: a plain store); code that jumps through it needs nothing more, since what it loads is the address.
using JumpSlot = std::atomic<const void*>;
static_assert(sizeof(JumpSlot) == sizeof(void*) && JumpSlot::is_always_lock_free);

struct CodeSpaceOptions {
  static constexpr u64 kDefaultSize = u64{1} << 30;
  /// Bytes of address space for code and slots together; less is taken by itself where so much cannot be had. At most
  /// kLargestSize, which is also what larger numbers mean.
  u64 size = kDefaultSize;
  static constexpr u64 kLargestSize = (u64{2} << 30) - (u64{1} << 20);
  static constexpr u64 kSmallestSize = u64{1} << 20;  ///< below that, making one fails
  bool dualMapping = true;                            ///< false: a single view (for tests)
};

/// A block of code memory, to be filled and published.
struct CodeBlock {
  u8* writable = nullptr;          ///< where to write it
  const u8* executable = nullptr;  ///< where it runs; what relative addresses in it are counted from
  u32 size = 0;
  // Whose it is.
  CodeChunk* chunk = nullptr;
  u32 number = 0;
};

/// One an engine; outlives its areas. Any thread.
class CodeSpace {
 public:
  /// Limit error that says why, if not even kSmallestSize can be had.
  static Result<std::unique_ptr<CodeSpace>> make(const CodeSpaceOptions& options = {});

  /// pc -> record. Any thread and signal handlers.
  const CodeMap& map() const { return map_; }
  /// Whether code is written through a second view; else pages change between writable and executable.
  bool isDualMapped() const { return mapping_.isDual(); }
  CodeSpaceStatistics statistics() const;

  /// What observers call a function. Any thread.
  using NameFunction = std::function<std::string(const FunctionRecord&)>;
  /// From now on `observer` is told of all code. Before any is published; the names must be the same each time.
  void observe(std::unique_ptr<CodeObserver> observer, NameFunction nameOf);

 private:
  friend class CodeArea;
  CodeSpace(platform::CodeMapping mapping, platform::Mapping mapTable);
  Result<std::unique_ptr<CodeChunk>> takeChunk(u64 bytes);
  void giveChunk(std::unique_ptr<CodeChunk> chunk);
  Result<std::span<JumpSlot>> takeSlots(u32 count);
  void giveSlots(std::span<JumpSlot> slots);
  void tellPublished(const FunctionRecord& record);
  void tellReleased(const CodeChunk& chunk);
  u64 offsetOf(const u8* code) const { return static_cast<u64>(code - mapping_.code()); }

  static constexpr u64 kLargeChunk = u64{512} << 10;

  platform::CodeMapping mapping_;
  CodeMap map_;
  mutable std::mutex mutex_;  // for what follows, and writing `map_`
  FreeRuns freeUnits_;
  FreeRuns freeSlots_;
  std::mutex observerMutex_;  // one call at a time
  std::vector<std::unique_ptr<CodeObserver>> observers_;
  NameFunction nameOf_;
  std::atomic<u64> chunkBytes_{0}, codeBytes_{0}, slots_{0}, recordBytes_{0}, blocks_{0};
};

/// A module's code (or the engine's stubs). Any thread, but the destructor: nothing runs or returns into the area's
/// code then.
class CodeArea {
 public:
  explicit CodeArea(CodeSpace& space) : space_(space) {}
  ~CodeArea();
  CodeArea(const CodeArea&) = delete;
  CodeArea& operator=(const CodeArea&) = delete;

  static constexpr u32 kAlignment = 16;  ///< of a block's first byte

  /// `size` bytes, at least 1, to be written by the caller. Limit error when the space is full. A block that is not
  /// published is lost until the area goes.
  Result<CodeBlock> allocate(u32 size);
  /// From now on the block is executable and its record is found. The record's code is the block or its beginning.
  /// Limit error if the system refuses to make the block executable.
  Result<const FunctionRecord*> publish(const CodeBlock& block, std::unique_ptr<const FunctionRecord> record);

  /// Zeros. Limit error when there are no more. They are the area's until it goes.
  Result<std::span<JumpSlot>> allocateSlots(u32 count);

  CodeSpace& space() const { return space_; }
  /// Bytes of code in blocks.
  u64 codeBytes() const { return codeBytes_.load(std::memory_order_relaxed); }
  /// Calls `visit(const FunctionRecord&)` for all that is published.
  template <class Visit>
  void forEachRecord(Visit&& visit) const {
    const std::lock_guard lock(mutex_);
    for (const auto& chunk : chunks_) chunk->forEach(visit);
  }

 private:
  static constexpr u64 kLargestStep = u64{1} << 20;  ///< chunks double up to this size

  CodeSpace& space_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<CodeChunk>> chunks_;  // the last one is being filled
  std::vector<std::span<JumpSlot>> slots_;
  std::atomic<u64> codeBytes_{0}, recordBytes_{0}, blocks_{0};
};

}  // namespace wasmrun::code
