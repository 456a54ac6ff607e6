#include "output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>

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

/// Writes what `produce` makes. 0, or the error of writing; that of `produce` goes to `produced`.
static int writeTo(int descriptor, const Produce& produce, Result<void>& produced) {
  int error = 0;
  produced = produce([&](std::string_view piece) {
    if (!error) error = writeAll(descriptor, piece);
    return error == 0;
  });
  return error;
}

static int writeAndClose(int descriptor, const Produce& produce, Result<void>& produced) {
  int error = writeTo(descriptor, produce, produced);
  if (close(descriptor) != 0 && !error) error = errno;
  return error;
}

/// The file that a path leads to through symbolic links, whether it is there or not: it is written, and the links stay.
static std::string linkedFile(std::string path) {
  constexpr int kMostLinks = 40;  // as for the system
  for (int links = 0; links < kMostLinks; links++) {
    std::error_code error;
    const std::filesystem::path next = std::filesystem::read_symlink(path, error);
    if (error) break;
    path = std::filesystem::path(path).parent_path() / next;
  }
  return path;
}

/// What a path leads to.
struct Target {
  explicit Target(const std::string& path) : exists(stat(path.c_str(), &status) == 0) {
    if (!exists && errno != ENOENT) error = errno;
    if (!exists && path.ends_with('/')) error = EISDIR;
    if (exists && S_ISDIR(status.st_mode)) error = EISDIR;
  }

  struct stat status;
  bool exists;
  int error = 0;  // why nothing can be written there; not all that may be wrong
};

/// N of "/dev/fd/N" and "/proc/self/fd/N"; else -1.
static int namedDescriptor(std::string_view path) {
  for (std::string_view folder : {"/dev/fd/", "/proc/self/fd/"}) {
    int descriptor = -1;
    if (path.starts_with(folder)) std::from_chars(path.data() + folder.size(), path.data() + path.size(), descriptor);
    if (descriptor >= 0) return descriptor;
  }
  return -1;
}

/// Standard output, error or a descriptor that the path names, if that is the very file and can be written: replacing
/// it would lose what the guest, or who gave us the descriptor, wrote there. Else -1.
static int openStream(const std::string& path, const struct stat& file) {
  for (int descriptor : {STDOUT_FILENO, STDERR_FILENO, namedDescriptor(path)}) {
    struct stat stream;
    const int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY || fstat(descriptor, &stream) != 0) continue;
    if (stream.st_dev == file.st_dev && stream.st_ino == file.st_ino) return descriptor;
  }
  return -1;
}

/// Permissions of the file that is replaced; for a new one, those that the umask leaves (mkostemp makes files which
/// only their owner can read).
static mode_t wantedMode(const struct stat* replaced) {
  if (replaced) return replaced->st_mode & 07777;
  mode_t mask = umask(0);
  umask(mask);
  return 0666 & ~mask;
}

/// Makes an empty file beside the target, and gives its name: a short one, as the target's may be as long as names get.
/// Its descriptor, or -1 and errno.
static int makeBeside(const std::string& target, std::string& name) {
  name = target.substr(0, target.rfind('/') + 1) + ".wasmrun-XXXXXX";
  return mkostemp(name.data(), O_CLOEXEC);
}

/// Writes to a new file beside the target and renames it. 0, or the error.
static int replaceFile(const std::string& target, mode_t mode, const Produce& produce, Result<void>& produced) {
  std::string beside;
  int descriptor = makeBeside(target, beside);
  if (descriptor < 0) return errno;
  int error = fchmod(descriptor, mode) != 0 ? errno : 0;
  int writeError = writeAndClose(descriptor, produce, produced);
  if (!error) error = writeError;
  if (!error && produced && rename(beside.c_str(), target.c_str()) != 0) error = errno;
  if (error || !produced) unlink(beside.c_str());
  return error;
}

static int writeStream(int descriptor, const Produce& produce, Result<void>& produced) {
  // What was printed before comes first.
  if (descriptor == STDOUT_FILENO && std::fflush(stdout) != 0) return errno;
  return writeTo(descriptor, produce, produced);
}

static int writeDevice(const char* path, const Produce& produce, Result<void>& produced) {
  int descriptor = open(path, O_WRONLY | O_CLOEXEC);
  return descriptor < 0 ? errno : writeAndClose(descriptor, produce, produced);
}

static Result<void> printProduced(const Produce& produce) {
  return produce([](std::string_view piece) {
    print(piece);
    return printError == 0;
  });
}

Result<void> checkWritable(const std::string& path) {
  if (path == kStandardOutput) return {};
  const Target target(path);
  if (target.error) return cannotWrite(path, target.error);
  if (target.exists && !S_ISREG(target.status.st_mode)) {
    bool isWritable = openStream(path, target.status) >= 0 || access(path.c_str(), W_OK) == 0;
    return isWritable ? Result<void>() : cannotWrite(path, errno);
  }
  // Not kept until it is wanted: a program that is killed is to leave nothing behind.
  std::string beside;
  int descriptor = makeBeside(linkedFile(path), beside);
  if (descriptor < 0) return cannotWrite(path, errno);
  unlink(beside.c_str());
  close(descriptor);
  return {};
}

Result<void> writeFile(const std::string& path, std::string_view contents) {
  return writeFile(path, [&](const FileSink& write) {
    write(contents);
    return Result<void>();
  });
}

Result<void> writeFile(const std::string& path, const Produce& produce) {
  if (path == kStandardOutput) return printProduced(produce);
  const Target target(path);
  if (target.error) return cannotWrite(path, target.error);
  const int stream = target.exists ? openStream(path, target.status) : -1;
  int error;
  Result<void> produced;
  // Writing past the file size limit is to fail, not to end the process with the new file half written beside the old.
  auto previous = std::signal(SIGXFSZ, SIG_IGN);
  if (stream >= 0) {
    error = writeStream(stream, produce, produced);
  } else if (target.exists && !S_ISREG(target.status.st_mode)) {
    error = writeDevice(path.c_str(), produce, produced);
  } else {
    error = replaceFile(linkedFile(path), wantedMode(target.exists ? &target.status : nullptr), produce, produced);
  }
  std::signal(SIGXFSZ, previous);
  if (!produced) return produced;
  return error ? Result<void>(cannotWrite(path, error)) : Result<void>();
}

}  // namespace wasmrun::cli
