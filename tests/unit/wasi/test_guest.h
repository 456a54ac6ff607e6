// A guest for tests: a linear memory, a WASI context, and calls by import name.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wasi/context.h"
#include "wasi/functions.h"

namespace wasmrun::wasi {

inline void PrintTo(Errno error, std::ostream* out);

class Guest {
 public:
  static constexpr u32 kMemorySize = 1 << 18;

  explicit Guest(const WasiConfig& config);

  // -- Memory --------------------------------------------------------------------------------------------------------
  /// Fresh zeroed bytes, 8-byte aligned; never freed before reset().
  u32 allocate(u32 size);
  u32 put(std::string_view text);
  std::string bytes(u32 address, u32 size) const;
  template <class T>
  T get(u32 address) const {
    return *memory().read<T>(address);
  }
  template <class T>
  void set(u32 address, T value) {
    ASSERT_EQ(memory().write(address, value), Errno::Success);
  }
  GuestMemory memory() const { return GuestMemory(const_cast<std::byte*>(memory_.data()), memory_.size()); }

  /// Forgets all allocations.
  void reset() { used_ = 64; }

  // -- Calls ---------------------------------------------------------------------------------------------------------
  template <class... Arguments>
  Errno call(std::string_view name, Arguments... arguments) {
    const u64 slots[] = {static_cast<u64>(arguments)..., 0};
    return callWith(name, slots, sizeof...(Arguments));
  }
  Errno callWith(std::string_view name, const u64* slots, size_t count);
  /// A call that is stopped instead of returning.
  template <class... Arguments>
  void expectStopped(std::string_view name, Arguments... arguments) {
    const u64 slots[] = {static_cast<u64>(arguments)..., 0};
    EXPECT_EQ(findWasiFunction(name)->call(*context_, memory(), slots).kind, WasiOutcome::Kind::Stopped) << name;
  }

  // -- Calls with C++ arguments; results in Fallible -----------------------------------------------------------------
  struct Open {
    u32 flags = 0;
    Rights base = ~Rights{0};
    Rights inheriting = ~Rights{0};
    u16 fdFlags = 0;
    bool follow = true;
  };
  Fallible<u32> open(u32 dir, std::string_view path, const Open& how);
  Fallible<u32> open(u32 dir, std::string_view path) { return open(dir, path, Open()); }
  /// Opens for reading.
  Fallible<u32> openToRead(u32 dir, std::string_view path, bool follow = true);
  /// Creates or opens for reading and writing.
  Fallible<u32> create(u32 dir, std::string_view path);
  Fallible<std::string> readAll(u32 fd);
  Fallible<std::string> readFile(u32 dir, std::string_view path);
  Fallible<u32> write(u32 fd, std::string_view text);
  /// An array of one iovec with `size` bytes; the buffer is at `buffer`.
  u32 iovec(u32 buffer, u32 size);

  Errno path1(std::string_view function, u32 dir, std::string_view path);
  Errno rename(u32 oldDir, std::string_view from, u32 newDir, std::string_view to);
  Errno link(u32 oldDir, std::string_view from, u32 newDir, std::string_view to, bool follow = false);
  Errno symlink(std::string_view target, u32 dir, std::string_view path);
  Errno setTimes(u32 dir, std::string_view path, u64 nanoseconds, bool follow = false);
  Fallible<std::string> readlink(u32 dir, std::string_view path, u32 capacity = 256);

  struct Status {
    u64 device, inode;
    FileType type;
    u64 links, size, accessed, modified;
  };
  Fallible<Status> stat(u32 dir, std::string_view path, bool follow = false);
  Fallible<Status> fstat(u32 fd);

  struct FdStat {
    FileType type;
    u16 flags;
    Rights base, inheriting;
  };
  Fallible<FdStat> fdstat(u32 fd);

  WasiContext& context() { return *context_; }

 private:
  Status statusAt(u32 address) const;

  std::vector<std::byte> memory_;
  u32 used_ = 64;
  std::unique_ptr<WasiContext> context_;
};

/// A temporary directory with "sandbox" (for guests) and "outside" (what they must not touch), removed at the end.
class Scratch {
 public:
  Scratch();
  ~Scratch();

  std::string sandbox() const { return root_ + "/sandbox"; }
  std::string outside() const { return root_ + "/outside"; }
  std::string root() const { return root_; }

  /// Paths are relative to the root.
  void write(const std::string& path, std::string_view text) const;
  std::string read(const std::string& path) const;
  bool exists(const std::string& path) const;  ///< does not follow links
  void makeDirectory(const std::string& path) const;
  void symlink(const std::string& target, const std::string& path) const;

  /// A text of every name, type, size, time and content under `path`, to compare before and after.
  std::string describe(const std::string& path) const;

 private:
  std::string root_;
};

/// Tests that run once with openat2 and once with the walk in user space.
class BothModes : public testing::TestWithParam<PathResolver::Mode> {
 protected:
  static constexpr u32 kDir = 3;

  WasiConfig config(bool readOnly = false) const {
    WasiConfig config;
    config.pathMode = GetParam();
    config.preopens.push_back({scratch_.sandbox(), "/", readOnly});
    return config;
  }

  Scratch scratch_;
};

inline std::string modeName(const testing::TestParamInfo<PathResolver::Mode>& mode) {
  return mode.param == PathResolver::Mode::Automatic ? "Automatic" : "Userspace";
}

#define WASI_BOTH_MODES(Suite)           \
  INSTANTIATE_TEST_SUITE_P(Modes, Suite, \
                           testing::Values(PathResolver::Mode::Automatic, PathResolver::Mode::Userspace), modeName)

inline void PrintTo(Errno error, std::ostream* out) { *out << errnoName(error); }

/// The error of a Fallible, or Success.
template <class T>
Errno errorOf(const Fallible<T>& result) {
  return result ? Errno::Success : result.error();
}

}  // namespace wasmrun::wasi
