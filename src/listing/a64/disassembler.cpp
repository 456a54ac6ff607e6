#include "listing/disassembler.h"

namespace wasmrun::listing {

// No tier makes code for this machine yet.
struct Disassembler::Impl {};
Disassembler::Disassembler() = default;
Disassembler::~Disassembler() = default;
const Instruction* Disassembler::decode(std::span<const u8>, u64) { return nullptr; }

}  // namespace wasmrun::listing
