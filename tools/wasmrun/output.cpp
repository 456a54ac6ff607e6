#include "output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace wasmrun::cli {

void holdStandardStreams() {
  for (int descriptor = 0; descriptor <= 2; descriptor++) {
    if (fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF) continue;
    // The lowest free descriptor is this one. Opened the wrong way round, so that using it fails.
    if (open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY) < 0) return;
  }
}

static int printError = 0;

void print(std::string_view text) {
  // Dumps and lists run to megabytes; the buffer that stdio chooses for a pipe is a page.
  static char buffer[64 << 10];
  static const bool isBuffered = std::setvbuf(stdout, buffer, _IOFBF, sizeof buffer) == 0;
  static_cast<void>(isBuffered);
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() && !printError) printError = errno;
}

Result<void> finishOutput() {
  if (std::fflush(stdout) != 0 && !printError) printError = errno;
  if (!printError) return {};
  return fail(ErrorKind::Io, std::string("cannot write to standard output: ") + std::strerror(printError));
}

static std::unexpected<Error> cannotWrite(const std::string& path, int error) {
  return fail(ErrorKind::Io, "cannot write '" + path + "': " + std::strerror(error));
}

/// 0, or the error.
static int writeAll(int descriptor, std::string_view contents) {
  while (!contents.empty()) {
    ssize_t written = write(descriptor, contents.data(), contents.size());
    if (written < 0 && errno != EINTR) return errno;
    if (written > 0) contents.remove_prefix(static_cast<size_t>(written));
  }
  return 0;
}

using Produce = std::function<Result<void>(const FileSink&)>;

/// Writes what `produce` makes, and closes. 0, or the error of writing; that of `produce` goes to `produced`.
static int writeAndClose(int descriptor, const Produce& produce, Result<void>& produced) {
  int error = 0;
  produced = produce([&](std::string_view piece) {
    if (!error) error = writeAll(descriptor, piece);
    return error == 0;
  });
  if (close(descriptor) != 0 && !error) error = errno;
  return error;
}

/// The file that a path leads to through symbolic links, so that these stay; the path itself if there is none.
static std::string linkedFile(const std::string& path) {
  std::unique_ptr<char, void (*)(void*)> resolved(realpath(path.c_str(), nullptr), std::free);
  return resolved ? resolved.get() : path;
}

/// Permissions of the file that is replaced; for a new one, those that the umask leaves (mkostemp makes files which
/// only their owner can read).
static mode_t wantedMode(const struct stat* replaced) {
  if (replaced) return replaced->st_mode & 07777;
  mode_t mask = umask(0);
  umask(mask);
  return 0666 & ~mask;
}

/// Writes to a new file beside the target and renames it. 0, or the error.
static int replaceFile(const std::string& target, mode_t mode, const Produce& produce, Result<void>& produced) {
  std::string beside = target + ".XXXXXX";
  int descriptor = mkostemp(beside.data(), O_CLOEXEC);
  if (descriptor < 0) return errno;
  int error = fchmod(descriptor, mode) != 0 ? errno : 0;
  int writeError = writeAndClose(descriptor, produce, produced);
  if (!error) error = writeError;
  if (!error && produced && rename(beside.c_str(), target.c_str()) != 0) error = errno;
  if (error || !produced) unlink(beside.c_str());
  return error;
}

Result<void> writeFile(const std::string& path, std::string_view contents) {
  return writeFile(path, [&](const FileSink& write) {
    write(contents);
    return Result<void>();
  });
}

Result<void> writeFile(const std::string& path, const Produce& produce) {
  struct stat status;
  bool exists = stat(path.c_str(), &status) == 0;
  int error;
  Result<void> produced;
  // Writing past the file size limit is to fail, not to end the process with the new file half written beside the old.
  auto previous = std::signal(SIGXFSZ, SIG_IGN);
  if (exists && !S_ISREG(status.st_mode)) {
    int descriptor = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    error = descriptor < 0 ? errno : writeAndClose(descriptor, produce, produced);
  } else {
    error = replaceFile(linkedFile(path), wantedMode(exists ? &status : nullptr), produce, produced);
  }
  std::signal(SIGXFSZ, previous);
  if (!produced) return produced;
  return error ? Result<void>(cannotWrite(path, error)) : Result<void>();
}

}  // namespace wasmrun::cli
