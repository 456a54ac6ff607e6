// ProfileFile: a file that a profiler reads later to learn of code made at run time.
#pragma once

#include <mutex>
#include <span>
#include <string>
#include <vector>

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
  bool isEmpty() const;
  /// Adds bytes to the end. A profile is not worth an error: when they cannot be written, the file ends before them and
  /// gets nothing more.
  void append(std::span<const u8> bytes);
  /// A line for each file of the process that has come to that; each is given once.
  static std::vector<std::string> takeFailures();
  /// Maps a page of the file as if it were code: how perf records where the file is.
  void announce();

 private:
  explicit ProfileFile(int descriptor) : descriptor_(descriptor) {}
  /// 0, or the error.
  int write(std::span<const u8> bytes);

  const int descriptor_;
  mutable std::mutex mutex_;  // for what follows
  u64 size_ = 0;
  int error_ = 0;  // of the first write that failed
  bool isTold_ = false;
};

u32 processId();
/// Of the calling thread.
u32 threadId();

}  // namespace wasmrun::platform
