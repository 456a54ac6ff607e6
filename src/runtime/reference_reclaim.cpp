// The interim reclaim of exceptions and host data: a mark from the store's roots.
//
// Roots are the references in frames and in the arguments of host functions, globals and tables of types that have such
// references, what the embedder pinned, and the pending exception; payloads of marked exceptions are looked through as
// well. Exceptions and host data have numbers of their own, so that a reference to one may keep the other with the same
// number alive: some garbage stays, nothing live goes. Nothing moves.
#include "runtime/reference_reclaim.h"

#include "runtime/store.h"

namespace wasmrun::runtime {

namespace {

class Marker final : public gc::RootVisitor {
 public:
  Marker(const wasm::TypeRegistry& registry, ExceptionTable& exceptions, ExternTable& externs)
      : registry_(registry), exceptions_(exceptions), externs_(externs) {}

  /// Values of these types, one after the other.
  void values(std::span<const wasm::ValType> types, u64* slots) {
    for (const wasm::ValType type : types) {
      if (isCollected(registry_, type)) slot(*slots);
      slots += type.slots();
    }
  }
  void payload(const Tag& tag, u64* slots) { values(registry_.get(tag.type).func.params, slots); }
  void mark(u32 reference) {
    externs_.markIfLive(reference);
    if (exceptions_.markIfNew(reference)) pending_.push_back(reference);
  }
  void finish() {
    exceptions_.markPinned(pending_);
    while (!pending_.empty()) {
      const Exception& exception = exceptions_.get(pending_.back());
      pending_.pop_back();
      payload(*exception.tag, exception.payload.get());
    }
    exceptions_.sweep();
    externs_.sweep();
  }

 private:
  void visit(gc::Ref& ref) override { mark(ref.bits()); }

  const wasm::TypeRegistry& registry_;
  ExceptionTable& exceptions_;
  ExternTable& externs_;
  std::vector<u32> pending_;  // marked, payload not looked at yet
};

}  // namespace

void Store::reclaimReferences(const Tag* tag, const u64* payload) {
  Marker marker(registry_, exceptions_, externs_);
  hooks_.visitRoots(context_, marker);
  if (tag != nullptr) marker.payload(*tag, const_cast<u64*>(payload));
  marker.mark(context_.pending.exceptionRef);
  const auto interesting = [&](wasm::ValType type) { return isCollected(registry_, type); };
  for (const Global& global : globals_)
    if (interesting(global.type.type)) marker.slot(*global.cell);
  for (const auto& table : tables_)
    if (interesting(table->type.element)) marker.slots({table->elements, table->size});
  for (const OwnedInstance& owned : instances_) {
    if (!owned.module->hasReferenceGlobals()) continue;
    const wasm::Module& module = owned.module->module();
    for (u32 i = module.importedGlobals; i < module.globals.size(); ++i)
      if (interesting(module.globals[i].type.type)) marker.slot(*owned.instance->globalCell(wasm::GlobalIndex(i)));
  }
  marker.finish();
}

}  // namespace wasmrun::runtime
