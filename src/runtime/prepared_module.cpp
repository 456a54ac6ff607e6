#include "runtime/prepared_module.h"

#include <algorithm>

#include "runtime/collected.h"
#include "runtime/const_expr.h"

namespace wasmrun::runtime {

namespace {

bool makesElementObjects(const wasm::Module& module) {
  return std::ranges::any_of(module.elements, [](const wasm::ElementSegment& segment) {
    return std::ranges::any_of(segment.exprs, makesObjects);
  });
}

}  // namespace

std::shared_ptr<const gc::LayoutSet> layoutsOf(const wasm::Module& module) {
  std::vector<wasm::TypeId> types;
  for (const wasm::TypeId type : module.types)
    if (module.registry().get(type).kind != wasm::CompositeKind::Func) types.push_back(type);
  return types.empty() ? nullptr : std::make_shared<const gc::LayoutSet>(module.registry(), types);
}

std::shared_ptr<const PreparedModule> PreparedModule::make(std::shared_ptr<const wasm::Module> module,
                                                           const TierHooks& hooks) {
  return std::shared_ptr<const PreparedModule>(new PreparedModule(std::move(module), hooks));
}

PreparedModule::PreparedModule(std::shared_ptr<const wasm::Module> module, const TierHooks& hooks)
    : module_(std::move(module)), hooks_(hooks), layouts_(layoutsOf(*module_)) {
  const auto first = module_->globals.begin() + module_->importedGlobals;
  hasReferenceGlobals_ = std::any_of(first, module_->globals.end(), [&](const wasm::Global& global) {
    return isCollected(module_->registry(), global.type.type);
  });
  makesElementObjects_ = runtime::makesElementObjects(*module_);
}

PreparedModule::~PreparedModule() = default;

ModuleCode& PreparedModule::code(MemoryStrategy strategy) const {
  Code& code = code_[static_cast<u32>(strategy)];
  std::call_once(code.once, [&] {
    code.made = hooks_.prepareModule(*module_, layouts_.get(), strategy);
    code.known.store(code.made.get(), std::memory_order_release);
  });
  return *code.made;
}

const MemoryImage* PreparedModule::imageForInstance() const {
  // A program that is run once is not served by an image: making it costs what it saves.
  if (instances_.fetch_add(1, std::memory_order_relaxed) == 0) return nullptr;
  std::call_once(imageOnce_, [&] { image_ = MemoryImage::make(*module_); });
  return image_.get();
}

const DwarfLines& PreparedModule::lines() const {
  std::call_once(linesOnce_, [&] { lines_ = DwarfLines(*module_); });
  return lines_;
}

const DwarfInlines& PreparedModule::inlines() const {
  std::call_once(inlinesOnce_, [&] { inlines_ = DwarfInlines(*module_); });
  return inlines_;
}

}  // namespace wasmrun::runtime
