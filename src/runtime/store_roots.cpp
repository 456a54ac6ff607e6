// What outside of the heap refers to objects in it: frames, globals, tables, element segments, an exception in flight,
// and what the embedder holds.
#include "runtime/collected.h"
#include "runtime/store.h"

namespace wasmrun::runtime {

namespace {

/// Values of these types, one after the other.
void visitValues(const wasm::TypeRegistry& registry, std::span<const wasm::ValType> types, u64* slots,
                 gc::RootVisitor& visitor) {
  for (const wasm::ValType type : types) {
    if (isCollected(registry, type)) visitor.slot(*slots);
    slots += type.slots();
  }
}

}  // namespace

void Store::visitRoots(gc::RootVisitor& visitor, gc::RootSet set) {
  hooks_.visitRoots(context_, visitor);
  if (newExceptionTag_ != nullptr)
    visitValues(registry_, registry_.get(newExceptionTag_->type).func.params, newExceptionPayload_, visitor);
  gc::Ref pending = gc::Ref::fromBits(context_.pending.exceptionRef);
  visitor.ref(pending);
  context_.pending.exceptionRef = pending.bits();
  const auto isFollowed = [&](wasm::ValType type) { return isCollected(registry_, type); };
  for (const Global& global : globals_)
    if (isFollowed(global.type.type)) visitor.slot(*global.cell);
  for (const auto& table : tables_)
    if (isFollowed(table->type.element)) table->visitElements(visitor, set);
  for (const OwnedInstance& owned : instances_) visitInstance(owned, visitor, set);
  if (hostRoots_ != nullptr) hostRoots_->visitRoots(visitor, set);
}

void Store::visitInstance(const OwnedInstance& owned, gc::RootVisitor& visitor, gc::RootSet set) {
  const wasm::Module& module = owned.module->module();
  if (owned.module->hasReferenceGlobals()) {
    for (u32 i = module.importedGlobals; i < module.globals.size(); ++i)
      if (isCollected(registry_, module.globals[i].type.type))
        visitor.slot(*owned.instance->globalCell(wasm::GlobalIndex(i)));
  }
  if (owned.elementObjects == nullptr) return;
  for (ElementObjects& objects : std::span(owned.elementObjects.get(), module.elements.size())) {
    if (set == gc::RootSet::MayBeYoung && !objects.mayBeYoung) continue;
    const bool areYoung = visitor.slots(objects.slots);
    if (set == gc::RootSet::MayBeYoung) objects.mayBeYoung = areYoung;
  }
}

}  // namespace wasmrun::runtime
