// FunctionReader: the one loop that decodes and validates instructions (spec: binary/instructions, valid/instructions,
// and the algorithm of appendix "Validation Algorithm"). Validator, translators and compilers are sinks of it: see
// NullSink for the events they get.
//
//   bytes --> FunctionReader<Sink> --> sink.call(...), sink.br(...), sink.simple(...), ...
//                  |
//                  +-- operand types (one u32 each), control stack, local initialization
//
// 1. Cases come from opcodes.def: an opcode with a simple signature is checked and reported by `simple` without a line
//    of its own; the others have a handler in one of the files below, chosen by name at compile time.
// 2. `p` and `sp` (the next byte, one past the top operand) live in registers: hot handlers take them by reference and
//    are inlined; cold ones use the members p_ and sp_, and `cold` moves the values over and back.
// 3. Nothing recurses, and the work is linear in the body's size, but for lists of types, which are bounded by 1,000.
// 4. An error ends the reading; it has the offset in the module and the reference interpreter's words.
//
//   immediate_reader.h          bytes, immediates, errors                \ no templates: they know neither the sink
//   operand_typing.h            operands and open constructs, by type    / nor the mode, and are compiled once
//   function_reader_class.h     the class
//   function_reader_*.h         the handlers, by kind of instruction
//   this                        the loop, and which opcode goes to which handler
#pragma once

#include "wasm/function_reader_calls.h"
#include "wasm/function_reader_class.h"
#include "wasm/function_reader_control.h"
#include "wasm/function_reader_memory.h"
#include "wasm/function_reader_objects.h"
#include "wasm/function_reader_values.h"

namespace wasmrun::wasm {

template <class Sink, ReaderMode kMode>
Result<void> FunctionReader<Sink, kMode>::readBody(DefinedFuncIndex index) {
  const FuncType& type = module_.funcType(module_.funcIndex(index));
  open(module_.bodyBytes(index), module_.bodies[index.value].offset, {&type, {}});
  hasLoop_ = false;
  liveInstructions_ = 0;
  if (!readLocals(type)) return std::unexpected(std::move(error_));
  if constexpr (Sink::kActive) sink_.begin(type, scratch_.locals);
  if (!run()) return std::unexpected(std::move(error_));
  return {};
}

template <class Sink, ReaderMode kMode>
Result<void> FunctionReader<Sink, kMode>::readConstant(support::ByteReader& reader, ValType expected) {
  open({reader.position(), reader.remaining()}, reader.offset(), {nullptr, expected});
  if (!run()) return std::unexpected(std::move(error_));
  reader.seek(p_);
  return {};
}

// -- The loop ------------------------------------------------------------------------------------------------------

constexpr u32 switchKey(u32 prefix, u32 code) { return prefix << 16 | code; }

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::run() {
  const u8* p = p_;
  ValType* sp = sp_;
  for (;;) {
    if (p == end_) [[unlikely]]
      return p_ = p, missingEnd();
    if (stackEnd_ - sp < kRoom) [[unlikely]] {
      sp_ = sp;
      if (!growStack(0)) return stackTooHigh();
      sp = sp_;
    }
    opStart_ = p;
    if constexpr (Sink::kActive) liveInstructions_ += live_;
    // The table's prefixed rows name cases that one byte cannot take; the compiler drops them.
    switch (u32{*p++}) {
#define WASMRUN_OPCODE(name, prefix, code, text, imm, sig, align, feature, flags)  \
  case switchKey(prefix, code):                                                    \
    if (!instruction<Opcode::name>(p, sp)) return false;                           \
    if constexpr (Opcode::name == Opcode::End || Opcode::name == Opcode::Delegate) \
      if (scratch_.controls.empty()) return p_ = p, finish();                      \
    break;
#include "wasm/opcodes.def"
      case 0xfb:
      case 0xfc:
      case 0xfd:
      case 0xfe:
        if (!cold(p, sp, [this] { return prefixed(); })) return false;
        break;
      default: return illegalOpcode();
    }
  }
}

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::prefixed() {
  const u8 prefix = *opStart_;
  u32 code = 0;
  if (!readU32(p_, code)) return false;
  if (code > 0xffff) return illegalOpcode();
  switch (switchKey(prefix, code)) {
#define WASMRUN_OPCODE(name, prefix, code, text, imm, sig, align, feature, flags) \
  case switchKey(prefix, code):                                                   \
    if constexpr (prefix != 0) return instruction<Opcode::name>(p_, sp_);         \
    std::unreachable();
#include "wasm/opcodes.def"
    default: return illegalOpcode();
  }
}

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::finish() {
  if (kMode == ReaderMode::Body && p_ != end_)
    return failAt(p_, ErrorKind::Malformed, "section size mismatch: bytes after the function's end");
  return true;
}

// -- Opcodes and their handlers ------------------------------------------------------------------------------------

template <class Sink, ReaderMode kMode>
template <Opcode kOp>
inline bool FunctionReader<Sink, kMode>::checkAllowed() {
  constexpr OpcodeInfo kInfo = info(kOp);
  if constexpr (kMode == ReaderMode::ConstantExpression && kOp != Opcode::End && !(kInfo.flags & kConst)) {
    if (!(kInfo.flags & kExtendedConst) || !features_.has(Feature::ExtendedConst))
      return invalid("constant expression required");
  }
  if constexpr (kOp == Opcode::Throw)
    return features_.has(Feature::Exceptions) || features_.has(Feature::LegacyExceptions) ||
           needsFeature(Feature::Exceptions);
  else if constexpr (!kInfo.alwaysOn)
    return features_.has(kInfo.feature) || needsFeature(kInfo.feature);
  else
    return true;
}

template <class Sink, ReaderMode kMode>
template <Opcode kOp>
inline bool FunctionReader<Sink, kMode>::instruction(const u8*& p, ValType*& sp) {
  using enum Opcode;
  constexpr OpcodeInfo kInfo = info(kOp);
  if (!checkAllowed<kOp>()) return false;
  if constexpr (kOp == LocalGet || kOp == LocalSet || kOp == LocalTee)
    return onLocal<kOp>(p, sp);
  else if constexpr (kOp == I32Const)
    return onI32Const(p, sp);
  else if constexpr (kOp == I64Const)
    return onI64Const(p, sp);
  else if constexpr (kInfo.immediate == Immediate::None && kInfo.signature.isSimple)
    return onSimple<kOp>(sp);
  else if constexpr (kInfo.immediate == Immediate::MemArg && kInfo.prefix == 0)
    return onMemArg<kOp>(p, sp);
  else if constexpr (kInfo.immediate == Immediate::MemArg)
    return cold(p, sp, [this] { return onMemArg<kOp>(p_, sp_); });
  else
    return cold(p, sp, [this] { return special<kOp>(); });
}

/// Moves the members to registers and back around a handler that is not inlined.
template <class Sink, ReaderMode kMode>
template <class Handler>
inline bool FunctionReader<Sink, kMode>::cold(const u8*& p, ValType*& sp, Handler handler) {
  p_ = p;
  sp_ = sp;
  if (!handler()) return false;
  p = p_;
  sp = sp_;
  return true;
}

/// Opcodes that need more than their signature, not hot enough to be inlined.
template <class Sink, ReaderMode kMode>
template <Opcode kOp>
bool FunctionReader<Sink, kMode>::special() {
  using enum Opcode;
  constexpr Immediate kImmediate = info(kOp).immediate;
  if constexpr (kOp == Unreachable)
    return onUnreachable();
  else if constexpr (kOp == Nop)
    return true;
  else if constexpr (kOp == Block)
    return onBlock(ControlKind::Block);
  else if constexpr (kOp == Loop)
    return onBlock(ControlKind::Loop);
  else if constexpr (kOp == If)
    return onBlock(ControlKind::If);
  else if constexpr (kOp == Try)
    return onBlock(ControlKind::Try);
  else if constexpr (kOp == Else)
    return onElse();
  else if constexpr (kOp == End)
    return onEnd();
  else if constexpr (kOp == Br)
    return onBr();
  else if constexpr (kOp == BrIf)
    return onBrIf();
  else if constexpr (kOp == BrTable)
    return onBrTable();
  else if constexpr (kOp == Return)
    return onReturn();
  else if constexpr (kOp == Call)
    return onCall<false>();
  else if constexpr (kOp == ReturnCall)
    return onCall<true>();
  else if constexpr (kOp == CallIndirect)
    return onCallIndirect<false>();
  else if constexpr (kOp == ReturnCallIndirect)
    return onCallIndirect<true>();
  else if constexpr (kOp == CallRef)
    return onCallRef<false>();
  else if constexpr (kOp == ReturnCallRef)
    return onCallRef<true>();
  else if constexpr (kOp == Throw)
    return onThrow();
  else if constexpr (kOp == ThrowRef)
    return onThrowRef();
  else if constexpr (kOp == Rethrow)
    return onRethrow();
  else if constexpr (kOp == TryTable)
    return onTryTable();
  else if constexpr (kOp == Catch)
    return onCatch();
  else if constexpr (kOp == CatchAll)
    return onCatchAll();
  else if constexpr (kOp == Delegate)
    return onDelegate();
  else if constexpr (kOp == Drop)
    return onDrop();
  else if constexpr (kOp == Select)
    return onSelect();
  else if constexpr (kOp == SelectTyped)
    return onSelectTyped();
  else if constexpr (kOp == GlobalGet)
    return onGlobalGet();
  else if constexpr (kOp == GlobalSet)
    return onGlobalSet();
  else if constexpr (kOp == F32Const)
    return onFloatConst<u32>(kF32);
  else if constexpr (kOp == F64Const)
    return onFloatConst<u64>(kF64);
  else if constexpr (kOp == V128Const)
    return onV128Const();
  else if constexpr (kImmediate == Immediate::Lane)
    return onLane<kOp>();
  else if constexpr (kImmediate == Immediate::Shuffle)
    return onShuffle();
  else if constexpr (kImmediate == Immediate::MemArgLane)
    return onMemArgLane<kOp>();
  else if constexpr (kImmediate == Immediate::Memory)
    return onMemory<kOp>();
  else if constexpr (kOp == MemoryCopy)
    return onMemoryCopy();
  else if constexpr (kOp == MemoryInit)
    return onMemoryInit();
  else if constexpr (kOp == DataDrop)
    return onDataDrop();
  else if constexpr (kOp == AtomicFence)
    return onFence();
  else if constexpr (kImmediate == Immediate::Table)
    return onTable<kOp>();
  else if constexpr (kOp == TableCopy)
    return onTableCopy();
  else if constexpr (kOp == TableInit)
    return onTableInit();
  else if constexpr (kOp == ElemDrop)
    return onElemDrop();
  else if constexpr (kOp == RefNull)
    return onRefNull();
  else if constexpr (kOp == RefIsNull)
    return onRefIsNull();
  else if constexpr (kOp == RefFunc)
    return onRefFunc();
  else if constexpr (kOp == RefEq)
    return onRefEq();
  else if constexpr (kOp == RefAsNonNull)
    return onRefAsNonNull();
  else if constexpr (kOp == BrOnNull)
    return onBrOnNull();
  else if constexpr (kOp == BrOnNonNull)
    return onBrOnNonNull();
  else if constexpr (kOp == StructNew || kOp == StructNewDefault || kImmediate == Immediate::TypeField)
    return onStruct<kOp>();
  else if constexpr (kOp == ArrayLen)
    return onArrayLen();
  else if constexpr (kOp == ArrayCopy)
    return onArrayCopy();
  else if constexpr (kImmediate == Immediate::TypeData || kImmediate == Immediate::TypeElem)
    return onArraySegment<kOp>();
  else if constexpr (kImmediate == Immediate::HeapType)
    return onCast<kOp>();
  else if constexpr (kImmediate == Immediate::BrOnCast)
    return onBrOnCast<kOp>();
  else if constexpr (kOp == AnyConvertExtern)
    return onConvert(kOp, HeapType::Extern, HeapType::Any);
  else if constexpr (kOp == ExternConvertAny)
    return onConvert(kOp, HeapType::Any, HeapType::Extern);
  else if constexpr (kOp == RefI31 || kOp == I31GetS || kOp == I31GetU)
    return onI31<kOp>();
  else
    return onArray<kOp>();
}

}  // namespace wasmrun::wasm
