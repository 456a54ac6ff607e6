// CodeMapping: address space for machine code and, right before it, for data that the code reaches relative to its own
// addresses. No page of it is ever writable and executable, through whichever address.
//
//   data()                  code()                                      writable(0), somewhere else
//   | read, write           | read, execute                       |     | read, write                         |
//                           the same memory, seen twice: ^..............^
//
// Where the system does not map shared memory for execution, there is one view of the code, whose pages are writable
// first and executable afterwards (isDual() is false).
#pragma once

#include "platform/mapping.h"
#include "support/int.h"
#include "support/result.h"

namespace wasmrun::platform {

/// Unmapped at the end. Sizes and offsets are multiples of pageSize(). Thread rules: any, on different ranges.
///
/// The memory of a dual mapping is shared with the child of a fork().
class CodeMapping {
 public:
  enum class Views : u8 { Dual, Single };

  /// Limit error that says what could not be had. Takes no memory before it is touched.
  static Result<CodeMapping> make(u64 dataSize, u64 codeSize, Views views);

  bool isDual() const { return writable_.size() != 0; }
  u8* data() const { return space_.base(); }
  u64 dataSize() const { return dataSize_; }
  const u8* code() const { return space_.base() + dataSize_; }
  u64 codeSize() const { return space_.size() - dataSize_; }
  /// Where to write what is executed at code() + offset. With a single view: between beginWrite and endWrite.
  u8* writable(u64 offset) const { return (isDual() ? writable_.base() : space_.base() + dataSize_) + offset; }

  /// With a single view, makes the range writable, and not executable; else there is nothing to do.
  Result<void> beginWrite(u64 offset, u64 size);
  /// With a single view, makes the range executable, and not writable; else there is nothing to do.
  Result<void> endWrite(u64 offset, u64 size);
  /// Says that all of the range is about to be written, which takes its memory at once: several times faster than page
  /// by page. Best effort, and nothing with a single view.
  void expectWrites(u64 offset, u64 size);
  /// Gives the memory of a range back. It reads as zeros when it is written next; nothing runs there till then.
  void release(u64 offset, u64 size);

 private:
  CodeMapping(Mapping space, Mapping writable, u64 dataSize)
      : space_(std::move(space)), writable_(std::move(writable)), dataSize_(dataSize) {}

  Mapping space_;     // data, then code
  Mapping writable_;  // the second view, if there is one
  u64 dataSize_;
};

/// Makes what was written to a range visible to the instruction fetch of all cores. `code`: where it is executed.
inline void synchronizeInstructions(const u8* code, u64 size) {
  u8* const begin = const_cast<u8*>(code);
  __builtin___clear_cache(reinterpret_cast<char*>(begin), reinterpret_cast<char*>(begin + size));
}

}  // namespace wasmrun::platform
