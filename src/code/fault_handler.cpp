#include "code/fault_handler.h"

#include <optional>

namespace wasmrun::code {

namespace {

// Signal handlers are the process's, so these are too.
constinit RangeList domains;  // code -> FaultDomain
constinit RangeList guarded;  // reservation -> GuardedRange's value

u64 numberOf(const void* address) { return reinterpret_cast<u64>(address); }

}  // namespace

Result<std::unique_ptr<FaultDomain>> FaultDomain::make(const CodeMap& map, FaultTarget target, void* data) {
  static const Result<void> installed = platform::FaultSignals::install(&FaultDomain::filter);
  if (!installed) return std::unexpected(installed.error());
  std::unique_ptr<FaultDomain> domain(new FaultDomain(map, target, data));
  domain->entry_ = domains.add(numberOf(map.begin()), numberOf(map.end()), domain.get());
  return domain;
}

FaultDomain::~FaultDomain() { domains.remove(entry_); }

/// A thread that runs in a domain's code keeps the domain alive; a fault elsewhere finds none.
const void* FaultDomain::filter(const platform::FaultState& state) {
  const auto domain = static_cast<const FaultDomain*>(domains.find(numberOf(state.pc())));
  return domain == nullptr ? nullptr : domain->handle(state);
}

const void* FaultDomain::handle(const platform::FaultState& state) const {
  const FunctionRecord* const record = map_.find(state.pc());
  if (record == nullptr || !record->accesses().find(record->offsetOf(state.pc()))) return nullptr;
  void* const range = guarded.find(state.address());
  return range == nullptr ? nullptr : target_(data_, Fault{*record, state, range});
}

GuardedRange::GuardedRange(const void* begin, u64 size, void* value)
    : entry_(guarded.add(numberOf(begin), numberOf(begin) + size, value)) {}

GuardedRange::~GuardedRange() { guarded.remove(entry_); }

}  // namespace wasmrun::code
