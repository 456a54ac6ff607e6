// WasiConfig: what a WASI program gets to see of the world.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wasmrun/error.h"
#include "wasmrun/export.h"

namespace wasmrun {

namespace detail {
struct WasiConfigImpl;
struct Access;
}  // namespace detail

/// Takes what the guest writes; an empty one throws it away. It must not throw. Runs on the store's thread, inside the
/// guest's call: do not use the store from it. An error becomes the guest's EIO.
using WasiSink = std::function<Result<void>(std::span<const uint8_t> bytes)>;
/// Fills the front of `into` for the guest and says how many bytes; 0 is the end of the stream, as is an empty
/// function. Otherwise as WasiSink.
using WasiSource = std::function<Result<size_t>(std::span<uint8_t> into)>;

/// Arguments, environment, directories and standard streams of one WASI program. Starts with nothing: no arguments, no
/// environment, no directories, an empty stdin, stdout and stderr thrown away. Move-only, for it owns open directories;
/// give it to StoreRef::setWasi. One thread at a time. A moved-from WasiConfig may only be assigned to or destroyed.
class WASMRUN_API WasiConfig {
 public:
  WasiConfig();
  WasiConfig(WasiConfig&& other) noexcept;
  WasiConfig& operator=(WasiConfig&& other) noexcept;
  ~WasiConfig();

  /// All arguments, the program's name first. A 0 byte ends an argument early in the guest, so it is refused at
  /// setWasi.
  WasiConfig& args(std::vector<std::string> args);
  /// Adds one more argument.
  WasiConfig& arg(std::string arg);
  /// Sets a variable, replacing one of the same name.
  WasiConfig& env(std::string name, std::string value);
  /// Copies the host's whole environment, as it is now.
  WasiConfig& inheritEnv();

  /// Opens a host directory and shows it as `guestPath` ("/", "/data", "."). The guest reaches nothing outside of it.
  /// Read-only directories refuse creation, writing, renaming, removal and times. Io error when it cannot be opened,
  /// naming the path; Usage error when it is no directory.
  Result<void> preopenDir(const std::string& hostPath, std::string guestPath, bool readOnly = false);
  /// Gives the guest an open, listening socket as its next descriptor after the directories; takes the host descriptor
  /// over.
  WasiConfig& preopenSocket(int descriptor);

  /// The host's own streams.
  WasiConfig& inheritStdio();
  WasiConfig& inheritStdin();
  WasiConfig& inheritStdout();
  WasiConfig& inheritStderr();
  /// Bytes for stdin, or a function that supplies them.
  WasiConfig& stdinBytes(std::string bytes);
  WasiConfig& stdinFrom(WasiSource source);
  /// Where output goes. Writes arrive as the guest makes them, unbuffered.
  WasiConfig& stdoutTo(WasiSink sink);
  WasiConfig& stderrTo(WasiSink sink);
  /// Appends output to a string, which the caller shares and may read between calls; null throws it away.
  WasiConfig& captureStdout(std::shared_ptr<std::string> into);
  WasiConfig& captureStderr(std::shared_ptr<std::string> into);

 private:
  friend struct detail::Access;
  std::unique_ptr<detail::WasiConfigImpl> impl_;
};

}  // namespace wasmrun
