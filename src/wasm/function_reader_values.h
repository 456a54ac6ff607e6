// FunctionReader's handlers: parametric instructions, variables, constants, and operations that are no more than their
// signature; lanes of vectors.
#pragma once

#include "wasm/function_reader_class.h"

namespace wasmrun::wasm {

constexpr u32 laneCount(Opcode opcode) {
  const std::string_view text = info(opcode).text;
  return text.starts_with("i8x16") ? 16 : text.starts_with("i16x8") ? 8 : text[3] == 'x' && text[4] == '4' ? 4 : 2;
}

// -- Parametric ----------------------------------------------------------------------------------------------------

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onDrop() {
  ValType type;
  if (!popAny(type)) return false;
  if constexpr (Sink::kActive)
    if (live_) sink_.drop(type);
  return true;
}

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onSelect() {
  ValType first, second;
  if (!pop(kI32) || !popAny(second) || !popAny(first)) return false;
  if (first.isRef() || second.isRef() || !(first == second || first.isBottom() || second.isBottom()))
    return invalid(
        support::concat("type mismatch: select requires two operands of one number or vector type but stack has ",
                        listText(std::vector<ValType>{first, second})));
  const ValType type = first.isBottom() ? second : first;
  push(type);
  if constexpr (Sink::kActive)
    if (live_) sink_.select(type);
  return true;
}

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onSelectTyped() {
  u32 count = 0;
  if (!readU32(p_, count)) return false;
  if (count != 1) return invalid(support::concat("invalid result arity ", count, " of select, must be 1"));
  ValType type;
  if (!readType(type) || !pop(kI32) || !pop(type) || !pop(type)) return false;
  push(type);
  if constexpr (Sink::kActive)
    if (live_) sink_.select(type);
  return true;
}

// -- Variables -----------------------------------------------------------------------------------------------------

template <class Sink, ReaderMode kMode>
template <Opcode kOp>
inline bool FunctionReader<Sink, kMode>::onLocal(const u8*& p, ValType*& sp) {
  u32 index = 0;
  if (!readU32(p, index)) return false;
  if (index >= localCount_) [[unlikely]]
    return unknown("local", index);
  const ValType type = locals_[index];
  if constexpr (kOp == Opcode::LocalGet) {
    if (trackInit_ && !scratch_.initialized[index]) [[unlikely]]
      return invalid(support::concat("uninitialized local ", index));
    *sp++ = type;
    if constexpr (Sink::kActive)
      if (live_) sink_.localGet(LocalIndex(index), type);
    return true;
  }
  if (!pop(sp, type)) return false;
  if (trackInit_) [[unlikely]]
    setInitialized(index);
  if constexpr (kOp == Opcode::LocalTee) *sp++ = type;
  if constexpr (Sink::kActive) {
    if (live_) {
      if constexpr (kOp == Opcode::LocalTee)
        sink_.localTee(LocalIndex(index), type);
      else
        sink_.localSet(LocalIndex(index), type);
    }
  }
  return true;
}

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onGlobalGet() {
  u32 index = 0;
  if (!readIndex(index, module_.globals.size(), "global")) return false;
  const GlobalType& global = module_.globals[index].type;
  if constexpr (kMode == ReaderMode::ConstantExpression) {
    if (global.isMutable) return invalid("constant expression required: global.get of a mutable global");
    if (!features_.has(Feature::Gc) && !features_.has(Feature::ExtendedConst) && index >= module_.importedGlobals)
      return unknown("global", index);
  }
  push(global.type);
  if constexpr (Sink::kActive)
    if (live_) sink_.globalGet(GlobalIndex(index), global.type);
  return true;
}

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onGlobalSet() {
  u32 index = 0;
  if (!readIndex(index, module_.globals.size(), "global")) return false;
  const GlobalType& global = module_.globals[index].type;
  if (!global.isMutable) return invalid(support::concat("immutable global ", index));
  if (!pop(global.type)) return false;
  if constexpr (Sink::kActive)
    if (live_) sink_.globalSet(GlobalIndex(index), global.type);
  return true;
}

// -- Constants -----------------------------------------------------------------------------------------------------

template <class Sink, ReaderMode kMode>
inline bool FunctionReader<Sink, kMode>::constant(ValType*& sp, ValType type, u64 bits) {
  *sp++ = type;
  if constexpr (Sink::kActive)
    if (live_) sink_.constant(type, bits);
  return true;
}

template <class Sink, ReaderMode kMode>
inline bool FunctionReader<Sink, kMode>::onI32Const(const u8*& p, ValType*& sp) {
  i32 value = 0;
  if (p < end_ && *p < 0x80) [[likely]]
    value = static_cast<i8>(*p++ << 1) >> 1;
  else if (!readLeb(p, value, [](support::ByteReader& reader) { return reader.readI32(); }))
    return false;
  return constant(sp, kI32, static_cast<u32>(value));
}

template <class Sink, ReaderMode kMode>
inline bool FunctionReader<Sink, kMode>::onI64Const(const u8*& p, ValType*& sp) {
  i64 value = 0;
  if (p < end_ && *p < 0x80) [[likely]]
    value = static_cast<i8>(*p++ << 1) >> 1;
  else if (!readLeb(p, value, [](support::ByteReader& reader) { return reader.readI64(); }))
    return false;
  return constant(sp, kI64, static_cast<u64>(value));
}

template <class Sink, ReaderMode kMode>
template <class Bits>
bool FunctionReader<Sink, kMode>::onFloatConst(ValType type) {
  const u8* bytes = nullptr;
  if (!readBytes(bytes, sizeof(Bits))) return false;
  Bits bits = 0;
  std::memcpy(&bits, bytes, sizeof bits);
  return constant(sp_, type, bits);
}

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onV128Const() {
  const u8* bytes = nullptr;
  if (!readBytes(bytes, 16)) return false;
  push(kV128);
  if constexpr (Sink::kActive)
    if (live_) sink_.constantV128(bytes);
  return true;
}

// -- Simple operations ---------------------------------------------------------------------------------------------

/// Pops the operands and pushes the results of a simple signature; `address` stands for 'a'.
template <class Sink, ReaderMode kMode>
template <Opcode kOp>
inline bool FunctionReader<Sink, kMode>::applySignature(ValType*& sp, ValType address) {
  constexpr OpcodeSignature kSignature = info(kOp).signature;
  constexpr auto typeOf = [](TypeKind kind, ValType addressType) {
    return kind == TypeKind::Ref ? addressType : ValType(kind);
  };
  for (u32 i = kSignature.paramCount; i-- > 0;)
    if (!pop(sp, typeOf(kSignature.params[i], address))) return false;
  for (u32 i = 0; i < kSignature.resultCount; ++i) *sp++ = typeOf(kSignature.results[i], address);
  return true;
}

template <class Sink, ReaderMode kMode>
template <Opcode kOp>
inline bool FunctionReader<Sink, kMode>::onSimple(ValType*& sp) {
  if (!applySignature<kOp>(sp, kBottom)) return false;
  if constexpr (Sink::kActive)
    if (live_) sink_.simple(kOp);
  return true;
}

// -- Lanes ---------------------------------------------------------------------------------------------------------

template <class Sink, ReaderMode kMode>
template <Opcode kOp>
bool FunctionReader<Sink, kMode>::onLane() {
  u8 lane = 0;
  if (!readByte(lane)) return false;
  if (lane >= laneCount(kOp)) return invalid(support::concat("invalid lane index ", lane));
  if (!applySignature<kOp>(sp_, kBottom)) return false;
  if constexpr (Sink::kActive)
    if (live_) sink_.lane(kOp, lane);
  return true;
}

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onShuffle() {
  const u8* lanes = nullptr;
  if (!readBytes(lanes, 16)) return false;
  for (u32 i = 0; i < 16; ++i)
    if (lanes[i] >= 32) return invalid(support::concat("invalid lane index ", lanes[i]));
  if (!applySignature<Opcode::I8x16Shuffle>(sp_, kBottom)) return false;
  if constexpr (Sink::kActive)
    if (live_) sink_.shuffle(lanes);
  return true;
}

}  // namespace wasmrun::wasm
