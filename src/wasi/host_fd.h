// HostFd: a host file descriptor that is either owned (closed with the object) or borrowed.
#pragma once

#include <utility>

namespace wasmrun::wasi {

class HostFd {
 public:
  static constexpr int kNone = -1;

  HostFd() = default;
  static HostFd owned(int fd) { return HostFd(fd, true); }
  static HostFd borrowed(int fd) { return HostFd(fd, false); }

  HostFd(HostFd&& other) noexcept : fd_(std::exchange(other.fd_, kNone)), owned_(other.owned_) {}
  HostFd& operator=(HostFd&& other) noexcept {
    if (this != &other) {
      close();
      fd_ = std::exchange(other.fd_, kNone);
      owned_ = other.owned_;
    }
    return *this;
  }
  ~HostFd() { close(); }

  int get() const { return fd_; }
  bool isOpen() const { return fd_ != kNone; }
  bool isOwned() const { return owned_; }

  /// Closes an owned descriptor; afterwards the object holds none.
  void close();

 private:
  HostFd(int fd, bool owned) : fd_(fd), owned_(owned) {}

  int fd_ = kNone;
  bool owned_ = false;
};

}  // namespace wasmrun::wasi
