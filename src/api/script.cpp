#include "wasmrun/script.h"

#include <limits>

#include "api/access.h"
#include "api/script_impl.h"
#include "text/script_parser.h"
#include "wasm/module_bytes.h"

namespace wasmrun {

using detail::Access;
using detail::ScriptImpl;

Script::Script(std::shared_ptr<const ScriptImpl> impl) noexcept : impl_(std::move(impl)) {}

Result<Script> Script::parse(std::string text, std::string name) {
  if (text.size() > std::numeric_limits<u32>::max()) return fail(ErrorKind::Limit, "a script has less than 4 GiB");
  auto impl = std::make_shared<ScriptImpl>(std::move(text), std::move(name));
  WASMRUN_TRY_ASSIGN(impl->commands, text::parseScript(impl->source));
  return Script(std::move(impl));
}

std::span<const script::Command> Script::commands() const noexcept { return impl_->commands; }

script::Place Script::place(uint32_t offset) const {
  const text::Position position = impl_->source.positionOf(offset);
  return {position.line, position.column};
}

// -- Modules ---------------------------------------------------------------------------------------------------------

static Result<Module> moduleOf(const Engine& engine, Result<engine::LoadedModule> loaded) {
  if (!loaded) return fail(std::move(loaded).error());
  return Access::module(std::make_shared<detail::ModuleImpl>(Access::impl(engine), std::move(*loaded)));
}

static Result<Module> compileText(const Engine& engine, const text::SourceText& source, text::TextRange range) {
  return moduleOf(engine, Access::impl(engine)->engine->loadText(source, range));
}

Result<Module> Script::compile(const Engine& engine, const script::ModuleSource& module) const {
  switch (module.form) {
    case script::ModuleSource::Form::Text:
    case script::ModuleSource::Form::Fields: return compileText(engine, impl_->source, {module.begin, module.end});
    case script::ModuleSource::Form::Binary: {
      std::vector<u8> bytes = text::moduleStrings(impl_->source, module);
      return moduleOf(engine, Access::impl(engine)->engine->loadBinary(wasm::ownBytes(std::move(bytes))));
    }
    case script::ModuleSource::Form::Quote: break;
  }
  const std::vector<u8> quoted = text::moduleStrings(impl_->source, module);
  const text::SourceText source({reinterpret_cast<const char*>(quoted.data()), quoted.size()}, "quoted module");
  return compileText(engine, source, source.range());
}

}  // namespace wasmrun
