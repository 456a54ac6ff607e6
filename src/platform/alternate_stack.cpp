#include "platform/alternate_stack.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "platform/mapping.h"
#include "support/text.h"

namespace wasmrun::platform {

namespace {

/// For handlers themselves, ours and those that it passes faults on to.
constexpr u64 kHandlerBytes = u64{64} << 10;

/// What the system needs for a signal's frame: all registers, vectors included.
u64 frameBytes() {
  const long bytes = sysconf(_SC_MINSIGSTKSZ);
  return static_cast<u64>(std::max<long>(bytes, 2048));
}

/// The calling thread's, if we made it.
class AlternateStack {
 public:
  AlternateStack() = default;
  AlternateStack(const AlternateStack&) = delete;
  AlternateStack& operator=(const AlternateStack&) = delete;
  ~AlternateStack() {
    stack_t now{};
    if (mapping_.base() == nullptr || sigaltstack(nullptr, &now) != 0 || now.ss_sp != usable()) return;
    stack_t none{};
    none.ss_flags = SS_DISABLE;
    sigaltstack(&none, nullptr);
  }

  Result<void> ensure() {
    if (isDone_) return {};
    stack_t now{};
    if (sigaltstack(nullptr, &now) == 0 && (now.ss_flags & SS_DISABLE) == 0 &&
        now.ss_size >= frameBytes() + kHandlerBytes / 4) {
      isDone_ = true;
      return {};
    }
    const u64 size = roundUpToPage(frameBytes() + kHandlerBytes);
    WASMRUN_TRY_ASSIGN(mapping_, Mapping::reserve(pageSize() + size));  // the first page stays closed
    WASMRUN_TRY(mapping_.commit(pageSize(), size));
    stack_t ours{};
    ours.ss_sp = usable();
    ours.ss_size = size;
    if (sigaltstack(&ours, nullptr) != 0)
      return fail(ErrorKind::Limit, support::concat("cannot set up a stack for signals: ", std::strerror(errno)));
    isDone_ = true;
    return {};
  }

 private:
  void* usable() const { return mapping_.base() + pageSize(); }

  Mapping mapping_;
  bool isDone_ = false;
};

}  // namespace

Result<void> ensureAlternateStack() {
  static thread_local AlternateStack stack;
  return stack.ensure();
}

}  // namespace wasmrun::platform
