// Addresses and lengths from a guest: everything outside the memory is Fault.
#include "wasi/guest_memory.h"

#include <gtest/gtest.h>

#include <vector>

#include "test_guest.h"

namespace wasmrun::wasi {
namespace {

class GuestMemoryTest : public testing::Test {
 protected:
  std::vector<std::byte> bytes_ = std::vector<std::byte>(64);
  GuestMemory memory_{bytes_.data(), bytes_.size()};
};

TEST_F(GuestMemoryTest, RangesEndWhereTheMemoryEnds) {
  EXPECT_TRUE(memory_.range(0, 64));
  EXPECT_TRUE(memory_.range(64, 0));
  EXPECT_FALSE(memory_.range(65, 0));
  EXPECT_FALSE(memory_.range(1, 64));
  EXPECT_FALSE(memory_.range(UINT64_MAX, 2));
  EXPECT_FALSE(memory_.range(2, UINT64_MAX));
}

TEST_F(GuestMemoryTest, IntegersAreLittleEndianAtAnyAlignment) {
  EXPECT_EQ(memory_.write<u32>(3, 0x0102'0304), Errno::Success);
  EXPECT_EQ(bytes_[3], std::byte{4});
  EXPECT_EQ(bytes_[6], std::byte{1});
  EXPECT_EQ(*memory_.read<u16>(4), 0x0203);
  EXPECT_EQ(memory_.read<u32>(61).error(), Errno::Fault);
  EXPECT_EQ(memory_.write<u64>(57, 1), Errno::Fault);
}

TEST_F(GuestMemoryTest, AnEmptyMemoryHasNoBytes) {
  GuestMemory empty(nullptr, 0);
  EXPECT_TRUE(empty.range(0, 0));
  EXPECT_EQ(empty.read<u8>(0).error(), Errno::Fault);
  GuestPath path;
  EXPECT_EQ(path.copy(empty, 0, 1), Errno::Fault);
}

TEST_F(GuestMemoryTest, PathsAreCheckedCopies) {
  GuestPath path;
  ASSERT_EQ(memory_.writeBytes(0, std::string_view("a/b\0c", 5)), Errno::Success);
  EXPECT_EQ(path.copy(memory_, 0, 3), Errno::Success);
  EXPECT_EQ(path.view(), "a/b");
  bytes_[0] = std::byte{'/'};  // another thread of the guest
  EXPECT_STREQ(path.c_str(), "a/b");
  EXPECT_EQ(path.copy(memory_, 0, 5), Errno::Inval);
  EXPECT_EQ(path.copy(memory_, 0, 0), Errno::NoEnt);
  EXPECT_EQ(path.copy(memory_, 60, 5), Errno::Fault);
  EXPECT_EQ(path.copy(memory_, 0, UINT32_MAX), Errno::Fault);
}

TEST_F(GuestMemoryTest, PathsOverThePlatformLimitAreTooLong) {
  std::vector<std::byte> large(5000, std::byte{'a'});
  GuestPath path;
  EXPECT_EQ(path.copy({large.data(), large.size()}, 0, 4095), Errno::Success);
  EXPECT_EQ(path.copy({large.data(), large.size()}, 0, 4096), Errno::NameTooLong);
}

TEST_F(GuestMemoryTest, BuffersLeaveOutEmptyOnesAndFaultOutside) {
  memory_.write<u32>(0, 32), memory_.write<u32>(4, 8);    // good
  memory_.write<u32>(8, 64), memory_.write<u32>(12, 0);   // empty, at the end
  memory_.write<u32>(16, 60), memory_.write<u32>(20, 8);  // over the end
  GuestBuffers two;
  EXPECT_EQ(two.copy(memory_, 0, 2), Errno::Success);
  EXPECT_EQ(two.view().size(), 1u);
  GuestBuffers three;
  EXPECT_EQ(three.copy(memory_, 0, 3), Errno::Fault);
  GuestBuffers wrapping;
  EXPECT_EQ(wrapping.copy(memory_, 0, UINT32_MAX), Errno::Fault);
  GuestBuffers outside;
  EXPECT_EQ(outside.copy(memory_, UINT32_MAX, 1), Errno::Fault);
}

TEST_F(GuestMemoryTest, LongArraysAreTakenInPart) {
  Guest guest{WasiConfig()};
  static constexpr u32 kCount = 3000;
  const u32 array = guest.allocate(kCount * 8), buffer = guest.allocate(1);
  for (u32 i = 0; i < kCount; ++i) guest.set<u32>(array + i * 8, buffer), guest.set<u32>(array + i * 8 + 4, i % 2);
  GuestBuffers buffers;
  EXPECT_EQ(buffers.copy(guest.memory(), array, kCount), Errno::Success);
  EXPECT_EQ(buffers.view().size(), GuestBuffers::kMax);
}

TEST_F(GuestMemoryTest, TruncateCutsTheLastBufferAndDropsTheRest) {
  for (u32 i = 0; i < 3; ++i) memory_.write<u32>(i * 8, 32), memory_.write<u32>(i * 8 + 4, 10);
  GuestBuffers buffers;
  ASSERT_EQ(buffers.copy(memory_, 0, 3), Errno::Success);
  buffers.truncate(15);
  ASSERT_EQ(buffers.view().size(), 2u);
  EXPECT_EQ(buffers.view()[1].length, 5u);
}

}  // namespace
}  // namespace wasmrun::wasi
