#include "stop_signals.h"

#include <csignal>

namespace wasmrun::cli {

static constexpr int kStopping[] = {SIGINT, SIGTERM};

static volatile std::sig_atomic_t receivedSignal = 0;

/// Never destroyed: a handler may run on any thread until the process is gone.
static InterruptHandle& interrupted() {
  static auto& handle = *new InterruptHandle();
  return handle;
}

static void restore() {
  for (int signal : kStopping) {
    struct sigaction current;
    if (sigaction(signal, nullptr, &current) == 0 && current.sa_handler != SIG_IGN) std::signal(signal, SIG_DFL);
  }
}

/// Does only what is async-signal-safe.
static void stop(int signal) {
  receivedSignal = signal;
  restore();
  interrupted().interrupt();
}

StopSignals::StopSignals(const InterruptHandle& store) {
  interrupted() = store;
  for (int signal : kStopping) {
    struct sigaction previous, action{};
    if (sigaction(signal, nullptr, &previous) != 0 || previous.sa_handler == SIG_IGN) continue;
    action.sa_handler = stop;
    action.sa_flags = SA_RESTART;
    for (int other : kStopping) sigaddset(&action.sa_mask, other);
    sigaction(signal, &action, nullptr);
  }
}

StopSignals::~StopSignals() { restore(); }

int StopSignals::received() { return receivedSignal; }

int endBy(int signal) {
  std::signal(signal, SIG_DFL);
  std::raise(signal);
  return 128 + signal;
}

}  // namespace wasmrun::cli
