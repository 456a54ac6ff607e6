// What is written without asmjit, byte by byte as asmjit has it.
#include <asmjit/x86.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "masm/macro_assembler.h"

namespace wasmrun::masm {
namespace {

namespace x86 = asmjit::x86;
using wasm::Opcode;

/// The code that the macro assembler and asmjit make side by side.
class SideBySide {
 public:
  SideBySide() : ours(CpuFeatures{}) {
    holder_.init(asmjit::Environment(asmjit::Arch::kX64));
    holder_.attach(&theirs);
  }

  void expectSame() {
    ASSERT_FALSE(ours.failed());
    const std::span<const u8> code = ours.code();
    const asmjit::CodeBuffer& buffer = holder_.textSection()->buffer();
    const auto [mine, other] = std::mismatch(code.begin(), code.end(), buffer.data(), buffer.data() + buffer.size());
    const ptrdiff_t same = mine - code.begin();
    EXPECT_TRUE(code.size() == buffer.size() && same == std::ssize(code))
        << "different after " << same
        << " bytes: " << testing::PrintToString(code.subspan(same, std::min<size_t>(16, code.size() - same)));
  }

  MacroAssembler ours;
  x86::Assembler theirs;

 private:
  asmjit::CodeHolder holder_;
};

x86::Gp sized(Width width, Gp reg) {
  if (width == Width::W64) return x86::gpq(reg.code);
  return x86::gpd(reg.code);
}
u32 bytesOf(Width width) { return width == Width::W64 ? 8 : 4; }
x86::Mem sized(const Mem& mem, u32 bytes) {
  if (mem.index == kRsp) return x86::Mem(x86::gpq(mem.base.code), mem.offset, bytes);
  return x86::Mem(x86::gpq(mem.base.code), x86::gpq(mem.index.code), mem.scale, mem.offset, bytes);
}

constexpr Width kWidths[] = {Width::W32, Width::W64};
constexpr i32 kNumbers[] = {0, 1, -1, 127, 128, -128, -129, 255, 65536, INT32_MAX, INT32_MIN};

template <class Visit>
void forEachGp(Visit&& visit) {
  for (u8 code = 0; code < 16; ++code) visit(Gp{code});
}

/// Calls `visit(const Mem&)` for all bases, indexes and kinds of offsets.
template <class Visit>
void forEachPlace(Visit&& visit) {
  forEachGp([&](Gp base) {
    for (const i32 offset : kNumbers) {
      forEachGp(
          [&](Gp index) { visit(Mem{base, offset, index, static_cast<u8>(index == kRsp ? 0 : index.code % 4)}); });
    }
  });
}

struct Operation {
  Opcode in32, in64;
  asmjit::InstId inst;
};
constexpr Operation kOperations[] = {
    {Opcode::I32Add, Opcode::I64Add, x86::Inst::kIdAdd}, {Opcode::I32Sub, Opcode::I64Sub, x86::Inst::kIdSub},
    {Opcode::I32And, Opcode::I64And, x86::Inst::kIdAnd}, {Opcode::I32Or, Opcode::I64Or, x86::Inst::kIdOr},
    {Opcode::I32Xor, Opcode::I64Xor, x86::Inst::kIdXor},
};

// -- Registers -------------------------------------------------------------------------------------------------------

TEST(FormWriter, TwoRegisters) {
  SideBySide s;
  for (const Width width : kWidths)
    forEachGp([&](Gp to) {
      forEachGp([&](Gp from) {
        const x86::Gp a = sized(width, to), b = sized(width, from);
        s.ours.move(width, to, from), s.theirs.mov(a, b);
        s.ours.test(width, to, from), s.theirs.test(a, b);
        s.ours.add(width, to, from), s.theirs.add(a, b);
        s.ours.compare(width, to, Operand::of(from)), s.theirs.cmp(a, b);
        s.ours.moveIf(width, Cond::Above, to, from), s.theirs.cmova(a, b);
        for (const Operation& operation : kOperations) {
          s.ours.binary(width == Width::W64 ? operation.in64 : operation.in32, to, to, Operand::of(from));
          s.theirs.emit(operation.inst, a, b);
        }
      });
    });
  s.expectSame();
}

TEST(FormWriter, WideOperations) {
  SideBySide s;
  s.ours.addWide(kRax, kR9, Operand::of(kRcx), Operand::of(kRdx));
  s.theirs.add(x86::rax, x86::rcx), s.theirs.adc(x86::r9, x86::rdx);
  s.ours.subtractWide(kRax, kR9, Operand::of(kRcx), Operand::of(i64{1000}));
  s.theirs.sub(x86::rax, x86::rcx), s.theirs.sbb(x86::r9, 1000);
  s.expectSame();
}

TEST(FormWriter, OneRegister) {
  SideBySide s;
  forEachGp([&](Gp to) {
    const x86::Gp low = x86::gpb_lo(to.code), half = x86::gpd(to.code);
    s.ours.zero(to), s.theirs.xor_(half, half);
    for (const Cond cond : {Cond::Below, Cond::Equal, Cond::Sign, Cond::Less, Cond::Greater}) {
      s.ours.setCond(to, cond);
      s.theirs.emit(cond == Cond::Below   ? x86::Inst::kIdSetb
                    : cond == Cond::Equal ? x86::Inst::kIdSetz
                    : cond == Cond::Sign  ? x86::Inst::kIdSets
                    : cond == Cond::Less  ? x86::Inst::kIdSetl
                                          : x86::Inst::kIdSetnle,
                    low);
      s.theirs.movzx(half, low);
    }
    for (u32 count = 1; count < 32; ++count) {
      s.ours.shiftConstant(Opcode::I32Shl, to, to, count), s.theirs.shl(half, count);
      s.ours.shiftConstant(Opcode::I32Rotl, to, to, count), s.theirs.rol(half, count);
      s.ours.shiftConstant(Opcode::I32Rotr, to, to, count), s.theirs.ror(half, count);
      s.ours.shiftConstant(Opcode::I64ShrS, to, to, count + 32), s.theirs.sar(x86::gpq(to.code), count + 32);
      s.ours.shiftConstant(Opcode::I64ShrU, to, to, count), s.theirs.shr(x86::gpq(to.code), count);
    }
    if (to == kRcx) return;
    s.ours.shift(Opcode::I32ShrS, to, to, kRcx), s.theirs.sar(half, x86::cl);
    s.ours.shift(Opcode::I64Rotl, to, to, kRcx), s.theirs.rol(x86::gpq(to.code), x86::cl);
  });
  s.expectSame();
}

TEST(FormWriter, Numbers) {
  SideBySide s;
  forEachGp([&](Gp to) {
    for (const i32 number : kNumbers) {
      s.ours.constant(to, static_cast<u32>(number)), s.theirs.mov(x86::gpd(to.code), static_cast<u32>(number));
      for (const Width width : kWidths) {
        s.ours.addImmediate(width, to, number), s.theirs.add(sized(width, to), number);
        if (number != 0) s.ours.compare(width, to, Operand::of(i64{number})), s.theirs.cmp(sized(width, to), number);
        for (const Operation& operation : kOperations) {
          s.ours.binary(width == Width::W64 ? operation.in64 : operation.in32, to, to, Operand::of(i64{number}));
          s.theirs.emit(operation.inst, sized(width, to), number);
        }
      }
    }
  });
  s.expectSame();
}

// -- Memory ----------------------------------------------------------------------------------------------------------

TEST(FormWriter, Places) {
  SideBySide s;
  forEachPlace([&](const Mem& place) {
    for (const Gp reg : {kRax, kRsi, kR12})
      for (const Width width : kWidths) {
        const x86::Mem mem = sized(place, bytesOf(width));
        s.ours.load(width, reg, place), s.theirs.mov(sized(width, reg), mem);
        s.ours.store(width, place, reg), s.theirs.mov(mem, sized(width, reg));
        s.ours.lea(width, reg, place), s.theirs.lea(sized(width, reg), sized(place, 0));
      }
  });
  s.expectSame();
}

TEST(FormWriter, NumbersInMemory) {
  SideBySide s;
  for (const Gp base : {kRax, kRbp, kRsp, kR12, kR13})
    for (const i32 offset : kNumbers)
      for (const i32 number : kNumbers) {
        const Mem place{base, offset};
        s.ours.storeConstant(place, static_cast<u64>(i64{number})), s.theirs.mov(sized(place, 8), number);
        s.ours.storeValueConstant(Opcode::I32Store, place, number), s.theirs.mov(sized(place, 4), number);
        for (const Width width : kWidths)
          s.ours.compareMemory(width, place, number), s.theirs.cmp(sized(place, bytesOf(width)), number);
      }
  s.expectSame();
}

TEST(FormWriter, OperandsInMemory) {
  SideBySide s;
  forEachGp([&](Gp to) {
    const Mem place{kRbx, 40};
    for (const Width width : kWidths) {
      s.ours.compare(width, to, Operand::of(place)), s.theirs.cmp(sized(width, to), sized(place, bytesOf(width)));
      for (const Operation& operation : kOperations) {
        s.ours.binary(width == Width::W64 ? operation.in64 : operation.in32, to, to, Operand::of(place));
        s.theirs.emit(operation.inst, sized(width, to), sized(place, bytesOf(width)));
      }
    }
  });
  s.expectSame();
}

TEST(FormWriter, Accesses) {
  SideBySide s;
  forEachGp([&](Gp reg) {
    const Mem place{kR15, 300, kRdx, 0};
    const x86::Gp half = x86::gpd(reg.code), whole = x86::gpq(reg.code);
    const x86::Mem one = sized(place, 1), two = sized(place, 2), four = sized(place, 4), eight = sized(place, 8);
    s.ours.loadValue(Opcode::I32Load, reg, place), s.theirs.mov(half, four);
    s.ours.loadValue(Opcode::I64Load, reg, place), s.theirs.mov(whole, eight);
    s.ours.loadValue(Opcode::I64Load32U, reg, place), s.theirs.mov(half, four);
    s.ours.loadValue(Opcode::I64Load32S, reg, place), s.theirs.movsxd(whole, four);
    s.ours.loadValue(Opcode::I32Load8S, reg, place), s.theirs.movsx(half, one);
    s.ours.loadValue(Opcode::I64Load8S, reg, place), s.theirs.movsx(whole, one);
    s.ours.loadValue(Opcode::I32Load8U, reg, place), s.theirs.movzx(half, one);
    s.ours.loadValue(Opcode::I64Load8U, reg, place), s.theirs.movzx(half, one);
    s.ours.loadValue(Opcode::I32Load16S, reg, place), s.theirs.movsx(half, two);
    s.ours.loadValue(Opcode::I64Load16S, reg, place), s.theirs.movsx(whole, two);
    s.ours.loadValue(Opcode::I32Load16U, reg, place), s.theirs.movzx(half, two);
    s.ours.loadValue(Opcode::I64Load16U, reg, place), s.theirs.movzx(half, two);
    s.ours.storeValue(Opcode::I32Store, place, reg), s.theirs.mov(four, half);
    s.ours.storeValue(Opcode::I64Store32, place, reg), s.theirs.mov(four, half);
    s.ours.storeValue(Opcode::I64Store, place, reg), s.theirs.mov(eight, whole);
    s.ours.storeValue(Opcode::I32Store8, place, reg), s.theirs.mov(one, x86::gpb_lo(reg.code));
    s.ours.storeValue(Opcode::I64Store16, place, reg), s.theirs.mov(two, x86::gpw(reg.code));
  });
  s.expectSame();
}

TEST(FormWriter, Floats) {
  SideBySide s;
  forEachGp([&](Gp number) {
    const Fp reg{number.code};
    const x86::Xmm xmm = x86::xmm(number.code);
    s.ours.move(reg, Fp{9}), s.theirs.movaps(xmm, x86::xmm9);
    s.ours.move(reg, Fp{2}), s.theirs.movaps(xmm, x86::xmm2);
    for (const Mem& place : {Mem{kRbx, 8}, Mem{kR15, 400, kRdx, 0}, Mem{kR12, 0, kR9, 3}}) {
      s.ours.load(FpKind::F32, reg, place), s.theirs.movss(xmm, sized(place, 4));
      s.ours.load(FpKind::F64, reg, place), s.theirs.movsd(xmm, sized(place, 8));
      s.ours.load(FpKind::V128, reg, place), s.theirs.movups(xmm, sized(place, 16));
      s.ours.store(FpKind::F32, place, reg), s.theirs.movsd(sized(place, 8), xmm);
      s.ours.store(FpKind::V128, place, reg), s.theirs.movups(sized(place, 16), xmm);
      s.ours.storeValue(Opcode::F32Store, place, reg), s.theirs.movss(sized(place, 4), xmm);
    }
  });
  s.expectSame();
}

TEST(FormWriter, Calls) {
  SideBySide s;
  for (const Mem& place : {Mem{kRbx, 8}, Mem{kR11, 16}, Mem{kRax, 0}}) {
    s.ours.callMemory(place), s.theirs.call(sized(place, 8));
    s.ours.jumpMemory(place), s.theirs.jmp(sized(place, 8));
  }
  s.ours.ret(), s.theirs.ret();
  s.expectSame();
}

// -- Labels ----------------------------------------------------------------------------------------------------------

TEST(FormWriter, Jumps) {
  SideBySide s;
  const Label back = s.ours.newLabel(), on = s.ours.newLabel();
  const asmjit::Label theirBack = s.theirs.newLabel(), theirOn = s.theirs.newLabel();
  s.ours.bind(back), s.theirs.bind(theirBack);
  // The way back becomes too long for one byte.
  for (u32 i = 0; i < 60; ++i) {
    s.ours.jump(back), s.theirs.jmp(theirBack);
    s.ours.jumpIf(Cond::Less, back), s.theirs.jl(theirBack);
  }
  for (u32 i = 0; i < 3; ++i) {
    s.ours.jump(on), s.theirs.jmp(theirOn);
    s.ours.jumpIf(Cond::NotEqual, on), s.theirs.jne(theirOn);
  }
  s.ours.bind(on), s.theirs.bind(theirOn);
  s.ours.jump(on), s.theirs.jmp(theirOn);
  s.expectSame();
}

TEST(FormWriter, Tables) {
  SideBySide s;
  const Label table = s.ours.newLabel(), first = s.ours.newLabel(), second = s.ours.newLabel();
  const asmjit::Label theirTable = s.theirs.newLabel(), theirFirst = s.theirs.newLabel(),
                      theirSecond = s.theirs.newLabel();
  s.ours.jumpTable(kRcx, table);
  s.theirs.lea(x86::r11, x86::ptr(theirTable));
  s.theirs.movsxd(x86::rcx, x86::dword_ptr(x86::r11, x86::rcx, 2));
  s.theirs.add(x86::r11, x86::rcx);
  s.theirs.jmp(x86::r11);
  s.ours.bind(first), s.theirs.bind(theirFirst);
  s.ours.ret(), s.theirs.ret();
  s.ours.bind(second), s.theirs.bind(theirSecond);
  s.ours.ret(), s.theirs.ret();
  const Label targets[] = {second, first, second};
  s.ours.embedTable(table, targets);
  s.theirs.align(asmjit::AlignMode::kCode, 4);
  s.theirs.bind(theirTable);
  for (const asmjit::Label& target : {theirSecond, theirFirst, theirSecond})
    s.theirs.embedLabelDelta(target, theirTable, 4);
  s.expectSame();
}

/// Code is forgotten whole, whatever was left open, and what comes next is as if it were the first.
TEST(MacroAssembler, StartsAnew) {
  MacroAssembler masm(CpuFeatures{});
  masm.jump(masm.newLabel());
  masm.constant(Fp{1}, FpKind::F64, 1);
  masm.reset();
  EXPECT_EQ(masm.offset(), 0u);
  for (u32 i = 0; i < 100'000; ++i) masm.move(Width::W64, kRax, kRdi);
  EXPECT_EQ(masm.code().size(), 300'000u);
  masm.reset();
  const Label end = masm.newLabel();
  masm.jump(end);
  masm.bind(end);
  const std::vector<u8> expected = {0xe9, 0, 0, 0, 0};
  EXPECT_EQ(std::vector<u8>(masm.code().begin(), masm.code().end()), expected);
}

}  // namespace
}  // namespace wasmrun::masm
