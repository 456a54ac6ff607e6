// WasiConfig, and giving it to a store.
#include "wasmrun/wasi.h"

#include <algorithm>
#include <cstring>

#include "api/access.h"
#include "api/store_impl.h"
#include "api/wasi_config.h"

extern "C" char** environ;  // of libc

namespace wasmrun {

using wasi::Errno;
using wasi::Fallible;

// -- Streams that are functions --------------------------------------------------------------------------------------

/// What is written goes to the sink; nowhere without one.
static wasi::StreamHooks hooksOf(WasiSink sink) {
  wasi::StreamHooks hooks;
  hooks.write = [sink = std::move(sink)](std::span<const std::byte> bytes) {
    const bool taken = !sink || sink({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
    return taken ? Errno::Success : Errno::Io;
  };
  return hooks;
}

/// What is read comes from the source; the stream is empty without one.
static wasi::StreamHooks hooksOf(WasiSource source) {
  wasi::StreamHooks hooks;
  hooks.read = [source = std::move(source)](std::span<std::byte> into) -> Fallible<u32> {
    if (!source) return 0;
    const size_t room = std::min<size_t>(into.size(), ~u32{0});
    const auto count = source({reinterpret_cast<uint8_t*>(into.data()), room});
    if (!count || *count > room) return std::unexpected(Errno::Io);
    return static_cast<u32>(*count);
  };
  return hooks;
}

static WasiSink appendTo(std::shared_ptr<std::string> into) {
  if (!into) return {};
  return [into = std::move(into)](std::span<const uint8_t> bytes) -> Result<void> {
    into->append(bytes.begin(), bytes.end());
    return {};
  };
}

detail::WasiConfigImpl::WasiConfigImpl() {
  wasi.stdinHooks = hooksOf(WasiSource());
  wasi.stdoutHooks = wasi.stderrHooks = hooksOf(WasiSink());
}

// -- WasiConfig ------------------------------------------------------------------------------------------------------

WasiConfig::WasiConfig() : impl_(std::make_unique<detail::WasiConfigImpl>()) {}
WasiConfig::WasiConfig(WasiConfig&& other) noexcept = default;
WasiConfig& WasiConfig::operator=(WasiConfig&& other) noexcept = default;
WasiConfig::~WasiConfig() = default;

WasiConfig& WasiConfig::args(std::vector<std::string> args) {
  impl_->wasi.args = std::move(args);
  return *this;
}
WasiConfig& WasiConfig::arg(std::string arg) {
  impl_->wasi.args.push_back(std::move(arg));
  return *this;
}
WasiConfig& WasiConfig::env(std::string name, std::string value) {
  auto& all = impl_->wasi.env;
  const auto same = std::find_if(all.begin(), all.end(), [&](const auto& known) { return known.first == name; });
  if (same != all.end())
    same->second = std::move(value);
  else
    all.emplace_back(std::move(name), std::move(value));
  return *this;
}
WasiConfig& WasiConfig::inheritEnv() {
  for (char** at = environ; at && *at; ++at) {
    const std::string_view variable(*at);
    const size_t equals = variable.find('=');
    if (equals == 0 || equals == std::string_view::npos) continue;
    env(std::string(variable.substr(0, equals)), std::string(variable.substr(equals + 1)));
  }
  return *this;
}

Result<void> WasiConfig::preopenDir(const std::string& hostPath, std::string guestPath, bool readOnly) {
  WASMRUN_TRY_ASSIGN(wasi::HostFd directory, wasi::openPreopen(hostPath));
  impl_->wasi.preopens.push_back({hostPath, std::move(guestPath), readOnly, directory.get()});
  impl_->owned.push_back(std::move(directory));
  return {};
}
WasiConfig& WasiConfig::preopenSocket(int descriptor) {
  impl_->wasi.sockets.push_back(descriptor);
  impl_->owned.push_back(wasi::HostFd::owned(descriptor));
  return *this;
}

WasiConfig& WasiConfig::inheritStdio() { return inheritStdin().inheritStdout().inheritStderr(); }
WasiConfig& WasiConfig::inheritStdin() {
  impl_->wasi.stdinHooks = {};
  return *this;
}
WasiConfig& WasiConfig::inheritStdout() {
  impl_->wasi.stdoutHooks = {};
  return *this;
}
WasiConfig& WasiConfig::inheritStderr() {
  impl_->wasi.stderrHooks = {};
  return *this;
}
WasiConfig& WasiConfig::stdinBytes(std::string bytes) {
  return stdinFrom([bytes = std::move(bytes), at = size_t{0}](std::span<uint8_t> into) mutable -> Result<size_t> {
    const size_t count = std::min(into.size(), bytes.size() - at);
    std::memcpy(into.data(), bytes.data() + at, count);
    at += count;
    return count;
  });
}
WasiConfig& WasiConfig::stdinFrom(WasiSource source) {
  impl_->wasi.stdinHooks = hooksOf(std::move(source));
  return *this;
}
WasiConfig& WasiConfig::stdoutTo(WasiSink sink) {
  impl_->wasi.stdoutHooks = hooksOf(std::move(sink));
  return *this;
}
WasiConfig& WasiConfig::stderrTo(WasiSink sink) {
  impl_->wasi.stderrHooks = hooksOf(std::move(sink));
  return *this;
}
WasiConfig& WasiConfig::captureStdout(std::shared_ptr<std::string> into) { return stdoutTo(appendTo(std::move(into))); }
WasiConfig& WasiConfig::captureStderr(std::shared_ptr<std::string> into) { return stderrTo(appendTo(std::move(into))); }

Result<void> StoreRef::setWasi(WasiConfig config) const {
  return impl_->wasi.configure(*impl_->context, std::move(detail::Access::impl(config)));
}

}  // namespace wasmrun
