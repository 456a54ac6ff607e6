// The control stack of FunctionReader: one entry a construct that is open.
#pragma once

#include <span>

#include "wasm/types.h"

namespace wasmrun::wasm {

enum class ControlKind : u8 { Function, Block, Loop, If, Else, TryTable, Try, Catch, CatchAll };

/// A block's type: none, one result, or a function type.
struct BlockType {
  const FuncType* type = nullptr;  ///< of the registry, if it has parameters or several results
  ValType single;                  ///< its one result, if `type` is null; bottom for none

  std::span<const ValType> params() const { return type ? type->params : std::span<const ValType>(); }
  std::span<const ValType> results() const {
    if (type) return type->results;
    return single.isBottom() ? std::span<const ValType>() : std::span<const ValType>(&single, 1);
  }
};

/// An open construct. Sinks see those that begin in live code only.
struct Control {
  ControlKind kind;
  bool polymorphic = false;  ///< spec: the rest of the construct is unreachable, its operand stack polymorphic
  bool liveEntry = false;    ///< execution can reach its beginning
  bool branched = false;     ///< a live branch (or handler) leads to its label
  u32 height = 0;            ///< operands below it, parameters excluded
  u32 initHeight = 0;        ///< length of the local-initialization log at its beginning
  u32 offset = 0;            ///< of its opcode, in the module
  BlockType type;

  /// Types that a branch to its label carries (spec: label types).
  std::span<const ValType> labelTypes() const { return kind == ControlKind::Loop ? type.params() : type.results(); }
};

/// One clause of a try_table.
struct CatchClause {
  enum Kind : u8 { Catch = 0, CatchRef = 1, CatchAll = 2, CatchAllRef = 3 };
  Kind kind;
  TagIndex tag;  ///< Catch and CatchRef
  u32 depth;     ///< of the label, counted from outside the try_table
  bool hasTag() const { return kind <= CatchRef; }
  bool hasRef() const { return kind == CatchRef || kind == CatchAllRef; }
};

/// A memory access's immediates.
struct MemArg {
  MemoryIndex memory;
  u64 offset = 0;
  u32 alignLog2 = 0;
  bool is64 = false;  ///< the memory's address type is i64
};

/// Immediates of the object instructions (prefix FB), as far as each has them.
struct GcImmediates {
  TypeId type;        ///< the struct, array or function type
  TypeId sourceType;  ///< array.copy
  u32 index = 0;      ///< field, data or element segment, or count
  u32 depth = 0;      ///< br_on_cast: label
  ValType from, to;   ///< ref.test, ref.cast: the operand's type in live code, the one asked for; br_on_cast: its own
};

}  // namespace wasmrun::wasm
