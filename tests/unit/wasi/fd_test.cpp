// Calls on open files: reading, writing, seeking, flags, sizes, times, rights, closing and renumbering.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "test_guest.h"

namespace wasmrun::wasi {
namespace {

class FdTest : public testing::Test {
 protected:
  static constexpr u32 kDir = 3;

  static WasiConfig config(const Scratch& scratch) {
    WasiConfig config;
    config.preopens.push_back({scratch.sandbox(), "/"});
    return config;
  }

  Errno seek(u32 fd, i64 offset, Whence whence) { return guest_.call("fd_seek", fd, offset, u32(whence), position_); }
  u64 position() { return guest_.get<u64>(position_); }

  Scratch scratch_;
  Guest guest_{config(scratch_)};
  u32 position_ = guest_.allocate(8);
  u32 size_ = guest_.allocate(4);
};

TEST_F(FdTest, WritesReadsAndSeeks) {
  const u32 fd = *guest_.create(kDir, "file");
  EXPECT_EQ(*guest_.write(fd, "hello world"), 11u);
  EXPECT_EQ(seek(fd, 6, Whence::Set), Errno::Success);
  EXPECT_EQ(*guest_.readAll(fd), "world");
  EXPECT_EQ(guest_.call("fd_tell", fd, position_), Errno::Success);
  EXPECT_EQ(position(), 11u);
  EXPECT_EQ(seek(fd, -5, Whence::Current), Errno::Success);
  EXPECT_EQ(position(), 6u);
  EXPECT_EQ(seek(fd, 100, Whence::End), Errno::Success);
  EXPECT_EQ(position(), 111u);
  EXPECT_EQ(*guest_.readAll(fd), "");
  EXPECT_EQ(seek(fd, -1, Whence::Set), Errno::Inval);
  EXPECT_EQ(seek(fd, INT64_MAX, Whence::End), Errno::Inval);
  EXPECT_EQ(seek(fd, 0, static_cast<Whence>(3)), Errno::Inval);
  EXPECT_EQ(scratch_.read("sandbox/file"), "hello world");
}

TEST_F(FdTest, ResultAddressesAreCheckedBeforeAnythingHappens) {
  const u32 fd = *guest_.create(kDir, "file");
  const u32 array = guest_.iovec(guest_.put("abc"), 3);
  EXPECT_EQ(guest_.call("fd_write", fd, array, 1, Guest::kMemorySize - 3), Errno::Fault);
  EXPECT_EQ(guest_.call("fd_pwrite", fd, array, 1, 0, UINT32_MAX), Errno::Fault);
  EXPECT_EQ(guest_.fstat(fd)->size, 0u);
  ASSERT_EQ(*guest_.write(fd, "abc"), 3u);
  EXPECT_EQ(guest_.call("fd_seek", fd, 0, 0, Guest::kMemorySize - 7), Errno::Fault);
  EXPECT_EQ(guest_.call("fd_tell", fd, position_), Errno::Success);
  EXPECT_EQ(position(), 3u);
}

TEST_F(FdTest, ScatteredReadsAndGatheredWrites) {
  const u32 fd = *guest_.create(kDir, "file");
  const u32 text = guest_.put("abcdef"), array = guest_.allocate(24);
  for (u32 i = 0; i < 3; ++i) guest_.set<u32>(array + i * 8, text + 2 * (2 - i)), guest_.set<u32>(array + i * 8 + 4, 2);
  EXPECT_EQ(guest_.call("fd_write", fd, array, 3, size_), Errno::Success);
  EXPECT_EQ(guest_.get<u32>(size_), 6u);
  EXPECT_EQ(scratch_.read("sandbox/file"), "efcdab");
  EXPECT_EQ(guest_.call("fd_pread", fd, array, 3, 0, size_), Errno::Success);
  EXPECT_EQ(guest_.bytes(text, 6), "abcdef");
  EXPECT_EQ(guest_.call("fd_write", fd, array, 0, size_), Errno::Success);
  EXPECT_EQ(guest_.get<u32>(size_), 0u);
}

TEST_F(FdTest, OddBufferArraysGiveErrorsOrPartialResults) {
  const u32 fd = *guest_.create(kDir, "file");
  const u32 array = guest_.iovec(0, UINT32_MAX);
  EXPECT_EQ(guest_.call("fd_write", fd, array, 1, size_), Errno::Fault);
  EXPECT_EQ(guest_.call("fd_read", fd, array, 1, size_), Errno::Fault);
  EXPECT_EQ(guest_.call("fd_read", fd, array, UINT32_MAX, size_), Errno::Fault);
  EXPECT_EQ(guest_.call("fd_read", fd, Guest::kMemorySize - 4, 1, size_), Errno::Fault);
  // An array that the read itself overwrites: its copy counts.
  ASSERT_EQ(*guest_.write(fd, std::string(8, '\xff')), 8u);
  const u32 self = guest_.allocate(8);
  guest_.set<u32>(self, self), guest_.set<u32>(self + 4, 8);
  EXPECT_EQ(guest_.call("fd_pread", fd, self, 1, 0, size_), Errno::Success);
  EXPECT_EQ(guest_.bytes(self, 8), std::string(8, '\xff'));
  // Over IOV_MAX buffers: a partial result.
  const u32 many = guest_.allocate(2000 * 8), one = guest_.put("x");
  for (u32 i = 0; i < 2000; ++i) guest_.set<u32>(many + i * 8, one), guest_.set<u32>(many + i * 8 + 4, 1);
  EXPECT_EQ(guest_.call("fd_write", fd, many, 2000, size_), Errno::Success);
  EXPECT_EQ(guest_.get<u32>(size_), 1024u);
}

TEST_F(FdTest, PositionedCallsLeaveThePosition) {
  const u32 fd = *guest_.create(kDir, "file");
  ASSERT_EQ(*guest_.write(fd, "0123456789"), 10u);
  const u32 array = guest_.iovec(guest_.put("AB"), 2);
  EXPECT_EQ(guest_.call("fd_pwrite", fd, array, 1, 4, size_), Errno::Success);
  EXPECT_EQ(scratch_.read("sandbox/file"), "0123AB6789");
  const u32 buffer = guest_.allocate(4);
  EXPECT_EQ(guest_.call("fd_pread", fd, guest_.iovec(buffer, 4), 1, 8, size_), Errno::Success);
  EXPECT_EQ(guest_.get<u32>(size_), 2u);
  EXPECT_EQ(guest_.bytes(buffer, 2), "89");
  EXPECT_EQ(guest_.call("fd_tell", fd, position_), Errno::Success);
  EXPECT_EQ(position(), 10u);
  EXPECT_EQ(guest_.call("fd_pread", fd, array, 1, UINT64_MAX, size_), Errno::Inval);
  EXPECT_EQ(guest_.call("fd_pwrite", fd, array, 1, UINT64_MAX, size_), Errno::Inval);
}

TEST_F(FdTest, AppendWritesAtTheEndAndCanBeSwitched) {
  ASSERT_EQ(*guest_.write(*guest_.create(kDir, "file"), "abc"), 3u);
  Guest::Open how;
  how.fdFlags = fdflag::kAppend;
  const u32 fd = *guest_.open(kDir, "file", how);
  EXPECT_EQ(guest_.fdstat(fd)->flags, fdflag::kAppend);
  EXPECT_EQ(*guest_.write(fd, "d"), 1u);
  EXPECT_EQ(scratch_.read("sandbox/file"), "abcd");
  EXPECT_EQ(guest_.call("fd_fdstat_set_flags", fd, 0), Errno::Success);
  EXPECT_EQ(seek(fd, 0, Whence::Set), Errno::Success);
  EXPECT_EQ(*guest_.write(fd, "X"), 1u);
  EXPECT_EQ(scratch_.read("sandbox/file"), "Xbcd");
  EXPECT_EQ(guest_.call("fd_fdstat_set_flags", fd, fdflag::kNonblock), Errno::Success);
  EXPECT_EQ(guest_.fdstat(fd)->flags, fdflag::kNonblock);
  EXPECT_EQ(guest_.call("fd_fdstat_set_flags", fd, fdflag::kSync), Errno::Inval);
  EXPECT_EQ(guest_.call("fd_fdstat_set_flags", fd, 1 << 5), Errno::Inval);
  EXPECT_EQ(guest_.call("fd_fdstat_set_flags", 99, 0), Errno::BadF);
}

TEST_F(FdTest, SyncFlagsAreKeptAndShown) {
  Guest::Open how;
  how.flags = openflag::kCreate;
  how.fdFlags = fdflag::kSync | fdflag::kDsync | fdflag::kRsync;
  const u32 fd = *guest_.open(kDir, "file", how);
  EXPECT_EQ(guest_.fdstat(fd)->flags, how.fdFlags);
  EXPECT_EQ(guest_.call("fd_fdstat_set_flags", fd, how.fdFlags), Errno::Success);
  how.fdFlags = 1 << 5;
  EXPECT_EQ(errorOf(guest_.open(kDir, "file", how)), Errno::Inval);
}

TEST_F(FdTest, SizesSpaceAndSync) {
  const u32 fd = *guest_.create(kDir, "file");
  EXPECT_EQ(guest_.call("fd_filestat_set_size", fd, 100), Errno::Success);
  EXPECT_EQ(guest_.fstat(fd)->size, 100u);
  EXPECT_EQ(guest_.call("fd_filestat_set_size", fd, UINT64_MAX), Errno::FBig);
  EXPECT_EQ(guest_.call("fd_advise", fd, 10, 50, 4), Errno::Success);
  EXPECT_EQ(guest_.call("fd_advise", fd, 10, 50, 6), Errno::Inval);
  EXPECT_EQ(guest_.call("fd_advise", fd, UINT64_MAX, 50, 0), Errno::Inval);
  const Errno allocated = guest_.call("fd_allocate", fd, 100, 50);
  EXPECT_TRUE(allocated == Errno::Success || allocated == Errno::NotSup);
  if (allocated == Errno::Success) {
    EXPECT_EQ(guest_.fstat(fd)->size, 150u);
  }
  EXPECT_EQ(guest_.call("fd_allocate", fd, 0, 0), Errno::Inval);
  EXPECT_EQ(guest_.call("fd_allocate", fd, UINT64_MAX, 1), Errno::FBig);
  EXPECT_EQ(guest_.call("fd_sync", fd), Errno::Success);
  EXPECT_EQ(guest_.call("fd_datasync", fd), Errno::Success);
  EXPECT_EQ(guest_.call("fd_sync", 99), Errno::BadF);
}

TEST_F(FdTest, TimesAreSetAsFlagsSay) {
  const u32 fd = *guest_.create(kDir, "file");
  EXPECT_EQ(guest_.call("fd_filestat_set_times", fd, 1'500'000'000, 7, timeflag::kAccessed), Errno::Success);
  const u64 modified = guest_.fstat(fd)->modified;
  EXPECT_EQ(guest_.fstat(fd)->accessed, 1'500'000'000u);
  EXPECT_GT(modified, 1'000'000'000'000u);
  EXPECT_EQ(guest_.call("fd_filestat_set_times", fd, 0, 2'000'000'001, timeflag::kModified | timeflag::kAccessedNow),
            Errno::Success);
  EXPECT_EQ(guest_.fstat(fd)->modified, 2'000'000'001u);
  EXPECT_GE(guest_.fstat(fd)->accessed, modified);
  EXPECT_EQ(guest_.call("fd_filestat_set_times", fd, 0, 0, timeflag::kModified | timeflag::kModifiedNow), Errno::Inval);
  EXPECT_EQ(guest_.call("fd_filestat_set_times", fd, 0, 0, 16), Errno::Inval);
}

TEST_F(FdTest, TimesBefore1970AreShownAsZero) {
  scratch_.write("sandbox/old", "x");
  const timespec times[] = {{-100, 0}, {-100, 0}};
  ASSERT_EQ(utimensat(AT_FDCWD, (scratch_.sandbox() + "/old").c_str(), times, 0), 0);
  EXPECT_EQ(guest_.stat(kDir, "old")->modified, 0u);
}

TEST_F(FdTest, StatHasTypeSizeAndInode) {
  scratch_.write("sandbox/file", "12345");
  const u32 fd = *guest_.openToRead(kDir, "file");
  const Guest::Status status = *guest_.fstat(fd);
  EXPECT_EQ(status.type, FileType::RegularFile);
  EXPECT_EQ(status.size, 5u);
  EXPECT_EQ(status.links, 1u);
  EXPECT_EQ(status.inode, guest_.stat(kDir, "file")->inode);
  EXPECT_EQ(guest_.fstat(kDir)->type, FileType::Directory);
  EXPECT_EQ(guest_.call("fd_filestat_get", fd, Guest::kMemorySize - 63), Errno::Fault);
  EXPECT_EQ(guest_.call("fd_fdstat_get", fd, Guest::kMemorySize - 23), Errno::Fault);
}

TEST_F(FdTest, ClosedDescriptorsAreGone) {
  const u32 fd = *guest_.create(kDir, "file");
  EXPECT_EQ(guest_.call("fd_close", fd), Errno::Success);
  EXPECT_EQ(guest_.call("fd_close", fd), Errno::BadF);
  EXPECT_EQ(guest_.call("fd_close", UINT32_MAX), Errno::BadF);
  EXPECT_EQ(errorOf(guest_.write(fd, "x")), Errno::BadF);
  EXPECT_EQ(*guest_.create(kDir, "file"), fd);
}

TEST_F(FdTest, RenumberMovesAndCloses) {
  const u32 a = *guest_.create(kDir, "a"), b = *guest_.create(kDir, "b");
  EXPECT_EQ(guest_.call("fd_renumber", a, b), Errno::Success);
  EXPECT_EQ(guest_.call("fd_close", a), Errno::BadF);
  EXPECT_EQ(*guest_.write(b, "x"), 1u);
  EXPECT_EQ(scratch_.read("sandbox/a"), "x");
  EXPECT_EQ(guest_.call("fd_renumber", b, b), Errno::Success);
  EXPECT_EQ(guest_.call("fd_renumber", b, 127), Errno::BadF);
  EXPECT_EQ(guest_.call("fd_renumber", 127, b), Errno::BadF);
  EXPECT_EQ(guest_.call("fd_renumber", b, UINT32_MAX), Errno::BadF);
  EXPECT_EQ(*guest_.write(b, "y"), 1u);
}

TEST_F(FdTest, RenumberingManyTimesLeaksNothing) {
  u32 current = *guest_.create(kDir, "file");
  for (int i = 0; i < 5000; ++i) {
    guest_.reset();
    const auto next = guest_.openToRead(kDir, "file");
    ASSERT_TRUE(next);
    ASSERT_EQ(guest_.call("fd_renumber", current, *next), Errno::Success);
    current = *next;
  }
}

TEST_F(FdTest, APreopenThatIsWrittenOverIsNoPreopenAnyMore) {
  ASSERT_EQ(guest_.path1("path_create_directory", kDir, "sub"), Errno::Success);
  scratch_.write("sandbox/top", "x");
  const u32 sub = *guest_.openToRead(kDir, "sub");
  EXPECT_EQ(guest_.call("fd_renumber", sub, kDir), Errno::Success);
  EXPECT_EQ(guest_.call("fd_prestat_get", kDir, size_), Errno::BadF);
  EXPECT_EQ(errorOf(guest_.openToRead(kDir, "top")), Errno::NoEnt);
  EXPECT_EQ(errorOf(guest_.openToRead(kDir, "../top")), Errno::Perm);
}

TEST_F(FdTest, StreamsCannotSeek) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  WasiConfig config;
  config.stdinFd = ends[0];
  config.stdoutFd = ends[1];
  Guest guest(config);
  const u32 out = guest.allocate(8), array = guest.iovec(guest.allocate(4), 4);
  EXPECT_EQ(guest.call("fd_seek", 0, 0, 1, out), Errno::SPipe);
  EXPECT_EQ(guest.call("fd_tell", 1, out), Errno::SPipe);
  EXPECT_EQ(guest.call("fd_pread", 0, array, 1, 0, out), Errno::SPipe);
  EXPECT_EQ(guest.call("fd_pwrite", 1, array, 1, 0, out), Errno::SPipe);
  EXPECT_EQ(guest.fdstat(0)->type, FileType::Unknown);
  EXPECT_EQ(guest.fdstat(0)->base & (right::kFdSeek | right::kFdTell | right::kFdWrite), 0u);
  EXPECT_EQ(errorOf(guest.write(0, "x")), Errno::NotCapable);
  close(ends[0]), close(ends[1]);
}

TEST_F(FdTest, NonblockingOnInheritedStreamsLeavesTheHostsFlagsAlone) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  WasiConfig config;
  config.stdinFd = ends[0];
  config.stdoutFd = ends[1];
  Guest guest(config);
  const u32 out = guest.allocate(8), buffer = guest.allocate(4), array = guest.iovec(buffer, 4);
  EXPECT_EQ(guest.call("fd_fdstat_set_flags", 0, fdflag::kNonblock), Errno::Success);
  EXPECT_EQ(guest.call("fd_fdstat_set_flags", 1, fdflag::kNonblock), Errno::Success);
  EXPECT_EQ(fcntl(ends[0], F_GETFL) & O_NONBLOCK, 0);
  EXPECT_EQ(guest.fdstat(0)->flags, fdflag::kNonblock);
  EXPECT_EQ(guest.call("fd_read", 0, array, 1, out), Errno::Again);
  EXPECT_EQ(*guest.write(1, "abc"), 3u);
  EXPECT_EQ(guest.call("fd_read", 0, array, 1, out), Errno::Success);
  EXPECT_EQ(guest.bytes(buffer, 3), "abc");
  // A pipe fills up without ever blocking.
  const std::string block(60000, 'x');
  u64 total = 0;
  for (;;) {
    guest.reset();
    const auto written = guest.write(1, block);
    if (!written) {
      EXPECT_EQ(written.error(), Errno::Again);
      break;
    }
    total += *written;
  }
  EXPECT_GT(total, 4096u);
  EXPECT_EQ(guest.call("fd_fdstat_set_flags", 1, fdflag::kAppend), Errno::NotSup);
  close(ends[0]), close(ends[1]);
}

TEST_F(FdTest, RightsOnlyShrink) {
  const u32 fd = *guest_.create(kDir, "file");
  const Rights base = guest_.fdstat(fd)->base;
  EXPECT_EQ(base, right::kRegularFile);
  EXPECT_EQ(guest_.call("fd_fdstat_set_rights", fd, base | right::kPathOpen, 0), Errno::NotCapable);
  EXPECT_EQ(guest_.call("fd_fdstat_set_rights", fd, base, right::kFdRead), Errno::NotCapable);
  EXPECT_EQ(guest_.call("fd_fdstat_set_rights", fd, base & ~right::kFdWrite, 0), Errno::Success);
  EXPECT_EQ(errorOf(guest_.write(fd, "x")), Errno::NotCapable);
  EXPECT_EQ(guest_.call("fd_fdstat_set_rights", fd, base, 0), Errno::NotCapable);
  EXPECT_EQ(guest_.call("fd_fdstat_set_rights", 99, 0, 0), Errno::BadF);
}

TEST_F(FdTest, EveryCallOnADescriptorChecksItsRight) {
  const u32 fd = *guest_.create(kDir, "file");
  ASSERT_EQ(guest_.call("fd_fdstat_set_rights", fd, 0, 0), Errno::Success);
  const u32 out = guest_.allocate(64), array = guest_.iovec(guest_.allocate(4), 4);
  EXPECT_EQ(guest_.call("fd_advise", fd, 0, 0, 0), Errno::NotCapable);
  EXPECT_EQ(guest_.call("fd_allocate", fd, 0, 1), Errno::NotCapable);
  EXPECT_EQ(guest_.call("fd_datasync", fd), Errno::NotCapable);
  EXPECT_EQ(guest_.call("fd_sync", fd), Errno::NotCapable);
  EXPECT_EQ(guest_.call("fd_fdstat_set_flags", fd, 0), Errno::NotCapable);
  EXPECT_EQ(guest_.call("fd_filestat_get", fd, out), Errno::NotCapable);
  EXPECT_EQ(guest_.call("fd_filestat_set_size", fd, 0), Errno::NotCapable);
  EXPECT_EQ(guest_.call("fd_filestat_set_times", fd, 0, 0, 0), Errno::NotCapable);
  EXPECT_EQ(guest_.call("fd_pread", fd, array, 1, 0, out), Errno::NotCapable);
  EXPECT_EQ(guest_.call("fd_pwrite", fd, array, 1, 0, out), Errno::NotCapable);
  EXPECT_EQ(guest_.call("fd_read", fd, array, 1, out), Errno::NotCapable);
  EXPECT_EQ(guest_.call("fd_write", fd, array, 1, out), Errno::NotCapable);
  EXPECT_EQ(guest_.call("fd_seek", fd, 1, 0, out), Errno::NotCapable);
  EXPECT_EQ(guest_.call("fd_tell", fd, out), Errno::NotCapable);
  EXPECT_EQ(guest_.call("fd_readdir", fd, out, 64, 0, out), Errno::NotDir);
}

TEST_F(FdTest, DirectoriesAreNotFiles) {
  const u32 out = guest_.allocate(64), array = guest_.iovec(guest_.allocate(4), 4);
  EXPECT_EQ(guest_.call("fd_read", kDir, array, 1, out), Errno::NotCapable);
  EXPECT_EQ(guest_.call("fd_write", kDir, array, 1, out), Errno::NotCapable);
  EXPECT_EQ(guest_.call("fd_seek", kDir, 0, 0, out), Errno::NotCapable);
  EXPECT_EQ(guest_.call("fd_allocate", kDir, 0, 1), Errno::NotCapable);
  EXPECT_EQ(guest_.call("fd_filestat_set_size", kDir, 0), Errno::NotCapable);
}

}  // namespace
}  // namespace wasmrun::wasi
