// AnonymousFile: a file in memory without a name, to be mapped several times.
#pragma once

#include <utility>

#include "support/int.h"
#include "support/result.h"

namespace wasmrun::platform {

/// Closed at the end; mappings made from it stay. Any thread once filled.
class AnonymousFile {
 public:
  /// `size` zeros. Limit error where the system has no such files or no descriptor is left.
  static Result<AnonymousFile> make(const char* name, u64 size);
  AnonymousFile(AnonymousFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  AnonymousFile& operator=(AnonymousFile&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~AnonymousFile();

  /// Writes `count` bytes at `offset`, inside the file.
  Result<void> write(u64 offset, const u8* bytes, u64 count);
  /// Makes further writes impossible, through mappings too.
  Result<void> seal();

  int descriptor() const { return descriptor_; }

 private:
  explicit AnonymousFile(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

}  // namespace wasmrun::platform
