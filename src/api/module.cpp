#include "wasmrun/module.h"

#include "api/access.h"
#include "api/types.h"
#include "engine/module_text.h"
#include "platform/mapped_file.h"
#include "support/text.h"
#include "text/encode.h"
#include "wasm/limits.h"
#include "wasm/module_bytes.h"

namespace wasmrun {

using detail::Access;
using detail::EngineImpl;
using detail::ModuleImpl;

// -- ModuleImpl ------------------------------------------------------------------------------------------------------

namespace detail {

const std::shared_ptr<const runtime::PreparedModule>& ModuleImpl::prepare() const {
  std::call_once(preparedOnce_, [this] {
    prepared_ = runtime::PreparedModule::make(module, engine->engine->hooks());
    isPrepared_ = true;
  });
  return prepared_;
}

const std::vector<ImportType>& ModuleImpl::imports() const {
  std::call_once(importsOnce_, [this] {
    imports_.reserve(module->imports.size());
    for (const wasm::Import& import : module->imports)
      imports_.push_back({std::string(import.module), std::string(import.name),
                          externTypeOf(*engine, *module, import.kind, import.index)});
  });
  return imports_;
}

const std::vector<ExportType>& ModuleImpl::exports() const {
  std::call_once(exportsOnce_, [this] {
    exports_.reserve(module->exports.size());
    for (const wasm::Export& item : module->exports)
      exports_.push_back({std::string(item.name), externTypeOf(*engine, *module, item.kind, item.index), item.index});
  });
  return exports_;
}

const text::PrintedModule& ModuleImpl::printed() const {
  std::call_once(printedOnce_, [this] { printed_.emplace(*module); });
  return *printed_;
}

}  // namespace detail

// -- Making ----------------------------------------------------------------------------------------------------------

Module::Module(std::shared_ptr<ModuleImpl> impl) noexcept : impl_(std::move(impl)) {}

static Result<Module> moduleOf(const Engine& engine, Result<engine::LoadedModule> loaded) {
  if (!loaded) return fail(std::move(loaded).error());
  return Access::module(std::make_shared<ModuleImpl>(Access::impl(engine), std::move(*loaded)));
}

Result<Module> Module::compile(const Engine& engine, std::span<const uint8_t> bytes, std::string_view name) {
  // Only a binary is kept, and needs a copy.
  if (engine::formatOf(bytes) == engine::ModuleFormat::Text)
    return moduleOf(engine, Access::impl(engine)->engine->load(wasm::borrowBytes(bytes), std::string(name)));
  return compile(engine, std::vector<uint8_t>(bytes.begin(), bytes.end()));
}

Result<Module> Module::compile(const Engine& engine, std::vector<uint8_t>&& bytes, std::string_view name) {
  return moduleOf(engine, Access::impl(engine)->engine->load(wasm::ownBytes(std::move(bytes)), std::string(name)));
}

Result<Module> Module::compileBinary(const Engine& engine, std::span<const uint8_t> bytes) {
  auto copy = wasm::ownBytes(std::vector<uint8_t>(bytes.begin(), bytes.end()));
  return moduleOf(engine, Access::impl(engine)->engine->loadBinary(std::move(copy)));
}

Result<Module> Module::compileText(const Engine& engine, std::string_view text, std::string_view name) {
  const text::SourceText source(text, std::string(name));
  return moduleOf(engine, Access::impl(engine)->engine->loadText(source, source.range()));
}

Result<Module> Module::compileFile(const Engine& engine, const std::string& path) {
  WASMRUN_TRY_ASSIGN(auto file, platform::MappedFile::open(path, wasm::limits::kMaxModuleSize, engine::canBeginModule));
  return moduleOf(engine, Access::impl(engine)->engine->load(wasm::holdBytes(std::move(file)), path));
}

static_assert(Module::kMaxSize == wasm::limits::kMaxModuleSize);

bool Module::canBegin(std::span<const uint8_t> start) { return engine::canBeginModule(start); }

Result<std::vector<uint8_t>> textToBinary(std::string_view text, std::string_view name) {
  const text::SourceText source(text, std::string(name));
  WASMRUN_TRY_ASSIGN(text::EncodedModule encoded, text::encodeModule(source, source.range()));
  return std::move(encoded.bytes);
}

Result<void> Module::validate(const Engine& engine, std::span<const uint8_t> bytes) {
  WASMRUN_TRY(Access::impl(engine)->engine->load(wasm::borrowBytes(bytes)));
  return {};
}

Engine Module::engine() const noexcept { return Access::engine(impl_->engine); }

// -- What it needs and gives -----------------------------------------------------------------------------------------

std::string_view Module::name() const noexcept { return impl_->module->moduleName(); }
std::span<const ImportType> Module::imports() const { return impl_->imports(); }
std::span<const ExportType> Module::exports() const { return impl_->exports(); }

const ExportType* Module::findExport(std::string_view name) const {
  const wasm::Export* const found = impl_->module->findExport(name);
  if (!found) return nullptr;
  return &impl_->exports()[static_cast<size_t>(found - impl_->module->exports.data())];
}

std::vector<CustomSection> Module::customSections() const {
  std::vector<CustomSection> result;
  for (const wasm::CustomSection& section : impl_->module->customSections)
    result.push_back({section.name, section.offset, section.payload});
  return result;
}

std::span<const uint8_t> Module::bytes() const noexcept { return impl_->module->bytes(); }
uint32_t Module::functionCount() const noexcept { return static_cast<uint32_t>(impl_->module->funcTypes.size()); }

}  // namespace wasmrun
