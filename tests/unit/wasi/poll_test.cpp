// poll_oneoff: clocks, files, errors, several at once. No upper bounds on time are asserted.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "test_guest.h"

namespace wasmrun::wasi {
namespace {

constexpr u64 kMillisecond = 1'000'000;

class PollTest : public testing::Test {
 protected:
  struct Event {
    u64 userdata;
    Errno error;
    EventType type;
    u64 bytes;
    u16 flags;
  };

  PollTest() {
    EXPECT_EQ(pipe(ends_), 0);
    WasiConfig config;
    config.stdinFd = ends_[0];
    config.stdoutFd = ends_[1];
    config.preopens = {{scratch_.sandbox(), "/"}};
    guest_ = std::make_unique<Guest>(config);
    in_ = guest_->allocate(48 * 8);
    out_ = guest_->allocate(32 * 8);
    size_ = guest_->allocate(8);
  }

  ~PollTest() override { close(ends_[0]), close(ends_[1]); }

  void addClock(u64 userdata, ClockId clock, u64 timeout, bool absolute = false) {
    const u32 at = addTag(userdata, EventType::Clock);
    guest_->set<u32>(at + 16, static_cast<u32>(clock));
    guest_->set<u64>(at + 24, timeout);
    guest_->set<u16>(at + 40, absolute ? 1 : 0);
  }

  void addFd(u64 userdata, EventType type, u32 fd) { guest_->set<u32>(addTag(userdata, type) + 16, fd); }

  u32 addTag(u64 userdata, EventType type) {
    const u32 at = in_ + 48 * count_++;
    guest_->set<u64>(at, userdata);
    guest_->set<u8>(at + 8, static_cast<u8>(type));
    return at;
  }

  Errno call() { return guest_->call("poll_oneoff", in_, out_, count_, size_); }

  std::vector<Event> poll() {
    EXPECT_EQ(call(), Errno::Success);
    std::vector<Event> events;
    for (u32 i = 0; i < guest_->get<u32>(size_); ++i) {
      const u32 at = out_ + 32 * i;
      events.push_back({guest_->get<u64>(at), static_cast<Errno>(guest_->get<u16>(at + 8)),
                        static_cast<EventType>(guest_->get<u8>(at + 10)), guest_->get<u64>(at + 16),
                        guest_->get<u16>(at + 24)});
    }
    return events;
  }

  u64 now(u32 clock) {
    EXPECT_EQ(guest_->call("clock_time_get", clock, 0, size_), Errno::Success);
    return guest_->get<u64>(size_);
  }

  Scratch scratch_;
  int ends_[2];
  std::unique_ptr<Guest> guest_;
  u32 in_, out_, size_;
  u32 count_ = 0;
};

TEST_F(PollTest, ClocksWaitAsLongAsTheyShould) {
  for (const ClockId clock : {ClockId::Realtime, ClockId::Monotonic}) {
    for (const bool absolute : {false, true}) {
      count_ = 0;
      const u64 before = now(1);
      addClock(7, clock, 3 * kMillisecond + (absolute ? now(static_cast<u32>(clock)) : 0), absolute);
      const auto events = poll();
      EXPECT_GE(now(1) - before, 3 * kMillisecond - 10'000);  // the two clocks need not run alike
      ASSERT_EQ(events.size(), 1u);
      EXPECT_EQ(events[0].userdata, 7u);
      EXPECT_EQ(events[0].error, Errno::Success);
      EXPECT_EQ(events[0].type, EventType::Clock);
    }
  }
}

TEST_F(PollTest, TheEarliestClockWins) {
  addClock(1, ClockId::Monotonic, UINT64_MAX);
  addClock(2, ClockId::Monotonic, kMillisecond);
  addClock(3, ClockId::Realtime, UINT64_MAX, true);
  const auto events = poll();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].userdata, 2u);
}

TEST_F(PollTest, PastTimesAreDueAtOnceAndAllOfThem) {
  addClock(1, ClockId::Monotonic, 0, true);
  addClock(2, ClockId::Realtime, 1, true);
  addClock(3, ClockId::Monotonic, 0);
  addClock(4, ClockId::Monotonic, UINT64_MAX);
  EXPECT_EQ(poll().size(), 3u);
}

TEST_F(PollTest, FilesAreReadyWhenTheyAre) {
  addFd(1, EventType::FdRead, 0);
  addFd(2, EventType::FdWrite, 1);
  auto events = poll();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].userdata, 2u);
  EXPECT_EQ(events[0].type, EventType::FdWrite);
  ASSERT_EQ(*guest_->write(1, "hello"), 5u);
  events = poll();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].userdata, 1u);
  EXPECT_EQ(events[0].bytes, 5u);
  EXPECT_EQ(events[0].flags, 0);
}

TEST_F(PollTest, DataFromElsewhereWakesTheGuest) {
  addFd(1, EventType::FdRead, 0);
  addClock(2, ClockId::Monotonic, UINT64_MAX);
  std::thread writer([&] {
    usleep(2000);
    EXPECT_EQ(write(ends_[1], "x", 1), 1);
  });
  const auto events = poll();
  writer.join();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].userdata, 1u);
}

TEST_F(PollTest, AClockEndsTheWaitForAFile) {
  addFd(1, EventType::FdRead, 0);
  addClock(2, ClockId::Monotonic, kMillisecond);
  const auto events = poll();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].userdata, 2u);
}

TEST_F(PollTest, TheOtherEndsCloseIsAHangup) {
  EXPECT_EQ(close(ends_[1]), 0);
  addFd(1, EventType::FdRead, 0);
  const auto events = poll();
  ends_[1] = dup(ends_[0]);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].flags, kEventHangup);
  EXPECT_EQ(events[0].bytes, 0u);
}

TEST_F(PollTest, RegularFilesAreAlwaysReady) {
  scratch_.write("sandbox/file", "12345");
  const u32 fd = *guest_->open(3, "file");
  addFd(1, EventType::FdRead, fd);
  addFd(2, EventType::FdWrite, fd);
  const auto events = poll();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].bytes, 5u);
}

TEST_F(PollTest, WhatIsWrongIsTheEventsError) {
  addFd(1, EventType::FdRead, 99);
  addFd(2, EventType::FdWrite, 0);
  addClock(3, static_cast<ClockId>(9), 0);
  addClock(4, ClockId::ThreadCpuTime, 0);
  addClock(5, ClockId::Monotonic, UINT64_MAX);
  const auto events = poll();
  ASSERT_EQ(events.size(), 4u);
  EXPECT_EQ(events[0].error, Errno::BadF);
  EXPECT_EQ(events[0].type, EventType::FdRead);
  EXPECT_EQ(events[1].error, Errno::NotCapable);
  EXPECT_EQ(events[2].error, Errno::Inval);
  EXPECT_EQ(events[3].error, Errno::NotSup);
}

TEST_F(PollTest, PollingNeedsItsRight) {
  const u32 fd = *guest_->create(3, "file");
  ASSERT_EQ(guest_->call("fd_fdstat_set_rights", fd, right::kFdRead | right::kFdWrite, 0), Errno::Success);
  addFd(1, EventType::FdRead, fd);
  EXPECT_EQ(poll().at(0).error, Errno::NotCapable);
}

TEST_F(PollTest, OddArguments) {
  EXPECT_EQ(call(), Errno::Inval);  // none at all
  EXPECT_EQ(guest_->call("poll_oneoff", in_, out_, UINT32_MAX, size_), Errno::Inval);
  EXPECT_EQ(guest_->call("poll_oneoff", in_, out_, 65536, size_), Errno::Fault);
  EXPECT_EQ(guest_->call("poll_oneoff", Guest::kMemorySize - 47, out_, 1, size_), Errno::Fault);
  EXPECT_EQ(guest_->call("poll_oneoff", in_, Guest::kMemorySize - 31, 1, size_), Errno::Fault);
  addClock(1, ClockId::Monotonic, UINT64_MAX);
  EXPECT_EQ(guest_->call("poll_oneoff", in_, out_, 1, UINT32_MAX), Errno::Fault);
  addTag(2, static_cast<EventType>(3));
  EXPECT_EQ(call(), Errno::Inval);
}

TEST_F(PollTest, EventsMayOverwriteTheSubscriptions) {
  addClock(1, ClockId::Monotonic, 0);
  addClock(2, ClockId::Monotonic, 0);
  EXPECT_EQ(guest_->call("poll_oneoff", in_, in_, 2, size_), Errno::Success);
  EXPECT_EQ(guest_->get<u32>(size_), 2u);
  EXPECT_EQ(guest_->get<u64>(in_ + 32), 2u);
}

// -- Sockets ---------------------------------------------------------------------------------------------------------

class SocketTest : public testing::Test {
 protected:
  void make(int type) {
    ASSERT_EQ(socketpair(AF_UNIX, type, 0, pair_), 0);
    WasiConfig config;
    config.sockets = {pair_[0]};
    guest_ = std::make_unique<Guest>(config);
    size_ = guest_->allocate(8);
    buffer_ = guest_->allocate(64);
  }

  ~SocketTest() override { close(pair_[0]), close(pair_[1]); }

  Errno receive(u32 length, u32 flags) {
    return guest_->call("sock_recv", 3, guest_->iovec(buffer_, length), 1, flags, size_, size_ + 4);
  }

  Errno send(std::string_view text, u32 flags = 0) {
    return guest_->call("sock_send", 3, guest_->iovec(guest_->put(text), static_cast<u32>(text.size())), 1, flags,
                        size_);
  }

  int pair_[2];
  std::unique_ptr<Guest> guest_;
  u32 size_ = 0, buffer_ = 0;
};

TEST_F(SocketTest, StreamsSendReceiveAndShutDown) {
  make(SOCK_STREAM);
  EXPECT_EQ(guest_->fdstat(3)->type, FileType::SocketStream);
  EXPECT_EQ(guest_->fstat(3)->type, FileType::SocketStream);
  EXPECT_EQ(send("hello"), Errno::Success);
  EXPECT_EQ(guest_->get<u32>(size_), 5u);
  char text[8];
  EXPECT_EQ(read(pair_[1], text, sizeof text), 5);
  EXPECT_EQ(write(pair_[1], "abcdef", 6), 6);
  EXPECT_EQ(receive(2, sockflag::kReceivePeek), Errno::Success);
  EXPECT_EQ(receive(4, sockflag::kReceiveWaitAll), Errno::Success);
  EXPECT_EQ(guest_->get<u32>(size_), 4u);
  EXPECT_EQ(guest_->bytes(buffer_, 4), "abcd");
  EXPECT_EQ(guest_->call("fd_read", 3, guest_->iovec(buffer_, 8), 1, size_), Errno::Success);
  EXPECT_EQ(guest_->get<u32>(size_), 2u);
  EXPECT_EQ(*guest_->write(3, "xy"), 2u);
  EXPECT_EQ(guest_->call("sock_shutdown", 3, sockflag::kShutdownWrite), Errno::Success);
  EXPECT_EQ(read(pair_[1], text, sizeof text), 2);
  EXPECT_EQ(read(pair_[1], text, sizeof text), 0);
  EXPECT_EQ(send("x"), Errno::Pipe);  // and no signal
  EXPECT_EQ(errorOf(guest_->write(3, "x")), Errno::Pipe);
  EXPECT_EQ(guest_->call("sock_shutdown", 3, 0), Errno::Inval);
  EXPECT_EQ(guest_->call("sock_shutdown", 3, 4), Errno::Inval);
  EXPECT_EQ(receive(1, 4), Errno::Inval);
  EXPECT_EQ(send("x", 1), Errno::Inval);
}

TEST_F(SocketTest, DatagramsTellThatTheyWereCut) {
  make(SOCK_DGRAM);
  EXPECT_EQ(guest_->fdstat(3)->type, FileType::SocketDgram);
  EXPECT_EQ(write(pair_[1], "abcdef", 6), 6);
  EXPECT_EQ(receive(3, 0), Errno::Success);
  EXPECT_EQ(guest_->get<u32>(size_), 3u);
  EXPECT_EQ(guest_->get<u16>(size_ + 4), sockflag::kDataTruncated);
}

TEST_F(SocketTest, NonblockingReceivesDoNotWait) {
  make(SOCK_STREAM);
  EXPECT_EQ(guest_->call("fd_fdstat_set_flags", 3, fdflag::kNonblock), Errno::Success);
  EXPECT_EQ(receive(4, 0), Errno::Again);
  EXPECT_EQ(guest_->call("fd_read", 3, guest_->iovec(buffer_, 8), 1, size_), Errno::Again);
}

TEST_F(SocketTest, ListenersAccept) {
  const int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  const sockaddr family = {AF_UNIX, {}};
  ASSERT_EQ(bind(listener, &family, sizeof(sa_family_t)), 0);  // an abstract name from the kernel
  ASSERT_EQ(listen(listener, 4), 0);
  char address[128];
  socklen_t length = sizeof address;
  ASSERT_EQ(getsockname(listener, reinterpret_cast<sockaddr*>(address), &length), 0);
  WasiConfig config;
  config.sockets = {listener};
  Guest guest(config);
  const u32 out = guest.allocate(4), buffer = guest.allocate(4);
  EXPECT_EQ(guest.call("fd_fdstat_set_flags", 3, fdflag::kNonblock), Errno::Success);
  EXPECT_EQ(guest.call("sock_accept", 3, 0, out), Errno::Again);
  const int client = socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(connect(client, reinterpret_cast<sockaddr*>(address), length), 0);
  EXPECT_EQ(guest.call("sock_accept", 3, 1, out), Errno::Inval);
  EXPECT_EQ(guest.call("sock_accept", 3, fdflag::kNonblock, UINT32_MAX), Errno::Fault);
  EXPECT_EQ(guest.call("sock_accept", 3, fdflag::kNonblock, out), Errno::Success);
  const u32 fd = guest.get<u32>(out);
  EXPECT_EQ(fd, 4u);
  EXPECT_EQ(guest.fdstat(fd)->flags, fdflag::kNonblock);
  EXPECT_EQ(guest.call("fd_read", fd, guest.iovec(buffer, 4), 1, out), Errno::Again);
  EXPECT_EQ(write(client, "hey", 3), 3);
  EXPECT_EQ(guest.call("fd_read", fd, guest.iovec(buffer, 4), 1, out), Errno::Success);
  EXPECT_EQ(guest.bytes(buffer, 3), "hey");
  EXPECT_EQ(guest.call("fd_fdstat_set_rights", 3, right::kFdRead, 0), Errno::Success);
  EXPECT_EQ(guest.call("sock_accept", 3, 0, out), Errno::NotCapable);
  close(client), close(listener);
  make(SOCK_STREAM);
}

TEST_F(SocketTest, OtherFilesAreNoSockets) {
  make(SOCK_STREAM);
  Scratch scratch;
  WasiConfig config;
  config.preopens = {{scratch.sandbox(), "/"}};
  Guest guest(config);
  const u32 fd = *guest.create(3, "file"), out = guest.allocate(8);
  EXPECT_EQ(guest.call("sock_accept", fd, 0, out), Errno::NotSock);
  EXPECT_EQ(guest.call("sock_recv", fd, out, 0, 0, out, out), Errno::NotSock);
  EXPECT_EQ(guest.call("sock_send", fd, out, 0, 0, out), Errno::NotSock);
  EXPECT_EQ(guest.call("sock_shutdown", fd, 1), Errno::NotSock);
  EXPECT_EQ(guest.call("sock_shutdown", 99, 1), Errno::BadF);
}

}  // namespace
}  // namespace wasmrun::wasi
