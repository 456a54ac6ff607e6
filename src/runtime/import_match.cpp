#include "runtime/import_match.h"

#include "runtime/exception.h"
#include "runtime/func.h"
#include "runtime/global.h"
#include "runtime/memory.h"
#include "runtime/table.h"
#include "support/text.h"

namespace wasmrun::runtime {

namespace {

using support::concat;
using wasm::ExternKind;
using wasm::TypeRegistry;

// -- Types as text ---------------------------------------------------------------------------------------------------

std::string text(const wasm::Limits& limits) {
  std::string out = concat(limits.is64 ? " i64 " : " ", limits.min);
  if (limits.hasMax) out += concat(' ', limits.max);
  return out;
}

std::string funcText(const TypeRegistry& registry, const char* kind, wasm::TypeId type) {
  return concat('(', kind, registry.toText(registry.get(type).func), ')');
}

std::string tableText(const TypeRegistry& registry, const wasm::TableType& type) {
  return concat("(table", text(type.limits), ' ', registry.toText(type.element), ')');
}

std::string memoryText(const wasm::MemoryType& type) {
  std::string out = concat("(memory", text(type.limits));
  if (type.isShared) out += " shared";
  if (type.pageSizeLog2 != 16) out += concat(" (pagesize ", u64{1} << type.pageSizeLog2, ')');
  return out + ')';
}

std::string globalText(const TypeRegistry& registry, const wasm::GlobalType& type) {
  const std::string value = registry.toText(type.type);
  return type.isMutable ? concat("(global (mut ", value, "))") : concat("(global ", value, ')');
}

// -- Matching --------------------------------------------------------------------------------------------------------

bool matches(const wasm::Limits& actual, const wasm::Limits& wanted) {
  if (actual.is64 != wanted.is64 || actual.min < wanted.min) return false;
  return !wanted.hasMax || (actual.hasMax && actual.max <= wanted.max);
}

bool matches(const wasm::MemoryType& actual, const wasm::MemoryType& wanted) {
  return actual.isShared == wanted.isShared && actual.pageSizeLog2 == wanted.pageSizeLog2 &&
         matches(actual.limits, wanted.limits);
}

bool matches(const wasm::TableType& actual, const wasm::TableType& wanted) {
  return actual.element == wanted.element && matches(actual.limits, wanted.limits);
}

bool matches(const TypeRegistry& registry, const wasm::GlobalType& actual, const wasm::GlobalType& wanted) {
  if (actual.isMutable != wanted.isMutable) return false;
  return actual.isMutable ? actual.type == wanted.type : registry.isSubtype(actual.type, wanted.type);
}

bool matches(const wasm::Module& module, const wasm::Import& import, const Extern& actual) {
  const TypeRegistry& registry = module.registry();
  if (actual.kind() != import.kind) return false;
  switch (import.kind) {
    case ExternKind::Func: return registry.isSubtype(actual.func()->type, module.funcTypes[import.index]);
    case ExternKind::Table: return matches(actual.table()->presentType(), module.tables[import.index].type);
    case ExternKind::Memory: return matches(actual.memory()->presentType(), module.memories[import.index]);
    case ExternKind::Global: return matches(registry, actual.global()->type, module.globals[import.index].type);
    case ExternKind::Tag: return actual.tag()->type == module.tags[import.index];
  }
  std::unreachable();
}

}  // namespace

std::string importTypeText(const wasm::Module& module, const wasm::Import& import) {
  const TypeRegistry& registry = module.registry();
  switch (import.kind) {
    case ExternKind::Func: return funcText(registry, "func", module.funcTypes[import.index]);
    case ExternKind::Table: return tableText(registry, module.tables[import.index].type);
    case ExternKind::Memory: return memoryText(module.memories[import.index]);
    case ExternKind::Global: return globalText(registry, module.globals[import.index].type);
    case ExternKind::Tag: return funcText(registry, "tag", module.tags[import.index]);
  }
  std::unreachable();
}

std::string typeText(const TypeRegistry& registry, const Extern& item) {
  switch (item.kind()) {
    case ExternKind::Func: return funcText(registry, "func", item.func()->type);
    case ExternKind::Table: return tableText(registry, item.table()->presentType());
    case ExternKind::Memory: return memoryText(item.memory()->presentType());
    case ExternKind::Global: return globalText(registry, item.global()->type);
    case ExternKind::Tag: return funcText(registry, "tag", item.tag()->type);
  }
  std::unreachable();
}

Result<void> matchImport(const wasm::Module& module, u32 position, const Extern& actual) {
  const wasm::Import& import = module.imports[position];
  if (!actual.isEmpty() && matches(module, import, actual)) return {};
  const std::string which = concat(support::quoted(import.module), ' ', support::quoted(import.name));
  const std::string wanted = importTypeText(module, import);
  if (actual.isEmpty()) return fail(ErrorKind::Link, concat("unknown import: ", which, ", of type ", wanted));
  return fail(ErrorKind::Link, concat("incompatible import type: ", which, " is ", typeText(module.registry(), actual),
                                      ", but the module wants ", wanted));
}

}  // namespace wasmrun::runtime
