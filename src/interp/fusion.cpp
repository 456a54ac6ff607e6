#include "interp/fusion.h"

#include <unordered_map>

namespace wasmrun::interp {

namespace {

constexpr u32 keyOf(HandlerId first, HandlerId second) {
  return static_cast<u32>(first) << 16 | static_cast<u32>(second);
}

const std::unordered_map<u32, HandlerId>& fusedHandlers() {
  static const std::unordered_map<u32, HandlerId> table = {
#define WASMRUN_FUSED(first, second) {keyOf(HandlerId::first, HandlerId::second), HandlerId::first##_then_##second},
#include "interp/handlers_fused.def"
  };
  return table;
}

}  // namespace

void fuse(std::vector<Word>& words, const std::vector<Emitter::Instruction>& instructions) {
  const std::unordered_map<u32, HandlerId>& table = fusedHandlers();
  for (size_t i = 0; i + 1 < instructions.size(); ++i) {
    const Emitter::Instruction &first = instructions[i], &second = instructions[i + 1];
    if (first.at + instructionWords(info(first.id).operands) != second.at) continue;
    const auto found = table.find(keyOf(first.id, second.id));
    if (found == table.end()) continue;
    words[first.at] = dispatch().handlers[static_cast<u32>(found->second)];
    ++i;  // the second is done by the first
  }
}

}  // namespace wasmrun::interp
