// Builtins of linear memories.
//
// Bytes of shared memories are copied with the C library's functions too: racing accesses to them are unordered in
// wasm's memory model, byte by byte, which is what the machine does with plain loads and stores.
#include <cstring>

#include "runtime/builtins.h"
#include "runtime/store.h"
#include "support/guest_race.h"

namespace wasmrun::runtime {

i64 memoryGrow(Instance& instance, wasm::MemoryIndex memory, u64 delta) {
  const std::optional<u64> before = instance.memories[memory.value]->grow(delta, instance.store->limiter());
  return before ? static_cast<i64>(*before) : -1;
}

TrapKind growthTrap(const Instance& instance, i64 before) {
  return before < 0 && instance.store->options().trapOnGrowFailure ? TrapKind::GrowthFailed : TrapKind::None;
}

TrapKind memoryFill(Instance& instance, wasm::MemoryIndex memory, u64 to, u8 value, u64 count) {
  const Memory& target = *instance.memories[memory.value];
  if (!target.contains(to, count)) return memoryFault(instance, memory, to, count);
  const support::GuestRace race;
  if (count != 0) std::memset(target.base + to, value, count);
  instance.context->chargeBulk(count);
  return TrapKind::None;
}

TrapKind memoryCopy(Instance& instance, wasm::MemoryIndex toMemory, wasm::MemoryIndex fromMemory, u64 to, u64 from,
                    u64 count) {
  const Memory& target = *instance.memories[toMemory.value];
  const Memory& source = *instance.memories[fromMemory.value];
  if (!target.contains(to, count)) return memoryFault(instance, toMemory, to, count);
  if (!source.contains(from, count)) return memoryFault(instance, fromMemory, from, count);
  const support::GuestRace race;
  if (count != 0) std::memmove(target.base + to, source.base + from, count);
  instance.context->chargeBulk(count);
  return TrapKind::None;
}

TrapKind memoryInit(Instance& instance, wasm::DataIndex data, wasm::MemoryIndex memory, u64 to, u64 from, u64 count) {
  const Memory& target = *instance.memories[memory.value];
  const std::span<const u8> bytes =
      instance.isDropped(data) ? std::span<const u8>() : instance.module->data[data.value].bytes;
  if (count > bytes.size() || from > bytes.size() - count) return memoryFault(instance, memory, to, count);
  if (!target.contains(to, count)) return memoryFault(instance, memory, to, count);
  const support::GuestRace race;
  if (count != 0) std::memcpy(target.base + to, bytes.data() + from, count);
  instance.context->chargeBulk(count);
  return TrapKind::None;
}

void dataDrop(Instance& instance, wasm::DataIndex data) { instance.drop(data); }

}  // namespace wasmrun::runtime
