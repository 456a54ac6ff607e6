#include "runtime/work_profile.h"

#include "platform/clock.h"

namespace wasmrun::runtime {

void TierWork::noteEntry() {
  u64 never = 0;
  enteredAt.compare_exchange_strong(never, platform::monotonicNanos(), std::memory_order_relaxed);
}

WorkProfile::WorkProfile(u32 functions, ProfileKind kind)
    : kind_(kind), madeAt_(platform::monotonicNanos()), functions_(std::make_unique<FuncWork[]>(functions)) {}

}  // namespace wasmrun::runtime
