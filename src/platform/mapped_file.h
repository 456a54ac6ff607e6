// MappedFile: a whole file's bytes, for reading.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "support/int.h"
#include "support/result.h"

namespace wasmrun::platform {

/// Large regular files are mapped: pages come in when they are read, and are shared with other processes. Small files,
/// pipes and devices are read into memory. Move-only; any thread may read.
///
/// A mapped file that is truncated by someone else while it is in use ends the process (SIGBUS), as with every program
/// that maps its input: replace files by renaming, not by writing into them.
class MappedFile {
 public:
  /// Looks at what is there of a file while it is being read.
  using Accepts = bool (*)(std::span<const u8> start);

  /// Io error naming the file and the reason: missing, a directory, no permission, larger than `maxSize` bytes. Of what
  /// is no regular file, and may have no end, only the start is read if `accepts` refuses it.
  static Result<MappedFile> open(const std::string& path, u64 maxSize = u64{1} << 40, Accepts accepts = nullptr);

  MappedFile(MappedFile&& other) noexcept
      : mapping_(std::exchange(other.mapping_, {})), copy_(std::move(other.copy_)) {}
  MappedFile& operator=(MappedFile&& other) noexcept {
    std::swap(mapping_, other.mapping_);
    std::swap(copy_, other.copy_);
    return *this;
  }
  ~MappedFile();

  std::span<const u8> bytes() const { return mapping_.empty() ? std::span<const u8>(copy_) : mapping_; }

 private:
  MappedFile() = default;
  std::span<const u8> mapping_;
  std::vector<u8> copy_;
};

}  // namespace wasmrun::platform
