// Between the public types and the library's own.
#pragma once

#include "api/impl.h"
#include "runtime/extern.h"
#include "support/result.h"
#include "wasm/types.h"
#include "wasmrun/types.h"

namespace wasmrun::detail {

// -- Out. Defined types named in the results are kept (EngineImpl::keepType).

ValType toPublic(EngineImpl& engine, wasm::ValType type);
FuncType toPublic(EngineImpl& engine, wasm::TypeId type);
Limits toPublic(const wasm::Limits& limits);
MemoryType toPublic(const wasm::MemoryType& type);
TableType toPublic(EngineImpl& engine, const wasm::TableType& type);
GlobalType toPublic(EngineImpl& engine, const wasm::GlobalType& type);
/// The type of what `kind` and `index` name in a module.
ExternType externTypeOf(EngineImpl& engine, const wasm::Module& module, wasm::ExternKind kind, u32 index);
/// The present type of something in a store.
ExternType externTypeOf(EngineImpl& engine, const runtime::Extern& item);

// -- In

/// Usage error for a type of another engine.
Result<wasm::ValType> fromPublic(const EngineImpl& engine, const ValType& type);
/// Usage error for a type of another engine, Limit for too many parameters or results. The caller owns one reference to
/// the id.
Result<wasm::TypeId> internFuncType(EngineImpl& engine, const FuncType& type);
/// Usage error for bounds or a page size that no memory can have.
Result<wasm::MemoryType> fromPublic(const MemoryType& type);
/// Usage error for bounds, or an element type that is no reference or of another engine.
Result<wasm::TableType> fromPublic(const EngineImpl& engine, const TableType& type);

}  // namespace wasmrun::detail
