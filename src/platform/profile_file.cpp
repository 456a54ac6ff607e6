#include "platform/profile_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>

#include "platform/mapping.h"
#include "support/text.h"

namespace wasmrun::platform {

Result<ProfileFile*> ProfileFile::ofProcess(const std::string& path) {
  // The names of such files are those that profilers look for, made of the process's number: several engines share
  // them.
  static std::mutex mutex;
  static auto& files = *new std::map<std::string, std::unique_ptr<ProfileFile>>();
  const std::lock_guard lock(mutex);
  std::unique_ptr<ProfileFile>& file = files[path];
  if (file == nullptr) {
    // Not through what somebody else has put there, in a folder like /tmp.
    unlink(path.c_str());
    const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (descriptor < 0)
      return fail(ErrorKind::Io, support::concat("cannot make ", support::quoted(path), ": ", std::strerror(errno)));
    file.reset(new ProfileFile(descriptor));
  }
  return file.get();
}

void ProfileFile::append(std::span<const u8> bytes) {
  size_ += bytes.size();
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
}

void ProfileFile::announce() {
  // Stays mapped: the mapping is the message.
  mmap(nullptr, pageSize(), PROT_READ | PROT_EXEC, MAP_PRIVATE, descriptor_, 0);
}

u32 processId() { return static_cast<u32>(getpid()); }
u32 threadId() { return static_cast<u32>(gettid()); }

}  // namespace wasmrun::platform
