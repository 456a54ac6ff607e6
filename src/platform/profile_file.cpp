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

namespace {

/// The names of such files are those that profilers look for, made of the process's number: several engines share them.
struct Files {
  std::mutex mutex;
  std::map<std::string, std::unique_ptr<ProfileFile>> byPath;
};

Files& files() {
  static auto& all = *new Files();
  return all;
}

}  // namespace

Result<ProfileFile*> ProfileFile::ofProcess(const std::string& path) {
  const std::lock_guard lock(files().mutex);
  std::unique_ptr<ProfileFile>& file = files().byPath[path];
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

bool ProfileFile::isEmpty() const {
  const std::lock_guard lock(mutex_);
  return size_ == 0;
}

int ProfileFile::write(std::span<const u8> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return written == 0 ? EIO : errno;
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
  return 0;
}

void ProfileFile::append(std::span<const u8> bytes) {
  const std::lock_guard lock(mutex_);
  if (error_ != 0) return;
  error_ = write(bytes);
  if (error_ == 0) {
    size_ += bytes.size();
  } else {
    // Readers know records that are whole. If that fails too, there is nothing more to do.
    [[maybe_unused]] const int cut = ftruncate(descriptor_, static_cast<off_t>(size_));
  }
}

std::vector<std::string> ProfileFile::takeFailures() {
  const std::lock_guard lock(files().mutex);
  std::vector<std::string> failures;
  for (const auto& [path, file] : files().byPath) {
    if (file == nullptr) continue;  // it could not be made
    const std::lock_guard fileLock(file->mutex_);
    if (file->error_ == 0 || file->isTold_) continue;
    file->isTold_ = true;
    failures.push_back(
        support::concat("the profile ", support::quoted(path), " ends early: ", std::strerror(file->error_)));
  }
  return failures;
}

void ProfileFile::announce() {
  // Stays mapped: the mapping is the message.
  mmap(nullptr, pageSize(), PROT_READ | PROT_EXEC, MAP_PRIVATE, descriptor_, 0);
}

u32 processId() { return static_cast<u32>(getpid()); }
u32 threadId() { return static_cast<u32>(gettid()); }

}  // namespace wasmrun::platform
