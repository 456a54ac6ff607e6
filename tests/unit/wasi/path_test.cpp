// Calls on names, in both ways of resolving them.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test_guest.h"

namespace wasmrun::wasi {
namespace {

class PathTest : public BothModes {
 protected:
  Guest guest_{config()};
};
WASI_BOTH_MODES(PathTest);

TEST_P(PathTest, PathsWithDotsAndSlashes) {
  scratch_.makeDirectory("sandbox/dir");
  scratch_.makeDirectory("sandbox/dir/nested");
  scratch_.write("sandbox/dir/nested/file", "content");
  EXPECT_EQ(*guest_.readFile(kDir, "dir/.//nested/../../dir/nested/../nested///./file"), "content");
  EXPECT_EQ(*guest_.readFile(kDir, "./dir/nested/file"), "content");
  EXPECT_EQ(errorOf(guest_.openToRead(kDir, "dir/nested/file/")), Errno::NotDir);
  EXPECT_EQ(errorOf(guest_.openToRead(kDir, "dir/nested/file///")), Errno::NotDir);
  EXPECT_EQ(errorOf(guest_.openToRead(kDir, "dir/nested/file/.")), Errno::NotDir);
  EXPECT_EQ(errorOf(guest_.openToRead(kDir, "dir/nested/file/..")), Errno::NotDir);
  EXPECT_EQ(errorOf(guest_.openToRead(kDir, "dir/missing/../nested/file")), Errno::NoEnt);
  EXPECT_EQ(errorOf(guest_.openToRead(kDir, "")), Errno::NoEnt);
  EXPECT_EQ(errorOf(guest_.openToRead(kDir, std::string_view("dir\0", 4))), Errno::Inval);
  EXPECT_EQ(errorOf(guest_.openToRead(kDir, std::string(300, 'a'))), Errno::NameTooLong);
  EXPECT_EQ(errorOf(guest_.openToRead(kDir, std::string(5000, 'a'))), Errno::NameTooLong);
  for (const char* directory : {".", "./", "dir", "dir/", "dir///", "dir/nested/..", "dir/nested/../"}) {
    const auto fd = guest_.openToRead(kDir, directory);
    ASSERT_TRUE(fd) << directory;
    EXPECT_EQ(guest_.fdstat(*fd)->type, FileType::Directory);
  }
}

TEST_P(PathTest, DeepPathsAreWalked) {
  std::string path;
  for (int i = 0; i < 200; ++i) {
    path += "d/";
    ASSERT_EQ(guest_.path1("path_create_directory", kDir, path), Errno::Success);
    guest_.reset();
  }
  EXPECT_TRUE(guest_.create(kDir, path + "file"));
  std::string back = path;
  for (int i = 0; i < 200; ++i) back += "../";
  EXPECT_TRUE(guest_.openToRead(kDir, back));
  EXPECT_EQ(errorOf(guest_.openToRead(kDir, back + "..")), Errno::Perm);
}

TEST_P(PathTest, OpenFlags) {
  Guest::Open how;
  how.flags = openflag::kCreate | openflag::kExclusive;
  EXPECT_TRUE(guest_.open(kDir, "file", how));
  EXPECT_EQ(errorOf(guest_.open(kDir, "file", how)), Errno::Exist);
  how.flags = openflag::kCreate;
  EXPECT_EQ(*guest_.write(*guest_.open(kDir, "file", how), "abc"), 3u);
  EXPECT_EQ(scratch_.read("sandbox/file"), "abc");
  EXPECT_EQ(errorOf(guest_.open(kDir, "new/", how)), Errno::IsDir);
  EXPECT_EQ(errorOf(guest_.open(kDir, ".", how)), Errno::IsDir);
  how.flags = openflag::kTruncate;
  EXPECT_TRUE(guest_.open(kDir, "file", how));
  EXPECT_EQ(scratch_.read("sandbox/file"), "");
  how.flags = openflag::kDirectory;
  EXPECT_EQ(errorOf(guest_.open(kDir, ".", how)), Errno::IsDir);  // asks to write
  how.base = right::kFdRead;
  EXPECT_EQ(errorOf(guest_.open(kDir, "file", how)), Errno::NotDir);
  how.flags = openflag::kDirectory | openflag::kCreate;
  EXPECT_EQ(errorOf(guest_.open(kDir, "other", how)), Errno::Inval);
  how.flags = 1 << 4;
  EXPECT_EQ(errorOf(guest_.open(kDir, "file", how)), Errno::Inval);
  EXPECT_EQ(errorOf(guest_.openToRead(kDir, "missing")), Errno::NoEnt);
  EXPECT_EQ(errorOf(guest_.openToRead(99, "file")), Errno::BadF);
  EXPECT_EQ(errorOf(guest_.openToRead(*guest_.create(kDir, "file"), "file")), Errno::NotDir);
  EXPECT_EQ(guest_.call("path_open", kDir, 2, guest_.put("file"), 4, 0, 0, 0, 0, 0), Errno::Inval);
}

TEST_P(PathTest, ABadResultAddressOpensAndCreatesNothing) {
  const u32 path = guest_.put("file");
  EXPECT_EQ(guest_.call("path_open", kDir, 0, path, 4, openflag::kCreate, 0, 0, 0, UINT32_MAX), Errno::Fault);
  EXPECT_FALSE(scratch_.exists("sandbox/file"));
  EXPECT_EQ(guest_.call("path_open", kDir, 0, UINT32_MAX, 4, openflag::kCreate, 0, 0, 0, 0), Errno::Fault);
  EXPECT_EQ(guest_.call("path_filestat_get", kDir, 0, path, UINT32_MAX, 0), Errno::Fault);
}

TEST_P(PathTest, SymlinksInsideAreFollowedIfAsked) {
  scratch_.makeDirectory("sandbox/dir");
  scratch_.write("sandbox/dir/file", "content");
  ASSERT_EQ(guest_.symlink("dir/file", kDir, "link"), Errno::Success);
  ASSERT_EQ(guest_.symlink("../link", kDir, "dir/back"), Errno::Success);
  ASSERT_EQ(guest_.symlink("dir", kDir, "dirlink"), Errno::Success);
  EXPECT_EQ(*guest_.readFile(kDir, "link"), "content");
  EXPECT_EQ(*guest_.readFile(kDir, "dir/back"), "content");
  EXPECT_EQ(*guest_.readFile(kDir, "dirlink/../dirlink/back"), "content");
  EXPECT_EQ(errorOf(guest_.openToRead(kDir, "link", false)), Errno::Loop);
  EXPECT_TRUE(guest_.openToRead(kDir, "dirlink/", false));  // the slash asks for the directory
  EXPECT_EQ(guest_.stat(kDir, "link")->type, FileType::SymbolicLink);
  EXPECT_EQ(guest_.stat(kDir, "link", true)->type, FileType::RegularFile);
  EXPECT_EQ(guest_.stat(kDir, "link", true)->size, 7u);
  EXPECT_EQ(guest_.stat(kDir, "dirlink/")->type, FileType::Directory);
  EXPECT_EQ(guest_.stat(kDir, "dirlink/back", true)->size, 7u);
  EXPECT_EQ(errorOf(guest_.stat(kDir, "link/")), Errno::NotDir);
  Guest::Open directory;
  directory.flags = openflag::kDirectory;
  directory.base = right::kFdRead;
  directory.follow = false;
  EXPECT_EQ(errorOf(guest_.open(kDir, "dirlink", directory)), Errno::NotDir);
  directory.follow = true;
  EXPECT_TRUE(guest_.open(kDir, "dirlink", directory));
  EXPECT_EQ(errorOf(guest_.open(kDir, "link", directory)), Errno::NotDir);
}

TEST_P(PathTest, DanglingLinksCreateTheirTargetInside) {
  ASSERT_EQ(guest_.symlink("target", kDir, "dangling"), Errno::Success);
  EXPECT_EQ(errorOf(guest_.openToRead(kDir, "dangling")), Errno::NoEnt);
  EXPECT_EQ(errorOf(guest_.stat(kDir, "dangling", true)), Errno::NoEnt);
  Guest::Open how;
  how.flags = openflag::kCreate | openflag::kExclusive;
  EXPECT_EQ(errorOf(guest_.open(kDir, "dangling", how)), Errno::Exist);
  EXPECT_TRUE(guest_.create(kDir, "dangling"));
  EXPECT_TRUE(scratch_.exists("sandbox/target"));
}

TEST_P(PathTest, LoopsEnd) {
  ASSERT_EQ(guest_.symlink("self", kDir, "self"), Errno::Success);
  ASSERT_EQ(guest_.symlink("b", kDir, "a"), Errno::Success);
  ASSERT_EQ(guest_.symlink("a/x", kDir, "b"), Errno::Success);
  for (const char* path : {"self", "a", "a/x", "self/", "self/x"}) {
    EXPECT_EQ(errorOf(guest_.openToRead(kDir, path)), Errno::Loop) << path;
    EXPECT_EQ(errorOf(guest_.stat(kDir, path, true)), Errno::Loop) << path;
  }
}

TEST_P(PathTest, ReadlinkCutsToTheBuffer) {
  ASSERT_EQ(guest_.symlink("target", kDir, "link"), Errno::Success);
  EXPECT_EQ(*guest_.readlink(kDir, "link"), "target");
  EXPECT_EQ(*guest_.readlink(kDir, "link", 4), "targ");
  EXPECT_EQ(*guest_.readlink(kDir, "link", 0), "");
  scratch_.write("sandbox/file", "");
  EXPECT_EQ(errorOf(guest_.readlink(kDir, "file")), Errno::Inval);
  EXPECT_EQ(errorOf(guest_.readlink(kDir, ".")), Errno::Inval);
  EXPECT_EQ(errorOf(guest_.readlink(kDir, "missing")), Errno::NoEnt);
  EXPECT_EQ(guest_.call("path_readlink", kDir, guest_.put("link"), 4, 0, UINT32_MAX, 0), Errno::Fault);
}

TEST_P(PathTest, SymlinkNames) {
  scratch_.makeDirectory("sandbox/dir");
  EXPECT_EQ(guest_.symlink("x", kDir, "dir"), Errno::Exist);
  EXPECT_EQ(guest_.symlink("x", kDir, "new/"), Errno::NoEnt);
  EXPECT_EQ(guest_.symlink("", kDir, "new"), Errno::NoEnt);
  EXPECT_EQ(guest_.symlink("x", kDir, "missing/new"), Errno::NoEnt);
}

TEST_P(PathTest, DirectoriesAreMadeAndRemoved) {
  EXPECT_EQ(guest_.path1("path_create_directory", kDir, "dir"), Errno::Success);
  EXPECT_EQ(guest_.path1("path_create_directory", kDir, "dir"), Errno::Exist);
  EXPECT_EQ(guest_.path1("path_create_directory", kDir, "."), Errno::Exist);
  EXPECT_EQ(guest_.path1("path_create_directory", kDir, "dir2/"), Errno::Success);
  EXPECT_EQ(guest_.path1("path_create_directory", kDir, "x/y"), Errno::NoEnt);
  EXPECT_EQ(guest_.path1("path_remove_directory", kDir, "dir2/"), Errno::Success);
  scratch_.write("sandbox/dir/file", "");
  EXPECT_EQ(guest_.path1("path_remove_directory", kDir, "dir"), Errno::NotEmpty);
  EXPECT_EQ(guest_.path1("path_remove_directory", kDir, "dir/file"), Errno::NotDir);
  EXPECT_EQ(guest_.path1("path_remove_directory", kDir, "dir/file/"), Errno::NotDir);
  EXPECT_EQ(guest_.path1("path_remove_directory", kDir, "missing"), Errno::NoEnt);
  EXPECT_EQ(guest_.path1("path_remove_directory", kDir, "."), Errno::Inval);
  EXPECT_EQ(guest_.path1("path_unlink_file", kDir, "dir"), Errno::IsDir);
  EXPECT_EQ(guest_.path1("path_unlink_file", kDir, "dir/"), Errno::IsDir);
  EXPECT_EQ(guest_.path1("path_unlink_file", kDir, "dir/file/"), Errno::NotDir);
  EXPECT_EQ(guest_.path1("path_unlink_file", kDir, "dir/file"), Errno::Success);
  EXPECT_EQ(guest_.path1("path_remove_directory", kDir, "dir"), Errno::Success);
}

TEST_P(PathTest, Renames) {
  scratch_.makeDirectory("sandbox/source");
  EXPECT_EQ(guest_.rename(kDir, "source/", kDir, "target"), Errno::Success);
  EXPECT_EQ(guest_.rename(kDir, "target", kDir, "source/"), Errno::Success);
  EXPECT_EQ(guest_.rename(kDir, "source/", kDir, "target/"), Errno::Success);
  EXPECT_EQ(guest_.rename(kDir, "source", kDir, "other"), Errno::NoEnt);
  scratch_.write("sandbox/file", "x");
  EXPECT_EQ(guest_.rename(kDir, "file", kDir, "target"), Errno::IsDir);
  EXPECT_EQ(guest_.rename(kDir, "target", kDir, "file"), Errno::NotDir);
  EXPECT_EQ(guest_.rename(kDir, "file/", kDir, "file2"), Errno::NotDir);
  EXPECT_EQ(guest_.rename(kDir, "file", kDir, "file2/"), Errno::NotDir);
  EXPECT_EQ(guest_.rename(kDir, "file", kDir, "target/file"), Errno::Success);
  EXPECT_EQ(guest_.rename(kDir, "target", kDir, "target/inside"), Errno::Inval);
  EXPECT_TRUE(scratch_.exists("sandbox/target/file"));
}

TEST_P(PathTest, HardLinks) {
  scratch_.write("sandbox/file", "x");
  scratch_.makeDirectory("sandbox/dir");
  EXPECT_EQ(guest_.link(kDir, "file", kDir, "dir/link"), Errno::Success);
  EXPECT_EQ(guest_.stat(kDir, "file")->links, 2u);
  EXPECT_EQ(guest_.link(kDir, "file", kDir, "file"), Errno::Exist);
  EXPECT_EQ(guest_.link(kDir, "dir", kDir, "dir2"), Errno::Perm);
  EXPECT_EQ(guest_.link(kDir, "dir/", kDir, "dir2"), Errno::Perm);
  EXPECT_EQ(guest_.link(kDir, "file", kDir, "new/"), Errno::NoEnt);
  EXPECT_EQ(guest_.link(kDir, "missing", kDir, "new"), Errno::NoEnt);
  ASSERT_EQ(guest_.symlink("file", kDir, "symlink"), Errno::Success);
  EXPECT_EQ(guest_.link(kDir, "symlink", kDir, "copy"), Errno::Success);
  EXPECT_EQ(guest_.stat(kDir, "copy")->type, FileType::SymbolicLink);
  EXPECT_EQ(guest_.link(kDir, "symlink", kDir, "followed", true), Errno::Success);
  EXPECT_EQ(guest_.stat(kDir, "followed")->type, FileType::RegularFile);
}

TEST_P(PathTest, TimesOfLinksAndTargets) {
  scratch_.write("sandbox/file", "x");
  ASSERT_EQ(guest_.symlink("file", kDir, "link"), Errno::Success);
  EXPECT_EQ(guest_.setTimes(kDir, "link", 5'000'000'000), Errno::Success);
  EXPECT_EQ(guest_.stat(kDir, "link")->modified, 5'000'000'000u);
  EXPECT_NE(guest_.stat(kDir, "file")->modified, 5'000'000'000u);
  EXPECT_EQ(guest_.setTimes(kDir, "link", 6'000'000'000, true), Errno::Success);
  EXPECT_EQ(guest_.stat(kDir, "file")->modified, 6'000'000'000u);
  EXPECT_EQ(guest_.stat(kDir, "link")->modified, 5'000'000'000u);
  EXPECT_EQ(guest_.setTimes(kDir, ".", 7'000'000'000), Errno::Success);
  EXPECT_EQ(guest_.setTimes(kDir, "missing", 0), Errno::NoEnt);
  EXPECT_EQ(guest_.call("path_filestat_set_times", kDir, 0, guest_.put("file"), 4, 0, 0, 3), Errno::Inval);
  EXPECT_EQ(guest_.call("path_filestat_set_times", kDir, 2, guest_.put("file"), 4, 0, 0, 0), Errno::Inval);
}

TEST_P(PathTest, OpeningAFifoWaitsForNobody) {
  ASSERT_EQ(mkfifo((scratch_.sandbox() + "/fifo").c_str(), 0600), 0);
  const auto reader = guest_.openToRead(kDir, "fifo");
  ASSERT_TRUE(reader);
  EXPECT_EQ(guest_.fdstat(*reader)->type, FileType::Unknown);
  EXPECT_EQ(guest_.fdstat(*reader)->flags, 0);
  EXPECT_EQ(guest_.fdstat(*reader)->base & (right::kFdSeek | right::kFdWrite), 0u);
  Guest::Open how;
  how.base = right::kFdWrite;
  const auto writer = guest_.open(kDir, "fifo", how);
  ASSERT_TRUE(writer);
  EXPECT_EQ(*guest_.write(*writer, "abc"), 3u);
  EXPECT_EQ(guest_.call("fd_close", *writer), Errno::Success);
  EXPECT_EQ(*guest_.readAll(*reader), "abc");
  EXPECT_EQ(guest_.call("fd_close", *reader), Errno::Success);
  EXPECT_EQ(errorOf(guest_.open(kDir, "fifo", how)), Errno::NXIo);
}

// -- Rights ----------------------------------------------------------------------------------------------------------

TEST_P(PathTest, EveryCallOnANameChecksItsRight) {
  scratch_.write("sandbox/file", "x");
  const Rights inheriting = guest_.fdstat(kDir)->inheriting;
  ASSERT_EQ(guest_.call("fd_fdstat_set_rights", kDir, 0, inheriting), Errno::Success);
  const u32 out = guest_.allocate(64);
  EXPECT_EQ(errorOf(guest_.openToRead(kDir, "file")), Errno::NotCapable);
  EXPECT_EQ(errorOf(guest_.stat(kDir, "file")), Errno::NotCapable);
  EXPECT_EQ(errorOf(guest_.readlink(kDir, "file")), Errno::NotCapable);
  EXPECT_EQ(guest_.setTimes(kDir, "file", 0), Errno::NotCapable);
  EXPECT_EQ(guest_.symlink("x", kDir, "new"), Errno::NotCapable);
  EXPECT_EQ(guest_.link(kDir, "file", kDir, "new"), Errno::NotCapable);
  EXPECT_EQ(guest_.rename(kDir, "file", kDir, "new"), Errno::NotCapable);
  EXPECT_EQ(guest_.path1("path_create_directory", kDir, "new"), Errno::NotCapable);
  EXPECT_EQ(guest_.path1("path_remove_directory", kDir, "new"), Errno::NotCapable);
  EXPECT_EQ(guest_.path1("path_unlink_file", kDir, "file"), Errno::NotCapable);
  EXPECT_EQ(guest_.call("fd_readdir", kDir, out, 64, 0, out), Errno::NotCapable);
  EXPECT_EQ(guest_.call("fd_filestat_set_times", kDir, 0, 0, 0), Errno::NotCapable);
}

TEST_P(PathTest, OpenedFilesGetNoMoreThanTheDirectoryInherits) {
  scratch_.write("sandbox/file", "x");
  scratch_.makeDirectory("sandbox/dir");
  Guest::Open narrow;
  narrow.base = ~right::kFdWrite;
  narrow.inheriting = right::kFdRead | right::kFdSeek;
  const u32 dir = *guest_.open(kDir, ".", narrow);
  EXPECT_EQ(guest_.fdstat(dir)->inheriting, right::kFdRead | right::kFdSeek);
  EXPECT_EQ(guest_.fdstat(*guest_.openToRead(dir, "file"))->base, right::kFdRead | right::kFdSeek);
  EXPECT_EQ(errorOf(guest_.open(dir, "file")), Errno::NotCapable);  // asks to write
  Guest::Open synced;
  synced.base = right::kFdRead;
  synced.fdFlags = fdflag::kSync;
  EXPECT_EQ(errorOf(guest_.open(dir, "file", synced)), Errno::NotCapable);
  EXPECT_EQ(guest_.fdstat(*guest_.openToRead(dir, "dir"))->base, 0u);
  narrow.inheriting = right::kFdWrite;
  const u32 writeOnly = *guest_.open(kDir, ".", narrow);
  EXPECT_EQ(errorOf(guest_.openToRead(writeOnly, "file")), Errno::NotCapable);
}

TEST_P(PathTest, ReadOnlyPreopensChangeNothing) {
  scratch_.write("sandbox/file", "x");
  scratch_.makeDirectory("sandbox/dir");
  ASSERT_EQ(symlink("file", (scratch_.sandbox() + "/link").c_str()), 0);
  const std::string before = scratch_.describe("sandbox");
  Guest guest(config(true));
  EXPECT_EQ(*guest.readFile(kDir, "link"), "x");
  EXPECT_EQ(errorOf(guest.open(kDir, "file")), Errno::NotCapable);
  EXPECT_EQ(errorOf(guest.create(kDir, "new")), Errno::NotCapable);
  Guest::Open how;
  how.base = right::kFdRead;
  how.flags = openflag::kTruncate;
  EXPECT_EQ(errorOf(guest.open(kDir, "file", how)), Errno::NotCapable);
  how.flags = openflag::kCreate;
  EXPECT_EQ(errorOf(guest.open(kDir, "file", how)), Errno::NotCapable);
  how.flags = 0;
  how.base = ~right::kFdWrite;
  const u32 fd = *guest.open(kDir, "file", how);
  EXPECT_EQ(guest.fdstat(fd)->base & right::kWriting, 0u);
  EXPECT_EQ(errorOf(guest.write(fd, "y")), Errno::NotCapable);
  EXPECT_EQ(guest.call("fd_filestat_set_size", fd, 0), Errno::NotCapable);
  EXPECT_EQ(guest.call("fd_filestat_set_times", fd, 0, 0, 5), Errno::NotCapable);
  EXPECT_EQ(guest.call("fd_allocate", fd, 0, 100), Errno::NotCapable);
  EXPECT_EQ(guest.call("fd_filestat_set_times", kDir, 0, 0, 5), Errno::NotCapable);
  EXPECT_EQ(guest.setTimes(kDir, "file", 0), Errno::NotCapable);
  EXPECT_EQ(guest.symlink("x", kDir, "new"), Errno::NotCapable);
  EXPECT_EQ(guest.link(kDir, "file", kDir, "new"), Errno::NotCapable);
  EXPECT_EQ(guest.rename(kDir, "file", kDir, "new"), Errno::NotCapable);
  EXPECT_EQ(guest.path1("path_create_directory", kDir, "new"), Errno::NotCapable);
  EXPECT_EQ(guest.path1("path_remove_directory", kDir, "dir"), Errno::NotCapable);
  EXPECT_EQ(guest.path1("path_unlink_file", kDir, "file"), Errno::NotCapable);
  const u32 dir = *guest.openToRead(kDir, "dir");
  EXPECT_EQ(errorOf(guest.create(dir, "new")), Errno::NotCapable);
  EXPECT_EQ(errorOf(guest.openToRead(dir, "../file")), Errno::Perm);  // a directory's parent is not in it
  EXPECT_EQ(scratch_.describe("sandbox"), before);
}

TEST_P(PathTest, FilesDoNotGainRightsByMovingBetweenPreopens) {
  scratch_.makeDirectory("readonly");
  scratch_.write("readonly/file", "x");
  scratch_.write("sandbox/mine", "y");
  WasiConfig both = config();
  both.preopens.push_back({scratch_.root() + "/readonly", "/ro", true});
  Guest guest(both);
  const u32 readOnly = kDir + 1;
  EXPECT_EQ(guest.link(readOnly, "file", kDir, "stolen"), Errno::NotCapable);
  EXPECT_EQ(guest.rename(readOnly, "file", kDir, "stolen"), Errno::NotCapable);
  EXPECT_EQ(guest.link(kDir, "mine", readOnly, "given"), Errno::NotCapable);
  EXPECT_EQ(guest.rename(kDir, "mine", readOnly, "given"), Errno::NotCapable);
  EXPECT_EQ(guest.call("fd_renumber", readOnly, kDir), Errno::Success);
  EXPECT_EQ(errorOf(guest.create(kDir, "new")), Errno::NotCapable);
}

TEST_P(PathTest, LinksFromANarrowerDirectoryGainNothing) {
  scratch_.write("sandbox/file", "x");
  Guest::Open narrow;
  narrow.base = ~right::kFdWrite;
  narrow.inheriting = right::kFdRead;
  const u32 from = *guest_.open(kDir, ".", narrow);
  EXPECT_EQ(guest_.link(from, "file", kDir, "stolen"), Errno::NotCapable);
  EXPECT_EQ(guest_.rename(from, "file", kDir, "stolen"), Errno::NotCapable);
  EXPECT_EQ(guest_.link(kDir, "file", from, "given"), Errno::Success);
}

}  // namespace
}  // namespace wasmrun::wasi
