// Waiting for files and for time.
#pragma once

#include <span>

#include "support/int.h"
#include "wasi/errno.h"
#include "wasi/stop_signal.h"

namespace wasmrun::wasi {

/// One file to wait for, and what came of it.
struct PollRequest {
  int fd = -1;
  bool forWriting = false;  ///< else for reading
  bool isReady = false;     ///< result: the call will not block; it may fail
  bool isHangup = false;    ///< result: the other end is gone
};

inline constexpr u64 kWaitForever = UINT64_MAX;

/// Waits until a request is ready, or `timeout` nanoseconds (kWaitForever: no limit) are over, or a signal arrives.
/// With no request ready it returns Success too; the caller looks at its clocks and calls again. kStopped if the guest
/// is to stop; with a timeout of 0 nobody asks.
Errno pollFiles(std::span<PollRequest> requests, u64 timeout, const StopSignal& stop);

/// Bytes that can be read at once; 0 if the file cannot tell.
u64 readableBytes(int fd);

}  // namespace wasmrun::wasi
