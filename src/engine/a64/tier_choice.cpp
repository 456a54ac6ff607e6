#include "engine/tier_choice.h"

#include "interp/interpreter.h"

namespace wasmrun::engine {

Result<std::unique_ptr<const runtime::TierHooks>> makeTierHooks(const Options& options, const TierUp&,
                                                                Profile profile) {
  if (options.tier == "baseline") return fail(ErrorKind::Unsupported, "the tier baseline is built for x86-64 only");
  if (profile != Profile::Off || options.gdb != 0)
    return fail(ErrorKind::Unsupported, "profile and gdb tell of machine code, which is made on x86-64 only");
  return std::make_unique<interp::Interpreter>(interpreterOptions(options));
}

MachineTotals machineTotals(const runtime::ModuleCode&) { return {}; }

FunctionTiering functionTiering(wasm::DefinedFuncIndex index, runtime::ModuleCode& code, const Options&) {
  FunctionTiering function;
  function.index = index;
  function.tier = interp::wasCalled(code.code(index)) ? "interp" : "none";
  function.work = profileFigures(code, index);
  function.held = "there is no machine code for this machine";
  return function;
}

std::vector<FunctionTiering> functionTierings(const wasm::Module& module, runtime::ModuleCode& code,
                                              const Options& options) {
  std::vector<FunctionTiering> functions;
  for (u32 index = 0; index < module.bodies.size(); ++index) {
    FunctionTiering function = functionTiering(wasm::DefinedFuncIndex(index), code, options);
    if (function.tier != "none") functions.push_back(std::move(function));
  }
  return functions;
}

}  // namespace wasmrun::engine
