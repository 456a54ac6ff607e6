// Builtins of tables and references.
#include "gc/cast.h"
#include "runtime/builtins.h"
#include "runtime/const_expr.h"
#include "runtime/store.h"

namespace wasmrun::runtime {

namespace {

Table& tableAt(const Instance& instance, wasm::TableIndex table) { return *instance.tables[table.value]; }

TrapKind outOfBounds(Instance& instance, const Table& table, u64 index) {
  return tableFault(instance, TrapKind::TableOutOfBounds, table, index);
}

}  // namespace

TrapKind tableGet(Instance& instance, wasm::TableIndex table, u64 index, u64* value) {
  const Table& source = tableAt(instance, table);
  if (index >= source.size) return outOfBounds(instance, source, index);
  *value = source.elements[index];
  return TrapKind::None;
}

TrapKind tableSet(Instance& instance, wasm::TableIndex table, u64 index, u64 value) {
  Table& target = tableAt(instance, table);
  if (index >= target.size) return outOfBounds(instance, target, index);
  target.set(index, value);
  return TrapKind::None;
}

u64 tableSize(const Instance& instance, wasm::TableIndex table) { return tableAt(instance, table).size; }

i64 tableGrow(Instance& instance, wasm::TableIndex table, u64 initial, u64 delta) {
  const std::optional<u64> before = tableAt(instance, table).grow(delta, initial, instance.store->limiter());
  if (before) instance.context->chargeBulk(delta);
  return before ? static_cast<i64>(*before) : -1;
}

TrapKind tableFill(Instance& instance, wasm::TableIndex table, u64 to, u64 value, u64 count) {
  Table& target = tableAt(instance, table);
  if (!target.contains(to, count)) return outOfBounds(instance, target, to);
  target.fill(to, value, count);
  instance.context->chargeBulk(count);
  return TrapKind::None;
}

TrapKind tableCopy(Instance& instance, wasm::TableIndex toTable, wasm::TableIndex fromTable, u64 to, u64 from,
                   u64 count) {
  Table& target = tableAt(instance, toTable);
  const Table& source = tableAt(instance, fromTable);
  if (!target.contains(to, count)) return outOfBounds(instance, target, to);
  if (!source.contains(from, count)) return outOfBounds(instance, source, from);
  target.copy(to, source, from, count);
  instance.context->chargeBulk(count);
  return TrapKind::None;
}

TrapKind tableInit(Instance& instance, wasm::ElemIndex elem, wasm::TableIndex table, u64 to, u64 from, u64 count) {
  Table& target = tableAt(instance, table);
  const wasm::ElementSegment& segment = instance.module->elements[elem.value];
  const u64 size = instance.isDropped(elem) ? 0 : segment.size();
  if (count > size || from > size - count || !target.contains(to, count)) return outOfBounds(instance, target, to);
  for (u64 i = 0; i < count; ++i) target.set(to + i, elementValue(instance, elem, from + i));
  instance.context->chargeBulk(count);
  return TrapKind::None;
}

u64 elementValue(Instance& instance, wasm::ElemIndex elem, u64 index) {
  const wasm::ElementSegment& segment = instance.module->elements[elem.value];
  if (!segment.functions.empty()) return refFunc(instance, segment.functions[index]);
  // Expressions that make objects were evaluated at instantiation. Others are now: they read immutable globals only, so
  // that their values are the same.
  if (instance.elementObjects != nullptr && !instance.elementObjects[elem.value].slots.empty())
    return instance.elementObjects[elem.value].slots[index];
  return evaluateNoObjects(instance, segment.exprs[index]);
}

void elemDrop(Instance& instance, wasm::ElemIndex elem) {
  instance.drop(elem);
  if (instance.elementObjects != nullptr) instance.elementObjects[elem.value] = {};
}

TrapKind resolveIndirect(Instance& instance, wasm::TableIndex table, u64 index, wasm::TypeId expected, Func** callee) {
  const Table& source = tableAt(instance, table);
  if (index >= source.size) return tableFault(instance, TrapKind::UndefinedElement, source, index);
  Func* const func = reinterpret_cast<Func*>(source.elements[index]);
  *callee = func;
  if (func != nullptr && func->type == expected) [[likely]]
    return TrapKind::None;
  return checkIndirect(instance, source, index, expected);
}

TrapKind checkIndirect(Instance& instance, const Table& table, u64 index, wasm::TypeId expected) {
  const Func* const func = reinterpret_cast<const Func*>(table.elements[index]);
  if (func == nullptr) return tableFault(instance, TrapKind::UninitializedElement, table, index);
  if (instance.store->registry().isSubtype(func->type, expected)) return TrapKind::None;
  return tableFault(instance, TrapKind::IndirectCallTypeMismatch, table, index);
}

bool refMatches(const Instance& instance, u64 reference, wasm::ValType target) {
  using wasm::HeapType;
  if (reference == 0) return target.isNullable();
  const wasm::TypeRegistry& registry = instance.store->registry();
  const HeapType heap = target.heap();
  switch (registry.topOf(heap)) {
    case HeapType::Func: return registry.isSubtype(HeapType(reinterpret_cast<const Func*>(reference)->type), heap);
    default: break;
  }
  const gc::Ref ref = gc::Ref::fromSlot(reference);
  if (ref.isI31()) return gc::i31Matches(heap.bits());
  return instance.store->heap()->matches(ref, gc::CastTarget::of(registry, heap));
}

}  // namespace wasmrun::runtime
