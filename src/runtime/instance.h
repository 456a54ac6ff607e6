// Instance: a module instance (spec: exec/runtime), laid out for the code that runs in it.
//
// One allocation: the struct, then the arrays it points to. The values of the module's own globals lie inline, 16 bytes each, so
// that code reads them at a constant offset from the instance pointer (`globalCellOffset`); imported globals are reached
// through `importedGlobals`.
#pragma once

#include <span>

#include "runtime/func.h"
#include "runtime/memory.h"
#include "runtime/table.h"
#include "wasm/module.h"

namespace wasmrun::runtime {

class Store;
struct Tag;

struct Instance {
  ExecContext* context = nullptr;  ///< of its store
  Memory** memories = nullptr;     ///< by MemoryIndex
  Table** tables = nullptr;        ///< by TableIndex
  Func** importedFuncs = nullptr;  ///< by FuncIndex below module->importedFuncs
  Func* funcs = nullptr;           ///< by DefinedFuncIndex
  u64** importedGlobals = nullptr; ///< by GlobalIndex below module->importedGlobals: the cells
  Tag** tags = nullptr;            ///< by TagIndex
  const wasm::Module* module = nullptr;
  Store* store = nullptr;
  u64* droppedElements = nullptr;  ///< bit set by ElemIndex
  u64* droppedData = nullptr;      ///< bit set by DataIndex

  Func& func(wasm::FuncIndex index) const {
    return index.value < module->importedFuncs ? *importedFuncs[index.value]
                                               : funcs[index.value - module->importedFuncs];
  }
  u64* globalCell(wasm::GlobalIndex index);
};


inline constexpr u64 kGlobalCellSize = 16;

/// Bytes from an instance's start to the value cell of a global it defines (not imported).
constexpr u64 globalCellOffset(u32 definedGlobal) {
  return (sizeof(Instance) + 15) / 16 * 16 + definedGlobal * kGlobalCellSize;
}

inline u64* Instance::globalCell(wasm::GlobalIndex index) {
  if (index.value < module->importedGlobals) return importedGlobals[index.value];
  return reinterpret_cast<u64*>(reinterpret_cast<u8*>(this) + globalCellOffset(index.value - module->importedGlobals));
}

}  // namespace wasmrun::runtime
