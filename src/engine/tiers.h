// Tiers: the hooks of an engine that makes machine code: functions begin in the interpreter, the policy says what goes
// up.
#pragma once

#include "engine/machine_tier.h"
#include "engine/tier_policy.h"
#include "interp/interpreter.h"

namespace wasmrun::engine {

class Tiers final : public interp::Interpreter {
 public:
  /// `options.policy` is set by this.
  Tiers(std::unique_ptr<MachineTier> machine, std::unique_ptr<Policy> policy, interp::InterpreterOptions options);
  ~Tiers() override;

  std::unique_ptr<runtime::ModuleCode> prepareModule(const wasm::Module& module, const gc::LayoutSet* layouts,
                                                     runtime::MemoryStrategy strategy) const override;
  void prepareContext(runtime::ExecContext& context) const override;
  code::CodeSpaceStatistics codeMemory() const override;

 private:
  const std::unique_ptr<MachineTier> machine_;
  const std::unique_ptr<Policy> policy_;
};

}  // namespace wasmrun::engine
