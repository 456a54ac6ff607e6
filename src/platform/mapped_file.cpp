#include "platform/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "support/text.h"

namespace wasmrun::platform {

using support::concat;
using support::quoted;

namespace {

// Below, reading is as fast as mapping (no page faults, no TLB shootdown at the end).
constexpr u64 kSmallestMapped = 256 * 1024;
constexpr size_t kFirstRead = 64 * 1024;
constexpr size_t kTelling = 4096;  // what a file begins with

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

std::unexpected<Error> failFile(const std::string& path, const char* what, std::string_view why) {
  return fail(ErrorKind::Io, concat("cannot ", what, ' ', quoted(path), ": ", why));
}

std::unexpected<Error> failTooLarge(const std::string& path, u64 maxSize) {
  return failFile(path, "read", concat("larger than the limit of ", maxSize, " bytes"));
}

/// Everything up to the end of the file, whatever kind it is; `expected` bytes are likely. No more than it takes for
/// `accepts`, if there is one, to refuse what is there.
Result<std::vector<u8>> readAll(int fd, const std::string& path, u64 expected, u64 maxSize,
                                MappedFile::Accepts accepts) {
  std::vector<u8> bytes;
  size_t used = 0;
  for (;;) {
    // One more than expected, so that the end is seen without growing.
    if (used == bytes.size()) {
      const u64 wanted = used != 0 ? 2 * used : expected != 0 ? expected + 1 : kFirstRead;
      bytes.resize(static_cast<size_t>(std::min(wanted, maxSize + 1)));
    }
    const ssize_t count = ::read(fd, bytes.data() + used, bytes.size() - used);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failFile(path, "read", std::strerror(errno));
    if (count == 0) break;
    used += static_cast<size_t>(count);
    if (used > maxSize) return failTooLarge(path, maxSize);
    if (accepts != nullptr && !accepts(std::span(bytes).first(std::min(used, kTelling)))) break;
  }
  bytes.resize(used);
  return bytes;
}

}  // namespace

Result<MappedFile> MappedFile::open(const std::string& path, u64 maxSize, Accepts accepts) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (file.get() < 0) return failFile(path, "open", std::strerror(errno));
  struct stat status;
  if (::fstat(file.get(), &status) != 0) return failFile(path, "read", std::strerror(errno));
  if (S_ISDIR(status.st_mode)) return failFile(path, "read", "it is a directory");

  MappedFile result;
  const u64 size = S_ISREG(status.st_mode) ? static_cast<u64>(status.st_size) : 0;
  if (size > maxSize) return failTooLarge(path, maxSize);
  if (size >= kSmallestMapped) {
    void* const place = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (place != MAP_FAILED) {
      result.mapping_ = {static_cast<const u8*>(place), static_cast<size_t>(size)};
      return result;
    }
  }
  // File systems without mmap come here too, and files of /proc, which say that they are empty.
  WASMRUN_TRY_ASSIGN(result.copy_,
                     readAll(file.get(), path, size, maxSize, S_ISREG(status.st_mode) ? nullptr : accepts));
  return result;
}

MappedFile::~MappedFile() {
  if (!mapping_.empty()) ::munmap(const_cast<u8*>(mapping_.data()), mapping_.size());
}

}  // namespace wasmrun::platform
