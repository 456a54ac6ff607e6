#include "engine/tier_choice.h"

#include "interp/interpreter.h"

namespace wasmrun::engine {

Result<std::unique_ptr<const runtime::TierHooks>> makeTierHooks(const Options& options, const TierUp&) {
  if (options.tier == "baseline") return fail(ErrorKind::Unsupported, "the tier baseline is built for x86-64 only");
  const bool fuel = options.fuel != kUnset || options.fuelAccounting;
  return std::make_unique<interp::Interpreter>(interp::InterpreterOptions{fuel});
}

MachineTotals machineTotals(const runtime::ModuleCode&) { return {}; }
std::vector<FunctionTiering> functionTierings(const runtime::ModuleCode&) { return {}; }

}  // namespace wasmrun::engine
