// Any call with any arguments: no crash, and nothing outside the guest's directory changes.
//
// Arguments are drawn from what tends to be meaningful (descriptors, flags, addresses of paths that lead out) as well
// as from all numbers. Deterministic: the seed is the test's parameter.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <iterator>
#include <random>
#include <utility>

#include "test_guest.h"

namespace wasmrun::wasi {
namespace {

class RandomCallsTest : public BothModes {
 protected:
  static constexpr u32 kPaths = 1024, kPathSlot = 64;

  u64 pick(u64 count) { return random_() % count; }

  /// Fills the guest's memory with paths at known places and noise elsewhere.
  void fillMemory(Guest& guest) {
    static constexpr const char* kParts[] = {"a",   "b",  "link", "out", "..",     ".",
                                             "dir", "up", "new",  "",    "secret", "outside"};
    for (u32 slot = 0; slot < 64; ++slot) {
      std::string path = pick(16) == 0 ? "/" : "";
      for (u64 parts = 1 + pick(5); parts > 0; --parts) {
        path += kParts[pick(std::size(kParts))];
        if (parts > 1 || pick(4) == 0) path += '/';
      }
      path.resize(kPathSlot - 8, '/');
      guest.memory().writeBytes(kPaths + slot * kPathSlot, path);
    }
    for (u32 address = kPaths + 64 * kPathSlot; address + 8 < 16384; address += 8) {
      // Reads as small iovecs and subscriptions, most of the time.
      guest.memory().write<u32>(address, static_cast<u32>(pick(32768)));
      guest.memory().write<u32>(address + 4, static_cast<u32>(pick(256)));
    }
  }

  u64 argument() {
    switch (pick(8)) {
      case 0:
      case 1: return pick(8);   // a descriptor, a flag
      case 2: return pick(64);  // a length
      case 3:
      case 4: return kPaths + pick(64) * kPathSlot;        // a path
      case 5: return 8192 + pick(8192);                    // buffers
      case 6: return Guest::kMemorySize - 16 + pick(32);   // the end of memory
      default: return pick(3) == 0 ? ~u64{0} : random_();  // anything
    }
  }

  static bool takesAway(std::string_view name) {
    return name == "fd_close" || name == "fd_renumber" || name == "fd_fdstat_set_rights";
  }

  /// Puts meaningful arguments into a call that takes paths: d is a directory, p a path, l its length, f a flag,
  /// o path_open's flags, r rights, b a buffer; the rest stays as it is.
  void shapePathCall(std::string_view name, u64* slots) {
    static constexpr std::pair<std::string_view, std::string_view> kShapes[] = {
        {"path_create_directory", "dpl"}, {"path_filestat_get", "dfplb"}, {"path_filestat_set_times", "dfpl"},
        {"path_link", "dfpldpl"},         {"path_open", "dfplorrfb"},     {"path_readlink", "dplb"},
        {"path_remove_directory", "dpl"}, {"path_rename", "dpldpl"},      {"path_symlink", "pldpl"},
        {"path_unlink_file", "dpl"},
    };
    for (const auto& [function, shape] : kShapes) {
      if (function != name) continue;
      for (const char kind : shape) *slots = shaped(kind, *slots), ++slots;
    }
  }

  u64 shaped(char kind, u64 otherwise) {
    switch (kind) {
      case 'd': return pick(4) == 0 ? 3 + pick(6) : 3;
      case 'p': return kPaths + pick(64) * kPathSlot;
      case 'l': return 1 + pick(24);
      case 'f': return pick(2);
      case 'o': return std::array<u64, 6>{0, 0, 1, 2, 8, 9}[pick(6)];
      case 'r': return pick(2) ? ~u64{0} : ~right::kFdWrite;
      case 'b': return 512;
      default: return otherwise;
    }
  }

  std::mt19937_64 random_{GetParam() == PathResolver::Mode::Automatic ? u64{1} : u64{2}};
};
WASI_BOTH_MODES(RandomCallsTest);

TEST_P(RandomCallsTest, NothingOutsideChanges) {
  for (const char* link : {"out", "link", "up"})
    scratch_.symlink(link[0] == 'u' ? ".." : "../outside", std::string("sandbox/") + link);
  scratch_.makeDirectory("sandbox/dir");
  const std::string before = scratch_.describe("outside");
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  const auto functions = wasiFunctions();
  for (int round = 0; round < 60; ++round) {
    WasiConfig limited = config(round % 8 == 7);
    limited.stdinFd = limited.stdoutFd = limited.stderrFd = nothing;
    Guest guest(limited);
    fillMemory(guest);
    for (int i = 0; i < 2000; ++i) {
      const WasiFunction& function = functions[pick(functions.size())];
      u64 slots[9];
      for (u64& slot : slots) slot = argument();
      // Waiting for hours is what a clock may ask for; not here. So is a file of many gigabytes.
      if (function.name == "poll_oneoff" || function.name == "fd_allocate") continue;
      if (function.name == "fd_filestat_set_size") slots[1] %= 65536;
      if (function.name.ends_with("sync")) continue;  // slow on disks, and without arguments to get wrong
      if (function.name == "random_get") slots[1] %= 1024;
      // Without its directory a guest has nothing left to try.
      if (takesAway(function.name) && pick(50) != 0) continue;
      if (pick(8) != 0) shapePathCall(function.name, slots);
      function.call(guest.context(), guest.memory(), slots);
    }
    ASSERT_EQ(scratch_.describe("outside"), before) << "round " << round;
  }
  close(nothing);
}

}  // namespace
}  // namespace wasmrun::wasi
