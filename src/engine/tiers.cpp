#include "engine/tiers.h"

namespace wasmrun::engine {

namespace {

interp::InterpreterOptions withPolicy(interp::InterpreterOptions options, Policy& policy) {
  options.policy = &policy;
  return options;
}

}  // namespace

Tiers::Tiers(std::unique_ptr<MachineTier> machine, std::unique_ptr<Policy> policy, interp::InterpreterOptions options)
    : Interpreter(withPolicy(options, *policy)), machine_(std::move(machine)), policy_(std::move(policy)) {}

Tiers::~Tiers() = default;

std::unique_ptr<runtime::ModuleCode> Tiers::prepareModule(const wasm::Module& module, const gc::LayoutSet* layouts,
                                                          runtime::MemoryStrategy strategy) const {
  auto code = Interpreter::prepareModule(module, layouts, strategy);
  code->attachment = std::make_unique<MachineModule>(*machine_, module, layouts, *code, strategy, options(), *policy_);
  for (u32 i = 0; i < module.bodies.size(); ++i) policy_->begin(code->code(wasm::DefinedFuncIndex(i)));
  return code;
}

void Tiers::prepareContext(runtime::ExecContext& context) const { context.machine = &machine_->support(); }

code::CodeSpaceStatistics Tiers::codeMemory() const { return machine_->memory(); }

}  // namespace wasmrun::engine
