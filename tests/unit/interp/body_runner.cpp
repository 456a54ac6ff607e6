#include "body_runner.h"

#ifdef WASMRUN_TEST_X64_V3
#include "platform/x64/cpu_features.h"
#endif
#include "runtime/backtrace.h"
#include "support/result.h"

namespace wasmrun::interp {

namespace testing {

std::vector<const Bodies*> runnableBodies() {
  std::vector<const Bodies*> all{&kBaselineBodies};
#ifdef WASMRUN_TEST_X64_V3
  if (platform::cpuFeatures().x86v3) all.push_back(&kX64V3Bodies);
#endif
  return all;
}

BodyRunner::BodyRunner() {
  for (u32 i = 0; i < 2; ++i) {
    wasm::MemoryType type;
    type.limits.min = 1;
    runtime::ResourceLimiter limiter;
    memories_[i] = runtime::Memory::make(type, {}, limiter).value();
    memoryPointers_[i] = memories_[i].get();
  }
  instance_.context = &context_;
  instance_.memories = memoryPointers_;
}

Bytes BodyRunner::slotBytes(u32 slot) const {
  Bytes value;
  std::memcpy(value.bytes.data(), slots + slot, 16);
  return value;
}

runtime::TrapKind BodyRunner::run(const Bodies& bodies, HandlerId id, const std::vector<u32>& units) {
  std::vector<Word> code(1 + (units.size() + 1) / 2);
  if (!units.empty()) std::memcpy(code.data() + 1, units.data(), units.size() * sizeof(u32));
  Regs r{code.data(), slots, &instance_, mem(0), kMemorySize, accumulator, kPollInterval, {}};
  std::memcpy(&r.vacc, vectorAccumulator.bytes.data(), 16);
  const Word* next = bodies[id](r);
  accumulator = r.acc;
  std::memcpy(vectorAccumulator.bytes.data(), &r.vacc, 16);
  if (next == kNext) return runtime::TrapKind::None;
  if (next == &specialWords.memoryFault) return runtime::TrapKind::MemoryOutOfBounds;
  return static_cast<runtime::TrapKind>(next - specialWords.traps);
}

std::vector<u32> unitsOf(HandlerId id, std::initializer_list<u32> sources, const std::vector<u32>& numbers,
                         u32 result) {
  std::vector<u32> units;
  auto source = sources.begin();
  auto number = numbers.begin();
  for (const char* letter = info(id).operands; *letter; ++letter) {
    if (*letter == 's')
      units.push_back(*source++);
    else if (*letter == 'd')
      units.push_back(result);
    else
      for (u32 i = 0; i < operandUnits(*letter); ++i) units.push_back(*number++);
  }
  return units;
}

}  // namespace testing
}  // namespace wasmrun::interp
