#include "listing/disassembler.h"

#include <capstone/capstone.h>

namespace wasmrun::listing {

struct Disassembler::Impl {
  csh handle = 0;
  cs_insn* raw = nullptr;
  Instruction decoded;
};

Disassembler::Disassembler() : impl_(std::make_unique<Impl>()) {
  CHECK(cs_open(CS_ARCH_X86, CS_MODE_64, &impl_->handle) == CS_ERR_OK, "capstone knows x86-64");
  cs_option(impl_->handle, CS_OPT_DETAIL, CS_OPT_ON);
  impl_->raw = cs_malloc(impl_->handle);
}

Disassembler::~Disassembler() {
  cs_free(impl_->raw, 1);
  cs_close(&impl_->handle);
}

namespace {

/// Finds addresses that are relative to the instruction.
void resolve(const cs_insn& raw, Instruction& decoded) {
  const cs_x86& detail = raw.detail->x86;
  bool isJump = false;
  for (u8 i = 0; i < raw.detail->groups_count; ++i)
    isJump |= raw.detail->groups[i] == CS_GRP_JUMP || raw.detail->groups[i] == CS_GRP_CALL;
  for (u8 i = 0; i < detail.op_count; ++i) {
    const cs_x86_op& operand = detail.operands[i];
    if (isJump && operand.type == X86_OP_IMM) decoded.jumpsTo = static_cast<u64>(operand.imm);
    if (operand.type == X86_OP_MEM && operand.mem.base == X86_REG_RIP && operand.mem.index == X86_REG_INVALID)
      decoded.refersTo = raw.address + raw.size + static_cast<u64>(operand.mem.disp);
  }
  if (!decoded.refersTo) return;
  const size_t begin = decoded.operands.find("[rip");
  const size_t end = decoded.operands.find(']', begin);
  CHECK(end != std::string::npos, "capstone writes relative addresses in brackets");
  decoded.operandsBefore = decoded.operands.substr(0, begin + 1);
  decoded.operandsAfter = decoded.operands.substr(end);
}

}  // namespace

const Instruction* Disassembler::decode(std::span<const u8> bytes, u64 address) {
  const u8* at = bytes.data();
  size_t left = bytes.size();
  if (!cs_disasm_iter(impl_->handle, &at, &left, &address, impl_->raw)) return nullptr;
  impl_->decoded = {};
  impl_->decoded.size = impl_->raw->size;
  impl_->decoded.mnemonic = impl_->raw->mnemonic;
  impl_->decoded.operands = impl_->raw->op_str;
  resolve(*impl_->raw, impl_->decoded);
  return &impl_->decoded;
}

}  // namespace wasmrun::listing

// -- Other machines --------------------------------------------------------------------------------------------------

// Capstone's table of machines names the entry points of them all, which would bring 4 MB along and relocations that
// cost every start of the command 2 ms. So those of the others are here, and refuse.
#define WASMRUN_ABSENT(machine)                                       \
  extern "C" int machine##_global_init(void*) { return CS_ERR_ARCH; } \
  extern "C" int machine##_option(void*, int, size_t) { return CS_ERR_ARCH; }

WASMRUN_ABSENT(AArch64)
WASMRUN_ABSENT(ARM)
WASMRUN_ABSENT(EVM)
WASMRUN_ABSENT(M680X)
WASMRUN_ABSENT(M68K)
WASMRUN_ABSENT(Mips)
WASMRUN_ABSENT(PPC)
WASMRUN_ABSENT(Sparc)
WASMRUN_ABSENT(SystemZ)
WASMRUN_ABSENT(TMS320C64x)
WASMRUN_ABSENT(XCore)
