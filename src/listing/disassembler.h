// Disassembler: one instruction of this machine at a time, as text. Capstone's, behind this header alone.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "support/int.h"

namespace wasmrun::listing {

struct Instruction {
  u32 size = 0;
  std::string mnemonic;
  std::string operands;         ///< as capstone writes them, Intel's order
  std::optional<u64> jumpsTo;   ///< address of a direct jump or call
  std::optional<u64> refersTo;  ///< address of an operand in memory that is relative to the instruction
  std::string operandsBefore;   ///< with `refersTo`: the operands up to that address in brackets, and from there on
  std::string operandsAfter;
};

/// One thread.
class Disassembler {
 public:
  Disassembler();
  ~Disassembler();

  /// The instruction that `bytes`, which run at `address`, begin with; none if they are no instruction. Valid until the
  /// next call.
  const Instruction* decode(std::span<const u8> bytes, u64 address);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace wasmrun::listing
