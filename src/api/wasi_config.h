// WasiConfigImpl: what a WasiConfig has collected.
#pragma once

#include <vector>

#include "wasi/context.h"
#include "wasi/host_fd.h"

namespace wasmrun::detail {

struct WasiConfigImpl {
  WasiConfigImpl();

  wasi::WasiConfig wasi;
  std::vector<wasi::HostFd> owned;  ///< directories until the context has its own; sockets as long as the store
};

}  // namespace wasmrun::detail
