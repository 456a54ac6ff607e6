// What a guest finds when it starts: arguments, environment, streams, preopens; and what create() refuses.
#include "wasi/context.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "test_guest.h"

namespace wasmrun::wasi {
namespace {

std::string createError(const WasiConfig& config) {
  auto context = WasiContext::create(config);
  return context ? "no error" : context.error().message;
}

TEST(WasiContextTest, ArgumentsAndEnvironmentArriveAsBlocks) {
  WasiConfig config;
  config.args = {"prog", "", "x y"};
  config.env = {{"HOME", "/"}, {"EMPTY", ""}};
  Guest guest(config);
  const u32 sizes = guest.allocate(8), pointers = guest.allocate(12), buffer = guest.allocate(64);
  EXPECT_EQ(guest.call("args_sizes_get", sizes, sizes + 4), Errno::Success);
  EXPECT_EQ(guest.get<u32>(sizes), 3u);
  EXPECT_EQ(guest.get<u32>(sizes + 4), 10u);
  EXPECT_EQ(guest.call("args_get", pointers, buffer), Errno::Success);
  EXPECT_EQ(guest.bytes(buffer, 10), std::string("prog\0\0x y\0", 10));
  EXPECT_EQ(guest.get<u32>(pointers), buffer);
  EXPECT_EQ(guest.get<u32>(pointers + 4), buffer + 5);
  EXPECT_EQ(guest.get<u32>(pointers + 8), buffer + 6);
  EXPECT_EQ(guest.call("environ_sizes_get", sizes, sizes + 4), Errno::Success);
  EXPECT_EQ(guest.get<u32>(sizes), 2u);
  EXPECT_EQ(guest.call("environ_get", pointers, buffer), Errno::Success);
  EXPECT_EQ(guest.bytes(buffer, 14), std::string("HOME=/\0EMPTY=\0", 14));
}

TEST(WasiContextTest, ArgumentBlocksOutsideTheMemoryFault) {
  WasiConfig config;
  config.args = {"prog"};
  Guest guest(config);
  EXPECT_EQ(guest.call("args_get", 0, Guest::kMemorySize - 4), Errno::Fault);
  EXPECT_EQ(guest.call("args_get", Guest::kMemorySize - 3, 0), Errno::Fault);
  EXPECT_EQ(guest.call("args_sizes_get", UINT32_MAX, 0), Errno::Fault);
  EXPECT_EQ(guest.call("environ_sizes_get", 0, UINT32_MAX), Errno::Fault);
}

TEST(WasiContextTest, ErrorsNameThePathAndTheReason) {
  Scratch scratch;
  WasiConfig config;
  config.preopens = {{scratch.root() + "/missing", "/"}};
  EXPECT_EQ(createError(config), "cannot open directory \"" + scratch.root() + "/missing\": No such file or directory");
  config.preopens = {{scratch.outside() + "/secret", "/"}};
  EXPECT_EQ(createError(config), "cannot open directory \"" + scratch.outside() + "/secret\": Not a directory");
  config.preopens = {{scratch.sandbox(), ""}};
  EXPECT_EQ(createError(config), "WASI directory \"" + scratch.sandbox() + "\": its name in the guest is empty");
}

TEST(WasiContextTest, UnreadableDirectoriesAreReported) {
  if (geteuid() == 0) GTEST_SKIP() << "root reads everything";
  Scratch scratch;
  WasiConfig config;
  config.preopens = {{scratch.sandbox(), "/"}};
  ASSERT_EQ(chmod(scratch.sandbox().c_str(), 0), 0);
  EXPECT_EQ(createError(config), "cannot open directory \"" + scratch.sandbox() + "\": Permission denied");
  ASSERT_EQ(chmod(scratch.sandbox().c_str(), 0700), 0);
}

TEST(WasiContextTest, BadStringsAndDescriptorsAreRefused) {
  WasiConfig config;
  config.args = {std::string("a\0b", 3)};
  EXPECT_NE(createError(config).find("argument \"a\\u0000b\""), std::string::npos);
  config = WasiConfig();
  config.env = {{"A=B", "x"}};
  EXPECT_NE(createError(config).find("environment variable \"A=B\""), std::string::npos);
  config = WasiConfig();
  config.stdinFd = 1000000;
  EXPECT_EQ(createError(config), "WASI stdin: host descriptor 1000000 is not open");
  config = WasiConfig();
  config.sockets = {0};
  EXPECT_EQ(createError(config), "WASI socket: host descriptor 0 is not an open socket");
}

TEST(WasiContextTest, PreopensAreNumberedInOrderAndNamed) {
  Scratch scratch;
  WasiConfig config;
  config.preopens = {{scratch.sandbox(), "/"}, {scratch.outside(), "data/x"}};
  Guest guest(config);
  const u32 prestat = guest.allocate(8), name = guest.allocate(16);
  EXPECT_EQ(guest.call("fd_prestat_get", 4, prestat), Errno::Success);
  EXPECT_EQ(guest.get<u8>(prestat), 0u);
  EXPECT_EQ(guest.get<u32>(prestat + 4), 6u);
  EXPECT_EQ(guest.call("fd_prestat_dir_name", 4, name, 6), Errno::Success);
  EXPECT_EQ(guest.bytes(name, 7), std::string("data/x\0", 7));
  EXPECT_EQ(guest.call("fd_prestat_dir_name", 4, name, 5), Errno::NameTooLong);
  EXPECT_EQ(guest.call("fd_prestat_dir_name", 4, Guest::kMemorySize, 6), Errno::Fault);
  EXPECT_EQ(guest.call("fd_prestat_get", 4, Guest::kMemorySize - 7), Errno::Fault);
  EXPECT_EQ(guest.call("fd_prestat_get", 5, prestat), Errno::BadF);
  EXPECT_EQ(guest.call("fd_prestat_get", 1, prestat), Errno::BadF);
  EXPECT_EQ(guest.call("fd_prestat_dir_name", 1, name, 16), Errno::NotDir);
}

TEST(WasiContextTest, ClosedStreamsDoNotShiftTheOthers) {
  Scratch scratch;
  WasiConfig config;
  config.stdinFd = HostFd::kNone;
  config.preopens = {{scratch.sandbox(), "/"}};
  Guest guest(config);
  EXPECT_EQ(errorOf(guest.fdstat(0)), Errno::BadF);
  EXPECT_EQ(guest.fdstat(3)->type, FileType::Directory);
  EXPECT_EQ(*guest.create(3, "file"), 0u);  // the lowest free number
}

TEST(WasiContextTest, StandardStreamsAreNotClosedOnTheHost) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  WasiConfig config;
  config.stdoutFd = ends[1];
  {
    Guest guest(config);
    EXPECT_EQ(*guest.write(1, "hello"), 5u);
    EXPECT_EQ(guest.call("fd_close", 1), Errno::Success);
    EXPECT_EQ(errorOf(guest.write(1, "hello")), Errno::BadF);
  }
  EXPECT_EQ(fcntl(ends[1], F_GETFD), 0);
  char text[8];
  EXPECT_EQ(read(ends[0], text, sizeof text), 5);
  close(ends[0]), close(ends[1]);
}

TEST(WasiContextTest, StreamsCanBeServedByFunctions) {
  std::string input = "some input", output;
  WasiConfig config;
  config.stdinHooks.read = [&](std::span<std::byte> into) -> Fallible<u32> {
    const size_t size = input.copy(reinterpret_cast<char*>(into.data()), std::min<size_t>(into.size(), 4));
    input.erase(0, size);
    return static_cast<u32>(size);
  };
  config.stdoutHooks.write = [&](std::span<const std::byte> bytes) {
    output.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return output.size() < 10 ? Errno::Success : Errno::NoSpc;
  };
  Guest guest(config);
  EXPECT_EQ(*guest.readAll(0), "some input");
  const u32 text = guest.put("abcd"), array = guest.allocate(16), size = guest.allocate(8);
  for (u32 i = 0; i < 2; ++i) guest.set<u32>(array + i * 8, text), guest.set<u32>(array + i * 8 + 4, 2 + i);
  EXPECT_EQ(guest.call("fd_write", 1, array, 2, size), Errno::Success);
  EXPECT_EQ(guest.get<u32>(size), 5u);
  EXPECT_EQ(output, "ababc");
  EXPECT_EQ(guest.call("fd_fdstat_set_flags", 1, fdflag::kNonblock), Errno::Success);
  EXPECT_EQ(*guest.write(1, "xyz"), 3u);
  EXPECT_EQ(errorOf(guest.write(1, "xyz")), Errno::NoSpc);
  EXPECT_EQ(errorOf(guest.write(0, "x")), Errno::NotCapable);
  EXPECT_EQ(guest.fdstat(1)->type, FileType::Unknown);
  EXPECT_EQ(guest.fstat(1)->size, 0u);
  EXPECT_EQ(guest.call("fd_seek", 1, 0, 0, size), Errno::SPipe);
  EXPECT_EQ(guest.call("fd_sync", 1), Errno::NotCapable);
  const u32 subscription = guest.allocate(48), event = guest.allocate(32);
  guest.set<u8>(subscription + 8, static_cast<u8>(EventType::FdRead));
  EXPECT_EQ(guest.call("poll_oneoff", subscription, event, 1, size), Errno::Success);
  EXPECT_EQ(guest.get<u32>(size), 1u);
  EXPECT_EQ(guest.get<u16>(event + 8), 0u);
  EXPECT_EQ(guest.call("fd_close", 1), Errno::Success);
  EXPECT_EQ(errorOf(guest.write(1, "x")), Errno::BadF);
}

TEST(WasiContextTest, ClocksTickAndRandomFills) {
  Guest guest{WasiConfig()};
  const u32 time = guest.allocate(8);
  for (u32 clock = 0; clock < 4; ++clock) {
    EXPECT_EQ(guest.call("clock_res_get", clock, time), Errno::Success);
    EXPECT_GE(guest.get<u64>(time), 1u);
    EXPECT_EQ(guest.call("clock_time_get", clock, 0, time), Errno::Success);
    EXPECT_GT(guest.get<u64>(time), 0u);
  }
  EXPECT_EQ(guest.call("clock_time_get", 4, 0, time), Errno::Inval);
  EXPECT_EQ(guest.call("clock_res_get", UINT32_MAX, time), Errno::Inval);
  EXPECT_EQ(guest.call("clock_time_get", 0, 0, Guest::kMemorySize - 7), Errno::Fault);
  EXPECT_EQ(guest.call("clock_time_get", 1, 0, time), Errno::Success);
  const u64 first = guest.get<u64>(time);
  EXPECT_EQ(guest.call("clock_time_get", 1, 0, time), Errno::Success);
  EXPECT_GE(guest.get<u64>(time), first);

  const u32 buffer = guest.allocate(1024);
  EXPECT_EQ(guest.call("random_get", buffer, 1000), Errno::Success);
  EXPECT_NE(guest.bytes(buffer, 1000), std::string(1000, '\0'));
  EXPECT_EQ(guest.bytes(buffer + 1000, 24), std::string(24, '\0'));
  EXPECT_EQ(guest.call("random_get", buffer, UINT32_MAX), Errno::Fault);
  EXPECT_EQ(guest.call("random_get", Guest::kMemorySize, 0), Errno::Success);
  EXPECT_EQ(guest.call("sched_yield"), Errno::Success);
  EXPECT_EQ(guest.call("proc_raise", 9), Errno::NoSys);
}

}  // namespace
}  // namespace wasmrun::wasi
