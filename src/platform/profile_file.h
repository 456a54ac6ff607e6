// ProfileFile: a file that a profiler reads later to learn of code made at run time.
#pragma once

#include <span>
#include <string>

#include "support/int.h"
#include "support/result.h"

namespace wasmrun::platform {

/// One a path and process, open until the process ends: made anew, whatever was there, when it is first asked for. Any
/// thread.
class ProfileFile {
 public:
  /// Io error that names the file.
  static Result<ProfileFile*> ofProcess(const std::string& path);

  /// Whether nothing has been written yet.
  bool isEmpty() const { return size_ == 0; }
  /// Adds bytes to the end. A profile is not worth an error: what cannot be written is lost.
  void append(std::span<const u8> bytes);
  /// Maps a page of the file as if it were code: how perf records where the file is.
  void announce();

 private:
  explicit ProfileFile(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
  u64 size_ = 0;
};

u32 processId();
/// Of the calling thread.
u32 threadId();

}  // namespace wasmrun::platform
