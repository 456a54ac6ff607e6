// The interim reclaim of exceptions and host data: a conservative mark.
//
// Roots are every slot of the value stack up to stackTop, globals and tables whose type may hold such references, what
// the embedder pinned, and the pending exception; payloads of marked exceptions are looked through as well. A slot
// whose low 32 bits happen to be a live number keeps that object alive: some garbage stays, nothing live goes. Nothing
// moves.
#include "runtime/reference_reclaim.h"

#include "runtime/store.h"

namespace wasmrun::runtime {

namespace {

class Marker {
 public:
  Marker(ExceptionTable& exceptions, ExternTable& externs) : exceptions_(exceptions), externs_(externs) {}

  void slots(std::span<const u64> slots) {
    for (const u64 slot : slots) mark(static_cast<u32>(slot));
  }
  void mark(u32 reference) {
    externs_.markIfLive(reference);
    if (exceptions_.markIfNew(reference)) pending_.push_back(reference);
  }
  void finish() {
    exceptions_.markPinned(pending_);
    while (!pending_.empty()) {
      const u32 exception = pending_.back();
      pending_.pop_back();
      slots(exceptions_.get(exception).slots());
    }
    exceptions_.sweep();
    externs_.sweep();
  }

 private:
  ExceptionTable& exceptions_;
  ExternTable& externs_;
  std::vector<u32> pending_;  // marked, payload not looked at yet
};

}  // namespace

void Store::reclaimReferences(std::span<const u64> extra) {
  Marker marker(exceptions_, externs_);
  marker.slots({context_.stackBase, context_.stackTop});
  marker.slots(extra);
  marker.mark(context_.pending.exceptionRef);
  const auto interesting = [&](wasm::ValType type) { return holdsNumberedReferences(registry_, type); };
  for (const Global& global : globals_)
    if (interesting(global.type.type)) marker.mark(static_cast<u32>(*global.cell));
  for (const auto& table : tables_)
    if (interesting(table->type.element)) marker.slots({table->elements, table->size});
  for (const OwnedInstance& owned : instances_) {
    if (!owned.module->hasReferenceGlobals()) continue;
    const wasm::Module& module = owned.module->module();
    for (u32 i = module.importedGlobals; i < module.globals.size(); ++i)
      if (interesting(module.globals[i].type.type))
        marker.mark(static_cast<u32>(*owned.instance->globalCell(wasm::GlobalIndex(i))));
  }
  marker.finish();
}

}  // namespace wasmrun::runtime
