#include "platform/mapping.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include "platform/address_space.h"
#include "platform/anonymous_file.h"
#include "sanitized.h"

namespace wasmrun::platform {
namespace {

constexpr u64 kGiB = u64{1} << 30;

TEST(Mapping, ReservedSpaceIsOpenedPieceByPiece) {
  auto mapping = Mapping::reserve(64 * kGiB);
  ASSERT_TRUE(mapping) << mapping.error().message;
  const u64 page = pageSize();
  ASSERT_TRUE(mapping->commit(32 * kGiB, page));
  u8* const place = mapping->base() + 32 * kGiB;
  EXPECT_EQ(place[page - 1], 0);
  std::memset(place, 7, page);
  ASSERT_TRUE(mapping->protect(32 * kGiB, page));
  EXPECT_DEATH(place[0] = 1, "");
  ASSERT_TRUE(mapping->commit(32 * kGiB, page));
  EXPECT_EQ(place[page - 1], 7);
  ASSERT_TRUE(mapping->decommit(32 * kGiB, page));
  EXPECT_EQ(place[page - 1], 0);
}

TEST(Mapping, ResizeKeepsContentsAndAddsZeros) {
  Mapping mapping;
  const u64 page = pageSize();
  ASSERT_TRUE(mapping.resize(page));
  mapping.base()[page - 1] = 42;
  ASSERT_TRUE(mapping.resize(1000 * page));
  EXPECT_EQ(mapping.size(), 1000 * page);
  EXPECT_EQ(mapping.base()[page - 1], 42);
  EXPECT_EQ(mapping.base()[1000 * page - 1], 0);
  ASSERT_TRUE(mapping.resize(0));
  EXPECT_EQ(mapping.base(), nullptr);
}

TEST(Mapping, ExpectedWritesChangeNothing) {
  constexpr u64 kSize = u64{8} << 20;
  auto mapping = *Mapping::reserve(2 * kSize);
  ASSERT_TRUE(mapping.commit(0, kSize));
  mapping.base()[100] = 1;
  mapping.expectWrites(50, kSize - 51);
  mapping.expectWrites(7, 0);
  EXPECT_EQ(mapping.base()[100], 1);
  EXPECT_EQ(mapping.base()[kSize / 2], 0);
  ASSERT_TRUE(mapping.commit(kSize, kSize));
  EXPECT_EQ(mapping.base()[2 * kSize - 1], 0);
}

TEST(Mapping, SizesThatNoSystemHasAreErrors) {
  for (const u64 size : {u64{1} << 57, u64{1} << 63, ~u64{0} << 16}) {
    auto mapping = Mapping::reserve(size);
    ASSERT_FALSE(mapping);
    EXPECT_EQ(mapping.error().kind, ErrorKind::Limit);
    Mapping small = *Mapping::allocate(pageSize());
    EXPECT_FALSE(small.resize(size));
    EXPECT_EQ(small.size(), pageSize());
  }
}

TEST(Mapping, PrivateMappingsOfAFileDoNotMeet) {
  auto file = AnonymousFile::make("test", pageSize());
  ASSERT_TRUE(file) << file.error().message;
  ASSERT_TRUE(file->write(5, reinterpret_cast<const u8*>("hello"), 5));
  ASSERT_TRUE(file->seal());
  EXPECT_FALSE(file->write(5, reinterpret_cast<const u8*>("later"), 5));
  auto a = Mapping::reserve(4 * pageSize()), b = Mapping::reserve(4 * pageSize());
  ASSERT_TRUE(a->mapPrivate(*file, pageSize()));
  ASSERT_TRUE(b->mapPrivate(*file, pageSize()));
  std::memcpy(a->base() + 5, "HELLO", 5);
  EXPECT_EQ(std::memcmp(b->base() + 5, "hello", 5), 0);
}

TEST(AnonymousFile, PastTheLimitOfFileSizesIsAnErrorAndNoSignal) {
  const pid_t child = fork();
  if (child == 0) {
    const rlimit limit{1024, 1024};
    setrlimit(RLIMIT_FSIZE, &limit);
    const auto file = AnonymousFile::make("test", 4096);
    _exit(!file && file.error().kind == ErrorKind::Limit ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

/// Runs `check` in a child process that may map `bytes` more than it has.
template <class Check>
void underAddressLimit(u64 bytes, Check check) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    rlimit limit{64 * kGiB, 64 * kGiB};
    setrlimit(RLIMIT_AS, &limit);
    limit.rlim_cur = 64 * kGiB - addressSpaceLeft() + bytes;
    setrlimit(RLIMIT_AS, &limit);
    _exit(check() ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST(AddressSpace, KnowsWhatALimitLeaves) {
  if (addressSpaceLeft() != ~u64{0} || kSanitized) GTEST_SKIP() << "this process has a limit, or maps terabytes";
  EXPECT_TRUE(mayReserve(64 * kGiB));
  underAddressLimit(8 * kGiB, [] {
    const u64 left = addressSpaceLeft();
    return left > 7 * kGiB && left <= 8 * kGiB && mayReserve(kGiB) && !mayReserve(4 * kGiB);
  });
}

}  // namespace
}  // namespace wasmrun::platform
