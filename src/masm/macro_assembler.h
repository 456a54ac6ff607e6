// MacroAssembler: machine code at the level of wasm's instructions. asmjit encodes, but for the few forms that most
// code consists of (x64/form_writer.h); no header of it is seen from here.
//
// 1. An i32 in a register has zeros above its 32 bits, as a collected reference does, an f32 in bits 32 to 63; all
//    operations keep that.
// 2. kScratch and kFloatScratch belong to the functions below; no operand may be in them but where said.
// 3. Flags: `move`, `constant`, `load`, `store` and `lea` keep them.
// 4. What asmjit refuses is a mistake of ours and ends the process, but for memory that is not to be had and code
//    beyond 2 GiB: then `failed`.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "masm/abi.h"
#include "platform/x64/cpu_features.h"
#include "support/result.h"
#include "wasm/opcodes.h"

namespace wasmrun::masm {

enum class Width : u8 { W32, W64 };

/// What a float or vector register holds.
enum class FpKind : u8 { F32, F64, V128 };

/// A place in memory: base + index * 2^scale + offset.
struct Mem {
  Gp base;
  i32 offset = 0;
  Gp index = kRsp;  ///< kRsp: none
  u8 scale = 0;
};

/// The second operand of an integer instruction.
struct Operand {
  enum Kind : u8 { Register, Constant, Memory } kind;
  Gp reg{};
  i64 value = 0;  ///< Constant: of i32's, the low 32 bits count
  Mem mem{};

  static Operand of(Gp reg) { return {Register, reg, 0, {}}; }
  static Operand of(i64 value) { return {Constant, {}, value, {}}; }
  static Operand of(Mem mem) { return {Memory, {}, 0, mem}; }
};

/// An operand of a float or vector instruction. Vectors in memory are for machines with AVX: others want them aligned.
struct FpOperand {
  enum Kind : u8 { Register, Memory, Constant } kind;
  Fp reg{};
  Mem mem{};
  u64 low = 0, high = 0;  ///< Constant

  static FpOperand of(Fp reg) { return {Register, reg, {}}; }
  static FpOperand of(Mem mem) { return {Memory, {}, mem}; }
  static FpOperand of(u64 low, u64 high) { return {Constant, {}, {}, low, high}; }
};

/// Conditions, by their number in x86 encodings; those of floats that take two flags come after.
enum class Cond : u8 {
  Overflow = 0,
  Below = 2,
  AboveEqual = 3,
  Equal = 4,
  NotEqual = 5,
  BelowEqual = 6,
  Above = 7,
  Sign = 8,
  NotSign = 9,
  Parity = 10,
  NotParity = 11,
  Less = 12,
  GreaterEqual = 13,
  LessEqual = 14,
  Greater = 15,
  FloatEqual = 16,     ///< equal and ordered
  FloatNotEqual = 17,  ///< its opposite
};
constexpr Cond inverse(Cond cond) { return static_cast<Cond>(static_cast<u8>(cond) ^ 1); }

/// How the machine has a vector instruction with two or three vectors.
struct VectorForm {
  bool isOne = false;           ///< one instruction, whose second operand may be in memory
  bool commutes = false;        ///< the same, bit by bit, with its operands exchanged
  bool needsTemporary = false;  ///< one more register
};

/// What an atomic read-modify-write does.
enum class AtomicOperation : u8 { Add, Sub, And, Or, Xor, Exchange, CompareExchange };
AtomicOperation atomicOperation(wasm::Opcode opcode);

struct Label {
  u32 id = ~u32{0};
  bool isValid() const { return id != ~u32{0}; }
};

using platform::CpuFeatures;

/// Of this machine. Unsupported error if it lacks what all machine code needs: SSE4.2 and POPCNT (docs/ABI-x64.md).
Result<CpuFeatures> detectCpuFeatures();

/// Four bytes of the code to be filled with `target` minus the address after them.
struct Relocation {
  u32 codeOffset;
  u64 target;
};
/// Fills them in: `bytes` will run at `address`. Targets are within 2 GiB.
void applyRelocations(u8* bytes, u64 address, std::span<const Relocation> relocations);

class MacroAssembler {
 public:
  explicit MacroAssembler(CpuFeatures features);
  ~MacroAssembler();

  /// Forgets the code; buffers are kept.
  void reset();
  const CpuFeatures& features() const { return features_; }
  u32 offset() const;
  /// The code and what is to be filled in, until the next reset. Every label that was used is bound.
  std::span<const u8> code() const;
  std::span<const Relocation> relocations() const { return relocations_; }
  bool failed() const { return failed_; }
  /// The code is no longer wanted.
  void giveUp() { failed_ = true; }

  // -- Labels and jumps
  Label newLabel();
  void bind(Label label);
  void jump(Label label);
  void jumpIf(Cond cond, Label label);
  /// Jumps to the label whose table entry `index` names; `index` is lost. The table is written by embedTable.
  void jumpTable(Gp index, Label table);
  /// Four bytes a target, relative to the table. All targets are bound.
  void embedTable(Label table, std::span<const Label> targets);
  void align(u32 bytes);
  /// Writes the constants that code has read from memory. After the last of it.
  void embedConstants();

  // -- Calls
  void callAddress(u64 target);
  void jumpAddress(u64 target);
  void callSlot(const void* slot);  ///< through a pointer within 2 GiB
  void jumpSlot(const void* slot);
  void callMemory(Mem target);
  void jumpMemory(Mem target);
  void ret();
  void nop();

  /// A function's first instructions: to `slow` if the frame that begins at kFrame, of bytes that `patch32` writes to
  /// the offset returned, reaches beyond the value stack's limit, or the native stack is used up. Offsets are in
  /// kContext.
  u32 checkStacks(i32 stackLimit, i32 nativeLimit, Label slow);
  /// Subtracts what `patch32` writes to the offset returned from a word in memory; to `negative` if that is less than
  /// zero then.
  u32 charge(Mem word, Label negative);
  /// Writes four bytes of the code.
  void patch32(u32 at, i32 value);

  // -- Moves
  void move(Width width, Gp to, Gp from);
  void move(Fp to, Fp from);
  void moveBits(Width width, Gp to, Fp from);
  void moveBits(Width width, Fp to, Gp from);
  void constant(Gp to, u64 bits);
  /// Changes flags.
  void zero(Gp to);
  void constant(Fp to, FpKind kind, u64 bits);
  void constantV128(Fp to, const u8* bytes);
  void load(Width width, Gp to, Mem from);
  void store(Width width, Mem to, Gp from);
  void load(FpKind kind, Fp to, Mem from);
  /// An f32 is stored as 8 bytes: this is for slots.
  void store(FpKind kind, Mem to, Fp from);
  /// 64 bits.
  void storeConstant(Mem to, u64 bits);
  void lea(Width width, Gp to, Mem from);
  /// `words` words from one place to another; rcx, rsi, rdi are lost. Overlaps are fine if they go down.
  void copyWords(Mem to, Mem from, u32 words);
  /// Zeros `words` words; `temporary` is lost.
  void zeroWords(Mem at, u32 words, Gp temporary);

  // -- Integers. `to` is not in `b` unless it is `a` as well, or the instruction commutes.
  /// add, sub, mul, and, or, xor.
  void binary(wasm::Opcode opcode, Gp to, Gp a, const Operand& b);
  /// Shifts and rotations by a constant.
  void shiftConstant(wasm::Opcode opcode, Gp to, Gp a, u32 count);
  /// By a register; kRcx unless `shiftsByAny`. `to` is not `count`.
  void shift(wasm::Opcode opcode, Gp to, Gp a, Gp count);
  bool shiftsByAny(wasm::Opcode opcode) const;
  /// div and rem: dividend in rax; rax and rdx are lost. The result is in rax or rdx. `divisor` is neither. The checks
  /// jump to the labels, if valid.
  void divide(wasm::Opcode opcode, Gp divisor, Label byZero, Label overflow);
  /// 128 bits in two registers each: low and high are the sum, or difference, of them and `bLow` and `bHigh`.
  void addWide(Gp low, Gp high, const Operand& bLow, const Operand& bHigh);
  void subtractWide(Gp low, Gp high, const Operand& bLow, const Operand& bHigh);
  /// rdx:rax = rax * b.
  void multiplyWide(bool isSigned, Gp b);
  /// clz, ctz, popcnt, extends, wrap, eqz.
  void unary(wasm::Opcode opcode, Gp to, Gp a);
  /// Sets flags for an integer comparison.
  Cond compare(wasm::Opcode opcode, Gp a, const Operand& b);
  void compareMemory(Width width, Mem a, i32 value);
  void compareByte(Mem a, u8 value);
  void compare(Width width, Gp a, const Operand& b);
  void test(Width width, Gp a, Gp b);
  void testImmediate(Width width, Gp a, i32 bits);
  /// Adds one to 64 bits of memory.
  void increment(Mem place);
  void addImmediate(Width width, Gp to, i32 value);
  void add(Width width, Gp to, Gp from);
  void setCond(Gp to, Cond cond);
  /// to = cond ? from : to.
  void moveIf(Width width, Cond cond, Gp to, Gp from);

  // -- Floats
  void binary(wasm::Opcode opcode, Fp to, Fp a, const FpOperand& b);
  /// min and max; `to` is not `b`. Out of line for NaNs and zeros of both signs.
  void minMax(wasm::Opcode opcode, Fp to, Fp a, Fp b);
  void copysign(wasm::Opcode opcode, Fp to, Fp a, Fp b);
  void unary(wasm::Opcode opcode, Fp to, Fp a);
  Cond compare(wasm::Opcode opcode, Fp a, Fp b);
  /// to = cond ? from : to.
  void moveIf(Cond cond, Fp to, Fp from);

  // -- Conversions
  void convert(wasm::Opcode opcode, Fp to, Gp from, Gp temporary);
  void convert(wasm::Opcode opcode, Fp to, Fp from);
  /// trunc, trunc_sat, reinterpret. Of trunc, what does not fit goes to `overflow`, NaN to `invalid`.
  void truncate(wasm::Opcode opcode, Gp to, Fp from, Label overflow, Label invalid);

  // -- Vectors: the instructions of prefix 0xfd. `to` may be any operand with AVX, else none but the first. `temporary`
  // is none of them; it need be one only where the form says so.
  static VectorForm vectorForm(wasm::Opcode opcode);
  void vectorUnary(wasm::Opcode opcode, Fp to, Fp a, Fp temporary);
  void vectorBinary(wasm::Opcode opcode, Fp to, Fp a, const FpOperand& b, Fp temporary);
  void vectorTernary(wasm::Opcode opcode, Fp to, Fp a, Fp b, Fp c);
  /// bitselect by a constant: bits of `a` where that has them.
  void vectorSelect(Fp to, Fp a, Fp b, u64 low, u64 high);
  void vectorShift(wasm::Opcode opcode, Fp to, Fp a, Gp count, Fp temporary);
  void vectorShiftConstant(wasm::Opcode opcode, Fp to, Fp a, u32 count);
  /// any_true and all_true: sets flags.
  Cond vectorTest(wasm::Opcode opcode, Fp a);
  void bitmask(wasm::Opcode opcode, Gp to, Fp a);
  void splat(wasm::Opcode opcode, Fp to, Gp from);
  void splat(wasm::Opcode opcode, Fp to, Fp from);
  void extractLane(wasm::Opcode opcode, Gp to, Fp a, u32 lane);
  void extractLane(wasm::Opcode opcode, Fp to, Fp a, u32 lane);
  void replaceLane(wasm::Opcode opcode, Fp to, Fp a, Gp value, u32 lane);
  void replaceLane(wasm::Opcode opcode, Fp to, Fp a, Fp value, u32 lane);
  /// Byte i of `to` is byte lanes[i] of `a` and `b` in a row.
  void shuffle(Fp to, Fp a, Fp b, const u8* lanes);
  /// Of `a` alone: zero where lanes[i] is 128 or more.
  void permute(Fp to, Fp a, const u8* lanes);

  // -- Linear memory. The first instruction is the access
  void loadValue(wasm::Opcode opcode, Gp to, Mem from);
  void loadValue(wasm::Opcode opcode, Fp to, Mem from);
  void storeValue(wasm::Opcode opcode, Mem to, Gp from);
  void storeValue(wasm::Opcode opcode, Mem to, Fp from);
  void storeValueConstant(wasm::Opcode opcode, Mem to, i32 value);
  /// v128.loadN_lane: the other lanes of `to` stay.
  void loadLane(wasm::Opcode opcode, Fp to, Mem from, u32 lane);
  void storeLane(wasm::Opcode opcode, Mem to, Fp from, u32 lane);

  // -- Atomics: sequentially consistent; the opcode says how wide the access is. `place` is aligned. What comes back is
  // zero-extended. The first instruction is the access
  void atomicLoad(wasm::Opcode opcode, Gp to, Mem from);
  /// `value` is lost.
  void atomicStore(wasm::Opcode opcode, Mem to, Gp value);
  /// add, sub, and, or, xor, when nobody asks what was there.
  void atomicUpdate(wasm::Opcode opcode, Mem place, Gp value);
  /// add, sub and xchg: `value`, of sub its opposite, becomes what was there.
  void atomicFetch(wasm::Opcode opcode, Gp value, Mem place);
  /// and, or, xor: what was there comes to rax; `temporary` is lost.
  void atomicFetchByLoop(wasm::Opcode opcode, Mem place, Gp value, Gp temporary);
  /// rax, what is expected, becomes what was there.
  void atomicCompareExchange(wasm::Opcode opcode, Mem place, Gp replacement);
  void negate(Width width, Gp to);
  void fence();

  struct Impl;
  Impl& impl() { return *impl_; }

 private:
  void multiply(Width width, Gp to, Gp a, const Operand& b);

  std::unique_ptr<Impl> impl_;
  CpuFeatures features_;
  std::vector<Relocation> relocations_;
  bool failed_ = false;
  friend struct Impl;
};

}  // namespace wasmrun::masm
