// Mapping: a range of address space owned by this process: reserved, then opened for use piece by piece.
#pragma once

#include <span>
#include <utility>

#include "support/int.h"
#include "support/result.h"

namespace wasmrun::platform {

class AnonymousFile;

/// Bytes a page of the system's memory management: a power of two.
u64 pageSize();
/// `bytes` rounded up to whole system pages. No overflow: bytes + pageSize() fits.
u64 roundUpToPage(u64 bytes);

/// Whole pages, unmapped at the end. Offsets and sizes are multiples of pageSize(). Errors are Limit errors that say
/// what could not be had. One thread at a time.
class Mapping {
 public:
  /// Nothing.
  Mapping() = default;
  /// Address space without access. Takes neither memory nor swap.
  static Result<Mapping> reserve(u64 size);
  /// Zeros to read and write; memory is taken when they are touched.
  static Result<Mapping> allocate(u64 size);

  Mapping(Mapping&& other) noexcept
      : base_(std::exchange(other.base_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  Mapping& operator=(Mapping&& other) noexcept {
    std::swap(base_, other.base_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~Mapping();

  u8* base() const { return base_; }
  u64 size() const { return size_; }

  /// Opens [offset, offset + size) for reading and writing: zeros where it was reserved only.
  Result<void> commit(u64 offset, u64 size);
  /// Takes access to the range away; its contents stay.
  Result<void> protect(u64 offset, u64 size);
  /// Gives the range's memory back; it reads as zeros afterwards and stays open.
  Result<void> decommit(u64 offset, u64 size);
  /// Says that all of the range is about to be written: the system may take its memory at once and in large pages,
  /// which is several times faster than page by page. Best effort; any offset and size inside.
  void expectWrites(u64 offset, u64 size);
  /// Changes the size of a mapping made by `allocate` (or an empty one); contents stay, new bytes are zeros; may move.
  /// The mapping is as before after an error.
  Result<void> resize(u64 size);
  /// Puts the first `size` bytes of `file` at the mapping's start, to read and write; writes stay in this mapping.
  Result<void> mapPrivate(const AnonymousFile& file, u64 size);

 private:
  Mapping(u8* base, u64 size) : base_(base), size_(size) {}
  u8* base_ = nullptr;
  u64 size_ = 0;
};

}  // namespace wasmrun::platform
