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

/// Room for the code of one function of any size that the compiler gives.
constexpr u64 kSpaceSize = u64{512} << 20;

/// Whether memory 0 of the module's instances is Guarded; an empty one is made to find out.
bool isGuarded(const wasm::Module& module, const runtime::MemoryOptions& options) {
  if (module.memories.empty()) return true;
  wasm::MemoryType type = module.memories[0];
  type.limits.min = 0;
  runtime::ResourceLimiter limiter;
  const auto memory = runtime::Memory::make(type, options, limiter);
  return memory && (*memory)->strategy == runtime::MemoryStrategy::Guarded;
}

/// The pieces that a function's code is made and lies in, in the order in which they need each other.
class BaselineListing final : public MachineListing {
 public:
  BaselineListing(const Engine& engine, const wasm::Module& module)
      : module_(module),
        layouts_(runtime::layoutsOf(module)),
        environment_{.module = module,
                     .stubs = stubs_,
                     .jumpTable = {},
                     .layouts = layouts_.get(),
                     .guarded = isGuarded(module, engine.storeOptions().memory),
                     .countsFuel = engine.options().hasFuel()} {}

  /// Before the first `list`.
  Result<void> start();
  Result<std::string> list(wasm::DefinedFuncIndex func) override;

 private:
  std::string nameOfAddress(const void* address) const;

  const wasm::Module& module_;
  const std::shared_ptr<const gc::LayoutSet> layouts_;
  std::unique_ptr<code::CodeSpace> space_;
  std::optional<code::CodeArea> area_;  // of stubs and slots
  masm::Stubs stubs_;
  baseline::Environment environment_;
  std::optional<baseline::Compiler> compiler_;
};

Result<void> BaselineListing::start() {
  WASMRUN_TRY_ASSIGN(const masm::CpuFeatures features, masm::detectCpuFeatures());
  WASMRUN_TRY_ASSIGN(space_, code::CodeSpace::make({.size = kSpaceSize}));
  area_.emplace(*space_);
  WASMRUN_TRY_ASSIGN(stubs_, masm::makeStubs(*area_, stubHooks()));
  WASMRUN_TRY_ASSIGN(environment_.jumpTable, area_->allocateSlots(support::narrow<u32>(module_.bodies.size())));
  compiler_.emplace(environment_, features);
  return {};
}

Result<std::string> BaselineListing::list(wasm::DefinedFuncIndex func) {
  const auto compiled = compiler_->compile(func, {});
  if (!compiled) return concat(functionName(module_, func), " stays in the interpreter: its code would be too large\n");
  code::CodeArea area(*space_);  // the next function's code lies where this one's lay
  WASMRUN_TRY_ASSIGN(const code::FunctionRecord* const record, baseline::install(area, *compiled));

  listing::ListingOptions options;
  options.nameOf = [this](const void* address) { return nameOfAddress(address); };
  return concat(functionName(module_, func), ": ", listing::listCode(*record, options));
}

/// What lies at an address outside of the function: a slot of the jump table, a stub, or "" for what is neither.
std::string BaselineListing::nameOfAddress(const void* address) const {
  const std::span<const code::JumpSlot> slots = environment_.jumpTable;
  const auto slot = static_cast<const code::JumpSlot*>(address);
  if (slot >= slots.data() && slot < slots.data() + slots.size()) {
    const wasm::DefinedFuncIndex func(static_cast<u32>(slot - slots.data()));
    return concat("slot ", functionName(module_, func));
  }
  for (const runtime::TrapKind kind : kTrapKinds)
    if (reinterpret_cast<u64>(address) == stubs_.trap[static_cast<u32>(kind)])
      return concat("trap ", runtime::trapMessage(kind));
  const code::FunctionRecord* const target = space_->map().find(address);
  if (target == nullptr || !target->isStubs()) return "";
  const code::StubPart* const part = target->stubPartAt(target->offsetOf(address));
  return part == nullptr ? "" : part->name;
}

}  // namespace

Result<std::unique_ptr<MachineListing>> MachineListing::make(const Engine& engine, const wasm::Module& module) {
  auto listing = std::make_unique<BaselineListing>(engine, module);
  WASMRUN_TRY(listing->start());
  return listing;
}

}  // namespace wasmrun::engine
