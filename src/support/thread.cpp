#include "support/thread.h"

#include <memory>

#include "support/check.h"

namespace wasmrun::support {

using Work = std::move_only_function<void()>;

static void* perform(void* argument) {
  const std::unique_ptr<Work> work(static_cast<Work*>(argument));
  (*work)();
  return nullptr;
}

Thread::Thread(Work work) {
  auto owned = std::make_unique<Work>(std::move(work));
  isRunning_ = pthread_create(&id_, nullptr, &perform, owned.get()) == 0;
  if (isRunning_) static_cast<void>(owned.release());
}

Thread::~Thread() { CHECK(!isRunning_, "a thread is joined before it is forgotten"); }

void Thread::join() {
  const int failed = pthread_join(id_, nullptr);
  CHECK(failed == 0, "only a running thread is joined, once, by another");
  isRunning_ = false;
}

}  // namespace wasmrun::support
