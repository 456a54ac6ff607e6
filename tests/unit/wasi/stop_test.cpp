// Calls that wait end when their guest is to stop.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <thread>

#include "test_guest.h"

namespace wasmrun::wasi {
namespace {

class StopTest : public testing::Test {
 protected:
  static constexpr u32 kStream = 3, kListener = 4;

  StopTest() {
    EXPECT_EQ(pipe(in_), 0);
    EXPECT_EQ(pipe(out_), 0);
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, stream_), 0);
    listener_ = socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un any{};
    any.sun_family = AF_UNIX;
    EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&any), sizeof(sa_family_t)), 0);
    EXPECT_EQ(listen(listener_, 1), 0);
    WasiConfig config;
    config.stdinFd = in_[0];
    config.stdoutFd = out_[1];
    config.sockets = {stream_[0], listener_};
    guest_ = std::make_unique<Guest>(config);
    wake_.arm();
    guest_->context().setStop({requests_, 1, wake_});
  }

  ~StopTest() override {
    for (const int fd : {in_[0], in_[1], out_[0], out_[1], stream_[0], stream_[1], listener_}) close(fd);
  }

  /// Stops the guest a little later.
  void stopSoon() {
    stopper_ = std::jthread([this] {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      requests_.store(1);
      wake_.signal();
    });
  }

  /// Writes to the pipe until it takes no more.
  static void fill(int fd) {
    const int flags = fcntl(fd, F_GETFL);
    fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    const std::string page(4096, 'x');
    while (::write(fd, page.data(), page.size()) > 0) {
    }
    fcntl(fd, F_SETFL, flags);
  }

  int in_[2], out_[2], stream_[2], listener_;
  std::atomic<u32> requests_{0};
  platform::WakeEvent wake_;
  std::unique_ptr<Guest> guest_;
  std::jthread stopper_;
};

TEST_F(StopTest, Reads) {
  const u32 iovec = guest_->iovec(guest_->allocate(16), 16), size = guest_->allocate(4);
  stopSoon();
  guest_->expectStopped("fd_read", 0, iovec, 1, size);
}

TEST_F(StopTest, WritesToAFullPipe) {
  fill(out_[1]);
  const u32 iovec = guest_->iovec(guest_->allocate(16), 16), size = guest_->allocate(4);
  stopSoon();
  guest_->expectStopped("fd_write", 1, iovec, 1, size);
}

TEST_F(StopTest, ALargeWriteTellsWhatItWrote) {
  constexpr u32 kLarge = 128 * 1024;  // twice a pipe's
  const u32 iovec = guest_->iovec(guest_->allocate(kLarge), kLarge), size = guest_->allocate(4);
  stopSoon();
  EXPECT_EQ(guest_->call("fd_write", 1, iovec, 1, size), Errno::Success);
  EXPECT_EQ(guest_->get<u32>(size), kLarge / 2);
}

TEST_F(StopTest, ALargeWriteIsWholeWhenNobodyStopsIt) {
  constexpr u32 kLarge = 128 * 1024;
  const u32 iovec = guest_->iovec(guest_->allocate(kLarge), kLarge), size = guest_->allocate(4);
  std::jthread reader([this] {
    char buffer[1024];
    for (u32 left = kLarge; left != 0;) left -= static_cast<u32>(::read(out_[0], buffer, sizeof buffer));
  });
  EXPECT_EQ(guest_->call("fd_write", 1, iovec, 1, size), Errno::Success);
  EXPECT_EQ(guest_->get<u32>(size), kLarge);
}

TEST_F(StopTest, Sockets) {
  const u32 iovec = guest_->iovec(guest_->allocate(16), 16), size = guest_->allocate(4), flags = guest_->allocate(4);
  stopSoon();
  guest_->expectStopped("sock_accept", kListener, 0, size);
  guest_->expectStopped("sock_recv", kStream, iovec, 1, 0, size, flags);
  guest_->expectStopped("sock_recv", kStream, iovec, 1, sockflag::kReceiveWaitAll, size, flags);
  fill(stream_[0]);
  guest_->expectStopped("sock_send", kStream, iovec, 1, 0, size);
}

TEST_F(StopTest, ReceivingAllGivesWhatThereWas) {
  const u32 iovec = guest_->iovec(guest_->allocate(16), 16), size = guest_->allocate(4), flags = guest_->allocate(4);
  ASSERT_EQ(::write(stream_[1], "abc", 3), 3);
  stopSoon();
  EXPECT_EQ(guest_->call("sock_recv", kStream, iovec, 1, sockflag::kReceiveWaitAll, size, flags), Errno::Success);
  EXPECT_EQ(guest_->get<u32>(size), 3u);
}

TEST_F(StopTest, Polls) {
  constexpr u64 kDay = u64{24 * 3600} * 1'000'000'000;
  const u32 in = guest_->allocate(48), out = guest_->allocate(32), size = guest_->allocate(4);
  guest_->set<u32>(in + 16, static_cast<u32>(ClockId::Monotonic));
  guest_->set<u64>(in + 24, kDay);
  stopSoon();
  guest_->expectStopped("poll_oneoff", in, out, 1, size);
  guest_->set<u8>(in + 8, static_cast<u8>(EventType::FdRead));
  guest_->set<u32>(in + 16, 0);
  guest_->expectStopped("poll_oneoff", in, out, 1, size);
}

TEST_F(StopTest, ASignalWithoutARequestIsForgotten) {
  const u32 iovec = guest_->iovec(guest_->allocate(16), 16), size = guest_->allocate(4);
  EXPECT_GE(wake_.descriptor(), 0);
  wake_.signal();
  stopper_ = std::jthread([this] {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_EQ(::write(in_[1], "ab", 2), 2);
  });
  EXPECT_EQ(guest_->call("fd_read", 0, iovec, 1, size), Errno::Success);
  EXPECT_EQ(guest_->get<u32>(size), 2u);
}

}  // namespace
}  // namespace wasmrun::wasi
