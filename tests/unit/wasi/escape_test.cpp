// Attacks: a guest with "sandbox" tries to read, change or learn about "outside", in both ways of resolving paths.
// Every path below names something outside; every call that takes a path is tried with every one of them.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "test_guest.h"

namespace wasmrun::wasi {
namespace {

class EscapeTest : public BothModes {
 protected:
  EscapeTest() {
    scratch_.makeDirectory("sandbox/dir");
    scratch_.makeDirectory("outside/sub");
    // Links that a guest could not make itself, or could.
    scratch_.symlink(scratch_.outside(), "sandbox/absolute");
    scratch_.symlink("../outside", "sandbox/relative");
    scratch_.symlink("../../outside", "sandbox/dir/relative");
    scratch_.symlink("../outside/secret", "sandbox/file");
    scratch_.symlink(scratch_.outside() + "/secret", "sandbox/absolutefile");
    scratch_.symlink("relative", "sandbox/chain");
    scratch_.symlink("../outside/missing", "sandbox/dangling");
    scratch_.symlink(scratch_.outside() + "/missing", "sandbox/absolutedangling");
    scratch_.symlink("..", "sandbox/up");
    scratch_.symlink("/", "sandbox/root");
    scratch_.symlink("dir/../..", "sandbox/around");
    scratch_.symlink("/proc/self/root", "sandbox/magic");
    scratch_.symlink("/proc/self/cwd", "sandbox/cwd");
    before_ = scratch_.describe("outside");
  }

  void TearDown() override { EXPECT_EQ(scratch_.describe("outside"), before_); }

  std::vector<std::string> directoriesOutside() const {
    return {scratch_.outside(),
            "..",
            "../",
            "../outside",
            "../outside/",
            "./../outside",
            "dir/../../outside",
            "dir/../..",
            "absolute/",
            "absolute/.",
            "absolute/../outside",
            "relative/",
            "relative/.",
            "relative/sub",
            "dir/relative/",
            "dir/../relative/./",
            "chain/",
            "chain/sub/",
            "up/",
            "up/outside",
            "up/./outside/../outside",
            "around/",
            "around/outside",
            "root/",
            "root/etc",
            "magic/",
            "magic/etc",
            "cwd/",
            "//",
            "/",
            "relative/../sandbox",
            "dir/.././../outside",
            "up/sandbox/../outside"};
  }

  std::vector<std::string> filesOutside() const {
    return {scratch_.outside() + "/secret",
            "../outside/secret",
            "dir/../../outside/secret",
            "absolute/secret",
            "relative/secret",
            "dir/relative/secret",
            "chain/secret",
            "up/outside/secret",
            "around/outside/secret",
            "root/etc/passwd",
            "relative/sub/../secret",
            "magic/etc/passwd",
            "relative/missing",
            "up/outside/missing",
            "../outside/missing",
            "absolute/missing"};
  }

  /// Paths whose last component is a link to the outside: dangerous where it is followed.
  std::vector<std::string> linksOutside() const {
    return {"absolute",         "relative", "dir/relative", "file",   "absolutefile", "chain", "dangling",
            "absolutedangling", "up",       "root",         "around", "magic",        "cwd"};
  }

  std::vector<std::string> allOutside() const {
    std::vector<std::string> all = directoriesOutside();
    for (auto& path : filesOutside()) all.push_back(path);
    return all;
  }

  static bool isRefusal(Errno error) { return error == Errno::Perm; }

  Guest guest_{config()};
  std::string before_;
};
WASI_BOTH_MODES(EscapeTest);

TEST_P(EscapeTest, OpenRefusesEveryWayOut) {
  for (const bool follow : {false, true}) {
    for (const u32 flags :
         {0u, openflag::kCreate, openflag::kTruncate, openflag::kCreate | openflag::kExclusive, openflag::kDirectory}) {
      std::vector<std::string> paths = allOutside();
      if (follow && flags != (openflag::kCreate | openflag::kExclusive)) {
        for (auto& path : linksOutside()) paths.push_back(path);
      }
      for (const std::string& path : paths) {
        guest_.reset();
        Guest::Open how;
        how.flags = flags;
        how.follow = follow;
        how.base = flags == openflag::kDirectory ? right::kFdRead : right::kFdRead | right::kFdWrite;
        const Errno error = errorOf(guest_.open(kDir, path, how));
        // Linux refuses to create "x/" before it looks where x is.
        const bool isCreatedDirectory = (flags & openflag::kCreate) != 0 && error == Errno::IsDir && path.back() == '/';
        EXPECT_TRUE(isRefusal(error) || isCreatedDirectory)
            << path << " flags " << flags << " follow " << follow << ": " << errnoName(error);
      }
    }
  }
}

TEST_P(EscapeTest, LinksInTheLastPlaceAreNotFollowedUnasked) {
  for (const std::string& path : linksOutside()) {
    guest_.reset();
    EXPECT_EQ(errorOf(guest_.openToRead(kDir, path, false)), Errno::Loop) << path;
    EXPECT_EQ(guest_.stat(kDir, path)->type, FileType::SymbolicLink) << path;
    EXPECT_EQ(errorOf(guest_.create(kDir, path)), Errno::Perm) << path;
    Guest::Open how;
    how.flags = openflag::kCreate | openflag::kExclusive;
    EXPECT_EQ(errorOf(guest_.open(kDir, path, how)), Errno::Exist) << path;
    EXPECT_EQ(guest_.setTimes(kDir, path, 1), Errno::Success) << path;
  }
}

TEST_P(EscapeTest, LookingUpTellsNothing) {
  for (const std::string& path : allOutside()) {
    guest_.reset();
    for (const bool follow : {false, true}) {
      EXPECT_TRUE(isRefusal(errorOf(guest_.stat(kDir, path, follow)))) << path;
      EXPECT_TRUE(isRefusal(guest_.setTimes(kDir, path, 1, follow))) << path;
      EXPECT_TRUE(isRefusal(guest_.link(kDir, path, kDir, "stolen", follow))) << path;
    }
    EXPECT_TRUE(isRefusal(errorOf(guest_.readlink(kDir, path)))) << path;
  }
  for (const std::string& path : linksOutside()) {
    guest_.reset();
    EXPECT_TRUE(isRefusal(errorOf(guest_.stat(kDir, path, true)))) << path;
    EXPECT_TRUE(isRefusal(errorOf(guest_.stat(kDir, path + "/", false)))) << path;
    EXPECT_TRUE(isRefusal(guest_.setTimes(kDir, path, 1, true))) << path;
    EXPECT_TRUE(isRefusal(guest_.setTimes(kDir, path + "/", 1, false))) << path;
    EXPECT_TRUE(isRefusal(guest_.link(kDir, path, kDir, "stolen", true))) << path;
    EXPECT_TRUE(isRefusal(guest_.link(kDir, path + "/", kDir, "stolen", false))) << path;
    EXPECT_TRUE(isRefusal(errorOf(guest_.readlink(kDir, path + "/")))) << path;
  }
  EXPECT_FALSE(scratch_.exists("sandbox/stolen"));
}

TEST_P(EscapeTest, ChangingRefusesEveryWayOut) {
  scratch_.write("sandbox/mine", "mine");
  scratch_.makeDirectory("sandbox/minedir");
  std::vector<std::string> paths = filesOutside();
  for (const char* path : {"../new", "relative/new", "relative/new/", "up/new", "absolute/new", "root/tmp/new",
                           "chain/sub", "relative/sub/", "dir/relative/sub", "../outside/sub", "around/outside/sub"}) {
    paths.push_back(path);
  }
  paths.push_back(scratch_.outside() + "/new");
  for (const std::string& path : paths) {
    guest_.reset();
    EXPECT_TRUE(isRefusal(guest_.path1("path_create_directory", kDir, path))) << path;
    EXPECT_TRUE(isRefusal(guest_.path1("path_remove_directory", kDir, path))) << path;
    EXPECT_TRUE(isRefusal(guest_.path1("path_unlink_file", kDir, path))) << path;
    EXPECT_TRUE(isRefusal(guest_.symlink("x", kDir, path))) << path;
    EXPECT_TRUE(isRefusal(guest_.link(kDir, "mine", kDir, path))) << path;
    EXPECT_TRUE(isRefusal(guest_.rename(kDir, "mine", kDir, path))) << path;
    EXPECT_TRUE(isRefusal(guest_.rename(kDir, "minedir", kDir, path))) << path;
    EXPECT_TRUE(isRefusal(guest_.rename(kDir, path, kDir, "stolen"))) << path;
  }
  EXPECT_TRUE(scratch_.exists("sandbox/mine"));
  EXPECT_FALSE(scratch_.exists("sandbox/stolen"));
}

TEST_P(EscapeTest, TrailingSlashesDoNotReachThroughLinks) {
  scratch_.write("sandbox/mine", "mine");
  scratch_.makeDirectory("sandbox/minedir");
  for (const std::string& link : linksOutside()) {
    guest_.reset();
    const std::string path = link + "/";
    EXPECT_NE(guest_.path1("path_create_directory", kDir, path), Errno::Success) << path;
    EXPECT_NE(guest_.path1("path_remove_directory", kDir, path), Errno::Success) << path;
    EXPECT_NE(guest_.path1("path_unlink_file", kDir, path), Errno::Success) << path;
    EXPECT_NE(guest_.symlink("x", kDir, path), Errno::Success) << path;
    EXPECT_NE(guest_.link(kDir, "mine", kDir, path), Errno::Success) << path;
    EXPECT_NE(guest_.rename(kDir, "mine", kDir, path), Errno::Success) << path;
    EXPECT_NE(guest_.rename(kDir, "minedir", kDir, path), Errno::Success) << path;
    EXPECT_NE(guest_.rename(kDir, path, kDir, "stolen"), Errno::Success) << path;
  }
}

TEST_P(EscapeTest, LinksToTheOutsideAreNotMade) {
  EXPECT_EQ(guest_.symlink("/etc", kDir, "new"), Errno::Perm);
  EXPECT_EQ(guest_.symlink(scratch_.outside(), kDir, "new"), Errno::Perm);
  EXPECT_FALSE(scratch_.exists("sandbox/new"));
  // A relative one may be made (it may become good), but leads nowhere.
  EXPECT_EQ(guest_.symlink("../outside/secret", kDir, "new"), Errno::Success);
  EXPECT_EQ(errorOf(guest_.readFile(kDir, "new")), Errno::Perm);
}

TEST_P(EscapeTest, ADirectoryDescriptorIsARootOfItsOwn) {
  scratch_.write("sandbox/top", "x");
  const u32 dir = *guest_.openToRead(kDir, "dir");
  EXPECT_EQ(errorOf(guest_.openToRead(dir, "../top")), Errno::Perm);
  EXPECT_EQ(errorOf(guest_.openToRead(dir, "..")), Errno::Perm);
  EXPECT_EQ(guest_.rename(dir, "../top", kDir, "x"), Errno::Perm);
}

TEST_P(EscapeTest, LinksFromOutsideInDoNotHelp) {
  // Out and back in again is still out: what lies between is not the guest's.
  EXPECT_EQ(errorOf(guest_.openToRead(kDir, "../sandbox/dir")), Errno::Perm);
  EXPECT_EQ(errorOf(guest_.openToRead(kDir, "up/sandbox/dir")), Errno::Perm);
}

TEST_P(EscapeTest, ZeroBytesDoNotCutPaths) {
  EXPECT_EQ(errorOf(guest_.openToRead(kDir, std::string_view("relative\0x", 10))), Errno::Inval);
  EXPECT_EQ(guest_.symlink(std::string_view("a\0b", 3), kDir, "new"), Errno::Inval);
  EXPECT_EQ(guest_.path1("path_unlink_file", kDir, std::string_view("file\0", 5)), Errno::Inval);
}

TEST_P(EscapeTest, ManyLinksInOnePathEndAtTheLimit) {
  for (int i = 0; i < 50; ++i) {
    const std::string target = i == 49 ? "dir" : "hop" + std::to_string(i + 1);
    scratch_.symlink(target, "sandbox/hop" + std::to_string(i));
  }
  EXPECT_EQ(errorOf(guest_.openToRead(kDir, "hop0")), Errno::Loop);
  EXPECT_EQ(errorOf(guest_.openToRead(kDir, "hop0/x")), Errno::Loop);
  EXPECT_TRUE(guest_.openToRead(kDir, "hop10"));
}

// The guest resolves d/in/../../secret... while another thread swaps a directory for a link and renames it in and out.
TEST_P(EscapeTest, RenamesDuringTheWalkDoNotLeadOut) {
  scratch_.makeDirectory("sandbox/a");
  scratch_.makeDirectory("sandbox/a/b");
  scratch_.symlink("../outside", "sandbox/bad");
  const std::string a = scratch_.sandbox() + "/a", bad = scratch_.sandbox() + "/bad", spare = scratch_.sandbox() + "/s";
  std::atomic<bool> stop = false;
  std::thread swapper([&] {
    while (!stop) {
      rename(a.c_str(), spare.c_str()), rename(bad.c_str(), a.c_str());
      rename(a.c_str(), bad.c_str()), rename(spare.c_str(), a.c_str());
    }
  });
  for (int i = 0; i < 3000; ++i) {
    guest_.reset();
    for (const char* path : {"a/secret", "a/b/../secret", "a/b/../../a/secret"}) {
      const auto fd = guest_.openToRead(kDir, path);
      EXPECT_FALSE(fd) << path;
      if (fd) guest_.call("fd_close", *fd);
    }
    EXPECT_FALSE(guest_.stat(kDir, "a/secret", true));
    EXPECT_FALSE(guest_.create(kDir, "a/b/../secret/x"));
  }
  stop = true;
  swapper.join();
}

}  // namespace
}  // namespace wasmrun::wasi
