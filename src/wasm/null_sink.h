// NullSink: the sink that wants nothing. It is the validator, and the list of events a sink may have.
#pragma once

#include "wasm/control.h"
#include "wasm/opcodes.h"

namespace wasmrun::wasm {

/// Events come in program order and only for live code: an instruction that execution cannot reach is validated, not
/// reported, and neither is a block that begins in dead code. A sink that models the operand stack therefore never sees
/// the polymorphic one; after `elseBegin`, `catchBegin` and `end` the stack is what the construct's type says.
struct NullSink {
  /// Sinks that do nothing at all leave out the bookkeeping done for sinks.
  static constexpr bool kActive = false;

  // -- Structure. A Control reference is valid during the call only; sinks keep their own stack beside the reader's.
  void begin(const FuncType& type, std::span<const ValType> locals) {}  // locals: parameters first
  void block(const Control& control) {}
  void loop(const Control& control) {}
  void ifBegin(const Control& control) {}  // the condition is on top
  /// `implicit`: there is no else; the construct's `end` follows, and its parameters are its results.
  void elseBegin(const Control& control, bool fallsThrough, bool implicit) {}
  void tryTable(const Control& control, std::span<const CatchClause> clauses) {}
  void tryBegin(const Control& control) {}
  void catchBegin(const Control& control, TagIndex tag, const FuncType& type, bool fallsThrough) {}
  void catchAllBegin(const Control& control, bool fallsThrough) {}
  void delegateEnd(const Control& control, u32 depth, bool fallsThrough, bool live) {}
  /// `fallsThrough`: the construct's last instruction is live; `live`: what follows is.
  void end(const Control& control, bool fallsThrough, bool live) {}

  // -- Branches and calls. Depths count from the innermost open construct.
  void br(u32 depth) {}
  void brIf(u32 depth) {}
  void brTable(std::span<const u32> depths) {}  // the default last
  void brOnNull(u32 depth) {}
  void brOnNonNull(u32 depth) {}
  void ret() {}
  void call(FuncIndex func, const FuncType& type) {}
  void callIndirect(TypeId typeId, const FuncType& type, TableIndex table) {}
  void callRef(TypeId typeId, const FuncType& type) {}
  void returnCall(FuncIndex func, const FuncType& type) {}
  void returnCallIndirect(TypeId typeId, const FuncType& type, TableIndex table) {}
  void returnCallRef(TypeId typeId, const FuncType& type) {}
  void throwTag(TagIndex tag, const FuncType& type) {}
  void throwRef() {}
  void rethrow(u32 depth) {}
  void unreachable() {}

  // -- Values
  void drop(ValType type) {}
  void select(ValType type) {}
  void localGet(LocalIndex index, ValType type) {}
  void localSet(LocalIndex index, ValType type) {}
  void localTee(LocalIndex index, ValType type) {}
  void globalGet(GlobalIndex index, ValType type) {}
  void globalSet(GlobalIndex index, ValType type) {}
  void constant(ValType type, u64 bits) {}  // i32 and f32 in the low half, the high half zero
  void constantV128(const u8* bytes) {}
  void simple(Opcode opcode) {}  // signature in opcodes.def, no immediate
  void lane(Opcode opcode, u8 lane) {}
  void shuffle(const u8* lanes) {}

  // -- Memory
  void load(Opcode opcode, const MemArg& arg) {}
  void store(Opcode opcode, const MemArg& arg) {}
  void loadLane(Opcode opcode, const MemArg& arg, u8 lane) {}
  void storeLane(Opcode opcode, const MemArg& arg, u8 lane) {}
  void atomic(Opcode opcode, const MemArg& arg) {}
  void atomicFence() {}
  void memorySize(MemoryIndex memory) {}
  void memoryGrow(MemoryIndex memory) {}
  void memoryFill(MemoryIndex memory) {}
  void memoryCopy(MemoryIndex destination, MemoryIndex source) {}
  void memoryInit(DataIndex data, MemoryIndex memory) {}
  void dataDrop(DataIndex data) {}

  // -- Tables and references
  void tableGet(TableIndex table) {}
  void tableSet(TableIndex table) {}
  void tableGrow(TableIndex table) {}
  void tableSize(TableIndex table) {}
  void tableFill(TableIndex table) {}
  void tableCopy(TableIndex destination, TableIndex source) {}
  void tableInit(ElemIndex elem, TableIndex table) {}
  void elemDrop(ElemIndex elem) {}
  void refNull(HeapType heap) {}
  void refIsNull() {}
  void refFunc(FuncIndex func) {}
  void refEq() {}
  void refAsNonNull() {}
  void gc(Opcode opcode, const GcImmediates& immediates) {}  // prefix FB
};

}  // namespace wasmrun::wasm
