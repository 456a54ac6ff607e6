// Instance: a module instance (spec: exec/runtime), laid out for the code that runs in it.
//
// One allocation: the struct, then the arrays it points to. The values of the module's own globals lie inline, 16 bytes
// each, so that code reads them at a constant offset from the instance pointer (`globalCellOffset`); imported globals
// are reached through `importedGlobals`.
//
//   | Instance | global cells | Func[] | Memory*[] | Table*[] | Func*[] | u64*[] | Tag*[] | Global*[] | bits |
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "runtime/extern.h"
#include "runtime/func.h"
#include "runtime/memory.h"
#include "runtime/table.h"
#include "wasm/module.h"

namespace wasmrun::gc {
struct HeapState;
}

namespace wasmrun::runtime {

class Store;
class PreparedModule;
struct Tag;
struct Global;

/// The values of an element segment that makes objects, once they are made.
struct ElementObjects {
  std::vector<u64> slots;
  bool mayBeYoung = false;  ///< written since a young collection looked last, or young then
};

struct Instance {
  ExecContext* context = nullptr;   ///< of its store
  Memory** memories = nullptr;      ///< by MemoryIndex; null if there are none
  Table** tables = nullptr;         ///< by TableIndex
  Func** importedFuncs = nullptr;   ///< by FuncIndex below module->importedFuncs
  Func* funcs = nullptr;            ///< by DefinedFuncIndex
  u64** importedGlobals = nullptr;  ///< by GlobalIndex below module->importedGlobals: the cells
  Tag** tags = nullptr;             ///< by TagIndex
  const wasm::Module* module = nullptr;
  Store* store = nullptr;
  gc::HeapState* heap = nullptr;             ///< of its store; null while that has none
  const PreparedModule* prepared = nullptr;  ///< of `module`; the store keeps it
  Global** globals = nullptr;                ///< by GlobalIndex; null until somebody asks (Store::global)
  ElementObjects* elementObjects = nullptr;  ///< by ElemIndex, of segments that make objects; null if none does
  u64* droppedElements = nullptr;            ///< bit set by ElemIndex
  u64* droppedData = nullptr;                ///< bit set by DataIndex

  Func& func(wasm::FuncIndex index) const {
    return index.value < module->importedFuncs ? *importedFuncs[index.value]
                                               : funcs[index.value - module->importedFuncs];
  }
  u64* globalCell(wasm::GlobalIndex index);

  bool isDropped(wasm::ElemIndex index) const { return testBit(droppedElements, index.value); }
  bool isDropped(wasm::DataIndex index) const { return testBit(droppedData, index.value); }
  void drop(wasm::ElemIndex index) { setBit(droppedElements, index.value); }
  void drop(wasm::DataIndex index) { setBit(droppedData, index.value); }

 private:
  static bool testBit(const u64* bits, u32 index) { return (bits[index / 64] >> (index % 64) & 1) != 0; }
  static void setBit(u64* bits, u32 index) { bits[index / 64] |= u64{1} << (index % 64); }
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

/// What the instance exports under `name`; an empty Extern if nothing. Constant time.
Extern findExport(Instance& instance, std::string_view name);
/// What the instance exports, by its position in the module's exports.
Extern exportAt(Instance& instance, u32 position);

}  // namespace wasmrun::runtime
