#include "engine/code_names.h"

#include "interp/code.h"
#include "support/text.h"

namespace wasmrun::engine {

using support::concat;

std::string functionName(const wasm::Module& module, wasm::DefinedFuncIndex func) {
  const wasm::FuncIndex index = module.funcIndex(func);
  std::string name(module.funcName(index));
  return name.empty() ? concat("func ", index.value) : name;
}

std::string nameInProfiles(const code::FunctionRecord& record) {
  const auto& code = *static_cast<const runtime::FuncCode*>(record.identity().owner);
  // Not through the attachment: a module that goes has cut it, and waits for what is being compiled.
  const wasm::Module& module = static_cast<const interp::ModuleCode&>(*code.module).module();
  std::string name = functionName(module, code.index);
  const std::string_view moduleName = module.moduleName();
  return moduleName.empty() ? name : concat(moduleName, "!", name);
}

}  // namespace wasmrun::engine
