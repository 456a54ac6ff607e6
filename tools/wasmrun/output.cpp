#include "output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

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

/// Writes and closes. 0, or the error.
static int writeAndClose(int descriptor, std::string_view contents) {
  int error = writeAll(descriptor, contents);
  if (close(descriptor) != 0 && !error) error = errno;
  return error;
}

Result<void> writeFile(const std::string& path, std::string_view contents) {
  struct stat status;
  bool exists = stat(path.c_str(), &status) == 0;
  if (exists && !S_ISREG(status.st_mode)) {
    int descriptor = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    int error = descriptor < 0 ? errno : writeAndClose(descriptor, contents);
    return error ? Result<void>(cannotWrite(path, error)) : Result<void>();
  }
  std::string beside = path + ".XXXXXX";
  int descriptor = mkostemp(beside.data(), O_CLOEXEC);
  if (descriptor < 0) return cannotWrite(path, errno);
  mode_t mask = umask(0);  // mkostemp makes files that only their owner can read; an output file is an ordinary one
  umask(mask);
  int error = fchmod(descriptor, exists ? status.st_mode & 07777 : 0666 & ~mask) != 0 ? errno : 0;
  int writeError = writeAndClose(descriptor, contents);
  if (!error) error = writeError;
  if (!error && rename(beside.c_str(), path.c_str()) != 0) error = errno;
  if (!error) return {};
  unlink(beside.c_str());
  return cannotWrite(path, error);
}

}  // namespace wasmrun::cli
