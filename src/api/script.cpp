#include "wasmrun/script.h"

#include <limits>

#include "api/access.h"
#include "api/script_impl.h"
#include "text/encode.h"
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

static Result<Module> compileBinary(const Engine& engine, std::vector<u8> bytes) {
  const std::shared_ptr<detail::EngineImpl>& impl = Access::impl(engine);
  WASMRUN_TRY_ASSIGN(engine::LoadedModule loaded, impl->engine->load(wasm::ownBytes(std::move(bytes))));
  return Access::module(std::make_shared<detail::ModuleImpl>(impl, std::move(loaded)));
}

static Result<Module> compileText(const Engine& engine, const text::SourceText& source, text::TextRange range) {
  WASMRUN_TRY_ASSIGN(text::EncodedModule encoded, text::encodeModule(source, range));
  auto module = compileBinary(engine, std::move(encoded.bytes));
  if (!module) return fail(text::locateError(source, encoded.map, std::move(module).error()));
  return module;
}

Result<Module> Script::compile(const Engine& engine, const script::ModuleSource& module) const {
  switch (module.form) {
    case script::ModuleSource::Form::Text:
    case script::ModuleSource::Form::Fields: return compileText(engine, impl_->source, {module.begin, module.end});
    case script::ModuleSource::Form::Binary: return compileBinary(engine, text::moduleStrings(impl_->source, module));
    case script::ModuleSource::Form::Quote: break;
  }
  const std::vector<u8> quoted = text::moduleStrings(impl_->source, module);
  const text::SourceText source({reinterpret_cast<const char*>(quoted.data()), quoted.size()}, "quoted module");
  return compileText(engine, source, source.range());
}

}  // namespace wasmrun
