#include "platform/fault_signals.h"

#include <signal.h>

#include <atomic>
#include <cerrno>
#include <cstring>

#include "support/text.h"

namespace wasmrun::platform {

/// What the system calls.
struct SignalEntry {
  static void enter(int signal, siginfo_t* info, void* context) { FaultSignals::handle(signal, info, context); }
};

namespace {

// A signal handler finds nothing but globals.
std::atomic<FaultFilter> theFilter{nullptr};
struct sigaction previousSegv;
struct sigaction previousBus;

struct sigaction& previousOf(int signal) { return signal == SIGBUS ? previousBus : previousSegv; }

/// Does what the system does with a signal nobody handles.
void actByDefault(int signal, const siginfo_t& info) {
  struct sigaction action = {};
  action.sa_handler = SIG_DFL;
  sigaction(signal, &action, nullptr);
  // An access that faults does so again on return. What another process or thread sent would not: it is sent again, and
  // arrives when the handler has returned.
  if (info.si_code <= 0) raise(signal);
}

/// Hands a signal to the handler that was there before, in the circumstances that it asked for.
void passOn(int signal, siginfo_t* info, void* context) {
  struct sigaction& previous = previousOf(signal);
  const bool takesInfo = (previous.sa_flags & SA_SIGINFO) != 0;
  if (!takesInfo && previous.sa_handler == SIG_IGN && info->si_code <= 0) return;
  if (!takesInfo && (previous.sa_handler == SIG_DFL || previous.sa_handler == SIG_IGN))
    return actByDefault(signal, *info);

  // The mask from before the signal comes back on return.
  pthread_sigmask(SIG_BLOCK, &previous.sa_mask, nullptr);
  if ((previous.sa_flags & SA_NODEFER) != 0) {
    sigset_t itself;
    sigemptyset(&itself);
    sigaddset(&itself, signal);
    pthread_sigmask(SIG_UNBLOCK, &itself, nullptr);
  }
  const auto withInfo = previous.sa_sigaction;
  const auto plain = previous.sa_handler;
  if ((previous.sa_flags & SA_RESETHAND) != 0) {
    previous.sa_flags = 0;
    previous.sa_handler = SIG_DFL;
  }
  if (takesInfo) {
    withInfo(signal, info, context);
  } else {
    plain(signal);
  }
}

}  // namespace

void FaultSignals::handle(int signal, void* info, void* context) {
  const int savedErrno = errno;
  auto* const details = static_cast<siginfo_t*>(info);
  const FaultFilter filter = theFilter.load(std::memory_order_acquire);
  FaultState state(context, reinterpret_cast<u64>(details->si_addr), signal == SIGBUS);
  // Positive codes are the kernel's: an access of this thread.
  const void* const target = details->si_code > 0 && filter != nullptr ? filter(state) : nullptr;
  if (target != nullptr) {
    state.continueAt(target);
  } else {
    passOn(signal, details, context);
  }
  errno = savedErrno;
}

Result<void> FaultSignals::install(FaultFilter filter) {
  CHECK(theFilter.exchange(filter, std::memory_order_acq_rel) == nullptr, "fault signals are installed once");
  for (const int signal : {SIGSEGV, SIGBUS}) {
    struct sigaction action = {};
    action.sa_sigaction = &SignalEntry::enter;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    // Asked for first, so that a fault right after the change finds it.
    if (sigaction(signal, nullptr, &previousOf(signal)) != 0 || sigaction(signal, &action, nullptr) != 0)
      return fail(ErrorKind::Limit, support::concat("cannot handle faults of memory accesses: ", std::strerror(errno)));
  }
  return {};
}

}  // namespace wasmrun::platform
