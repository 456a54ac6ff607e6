// FunctionReader's handlers: memories and tables: accesses, atomics, bulk operations.
#pragma once

#include "wasm/function_reader_class.h"

namespace wasmrun::wasm {

/// The length operand of a copy between two address types: i64 only if both are.
constexpr ValType lengthType(ValType a, ValType b) { return a == kI64 && b == kI64 ? kI64 : kI32; }

// -- Accesses ------------------------------------------------------------------------------------------------------

template <class Sink, ReaderMode kMode>
template <Opcode kOp>
inline bool FunctionReader<Sink, kMode>::onMemArg(const u8*& p, ValType*& sp) {
  constexpr OpcodeInfo kInfo = info(kOp);
  MemArg arg;
  if (!readMemArg(p, kInfo.alignLog2, arg)) return false;
  if constexpr ((kInfo.flags & kAtomic) != 0)
    if (arg.alignLog2 != kInfo.alignLog2) return invalid("atomic alignment must be natural");
  if (!applySignature<kOp>(sp, arg.is64 ? kI64 : kI32)) return false;
  if constexpr (Sink::kActive) {
    if (live_) {
      if constexpr ((kInfo.flags & kAtomic) != 0)
        sink_.atomic(kOp, arg);
      else if constexpr (kInfo.signature.resultCount == 0)
        sink_.store(kOp, arg);
      else
        sink_.load(kOp, arg);
    }
  }
  return true;
}

template <class Sink, ReaderMode kMode>
template <Opcode kOp>
bool FunctionReader<Sink, kMode>::onMemArgLane() {
  constexpr OpcodeInfo kInfo = info(kOp);
  MemArg arg;
  u8 lane = 0;
  if (!readMemArg(p_, kInfo.alignLog2, arg) || !readByte(lane)) return false;
  if (lane >= 16u >> kInfo.alignLog2) return invalid(support::concat("invalid lane index ", lane));
  if (!applySignature<kOp>(sp_, arg.is64 ? kI64 : kI32)) return false;
  if constexpr (Sink::kActive) {
    if (live_) {
      if constexpr (kInfo.signature.resultCount == 0)
        sink_.storeLane(kOp, arg, lane);
      else
        sink_.loadLane(kOp, arg, lane);
    }
  }
  return true;
}

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onFence() {
  u8 byte = 0;
  if (!readByte(byte)) return false;
  if (byte != 0) return failHere(ErrorKind::Malformed, "zero byte expected");
  if constexpr (Sink::kActive)
    if (live_) sink_.atomicFence();
  return true;
}

// -- Memories ------------------------------------------------------------------------------------------------------

template <class Sink, ReaderMode kMode>
template <Opcode kOp>
bool FunctionReader<Sink, kMode>::onMemory() {
  MemoryIndex memory;
  ValType address;
  if (!readMemory(memory, address)) return false;
  if constexpr (kOp == Opcode::MemorySize) {
    push(address);
    if constexpr (Sink::kActive)
      if (live_) sink_.memorySize(memory);
  } else if constexpr (kOp == Opcode::MemoryGrow) {
    if (!pop(address)) return false;
    push(address);
    if constexpr (Sink::kActive)
      if (live_) sink_.memoryGrow(memory);
  } else {
    if (!pop(address) || !pop(kI32) || !pop(address)) return false;
    if constexpr (Sink::kActive)
      if (live_) sink_.memoryFill(memory);
  }
  return true;
}

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onMemoryCopy() {
  MemoryIndex destination, source;
  ValType destinationType, sourceType;
  if (!readMemory(destination, destinationType) || !readMemory(source, sourceType)) return false;
  if (!pop(lengthType(destinationType, sourceType)) || !pop(sourceType) || !pop(destinationType)) return false;
  if constexpr (Sink::kActive)
    if (live_) sink_.memoryCopy(destination, source);
  return true;
}

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onMemoryInit() {
  u32 data = 0;
  MemoryIndex memory;
  ValType address;
  const u8* const immediates = p_;
  if (!readU32(p_, data) || !readMemory(memory, address)) return false;
  // The memory is checked first, though it comes second.
  const u8* const next = std::exchange(p_, immediates);
  if (!readData(data)) return false;
  p_ = next;
  if (!pop(kI32) || !pop(kI32) || !pop(address)) return false;
  if constexpr (Sink::kActive)
    if (live_) sink_.memoryInit(DataIndex(data), memory);
  return true;
}

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onDataDrop() {
  u32 data = 0;
  if (!readData(data)) return false;
  if constexpr (Sink::kActive)
    if (live_) sink_.dataDrop(DataIndex(data));
  return true;
}

// -- Tables --------------------------------------------------------------------------------------------------------

template <class Sink, ReaderMode kMode>
template <Opcode kOp>
bool FunctionReader<Sink, kMode>::onTable() {
  TableIndex table;
  const TableType* type = nullptr;
  if (!readTable(table, type)) return false;
  const ValType address = type->limits.addressType();
  if constexpr (kOp == Opcode::TableGet) {
    if (!pop(address)) return false;
    push(type->element);
    if constexpr (Sink::kActive)
      if (live_) sink_.tableGet(table);
  } else if constexpr (kOp == Opcode::TableSet) {
    if (!pop(type->element) || !pop(address)) return false;
    if constexpr (Sink::kActive)
      if (live_) sink_.tableSet(table);
  } else if constexpr (kOp == Opcode::TableSize) {
    push(address);
    if constexpr (Sink::kActive)
      if (live_) sink_.tableSize(table);
  } else if constexpr (kOp == Opcode::TableGrow) {
    if (!pop(address) || !pop(type->element)) return false;
    push(address);
    if constexpr (Sink::kActive)
      if (live_) sink_.tableGrow(table);
  } else {
    if (!pop(address) || !pop(type->element) || !pop(address)) return false;
    if constexpr (Sink::kActive)
      if (live_) sink_.tableFill(table);
  }
  return true;
}

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onTableCopy() {
  TableIndex destination, source;
  const TableType *to = nullptr, *from = nullptr;
  if (!readTable(destination, to) || !readTable(source, from)) return false;
  if (!matches(from->element, to->element))
    return invalid(support::concat("type mismatch: source element type ", module_.registry().toText(from->element),
                                   " does not match destination element type ",
                                   module_.registry().toText(to->element)));
  const ValType toType = to->limits.addressType(), fromType = from->limits.addressType();
  if (!pop(lengthType(toType, fromType)) || !pop(fromType) || !pop(toType)) return false;
  if constexpr (Sink::kActive)
    if (live_) sink_.tableCopy(destination, source);
  return true;
}

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onTableInit() {
  u32 elem = 0;
  TableIndex table;
  const TableType* type = nullptr;
  if (!readU32(p_, elem) || !readTable(table, type)) return false;
  if (elem >= module_.elements.size()) return unknown("elem segment", elem);
  if (!matches(module_.elements[elem].type, type->element))
    return invalid(support::concat(
        "type mismatch: element segment's type ", module_.registry().toText(module_.elements[elem].type),
        " does not match the table's element type ", module_.registry().toText(type->element)));
  if (!pop(kI32) || !pop(kI32) || !pop(type->limits.addressType())) return false;
  if constexpr (Sink::kActive)
    if (live_) sink_.tableInit(ElemIndex(elem), table);
  return true;
}

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onElemDrop() {
  u32 elem = 0;
  if (!readIndex(elem, module_.elements.size(), "elem segment")) return false;
  if constexpr (Sink::kActive)
    if (live_) sink_.elemDrop(ElemIndex(elem));
  return true;
}

}  // namespace wasmrun::wasm
