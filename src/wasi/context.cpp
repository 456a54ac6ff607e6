#include "wasi/context.h"

#include <fcntl.h>

#include <cerrno>
#include <cstring>

#include "support/text.h"
#include "wasi/host_files.h"

namespace wasmrun::wasi {

namespace {

std::unexpected<Error> invalid(const char* what, std::string_view text, const char* why) {
  return fail(ErrorKind::Usage, support::concat("WASI ", what, ' ', support::quoted(text), ": ", why));
}

Rights rightsOfNature(const FileNature& nature) {
  switch (nature.type) {
    case FileType::RegularFile: return right::kRegularFile;
    case FileType::Directory: return right::kDirectory;
    case FileType::SocketDgram:
    case FileType::SocketStream: return right::kSocket;
    default: return nature.isTerminal || nature.isFifo ? right::kStream : right::kDevice;
  }
}

/// A descriptor for a host file that the guest is given at the start.
Descriptor inheritedDescriptor(int fd, const FileNature& nature) {
  Descriptor descriptor;
  descriptor.file = HostFd::borrowed(fd);
  descriptor.type = nature.type;
  descriptor.flags = nature.flags;
  descriptor.base = rightsOfNature(nature);
  descriptor.seekable = (descriptor.base & right::kFdSeek) != 0;
  if (!nature.isReadable) descriptor.base &= ~(right::kFdRead | right::kFdReaddir);
  if (!nature.isWritable) descriptor.base &= ~right::kWriting;
  return descriptor;
}

/// A descriptor that functions serve. Its type is unknown, like a pipe's.
Descriptor hookedDescriptor(const StreamHooks& hooks) {
  Descriptor descriptor;
  descriptor.hooks = std::make_unique<StreamHooks>(hooks);
  descriptor.base = right::kFdFdstatSetFlags | right::kFdFilestatGet | right::kPollFdReadwrite;
  if (hooks.read) descriptor.base |= right::kFdRead;
  if (hooks.write) descriptor.base |= right::kFdWrite;
  return descriptor;
}

/// The result of an open(2) or fcntl(2) for a directory.
Result<HostFd> ownedDirectory(const std::string& path, int fd) {
  if (fd >= 0) return HostFd::owned(fd);
  const ErrorKind kind = errno == ENOTDIR ? ErrorKind::Usage : ErrorKind::Io;
  return fail(kind, support::concat("cannot open directory ", support::quoted(path), ": ", std::strerror(errno)));
}

}  // namespace

Result<HostFd> openPreopen(const std::string& hostPath) {
  return ownedDirectory(hostPath, ::open(hostPath.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

Result<std::unique_ptr<WasiContext>> WasiContext::create(const WasiConfig& config) {
  std::unique_ptr<WasiContext> context(new WasiContext(config.pathMode));
  WASMRUN_TRY(context->addStrings(config));
  WASMRUN_TRY(context->addStandardStream("stdin", config.stdinFd, config.stdinHooks));
  WASMRUN_TRY(context->addStandardStream("stdout", config.stdoutFd, config.stdoutHooks));
  WASMRUN_TRY(context->addStandardStream("stderr", config.stderrFd, config.stderrHooks));
  for (const Preopen& preopen : config.preopens) WASMRUN_TRY(context->addPreopen(preopen));
  for (const int fd : config.sockets) WASMRUN_TRY(context->addSocket(fd));
  return context;
}

Result<void> WasiContext::addStrings(const WasiConfig& config) {
  static constexpr char kReason[] = "has a zero byte, or all strings together are over 4 GiB";
  for (const std::string& arg : config.args) {
    if (!args_.add(arg)) return invalid("argument", arg, kReason);
  }
  for (const auto& [name, value] : config.env) {
    if (name.empty() || name.find('=') != std::string::npos) {
      return invalid("environment variable", name, "a name must not be empty or contain '='");
    }
    if (!env_.add(support::concat(name, '=', value))) return invalid("environment variable", name, kReason);
  }
  return {};
}

Result<void> WasiContext::addStandardStream(const char* name, int fd, const StreamHooks& hooks) {
  if (hooks) {
    fds_.append(hookedDescriptor(hooks));
    return {};
  }
  if (fd == HostFd::kNone) {
    fds_.append(Descriptor());
    return {};
  }
  const Fallible<FileNature> nature = fileNature(fd);
  // Started without this stream (`cmd <&-`): the guest finds it closed as well.
  const bool isInheritedButClosed = !nature && fd <= 2;
  if (!nature && !isInheritedButClosed) {
    return fail(ErrorKind::Usage, support::concat("WASI ", name, ": host descriptor ", fd, " is not open"));
  }
  fds_.append(nature ? inheritedDescriptor(fd, *nature) : Descriptor());
  return {};
}

Result<void> WasiContext::addPreopen(const Preopen& preopen) {
  if (preopen.hostPath.find('\0') != std::string::npos || preopen.guestPath.find('\0') != std::string::npos) {
    return invalid("directory", preopen.hostPath, "a path must not contain a zero byte");
  }
  if (preopen.guestPath.empty()) return invalid("directory", preopen.hostPath, "its name in the guest is empty");
  WASMRUN_TRY_ASSIGN(HostFd file,
                     preopen.openedFd == HostFd::kNone
                         ? openPreopen(preopen.hostPath)
                         : ownedDirectory(preopen.hostPath, ::fcntl(preopen.openedFd, F_DUPFD_CLOEXEC, 0)));
  Descriptor descriptor;
  descriptor.file = std::move(file);
  descriptor.type = FileType::Directory;
  descriptor.base = right::kDirectory;
  descriptor.inheriting = right::kDirectory | right::kRegularFile;
  if (preopen.readOnly) {
    descriptor.base &= ~right::kWriting;
    descriptor.inheriting &= ~right::kWriting;
  }
  descriptor.isPreopen = true;
  descriptor.preopenName = preopen.guestPath;
  fds_.append(std::move(descriptor));
  return {};
}

Result<void> WasiContext::addSocket(int fd) {
  const Fallible<FileNature> nature = fileNature(fd);
  const bool isSocket = nature && (nature->type == FileType::SocketStream || nature->type == FileType::SocketDgram);
  if (!isSocket) {
    return fail(ErrorKind::Usage, support::concat("WASI socket: host descriptor ", fd, " is not an open socket"));
  }
  Descriptor descriptor = inheritedDescriptor(fd, *nature);
  descriptor.inheriting = right::kSocket;  // of accepted connections
  fds_.append(std::move(descriptor));
  return {};
}

}  // namespace wasmrun::wasi
