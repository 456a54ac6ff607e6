#include "runtime/instance.h"

#include "runtime/exception.h"
#include "runtime/global.h"
#include "runtime/store.h"

namespace wasmrun::runtime {

namespace {

Extern toExtern(Instance& instance, wasm::ExternKind kind, u32 index) {
  switch (kind) {
    case wasm::ExternKind::Func: return Extern(&instance.func(wasm::FuncIndex(index)));
    case wasm::ExternKind::Table: return Extern(instance.tables[index]);
    case wasm::ExternKind::Memory: return Extern(instance.memories[index]);
    case wasm::ExternKind::Global: return Extern(instance.store->global(instance, wasm::GlobalIndex(index)));
    case wasm::ExternKind::Tag: return Extern(instance.tags[index]);
  }
  std::unreachable();
}

}  // namespace

Extern findExport(Instance& instance, std::string_view name) {
  const wasm::Export* const found = instance.module->findExport(name);
  return found == nullptr ? Extern() : toExtern(instance, found->kind, found->index);
}

Extern exportAt(Instance& instance, u32 position) {
  const wasm::Export& found = instance.module->exports[position];
  return toExtern(instance, found.kind, found.index);
}

}  // namespace wasmrun::runtime
