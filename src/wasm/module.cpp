#include "wasm/module.h"

#include "wasm/module_impl.h"

namespace wasmrun::wasm {

Module::Module(TypeRegistry& registry, Features features, std::shared_ptr<const ModuleBytes> bytes)
    : registry_(registry), features_(features), bytes_(std::move(bytes)), impl_(std::make_unique<Impl>()) {}

Module::~Module() {
  for (const TypeId first : impl_->heldGroups) registry_.release(first);
}

const Export* Module::findExport(std::string_view name) const { return impl_->exportTable.find(exports, name); }

std::string_view Module::funcName(FuncIndex index) const {
  std::call_once(impl_->namesOnce, [this] { impl_->names = readModuleNames(*this); });
  const auto& names = impl_->names.functions;
  return index.value < names.size() ? names[index.value] : std::string_view();
}

std::string_view Module::moduleName() const {
  std::call_once(impl_->namesOnce, [this] { impl_->names = readModuleNames(*this); });
  return impl_->names.module;
}

std::span<const BranchHint> Module::branchHints(FuncIndex index) const {
  std::call_once(impl_->hintsOnce, [this] { impl_->hints = BranchHints::read(*this); });
  return impl_->hints.of(index);
}

}  // namespace wasmrun::wasm
