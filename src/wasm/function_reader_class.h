// FunctionReader's class; what it is for stands in wasm/function_reader.h, which also has all of its definitions.
#pragma once

#include "wasm/null_sink.h"
#include "wasm/opcodes.h"
#include "wasm/operand_typing.h"

namespace wasmrun::wasm {

enum class ReaderMode : u8 { Body, ConstantExpression };

template <class Sink, ReaderMode kMode = ReaderMode::Body>
class FunctionReader : private OperandTyping {
 public:
  /// All arguments must outlive the reader.
  FunctionReader(const Module& module, ReaderScratch& scratch, Sink& sink)
      : OperandTyping(module, scratch), sink_(sink) {}

  /// Reads the body of defined function `index`: local declarations, code, final `end`.
  Result<void> readBody(DefinedFuncIndex index);

  /// Reads a constant expression of type `expected` up to and including its `end`, and moves `reader` past it.
  Result<void> readConstant(support::ByteReader& reader, ValType expected);

  /// Whether the body read last has a loop.
  bool hasLoop() const { return hasLoop_; }
  /// For active sinks: the body's instructions so far that execution can reach, with the one that is reported.
  u32 liveInstructions() const { return liveInstructions_; }

  using ImmediateReader::offset;
  using OperandTyping::control;
  using OperandTyping::controlDepth;

 private:
  // -- Blocks and branches: wasm/function_reader_control.h ---------------------------------------------------------

  bool onBlock(ControlKind kind);
  bool onElse();
  bool onEnd();
  bool onBr();
  bool onBrIf();
  bool onBrTable();
  bool onReturn();
  bool onUnreachable();

  // -- Calls and exceptions: wasm/function_reader_calls.h ----------------------------------------------------------

  template <bool kTail>
  bool finishCall(const FuncType& type);
  template <bool kTail>
  bool onCall();
  template <bool kTail>
  bool onCallIndirect();
  template <bool kTail>
  bool onCallRef();
  bool onThrow();
  bool onThrowRef();
  bool onTryTable();
  bool onCatch();
  bool onCatchAll();
  bool onDelegate();
  bool onRethrow();

  // -- Values: wasm/function_reader_values.h -----------------------------------------------------------------------

  bool onDrop();
  bool onSelect();
  bool onSelectTyped();
  template <Opcode kOp>
  [[gnu::always_inline]] bool onLocal(const u8*& p, ValType*& sp);
  bool onGlobalGet();
  bool onGlobalSet();
  [[gnu::always_inline]] bool constant(ValType*& sp, ValType type, u64 bits);
  [[gnu::always_inline]] bool onI32Const(const u8*& p, ValType*& sp);
  [[gnu::always_inline]] bool onI64Const(const u8*& p, ValType*& sp);
  template <class Bits>
  bool onFloatConst(ValType type);
  bool onV128Const();
  template <Opcode kOp>
  [[gnu::always_inline]] bool applySignature(ValType*& sp, ValType address);
  template <Opcode kOp>
  [[gnu::always_inline]] bool onSimple(ValType*& sp);
  template <Opcode kOp>
  bool onLane();
  bool onShuffle();

  // -- Memories and tables: wasm/function_reader_memory.h ----------------------------------------------------------

  template <Opcode kOp>
  [[gnu::always_inline]] bool onMemArg(const u8*& p, ValType*& sp);
  template <Opcode kOp>
  bool onMemArgLane();
  bool onFence();
  template <Opcode kOp>
  bool onMemory();
  bool onMemoryCopy();
  bool onMemoryInit();
  bool onDataDrop();
  template <Opcode kOp>
  bool onTable();
  bool onTableCopy();
  bool onTableInit();
  bool onElemDrop();

  // -- References and objects: wasm/function_reader_objects.h ------------------------------------------------------

  bool onRefNull();
  bool onRefIsNull();
  bool onRefFunc();
  bool onRefEq();
  bool onRefAsNonNull();
  bool onBrOnNull();
  bool onBrOnNonNull();
  bool report(Opcode opcode, const GcImmediates& immediates);
  template <Opcode kOp>
  bool onStruct();
  template <Opcode kOp>
  bool onArray();
  bool onArrayLen();
  bool onArrayCopy();
  template <Opcode kOp>
  bool onArraySegment();
  template <Opcode kOp>
  bool onCast();
  template <Opcode kOp>
  bool onBrOnCast();
  bool onConvert(Opcode opcode, HeapType::Abstract from, HeapType::Abstract to);
  template <Opcode kOp>
  bool onI31();

  // -- The loop: wasm/function_reader.h ----------------------------------------------------------------------------

  template <class Handler>
  [[gnu::always_inline]] bool cold(const u8*& p, ValType*& sp, Handler handler);
  template <Opcode kOp>
  [[gnu::noinline]] bool special();
  template <Opcode kOp>
  [[gnu::always_inline]] bool checkAllowed();
  template <Opcode kOp>
  [[gnu::always_inline]] bool instruction(const u8*& p, ValType*& sp);
  [[gnu::noinline]] bool run();
  [[gnu::noinline]] bool prefixed();
  bool finish();

  Sink& sink_;
  u32 liveInstructions_ = 0;
  bool hasLoop_ = false;
};

}  // namespace wasmrun::wasm
