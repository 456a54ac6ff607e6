#include "engine/machine_listing.h"

#include <optional>

#include "baseline/compiler.h"
#include "engine/code_names.h"
#include "engine/stub_hooks.h"
#include "listing/listing.h"
#include "runtime/prepared_module.h"
#include "runtime/trap.h"
#include "support/text.h"

namespace wasmrun::engine {

using support::concat;

namespace {

constexpr runtime::TrapKind kTrapKinds[] = {
#define WASMRUN_TRAP(name, specText, longText) runtime::TrapKind::name,
#include "wasmrun/traps.def"
#undef WASMRUN_TRAP
};

/// What code is compiled against, made for one listing.
struct Bench {
  std::unique_ptr<code::CodeSpace> space;
  std::optional<code::CodeArea> area;  // goes before the space
  masm::Stubs stubs;
  std::span<code::JumpSlot> slots;
};

/// Room for the code of one function of any size that the compiler gives.
constexpr u64 kBenchSize = u64{512} << 20;

Result<std::unique_ptr<Bench>> makeBench(const wasm::Module& module) {
  auto bench = std::make_unique<Bench>();
  WASMRUN_TRY_ASSIGN(bench->space, code::CodeSpace::make({.size = kBenchSize}));
  bench->area.emplace(*bench->space);
  WASMRUN_TRY_ASSIGN(bench->stubs, masm::makeStubs(*bench->area, stubHooks()));
  WASMRUN_TRY_ASSIGN(bench->slots, bench->area->allocateSlots(support::narrow<u32>(module.bodies.size())));
  return bench;
}

/// Whether memory 0 of the module's instances is Guarded; an empty one is made to find out.
bool isGuarded(const wasm::Module& module, const runtime::MemoryOptions& options) {
  if (module.memories.empty()) return true;
  wasm::MemoryType type = module.memories[0];
  type.limits.min = 0;
  runtime::ResourceLimiter limiter;
  const auto memory = runtime::Memory::make(type, options, limiter);
  return memory && (*memory)->strategy == runtime::MemoryStrategy::Guarded;
}

/// What lies at an address outside of the function: a slot of the jump table, a stub, or "" for what is neither.
std::string nameOfAddress(const void* address, const Bench& bench, const wasm::Module& module) {
  const auto slot = static_cast<const code::JumpSlot*>(address);
  if (slot >= bench.slots.data() && slot < bench.slots.data() + bench.slots.size()) {
    const wasm::DefinedFuncIndex func(static_cast<u32>(slot - bench.slots.data()));
    return concat("slot ", functionName(module, func));
  }
  for (const runtime::TrapKind kind : kTrapKinds)
    if (reinterpret_cast<u64>(address) == bench.stubs.trap[static_cast<u32>(kind)])
      return concat("trap ", runtime::trapMessage(kind));
  const code::FunctionRecord* const target = bench.space->map().find(address);
  if (target == nullptr || !target->isStubs()) return "";
  const code::StubPart* const part = target->stubPartAt(target->offsetOf(address));
  return part == nullptr ? "" : part->name;
}

}  // namespace

Result<std::string> listBaselineCode(const Engine& engine, const wasm::Module& module, wasm::DefinedFuncIndex func) {
  bool isSupported = false;
  const masm::CpuFeatures features = masm::CpuFeatures::detect(isSupported);
  if (!isSupported) return fail(ErrorKind::Unsupported, "machine code needs a processor with SSE4.2 and POPCNT");

  WASMRUN_TRY_ASSIGN(const auto bench, makeBench(module));
  const auto layouts = runtime::layoutsOf(module);
  const bool guarded = isGuarded(module, engine.storeOptions().memory);
  const baseline::Environment environment{module,        bench->stubs, bench->slots,
                                          layouts.get(), guarded,      engine.options().hasFuel()};
  baseline::Compiler compiler(environment, features);
  const auto compiled = compiler.compile(func, {});
  if (!compiled) return concat(functionName(module, func), " stays in the interpreter: its code would be too large\n");
  WASMRUN_TRY_ASSIGN(const code::FunctionRecord* const record, baseline::install(*bench->area, *compiled));

  listing::ListingOptions options;
  options.nameOf = [&](const void* address) { return nameOfAddress(address, *bench, module); };
  return concat(functionName(module, func), ": ", listing::listCode(*record, options));
}

}  // namespace wasmrun::engine
