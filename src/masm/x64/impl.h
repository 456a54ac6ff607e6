// What the macro assembler's files share: asmjit's emitter, the writer of frequent forms, labels, and our operands as
// asmjit's own.
//
// Labels of asmjit cost an allocation each and are for few: those of constants, and places inside one instruction of
// ours. The others are two numbers (LabelPlace), whose uses are chained through the four bytes to be filled in.
#pragma once

#include <asmjit/x86.h>

#include <unordered_map>

#include "masm/macro_assembler.h"
#include "masm/x64/form_writer.h"
#include "support/check.h"

namespace wasmrun::masm {

namespace x86 = asmjit::x86;
namespace Inst = x86::Inst;
using InstId = asmjit::InstId;

struct MacroAssembler::Impl final : asmjit::ErrorHandler {
  explicit Impl(MacroAssembler& owner);
  /// Forgets the code. The buffer is kept, and asmjit's labels while they are not many.
  void begin();
  /// Every refusal of asmjit comes here.
  void handleError(asmjit::Error error, const char* message, asmjit::BaseEmitter* origin) override;

  /// Sixteen bytes after the code, aligned; the same for the same bytes.
  x86::Mem constant(u64 low, u64 high);

  // -- Labels
  /// A jump, of `cond` if that is not negative.
  void jump(i32 cond, Label target);
  /// Writes the distance from the end of the four bytes at `p` to the label, now or when it is bound; their end.
  u8* distance(u8* p, Label target);
  void bind(Label target);

  MacroAssembler& owner;
  asmjit::CodeHolder holder;
  x86::Assembler a;
  FormWriter forms{a};

  struct LabelPlace {
    static constexpr u32 kNowhere = ~u32{0};
    u32 offset = kNowhere;   ///< in the code, if it is bound
    u32 lastUse = kNowhere;  ///< until then: the four bytes that want it, which have the use before
  };
  std::vector<LabelPlace> labels;
  u32 openLabels = 0;  ///< used and not bound

  struct Constant {
    u64 low, high;
    friend bool operator==(const Constant&, const Constant&) = default;
  };
  struct ConstantHash {
    size_t operator()(const Constant& constant) const {
      return static_cast<size_t>((constant.low ^ (constant.high * 0x9e3779b97f4a7c15)) * 0xff51afd7ed558ccd >> 16);
    }
  };
  static constexpr size_t kLargeTable = 1024;
  std::vector<Constant> constants;
  std::vector<asmjit::Label> constantLabels;
  using ConstantNumbers = std::unordered_map<Constant, u32, ConstantHash>;
  ConstantNumbers constantNumbers;

 private:
  void attach();
};

inline x86::Gp r8(Gp reg) { return x86::gpb_lo(reg.code); }
inline x86::Gp r16(Gp reg) { return x86::gpw(reg.code); }
inline x86::Gp r32(Gp reg) { return x86::gpd(reg.code); }
inline x86::Gp r64(Gp reg) { return x86::gpq(reg.code); }
inline x86::Gp sized(Width width, Gp reg) { return width == Width::W64 ? r64(reg) : r32(reg); }
inline x86::Xmm xmm(Fp reg) { return x86::xmm(reg.code); }
inline x86::Mem memory(const Mem& mem, u32 bytes) {
  if (mem.index == kRsp) return x86::Mem(r64(mem.base), mem.offset, bytes);
  return x86::Mem(r64(mem.base), r64(mem.index), mem.scale, mem.offset, bytes);
}
inline u32 bytesOf(Width width) { return width == Width::W64 ? 8 : 4; }
constexpr bool isWide(Width width) { return width == Width::W64; }

/// movss, movsd, movups: between a register and memory.
constexpr Form moveForm(FpKind kind, bool toMemory) {
  const u8 prefix = kind == FpKind::F32 ? 0xf3 : kind == FpKind::F64 ? 0xf2 : 0;
  return {.opcode = static_cast<u8>(toMemory ? 0x11 : 0x10), .isTwo = true, .prefix = prefix};
}

inline const x86::Xmm kXmmScratch = x86::xmm15;

/// asmjit numbers conditions in its own way; ours are the machine's.
inline x86::CondCode condCode(Cond cond) {
  using enum x86::CondCode;
  constexpr x86::CondCode kCodes[] = {kO, kNO, kB, kAE, kE, kNE, kBE, kA, kS, kNS, kP, kNP, kL, kGE, kLE, kG};
  return kCodes[static_cast<u8>(cond)];
}

/// The width of an integer instruction's operands.
inline Width widthOf(wasm::Opcode opcode) {
  return wasm::info(opcode).signature.params[0] == wasm::TypeKind::I64 ? Width::W64 : Width::W32;
}
/// Whether a float instruction's first operand, or only result, is an f64.
inline bool isF64(wasm::TypeKind kind) { return kind == wasm::TypeKind::F64; }
inline bool operandIsF64(wasm::Opcode opcode) { return isF64(wasm::info(opcode).signature.params[0]); }

}  // namespace wasmrun::masm
