#include "text/mnemonics.h"

#include <array>

namespace wasmrun::text {

using wasm::kOpcodeCount;
using wasm::kOpcodes;
using wasm::Opcode;

namespace {

constexpr u32 kSlots = 2048;  // a power of two, three times the opcodes or more: short probes
static_assert(kSlots > 3 * kOpcodeCount);

/// Mnemonics differ in the middle as often as at the ends; every byte counts.
constexpr u32 slotOf(std::string_view text) {
  u32 hash = 2166136261;
  for (const char c : text) hash = (hash ^ static_cast<u8>(c)) * 16777619;
  return (hash ^ hash >> 15) % kSlots;
}

constexpr auto kTable = [] {
  std::array<u16, kSlots> table{};
  for (u16& slot : table) slot = static_cast<u16>(kOpcodeCount);
  for (u32 i = 0; i < kOpcodeCount; ++i) {
    u32 slot = slotOf(kOpcodes[i].text);
    while (table[slot] != kOpcodeCount && kOpcodes[table[slot]].text != kOpcodes[i].text) slot = (slot + 1) % kSlots;
    if (table[slot] == kOpcodeCount) table[slot] = static_cast<u16>(i);
  }
  return table;
}();

}  // namespace

Opcode findOpcode(std::string_view mnemonic) {
  for (u32 slot = slotOf(mnemonic);; slot = (slot + 1) % kSlots) {
    const u16 opcode = kTable[slot];
    if (opcode == kOpcodeCount || kOpcodes[opcode].text == mnemonic) return static_cast<Opcode>(opcode);
  }
}

}  // namespace wasmrun::text
