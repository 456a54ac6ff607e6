// WasiConfig and WasiContext: what a guest is given of the host, and the state its WASI calls work on.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "support/result.h"
#include "wasi/fd_table.h"
#include "wasi/path_resolver.h"
#include "wasi/stop_signal.h"
#include "wasi/stream_hooks.h"
#include "wasi/string_list.h"

namespace wasmrun::wasi {

/// A host directory that the guest finds open when it starts.
struct Preopen {
  std::string hostPath;
  std::string guestPath;  ///< the name under which the guest finds it, e.g. "/" or "data"
  bool readOnly = false;  ///< without any right that changes something
  /// The directory, if the caller has opened it already (openPreopen); it stays the caller's.
  int openedFd = HostFd::kNone;
};

/// Opens a host directory for a Preopen. Io error naming the path and the reason; Usage error if it is no directory.
Result<HostFd> openPreopen(const std::string& hostPath);

/// Everything the guest can reach. Nothing is given by default but the three standard streams.
struct WasiConfig {
  std::vector<std::string> args;                         ///< args[0] is the program's name; no zero bytes
  std::vector<std::pair<std::string, std::string>> env;  ///< names without '=', no zero bytes
  std::vector<Preopen> preopens;                         ///< get the descriptors 3, 4, ...
  std::vector<int> sockets;  ///< host sockets, listening or connected; get the descriptors after the preopens

  /// Host descriptors of the guest's 0, 1 and 2; HostFd::kNone leaves one closed. They and the sockets stay the
  /// caller's: they are never closed, and their open file's flags, which other processes share, are never changed.
  int stdinFd = 0;
  int stdoutFd = 1;
  int stderrFd = 2;

  /// Functions that serve a standard stream instead of its host descriptor, if set. stdin needs `read`, the others
  /// `write`.
  StreamHooks stdinHooks;
  StreamHooks stdoutHooks;
  StreamHooks stderrHooks;

  /// `Userspace` resolves paths without openat2, as on kernels that lack it (for tests; it is chosen by itself there).
  PathResolver::Mode pathMode = PathResolver::Mode::Automatic;
};

/// The state of one guest. One thread at a time; different contexts are independent.
class WasiContext {
 public:
  /// Opens the preopens. Errors (Io, Usage) name the path or argument, and the reason.
  static Result<std::unique_ptr<WasiContext>> create(const WasiConfig& config);

  const StringList& args() const { return args_; }
  const StringList& env() const { return env_; }
  FdTable& fds() { return fds_; }
  const PathResolver& paths() const { return paths_; }

  /// How waiting calls learn that the guest is to stop.
  const StopSignal& stop() const { return stop_; }
  void setStop(const StopSignal& stop) { stop_ = stop; }

 private:
  explicit WasiContext(PathResolver::Mode mode) : paths_(mode) {}

  Result<void> addStrings(const WasiConfig& config);
  Result<void> addStandardStream(const char* name, int fd, const StreamHooks& hooks);
  Result<void> addPreopen(const Preopen& preopen);
  Result<void> addSocket(int fd);

  StringList args_;
  StringList env_;
  FdTable fds_;
  PathResolver paths_;
  StopSignal stop_;
};

}  // namespace wasmrun::wasi
