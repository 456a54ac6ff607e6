// Atomic instructions that a C++ function carries out: notifying and waiting.
#include "interp/bodies_atomic.h"
#include "runtime/builtins.h"

namespace wasmrun::interp {

namespace {

/// What CallSlowAtomic's operands say about the place; `size` is the access's.
struct Place {
  wasm::MemoryIndex memory;
  u64 address = 0;
  TrapKind trap;
};

Place placeOf(const AtomicCall& call, u64 size) {
  Place place{wasm::MemoryIndex(call.numbers[0]), 0, TrapKind::None};
  const u64 offset = call.numbers[1] | static_cast<u64>(call.numbers[2]) << 32;
  place.trap = runtime::atomicAddress(*call.instance, place.memory, call.slots[0], offset, size, place.address);
  return place;
}

}  // namespace

TrapKind atomicNotify(const AtomicCall& call) {
  const Place place = placeOf(call, sizeof(u32));
  if (place.trap != TrapKind::None) return place.trap;
  u32 woken = 0;
  const TrapKind trap =
      runtime::atomicNotify(*call.instance, place.memory, place.address, static_cast<u32>(call.slots[1]), &woken);
  call.slots[0] = woken;
  return trap;
}

TrapKind atomicWait32(const AtomicCall& call) {
  const Place place = placeOf(call, sizeof(u32));
  if (place.trap != TrapKind::None) return place.trap;
  u32 result = 0;
  const TrapKind trap =
      runtime::atomicWait32(*call.instance, place.memory, place.address, static_cast<u32>(call.slots[1]),
                            static_cast<i64>(call.slots[2]), &result);
  call.slots[0] = result;
  return trap;
}

TrapKind atomicWait64(const AtomicCall& call) {
  const Place place = placeOf(call, sizeof(u64));
  if (place.trap != TrapKind::None) return place.trap;
  u32 result = 0;
  const TrapKind trap = runtime::atomicWait64(*call.instance, place.memory, place.address, call.slots[1],
                                              static_cast<i64>(call.slots[2]), &result);
  call.slots[0] = result;
  return trap;
}

}  // namespace wasmrun::interp
