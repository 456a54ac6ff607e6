// Runs single handler bodies on a frame of their own, as the dispatcher would.
#pragma once

#include <initializer_list>
#include <memory>
#include <vector>

#include "runtime/exec_context.h"
#include "runtime/instance.h"
#include "vector_bodies.h"
#include "vector_reference.h"

namespace wasmrun::interp::testing {

/// The instruction sets that this machine can run.
std::vector<const Bodies*> runnableBodies();

/// Two memories of one page, a frame of slots and the accumulators.
class BodyRunner {
 public:
  BodyRunner();

  // What the next instruction finds. `mem(1)` is reached by handlers for any memory.
  u64 slots[64] = {};
  Bytes vectorAccumulator;
  u64 accumulator = 0;
  u8* mem(u32 index) { return memories_[index]->base; }
  static constexpr u64 kMemorySize = 65536;

  void setSlot(u32 slot, const Bytes& value) { std::memcpy(slots + slot, value.bytes.data(), 16); }
  Bytes slotBytes(u32 slot) const;

  /// Runs handler `id` with `units` as its operands. None, or the trap it left for.
  runtime::TrapKind run(const Bodies& bodies, HandlerId id, const std::vector<u32>& units);

 private:
  std::shared_ptr<runtime::Memory> memories_[2];
  runtime::Memory* memoryPointers_[2];
  runtime::ExecContext context_;
  runtime::Instance instance_;
};

/// Operands for the letters of `id`: each 's' takes the next of `sources`, each 'k', 'K', 'n' and 'o' the next of
/// `numbers` (a 'K' two), 'd' is `result`.
std::vector<u32> unitsOf(HandlerId id, std::initializer_list<u32> sources, const std::vector<u32>& numbers, u32 result);

}  // namespace wasmrun::interp::testing
