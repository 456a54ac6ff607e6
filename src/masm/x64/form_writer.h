// FormWriter: the dozen instruction forms that most of a compiler's code consists of, written straight into asmjit's
// buffer. asmjit takes about 200 instructions to encode one, which was a third of what compiling took; everything that
// is not in a compiler's every line is still its work. The bytes are those that asmjit writes for the same operands
// (tests/unit/masm/form_writer_test.cpp compares them).
#pragma once

#include <asmjit/x86.h>

#include <cstring>

#include "masm/macro_assembler.h"

namespace wasmrun::masm {

/// What comes before an instruction's operands.
struct Form {
  u8 opcode;
  bool isWide = false;  ///< 64 bits
  bool isTwo = false;   ///< 0x0f comes before the opcode
  bool isByte = false;  ///< of two registers the second is a byte, of a register and memory the register
  u8 prefix = 0;        ///< 0x66, 0xf2, 0xf3; 0: none
};

/// Whether a number is one byte of an instruction.
constexpr bool isShort(i64 value) { return value == static_cast<i8>(value); }

class FormWriter {
 public:
  explicit FormWriter(asmjit::x86::Assembler& a) : a_(a) {}

  /// Room for an instruction; null if there is no memory, which asmjit's error handler has been told.
  u8* begin() {
    if (a_.remainingSpace() >= kLongest) [[likely]]
      return a_.bufferPtr();
    return grow();
  }
  /// The instruction that begins there ends at `p`.
  void end(u8* p) {
    a_._bufferPtr = p;
    a_._section->_buffer._size = a_.offset();
  }

  /// Two registers: the ModRM byte's `reg`, which may be an opcode's extension, and `rm`. An immediate of
  /// `immediateBytes` follows.
  [[gnu::always_inline]] void registers(Form form, u8 reg, u8 rm, i32 immediate = 0, u32 immediateBytes = 0) {
    u8* p = begin();
    if (p == nullptr) return;
    p = opcode(p, form, reg, 0, rm, form.isByte && rm >= 4);
    *p++ = static_cast<u8>(0xc0 | (reg & 7) << 3 | (rm & 7));
    end(immediateBytes == 0 ? p : number(p, immediate, immediateBytes));
  }

  /// A register, or an opcode's extension, and memory.
  [[gnu::always_inline]] void memory(Form form, u8 reg, const Mem& mem, i32 immediate = 0, u32 immediateBytes = 0) {
    u8* p = begin();
    if (p == nullptr) return;
    const u32 base = mem.base.code & 7;
    // No offset, one byte, or four; with rbp and r13 none means something else.
    const u32 mode = !isShort(mem.offset) ? 2 : mem.offset != 0 || base == 5 ? 1 : 0;
    const u8 modAndReg = static_cast<u8>(mode << 6 | (reg & 7) << 3);
    const bool needsRex = form.isByte && reg >= 4;
    if (mem.index == kRsp) {
      p = opcode(p, form, reg, 0, mem.base.code, needsRex);
      *p++ = static_cast<u8>(modAndReg | base);
      if (base == 4) *p++ = 4 << 3 | 4;
    } else {
      p = opcode(p, form, reg, mem.index.code, mem.base.code, needsRex);
      *p++ = modAndReg | 4;
      *p++ = static_cast<u8>(mem.scale << 6 | (mem.index.code & 7) << 3 | base);
    }
    p = number(p, mem.offset, mode + (mode & 2));
    end(immediateBytes == 0 ? p : number(p, immediate, immediateBytes));
  }

  /// One of the eight operations add, or, adc, sbb, and, sub, xor, cmp, with a register and a number.
  void constantOperand(u8 operation, bool isWide, u8 to, i32 value) {
    if (isShort(value)) return registers({.opcode = 0x83, .isWide = isWide}, operation, to, value, 1);
    if (to != kRax.code) return registers({.opcode = 0x81, .isWide = isWide}, operation, to, value, 4);
    u8* p = begin();
    if (p == nullptr) return;
    p = opcode(p, {.opcode = static_cast<u8>(operation << 3 | 5), .isWide = isWide}, 0, 0, 0, false);
    end(number(p, value, 4));
  }
  /// mov of a number to 32 bits of a register.
  void constant(u8 to, u32 bits) {
    u8* p = begin();
    if (p == nullptr) return;
    p = opcode(p, {.opcode = static_cast<u8>(0xb8 | (to & 7))}, 0, 0, to, false);
    end(number(p, static_cast<i32>(bits), 4));
  }

 private:
  static constexpr size_t kLongest = 16;

  static u8* opcode(u8* p, Form form, u32 reg, u32 index, u32 base, bool needsRex) {
    if (form.prefix != 0) *p++ = form.prefix;
    const u32 rex = u32{form.isWide} << 3 | reg >> 3 << 2 | index >> 3 << 1 | base >> 3;
    *p = static_cast<u8>(0x40 | rex);
    p += rex != 0 || needsRex;
    if (form.isTwo) *p++ = 0x0f;
    *p++ = form.opcode;
    return p;
  }
  /// The lowest `bytes` bytes; four are written.
  static u8* number(u8* p, i32 value, u32 bytes) {
    std::memcpy(p, &value, sizeof value);
    return p + bytes;
  }
  [[gnu::noinline, gnu::cold]] u8* grow() {
    const asmjit::Error error = a_.code()->growBuffer(&a_._section->_buffer, kLongest);
    if (error == asmjit::kErrorOk) return a_.bufferPtr();
    a_.reportError(error);
    return nullptr;
  }

  asmjit::x86::Assembler& a_;
};

}  // namespace wasmrun::masm
