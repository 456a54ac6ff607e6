#include "wasm/opcodes.h"

#include <array>

namespace wasmrun::wasm {

namespace {

// Codes behind any prefix stay below this; wider LEB128 numbers name no opcode.
constexpr u32 kMaxCode = 0x120;
// One-byte opcodes, then prefixes FB, FC, FD, FE.
constexpr u32 kGroups = 5;

constexpr u32 groupOf(u8 prefix) { return prefix == 0 ? 0 : prefix - 0xfau; }

constexpr auto kByCode = [] {
  std::array<std::array<Opcode, kMaxCode>, kGroups> table{};
  for (auto& group : table) group.fill(Opcode::kCount);
  for (u32 i = 0; i < kOpcodeCount; ++i) table[groupOf(kOpcodes[i].prefix)][kOpcodes[i].code] = static_cast<Opcode>(i);
  return table;
}();

}  // namespace

Opcode opcodeOf(u8 byte) { return kByCode[0][byte]; }

Opcode opcodeOf(u8 prefix, u32 code) {
  if (prefix < 0xfb || prefix > 0xfe || code >= kMaxCode) return Opcode::kCount;
  return kByCode[groupOf(prefix)][code];
}

}  // namespace wasmrun::wasm
