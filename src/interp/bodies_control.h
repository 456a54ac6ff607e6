// Handler bodies of moves, jumps, calls, returns, globals and what else shapes a frame.
#pragma once

#include "interp/bodies_memory.h"
#include "runtime/slot_calls.h"

namespace wasmrun::interp {

using runtime::Func;
using runtime::TrapKind;

// -- Moves -----------------------------------------------------------------------------------------------------------

/// Moves leave the accumulators alone: what these hold is needed sooner.
template <class T>
struct Move {
  static constexpr OperandText<> kText{"sd"};
  static constexpr Clobbers kClobbers = kNothing;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    // A vector may move by one slot, onto half of itself.
    std::memmove(r.fp + operand<1>(r.pc), r.fp + operand<0>(r.pc), sizeof(T));
    return kNext;
  }
};

/// A constant of up to 32 bits, zero-extended, to a slot.
struct Const32 {
  static constexpr OperandText<> kText{"kd"};
  static constexpr Clobbers kClobbers = kNothing;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    r.fp[operand<1>(r.pc)] = operand<0>(r.pc);
    return kNext;
  }
};

struct Const64 {
  static constexpr OperandText<> kText{"Kd"};
  static constexpr Clobbers kClobbers = kNothing;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    r.fp[operand<2>(r.pc)] = operand64<0>(r.pc);
    return kNext;
  }
};

/// Two moves of slots or 32-bit constants, one after the other: sources and destinations alternate.
template <Loc kFirst, Loc kSecond>
struct Move2 {
  static constexpr OperandText<> kText{readLetter<u32, kFirst>(), "d", readLetter<u32, kSecond>(), "d"};
  static constexpr Clobbers kClobbers = kNothing;

  template <Loc kLoc, u32 kUnit>
  WASMRUN_INLINE static u64 source(const Regs& r) {
    if constexpr (kLoc == Loc::S)
      return r.fp[operand<kUnit>(r.pc)];
    else
      return operand<kUnit>(r.pc);
  }

  WASMRUN_INLINE static const Word* run(Regs& r) {
    r.fp[operand<1>(r.pc)] = source<kFirst, 0>(r);
    r.fp[operand<3>(r.pc)] = source<kSecond, 2>(r);
    return kNext;
  }
};

/// `n` slots from s to d, which may overlap.
struct MoveMany {
  static constexpr OperandText<> kText{"snd"};

  WASMRUN_INLINE static const Word* run(Regs& r) {
    std::memmove(r.fp + operand<2>(r.pc), r.fp + operand<0>(r.pc), operand<1>(r.pc) * sizeof(u64));
    return kNext;
  }
};

/// Operands: first, second, condition, result.
template <Loc kCondition, u32 kSlots>
struct Select {
  static constexpr OperandText<> kText{"ss", readLetter<u32, kCondition>(), "d"};
  static constexpr Clobbers kClobbers = kSlots == 1 ? kAccumulator : kVectorAccumulator;
  using T = std::conditional_t<kSlots == 1, u64, V128>;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    const u32 condition = readOperand<u32, kCondition, 2>(r);
    // Both are read: a choice between addresses would put a load behind the condition.
    const T first = readOperand<T, Loc::S, 0>(r), second = readOperand<T, Loc::S, 1>(r);
    writeResult<Loc::S, 2 + kReadUnits<u32, kCondition>>(r, condition != 0 ? first : second);
    return kNext;
  }
};

// -- Jumps -----------------------------------------------------------------------------------------------------------

template <bool kBack>
struct Jump {
  static constexpr OperandText<> kText{"j"};
  WASMRUN_INLINE static const Word* run(Regs& r) { return jump<kBack>(r, jumpTarget<0>(r.pc)); }
};

/// Operands: index, number of targets but the default; then come words with a distance each, the default's last.
template <Loc kIndex>
struct JumpTable {
  static constexpr OperandText<> kText{readLetter<u32, kIndex>(), "n"};

  WASMRUN_INLINE static const Word* run(Regs& r) {
    const u32 index = readOperand<u32, kIndex, 0>(r);
    const u32 count = operand<kReadUnits<u32, kIndex>>(r.pc);
    const Word* table = r.pc + instructionWords(kText.text);
    // Targets may lie before or behind: count every jump.
    return pollAndGo(r, r.pc + static_cast<i64>(table[index < count ? index : count]));
  }
};

/// Jumps by whether a reference is null.
template <bool kNegate, bool kBack>
using BranchOnNull = BranchOnValue<u64, Loc::S, kNegate, kBack>;

// -- Calls (calls.cpp has the protocol) ------------------------------------------------------------------------------

/// Makes the frame at `frame` the running one. `link` is where its link goes, `back` where the caller continues.
WASMRUN_INLINE const Word* enterFrame(Regs& r, runtime::FuncCode* code, u64* frame, u64* link, const Word* back) {
  link[0] = reinterpret_cast<u64>(back);
  link[1] = reinterpret_cast<u64>(r.fp);
  r.fp = frame;
  r.acc = reinterpret_cast<u64>(code);
  return code->threaded.load(std::memory_order_acquire);
}

/// Calls `func`, whose arguments lie from slot `frame` on and whose link goes to slot `link`.
WASMRUN_INLINE const Word* callFunc(Regs& r, Func* func, u32 frame, u32 link, const Word* back) {
  if (func->instance == r.inst) [[likely]]
    return enterFrame(r, func->code, r.fp + frame, r.fp + link, back);
  runtime::InterpreterState& state = r.inst->context->interp;
  state.pc = r.pc;
  state.callee = func;
  state.calleeFrame = r.fp + frame;
  state.returnPc = back;
  return &specialWords.callOther;
}

/// First instruction of a function; charges the call to the function's work. Operands: slots of its frame, first local
/// to zero, how many.
template <int kZeros>
struct Enter {
  static constexpr OperandText<> kText{"nnn"};

  WASMRUN_INLINE static const Word* run(Regs& r) {
    runtime::FuncCode& code = *reinterpret_cast<runtime::FuncCode*>(r.acc);
    const i64 work = code.work.load(std::memory_order_relaxed) - code.bodyBytes;
    if (work < 0) [[unlikely]]
      return hot(r);
    code.work.store(work, std::memory_order_relaxed);
    if (r.fp + operand<0>(r.pc) > r.inst->context->stackLimit) [[unlikely]]
      return trap(r, TrapKind::CallStackExhausted);
    u64* local = r.fp + operand<1>(r.pc);
    if constexpr (kZeros >= 0) {
      for (int i = 0; i < kZeros; ++i) local[i] = 0;
    } else {
      // Four at a time: the slots behind the locals are operands, which nothing has been put into yet.
      const V128 zeros{};
      for (const u64* end = local + operand<2>(r.pc); local < end; local += 4) {
        std::memcpy(local, &zeros, sizeof zeros);
        std::memcpy(local + 2, &zeros, sizeof zeros);
        asm("" : "+r"(local));  // or the loop becomes a call of memset
      }
    }
    return pollAndGo(r, r.pc + instructionWords(kText.text));
  }
};

/// Operands: FuncCode, slot of the callee's frame, slot of its link.
struct Call {
  static constexpr OperandText<> kText{"pnn"};

  WASMRUN_INLINE static const Word* run(Regs& r) {
    return enterFrame(r, operandPointer<runtime::FuncCode, 0>(r.pc), r.fp + operand<2>(r.pc), r.fp + operand<3>(r.pc),
                      r.pc + instructionWords(kText.text));
  }
};

/// Operands: function index, frame, link.
struct CallImport {
  static constexpr OperandText<> kText{"nnn"};

  WASMRUN_INLINE static const Word* run(Regs& r) {
    return callFunc(r, r.inst->importedFuncs[operand<0>(r.pc)], operand<1>(r.pc), operand<2>(r.pc),
                    r.pc + instructionWords(kText.text));
  }
};

/// The slow half of indirect calls: the function's type is not the expected one itself; it may be a subtype.
[[gnu::cold, gnu::noinline]] TrapKind checkIndirectSlow(runtime::Instance* instance, u32 table, u64 index,
                                                        u32 expected);

/// Looks up a table's element for a call: null if it traps with `kind`. Units of the operands after the index.
template <u32 kUnit>
WASMRUN_INLINE Func* indirectCallee(Regs& r, u64 index, TrapKind& kind) {
  const u32 tableIndex = operand<kUnit>(r.pc);
  const u32 expected = operand<kUnit + 1>(r.pc);
  const runtime::Table& table = *r.inst->tables[tableIndex];
  if (index < table.size) [[likely]] {
    Func* func = reinterpret_cast<Func*>(table.elements[index]);
    if (func != nullptr && func->type.value == expected) [[likely]]
      return func;
  }
  kind = checkIndirectSlow(r.inst, tableIndex, index, expected);
  return kind == TrapKind::None ? reinterpret_cast<Func*>(table.elements[index]) : nullptr;
}

/// Operands: index, table, type, frame, link.
template <Loc kIndex>
struct CallIndirect {
  static constexpr OperandText<> kText{readLetter<u64, kIndex>(), "nnnn"};
  static constexpr u32 kUnit = kReadUnits<u64, kIndex>;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    TrapKind kind = TrapKind::None;
    Func* func = indirectCallee<kUnit>(r, readOperand<u64, kIndex, 0>(r), kind);
    if (func == nullptr) [[unlikely]]
      return trap(r, kind);
    return callFunc(r, func, operand<kUnit + 2>(r.pc), operand<kUnit + 3>(r.pc), r.pc + instructionWords(kText.text));
  }
};

/// Operands: reference, frame, link.
struct CallRef {
  static constexpr OperandText<> kText{"snn"};

  WASMRUN_INLINE static const Word* run(Regs& r) {
    Func* func = reinterpret_cast<Func*>(r.fp[operand<0>(r.pc)]);
    if (func == nullptr) [[unlikely]]
      return trap(r, TrapKind::NullFunctionReference);
    return callFunc(r, func, operand<1>(r.pc), operand<2>(r.pc), r.pc + instructionWords(kText.text));
  }
};

/// Operands: index of a function that is defined or imported, result.
template <bool kImported>
struct RefFunc {
  static constexpr OperandText<> kText{"nd"};
  static constexpr Clobbers kClobbers = kAccumulator;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    const u32 index = operand<0>(r.pc);
    const Func* const func = kImported ? r.inst->importedFuncs[index] : r.inst->funcs + index;
    writeResult<Loc::S, 1>(r, reinterpret_cast<u64>(func));
    return kNext;
  }
};

// Tail calls: the arguments move to the start of the frame, the link behind them.

/// Replaces the running frame by one of `func`, which belongs to the same instance.
WASMRUN_INLINE const Word* replaceFrame(Regs& r, runtime::FuncCode* code, u32 from, u32 slots, u32 link) {
  const u64 back = r.fp[link];
  const u64 caller = r.fp[link + 1];
  std::memmove(r.fp, r.fp + from, slots * sizeof(u64));
  r.fp[slots] = back;
  r.fp[slots + 1] = caller;
  r.acc = reinterpret_cast<u64>(code);
  return code->threaded.load(std::memory_order_acquire);
}

/// Operands of all tail calls end in: first argument's slot, argument slots, this function's link.
template <u32 kUnit>
WASMRUN_INLINE const Word* tailCallFunc(Regs& r, Func* func) {
  if (func->instance == r.inst) [[likely]]
    return replaceFrame(r, func->code, operand<kUnit>(r.pc), operand<kUnit + 1>(r.pc), operand<kUnit + 2>(r.pc));
  runtime::InterpreterState& state = r.inst->context->interp;
  state.pc = r.pc;
  state.callee = func;
  state.calleeFrame = r.fp + operand<kUnit>(r.pc);
  r.acc = operand<kUnit + 2>(r.pc);
  return &specialWords.tailCallOther;
}

struct ReturnCall {
  static constexpr OperandText<> kText{"pnnn"};

  WASMRUN_INLINE static const Word* run(Regs& r) {
    return replaceFrame(r, operandPointer<runtime::FuncCode, 0>(r.pc), operand<2>(r.pc), operand<3>(r.pc),
                        operand<4>(r.pc));
  }
};

struct ReturnCallImport {
  static constexpr OperandText<> kText{"nnnn"};

  WASMRUN_INLINE static const Word* run(Regs& r) { return tailCallFunc<1>(r, r.inst->importedFuncs[operand<0>(r.pc)]); }
};

/// Operands: index, table, type, then as all.
struct ReturnCallIndirect {
  static constexpr OperandText<> kText{"snnnnn"};

  WASMRUN_INLINE static const Word* run(Regs& r) {
    TrapKind kind = TrapKind::None;
    Func* func = indirectCallee<1>(r, r.fp[operand<0>(r.pc)], kind);
    if (func == nullptr) [[unlikely]]
      return trap(r, kind);
    return tailCallFunc<3>(r, func);
  }
};

struct ReturnCallRef {
  static constexpr OperandText<> kText{"snnn"};

  WASMRUN_INLINE static const Word* run(Regs& r) {
    Func* func = reinterpret_cast<Func*>(r.fp[operand<0>(r.pc)]);
    if (func == nullptr) [[unlikely]]
      return trap(r, TrapKind::NullFunctionReference);
    return tailCallFunc<1>(r, func);
  }
};

// Returns: results go to the start of the frame, where the caller expects them. They may overwrite the link: read it
// first.

WASMRUN_INLINE const Word* leaveFrame(Regs& r, u64 back, u64 caller) {
  r.fp = reinterpret_cast<u64*>(caller);
  return reinterpret_cast<const Word*>(back);
}

/// Operands: link.
struct Return0 {
  static constexpr OperandText<> kText{"n"};

  WASMRUN_INLINE static const Word* run(Regs& r) {
    const u64* link = r.fp + operand<0>(r.pc);
    return leaveFrame(r, link[0], link[1]);
  }
};

/// Operands: result, link.
template <class T, Loc kA>
struct Return1 {
  static constexpr OperandText<> kText{readLetter<T, kA>(), "n"};

  WASMRUN_INLINE static const Word* run(Regs& r) {
    const u64* link = r.fp + operand<kReadUnits<T, kA>>(r.pc);
    const u64 back = link[0], caller = link[1];
    r.fp[0] = toBits(readOperand<T, kA, 0>(r));
    return leaveFrame(r, back, caller);
  }
};

/// Operands: first result's slot, result slots, link.
struct ReturnMany {
  static constexpr OperandText<> kText{"snn"};

  WASMRUN_INLINE static const Word* run(Regs& r) {
    const u64* link = r.fp + operand<2>(r.pc);
    const u64 back = link[0], caller = link[1];
    std::memmove(r.fp, r.fp + operand<0>(r.pc), operand<1>(r.pc) * sizeof(u64));
    return leaveFrame(r, back, caller);
  }
};

struct Unreachable {
  static constexpr OperandText<> kText{};
  WASMRUN_INLINE static const Word* run(Regs& r) { return trap(r, TrapKind::Unreachable); }
};

// -- Globals ---------------------------------------------------------------------------------------------------------

/// Operands: byte offset of the cell from the instance (runtime/instance.h), result.
template <class T, Loc kD>
struct GlobalGet {
  static constexpr OperandText<> kText{"n", writeLetter(kD)};
  static constexpr Clobbers kClobbers = kClobbersFor<T>;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    T value;
    std::memcpy(&value, reinterpret_cast<const u8*>(r.inst) + operand<0>(r.pc), sizeof value);
    writeResult<kD, 1>(r, value);
    return kNext;
  }
};

/// Operands: value, byte offset.
template <class T, Loc kA>
struct GlobalSet {
  static constexpr OperandText<> kText{readLetter<T, kA>(), "n"};
  static constexpr Clobbers kClobbers = kNothing;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    const T value = readOperand<T, kA, 0>(r);
    std::memcpy(reinterpret_cast<u8*>(r.inst) + operand<kReadUnits<T, kA>>(r.pc), &value, sizeof value);
    return kNext;
  }
};

/// Operands: index, result.
template <class T>
struct GlobalGetImported {
  static constexpr OperandText<> kText{"nd"};

  WASMRUN_INLINE static const Word* run(Regs& r) {
    T value;
    std::memcpy(&value, r.inst->importedGlobals[operand<0>(r.pc)], sizeof value);
    writeResult<Loc::S, 1>(r, value);
    return kNext;
  }
};

/// Operands: value, index.
template <class T>
struct GlobalSetImported {
  static constexpr OperandText<> kText{"sn"};

  WASMRUN_INLINE static const Word* run(Regs& r) {
    const T value = readOperand<T, Loc::S, 0>(r);
    std::memcpy(r.inst->importedGlobals[operand<1>(r.pc)], &value, sizeof value);
    return kNext;
  }
};

// -- Slow instructions: a C++ function does the work -----------------------------------------------------------------

/// What memory.atomic.notify and the waits get and give: they read their operands from slots[0..] and write their
/// results there.
struct AtomicCall {
  runtime::Instance* instance;
  u64* slots;          ///< the instruction's operands, contiguous in the frame
  const u32* numbers;  ///< its immediates: memory and offset
};
using AtomicFunction = TrapKind (*)(const AtomicCall& call);

/// Operands: the first operand's slot, the first free one, the function (a runtime::SlotCall; if kOffset, an
/// AtomicFunction), two immediates (if kOffset, the second is a memory offset). Work that takes long is charged to the
/// poll budget.
template <bool kOffset>
struct CallSlowWith {
  static constexpr OperandText<> kText{"snpn", kOffset ? "K" : "n"};

  WASMRUN_INLINE static const Word* run(Regs& r) {
    runtime::ExecContext& context = *r.inst->context;
    context.interp.pc = r.pc;
    context.interp.fp = r.fp;
    context.interp.instance = r.inst;
    context.stackTop = r.fp + operand<1>(r.pc);
    const TrapKind kind = call(r, r.fp + operand<0>(r.pc));
    reloadMemory(r);
    // What took long may have been asked to stop meanwhile: then the next call or back-edge polls.
    r.budget = context.interrupt.load(std::memory_order_relaxed) != 0 ? 0 : r.budget - kSlowCost;
    if (kind != TrapKind::None) [[unlikely]]
      return trap(r, kind);
    return kNext;
  }
  static constexpr i64 kSlowCost = 16;

 private:
  WASMRUN_INLINE static TrapKind call(const Regs& r, u64* slots) {
    if constexpr (kOffset)
      return operandPointer<std::remove_pointer_t<AtomicFunction>, 2>(r.pc)(
          {r.inst, slots, reinterpret_cast<const u32*>(r.pc) + 6});
    else
      return operandPointer<std::remove_pointer_t<runtime::SlotCall>, 2>(r.pc)(*r.inst, slots, operand<4>(r.pc),
                                                                               operand<5>(r.pc));
  }
};
using CallSlow = CallSlowWith<false>;

/// Operands: result.
struct MemorySize {
  static constexpr OperandText<> kText{"nd"};

  WASMRUN_INLINE static const Word* run(Regs& r) {
    r.fp[operand<1>(r.pc)] = r.inst->memories[operand<0>(r.pc)]->pages();
    return kNext;
  }
};

/// Operands: instructions in the block that begins here.
struct ChargeFuel {
  static constexpr OperandText<> kText{"n"};
  static constexpr Clobbers kClobbers = kNothing;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    runtime::ExecContext& context = *r.inst->context;
    if (context.fuel < static_cast<i64>(operand<0>(r.pc))) [[unlikely]] {
      context.fuel = 0;
      return trap(r, TrapKind::OutOfFuel);
    }
    context.fuel -= operand<0>(r.pc);
    return kNext;
  }
};

/// Operands: a counter. Only where work is counted (runtime/work_profile.h).
struct CountWork {
  static constexpr OperandText<> kText{"p"};
  static constexpr Clobbers kClobbers = kNothing;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    std::atomic<u64>& counter = *operandPointer<std::atomic<u64>, 0>(r.pc);
    counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    return kNext;
  }
};

/// Only in stores that are sampled (runtime/sampling.h): what has passed until here is this function's time.
struct Sample {
  static constexpr OperandText<> kText{};
  static constexpr Clobbers kClobbers = kNothing;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    runtime::ExecContext& context = *r.inst->context;
    if (context.unsampledNanos.load(std::memory_order_relaxed) == 0) [[likely]]
      return kNext;
    context.interp.pc = r.pc;
    context.interp.resumePc = r.pc + 1;
    return &specialWords.sample;
  }
};

struct Fence {
  static constexpr OperandText<> kText{};
  WASMRUN_INLINE static const Word* run(Regs& r) {
    std::atomic_thread_fence(std::memory_order_seq_cst);
    return kNext;
  }
};

// -- Exceptions and special words (calls.cpp, unwind.cpp) ------------------------------------------------------------

/// Out-of-line continuations: they get the registers in memory and may change all of them.
const Word* continueThrow(Regs& r);
const Word* continueTrap(Regs& r);
const Word* continueMemoryFault(Regs& r);
const Word* continuePoll(Regs& r);
const Word* continueSample(Regs& r);
const Word* continueFirstCall(Regs& r);
const Word* continueEnterMachine(Regs& r);
const Word* continueHot(Regs& r);
const Word* continueCallOther(Regs& r);
const Word* continueTailCallOther(Regs& r);
const Word* continueCrossReturn(Regs& r);

/// Runs a continuation on a copy, so that the registers themselves never need an address.
template <const Word* (*kContinuation)(Regs&)>
struct Special {
  static constexpr OperandText<> kText{};
  WASMRUN_INLINE static const Word* run(Regs& r) {
    Regs copy = r;
    const Word* next = kContinuation(copy);
    r = copy;
    return next;
  }
};

/// Operands: slot of the exnref (throw_ref, rethrow), or of the first payload value with the tag's index (throw); slots
/// in use.
struct Throw {
  static constexpr OperandText<> kText{"snn"};
  WASMRUN_INLINE static const Word* run(Regs& r) { return Special<continueThrow>::run(r); }
};

}  // namespace wasmrun::interp
