// fd_readdir: all names once, whatever the buffer's size, and cookies that can be taken up again.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "test_guest.h"

namespace wasmrun::wasi {
namespace {

struct Entry {
  u64 next;
  u64 inode;
  FileType type;
  std::string name;
};

class ReaddirTest : public BothModes {
 protected:
  /// The whole entries of one call; `isEnd` says that the buffer was not filled.
  Fallible<std::vector<Entry>> readOnce(u32 fd, u64 cookie, u32 capacity, bool& isEnd) {
    guest_.reset();
    const u32 buffer = guest_.allocate(capacity), size = guest_.allocate(4);
    WASI_TRY(guest_.call("fd_readdir", fd, buffer, capacity, cookie, size));
    const u32 used = guest_.get<u32>(size);
    isEnd = used < capacity;
    std::vector<Entry> entries;
    for (u32 at = buffer; at + 24 <= buffer + used;) {
      const u32 length = guest_.get<u32>(at + 16);
      if (at + 24 + length > buffer + used) break;
      entries.push_back({guest_.get<u64>(at), guest_.get<u64>(at + 8), static_cast<FileType>(guest_.get<u8>(at + 20)),
                         guest_.bytes(at + 24, length)});
      at += 24 + length;
    }
    return entries;
  }

  std::vector<Entry> readAll(u32 fd, u32 capacity, u64 cookie = 0) {
    std::vector<Entry> all;
    for (bool isEnd = false; !isEnd;) {
      const auto some = readOnce(fd, cookie, capacity, isEnd);
      if (!some || (some->empty() && !isEnd)) {
        ADD_FAILURE() << "no progress";
        break;
      }
      all.insert(all.end(), some->begin(), some->end());
      if (!all.empty()) cookie = all.back().next;
    }
    return all;
  }

  Guest guest_{config()};
};
WASI_BOTH_MODES(ReaddirTest);

TEST_P(ReaddirTest, AnEmptyDirectoryHasItsDots) {
  const std::vector<Entry> all = readAll(kDir, 4096);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].name, ".");
  EXPECT_EQ(all[1].name, "..");
  EXPECT_EQ(all[0].type, FileType::Directory);
  EXPECT_EQ(all[0].inode, guest_.fstat(kDir)->inode);
  EXPECT_EQ(all[1].inode, all[0].inode);  // the parent's number is not the guest's to know
}

TEST_P(ReaddirTest, TypesAndInodesAreThoseOfStat) {
  scratch_.write("sandbox/file", "x");
  scratch_.makeDirectory("sandbox/dir");
  scratch_.symlink("file", "sandbox/link");
  for (const Entry& entry : readAll(kDir, 4096)) {
    if (entry.name[0] == '.') continue;
    EXPECT_EQ(entry.type, guest_.stat(kDir, entry.name)->type) << entry.name;
    EXPECT_EQ(entry.inode, guest_.stat(kDir, entry.name)->inode) << entry.name;
  }
}

TEST_P(ReaddirTest, AllNamesOnceWithAnyBuffer) {
  std::set<std::string> expected = {".", ".."};
  for (int i = 0; i < 300; ++i) {
    const std::string name = "name" + std::to_string(i) + std::string(i % 90, 'x');
    scratch_.write("sandbox/" + name, "");
    expected.insert(name);
  }
  expected.insert(std::string(255, 'y'));
  scratch_.write("sandbox/" + std::string(255, 'y'), "");
  for (const u32 capacity : {279u, 300u, 1000u, 4096u, 100000u}) {
    const std::vector<Entry> all = readAll(kDir, capacity);
    std::set<std::string> names;
    for (const Entry& entry : all) names.insert(entry.name);
    EXPECT_EQ(all.size(), expected.size()) << capacity;
    EXPECT_EQ(names, expected) << capacity;
  }
}

TEST_P(ReaddirTest, EveryCookieCanBeTakenUpAgain) {
  for (int i = 0; i < 40; ++i) scratch_.write("sandbox/f" + std::to_string(i), "");
  const std::vector<Entry> all = readAll(kDir, 4096);
  const u32 other = *guest_.openToRead(kDir, ".");
  for (const u32 fd : {kDir, other}) {
    for (size_t i = 0; i < all.size(); ++i) {
      const std::vector<Entry> rest = readAll(fd, 4096, all[i].next);
      ASSERT_EQ(rest.size(), all.size() - i - 1);
      if (!rest.empty()) {
        EXPECT_EQ(rest[0].name, all[i + 1].name);
      }
    }
  }
}

TEST_P(ReaddirTest, RemovingWhileReadingSkipsNothing) {
  std::set<std::string> left;
  for (int i = 0; i < 200; ++i) {
    scratch_.write("sandbox/f" + std::to_string(i), "");
    left.insert("f" + std::to_string(i));
  }
  u64 cookie = 2;
  for (bool isEnd = false; !isEnd;) {
    const auto some = readOnce(kDir, cookie, 400, isEnd);
    ASSERT_TRUE(some);
    for (const Entry& entry : *some) {
      EXPECT_EQ(guest_.path1("path_unlink_file", kDir, entry.name), Errno::Success);
      left.erase(entry.name);
      cookie = entry.next;
    }
  }
  EXPECT_TRUE(left.empty());
}

TEST_P(ReaddirTest, ShortBuffersAreFilledWithPartOfAnEntry) {
  const u32 buffer = guest_.allocate(64), size = guest_.allocate(4);
  for (const u32 capacity : {0u, 1u, 10u, 24u, 25u, 30u, 49u, 50u, 51u}) {
    EXPECT_EQ(guest_.call("fd_readdir", kDir, buffer, capacity, 0, size), Errno::Success);
    EXPECT_EQ(guest_.get<u32>(size), std::min(capacity, 51u)) << capacity;
  }
}

TEST_P(ReaddirTest, OddArguments) {
  const u32 buffer = guest_.allocate(64);
  EXPECT_EQ(guest_.call("fd_readdir", kDir, buffer, 64, UINT64_MAX, buffer), Errno::Inval);
  EXPECT_EQ(guest_.call("fd_readdir", kDir, buffer, UINT32_MAX, 0, buffer), Errno::Fault);
  EXPECT_EQ(guest_.call("fd_readdir", 99, buffer, 64, 0, buffer), Errno::BadF);
  EXPECT_EQ(guest_.call("fd_readdir", 1, buffer, 64, 0, buffer), Errno::NotDir);
  // Cookies from nowhere give an error or some entries, nothing worse.
  for (u64 cookie = 3; cookie < UINT64_MAX / 3; cookie *= 3) {
    const Errno error = guest_.call("fd_readdir", kDir, buffer, 64, cookie, buffer);
    EXPECT_TRUE(error == Errno::Success || error == Errno::Inval) << errnoName(error);
  }
}

TEST_P(ReaddirTest, ARemovedDirectoryIsEmpty) {
  scratch_.makeDirectory("sandbox/dir");
  const u32 dir = *guest_.openToRead(kDir, "dir");
  ASSERT_EQ(guest_.path1("path_remove_directory", kDir, "dir"), Errno::Success);
  EXPECT_EQ(readAll(dir, 4096).size(), 2u);
}

}  // namespace
}  // namespace wasmrun::wasi
