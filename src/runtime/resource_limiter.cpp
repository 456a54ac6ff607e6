#include "runtime/resource_limiter.h"

#include "support/text.h"

namespace wasmrun::runtime {

using support::concat;

namespace {

std::unexpected<Error> tooMany(const char* what, u64 limit) {
  return fail(ErrorKind::Limit, concat("too many ", what, " in this store: the limit is ", limit, " (max-", what, ")"));
}

}  // namespace

bool ResourceLimiter::growMemory(u64 current, u64 desired, std::optional<u64> max) {
  const u64 more = desired - current;
  if (desired > limits_.memoryBytes) return false;
  if (memoryBytes_ > limits_.totalMemoryBytes || more > limits_.totalMemoryBytes - memoryBytes_) return false;
  if (listener_ != nullptr && !listener_->memoryGrowing(current, desired, max)) return false;
  memoryBytes_ += more;
  return true;
}

Result<void> ResourceLimiter::makeMemory(u64 bytes, std::optional<u64> max) {
  if (memories_ >= limits_.memories) return tooMany("memories", limits_.memories);
  if (!growMemory(0, bytes, max))
    return fail(ErrorKind::Limit, concat("memory minimum size of ", bytes, " bytes exceeds the limits"));
  ++memories_;
  return {};
}

bool ResourceLimiter::growTable(u64 current, u64 desired, std::optional<u64> max) {
  if (desired > limits_.tableElements) return false;
  return listener_ == nullptr || listener_->tableGrowing(current, desired, max);
}

Result<void> ResourceLimiter::makeTable(u64 elements, std::optional<u64> max) {
  if (tables_ >= limits_.tables) return tooMany("tables", limits_.tables);
  if (!growTable(0, elements, max))
    return fail(ErrorKind::Limit, concat("table minimum size of ", elements, " elements exceeds the limits"));
  ++tables_;
  return {};
}

Result<void> ResourceLimiter::makeInstance() {
  if (instances_ >= limits_.instances) return tooMany("instances", limits_.instances);
  if (listener_ != nullptr && !listener_->instanceMade(instances_))
    return fail(ErrorKind::Limit, "the store's limiter refuses another instance");
  ++instances_;
  return {};
}

}  // namespace wasmrun::runtime
