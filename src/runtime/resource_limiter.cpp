#include "runtime/resource_limiter.h"

namespace wasmrun::runtime {

bool ResourceLimiter::growMemory(u64 current, u64 desired, std::optional<u64> max) {
  const u64 more = desired - current;
  if (desired > limits_.memoryBytes) return false;
  if (memoryBytes_ > limits_.totalMemoryBytes || more > limits_.totalMemoryBytes - memoryBytes_) return false;
  if (listener_ != nullptr && !listener_->memoryGrowing(current, desired, max)) return false;
  memoryBytes_ += more;
  return true;
}

bool ResourceLimiter::makeMemory(u64 bytes, std::optional<u64> max) {
  if (memories_ >= limits_.memories || !growMemory(0, bytes, max)) return false;
  ++memories_;
  return true;
}

bool ResourceLimiter::growTable(u64 current, u64 desired, std::optional<u64> max) {
  if (desired > limits_.tableElements) return false;
  return listener_ == nullptr || listener_->tableGrowing(current, desired, max);
}

bool ResourceLimiter::makeTable(u64 elements, std::optional<u64> max) {
  if (tables_ >= limits_.tables || !growTable(0, elements, max)) return false;
  ++tables_;
  return true;
}

bool ResourceLimiter::makeInstance() {
  if (instances_ >= limits_.instances) return false;
  if (listener_ != nullptr && !listener_->instanceMade(instances_)) return false;
  ++instances_;
  return true;
}

}  // namespace wasmrun::runtime
