#include "api/types.h"

#include <array>

#include "runtime/exception.h"
#include "runtime/func.h"
#include "runtime/global.h"
#include "runtime/memory.h"
#include "runtime/table.h"
#include "support/text.h"
#include "wasm/limits.h"

namespace wasmrun::detail {

using support::concat;

// -- Heap types ------------------------------------------------------------------------------------------------------

namespace {

struct HeapName {
  HeapKind kind;
  wasm::HeapType::Abstract abstract;
};
constexpr HeapName kHeaps[] = {
    {HeapKind::Func, wasm::HeapType::Func},     {HeapKind::NoFunc, wasm::HeapType::NoFunc},
    {HeapKind::Extern, wasm::HeapType::Extern}, {HeapKind::NoExtern, wasm::HeapType::NoExtern},
    {HeapKind::Any, wasm::HeapType::Any},       {HeapKind::Eq, wasm::HeapType::Eq},
    {HeapKind::I31, wasm::HeapType::I31},       {HeapKind::Struct, wasm::HeapType::Struct},
    {HeapKind::Array, wasm::HeapType::Array},   {HeapKind::None, wasm::HeapType::None},
    {HeapKind::Exn, wasm::HeapType::Exn},       {HeapKind::NoExn, wasm::HeapType::NoExn},
};
static_assert(std::size(kHeaps) == wasm::HeapType::kAbstractCount);

HeapKind kindOf(wasm::HeapType::Abstract abstract) {
  for (const HeapName& heap : kHeaps)
    if (heap.abstract == abstract) return heap.kind;
  std::unreachable();
}

wasm::HeapType::Abstract abstractOf(HeapKind kind) {
  for (const HeapName& heap : kHeaps)
    if (heap.kind == kind) return heap.abstract;
  std::unreachable();
}

std::vector<ValType> toPublic(EngineImpl& engine, std::span<const wasm::ValType> types) {
  std::vector<ValType> result;
  result.reserve(types.size());
  for (const wasm::ValType type : types) result.push_back(detail::toPublic(engine, type));
  return result;
}

}  // namespace

// -- Out -------------------------------------------------------------------------------------------------------------

ValType toPublic(EngineImpl& engine, wasm::ValType type) {
  switch (type.kind()) {
    case wasm::TypeKind::I32: return ValType::i32();
    case wasm::TypeKind::I64: return ValType::i64();
    case wasm::TypeKind::F32: return ValType::f32();
    case wasm::TypeKind::F64: return ValType::f64();
    case wasm::TypeKind::V128: return ValType::v128();
    default: break;
  }
  CHECK(type.isRef(), "only values have public types");
  if (type.heap().isAbstract()) return ValType::ref(kindOf(type.heap().abstract()), type.isNullable());
  engine.keepType(type.heap().typeId());
  return ValType::concrete(engine.engine->id(), type.heap().typeId().value, type.isNullable());
}

FuncType toPublic(EngineImpl& engine, wasm::TypeId id) {
  const wasm::FuncType& type = engine.engine->registry().get(id).func;
  FuncType result;
  result.params = toPublic(engine, type.params);
  result.results = toPublic(engine, type.results);
  result.defined = toPublic(engine, wasm::ValType::ref(wasm::HeapType(id), false));
  return result;
}

Limits toPublic(const wasm::Limits& limits) {
  return {limits.min, limits.hasMax ? std::optional(limits.max) : std::nullopt};
}

MemoryType toPublic(const wasm::MemoryType& type) {
  return {toPublic(type.limits), type.limits.is64, type.isShared, u32{1} << type.pageSizeLog2};
}

TableType toPublic(EngineImpl& engine, const wasm::TableType& type) {
  return {toPublic(engine, type.element), toPublic(type.limits), type.limits.is64};
}

GlobalType toPublic(EngineImpl& engine, const wasm::GlobalType& type) {
  return {toPublic(engine, type.type), type.isMutable};
}

ExternType externTypeOf(EngineImpl& engine, const wasm::Module& module, wasm::ExternKind kind, u32 index) {
  switch (kind) {
    case wasm::ExternKind::Func: return toPublic(engine, module.funcTypes[index]);
    case wasm::ExternKind::Table: return toPublic(engine, module.tables[index].type);
    case wasm::ExternKind::Memory: return toPublic(module.memories[index]);
    case wasm::ExternKind::Global: return toPublic(engine, module.globals[index].type);
    case wasm::ExternKind::Tag: return TagType{toPublic(engine, module.tags[index])};
  }
  std::unreachable();
}

ExternType externTypeOf(EngineImpl& engine, const runtime::Extern& item) {
  switch (item.kind()) {
    case wasm::ExternKind::Func: return toPublic(engine, item.func()->type);
    case wasm::ExternKind::Table: return toPublic(engine, item.table()->presentType());
    case wasm::ExternKind::Memory: return toPublic(item.memory()->presentType());
    case wasm::ExternKind::Global: return toPublic(engine, item.global()->type);
    case wasm::ExternKind::Tag: return TagType{toPublic(engine, item.tag()->type)};
  }
  std::unreachable();
}

// -- In --------------------------------------------------------------------------------------------------------------

Result<wasm::ValType> fromPublic(const EngineImpl& engine, const ValType& type) {
  switch (type.kind()) {
    case ValKind::I32: return wasm::kI32;
    case ValKind::I64: return wasm::kI64;
    case ValKind::F32: return wasm::kF32;
    case ValKind::F64: return wasm::kF64;
    case ValKind::V128: return wasm::kV128;
    case ValKind::Ref: break;
  }
  if (type.heap() != HeapKind::Concrete) return wasm::ValType::ref(abstractOf(type.heap()), type.isNullable());
  const wasm::TypeId id(type.typeId());
  if (type.engineId() != engine.engine->id() || !engine.isKept(id))
    return fail(ErrorKind::Usage, concat("the type ", type.toString(), " belongs to another engine"));
  return wasm::ValType::ref(wasm::HeapType(id), type.isNullable());
}

static Result<std::vector<wasm::ValType>> fromPublic(const EngineImpl& engine, std::span<const ValType> types) {
  std::vector<wasm::ValType> result;
  result.reserve(types.size());
  for (const ValType& type : types) {
    WASMRUN_TRY_ASSIGN(const wasm::ValType own, fromPublic(engine, type));
    result.push_back(own);
  }
  return result;
}

Result<wasm::TypeId> internFuncType(EngineImpl& engine, const FuncType& type) {
  wasm::TypeRegistry& registry = engine.engine->registry();
  if (!type.defined) {
    WASMRUN_TRY_ASSIGN(const auto params, fromPublic(engine, type.params));
    WASMRUN_TRY_ASSIGN(const auto results, fromPublic(engine, type.results));
    return registry.internFunc(params, results);
  }
  WASMRUN_TRY_ASSIGN(const wasm::ValType defined, fromPublic(engine, *type.defined));
  const bool isFunc = defined.isRef() && defined.heap().isConcrete() &&
                      registry.get(defined.heap().typeId()).kind == wasm::CompositeKind::Func;
  if (!isFunc) return fail(ErrorKind::Usage, concat("not a function type: ", type.defined->toString()));
  registry.retain(defined.heap().typeId());
  return defined.heap().typeId();
}

static Result<wasm::Limits> limitsFrom(const char* what, const Limits& limits, bool is64, u64 largest) {
  if (limits.max && *limits.max < limits.min)
    return fail(ErrorKind::Usage,
                concat("the maximum of a ", what, ", ", *limits.max, ", is below its minimum, ", limits.min));
  if (limits.min > largest || limits.max.value_or(0) > largest)
    return fail(ErrorKind::Usage, concat("bounds of a ", what, " are at most ", largest));
  return wasm::Limits{limits.min, limits.max.value_or(0), limits.max.has_value(), is64};
}

Result<wasm::MemoryType> fromPublic(const MemoryType& type) {
  if (type.pageSize != 1 && type.pageSize != 65536)
    return fail(ErrorKind::Usage, concat("a memory's pages have 1 or 65536 bytes, not ", type.pageSize));
  if (type.shared && !type.limits.max) return fail(ErrorKind::Usage, "a shared memory needs a maximum");
  const bool small = type.pageSize == 1;
  const u64 largest = type.is64 ? (small ? ~u64{0} : wasm::limits::kMaxMemory64Pages)
                                : (small ? u64{~u32{0}} : wasm::limits::kMaxMemory32Pages);
  WASMRUN_TRY_ASSIGN(const wasm::Limits limits, limitsFrom("memory", type.limits, type.is64, largest));
  return wasm::MemoryType{limits, type.shared, static_cast<u8>(small ? 0 : 16)};
}

Result<wasm::TableType> fromPublic(const EngineImpl& engine, const TableType& type) {
  WASMRUN_TRY_ASSIGN(const wasm::ValType element, fromPublic(engine, type.element));
  if (!element.isRef())
    return fail(ErrorKind::Usage, concat("a table holds references, not ", type.element.toString()));
  const u64 largest = type.is64 ? ~u64{0} : u64{~u32{0}};
  WASMRUN_TRY_ASSIGN(const wasm::Limits limits, limitsFrom("table", type.limits, type.is64, largest));
  return wasm::TableType{element, limits};
}

}  // namespace wasmrun::detail
