#include "interp/families.h"

#include <array>
#include <utility>

#include "interp/bodies_fused.h"

namespace wasmrun::interp {

using wasm::Opcode;

namespace {

constexpr HandlerInfo describe(const char* letters, Clobbers clobbers) {
  HandlerInfo info{};
  for (u32 i = 0; letters[i] != 0; ++i) {
    if (i == HandlerInfo::kMaxOperands) std::unreachable();  // ends compilation
    info.operands[i] = letters[i];
    if (letters[i] == 'd') info.writes |= 1u << info.units;
    info.units += operandUnits(letters[i]);
  }
  info.clobbers = clobbers;
  return info;
}

constexpr char kNames[] =
#define WASMRUN_HANDLERS(name, ...) #name "\0"
#include "interp/handlers.def"
    ;

}  // namespace

constexpr HandlerInfo kHandlerInfos[kHandlerCount] = {
#define WASMRUN_HANDLERS(name, ...) describe(__VA_ARGS__::kText.text, clobbersOf<__VA_ARGS__>()),
#include "interp/handlers.def"
};

std::string_view handlerName(HandlerId id) {
  // Made at the first call: pointers in a constant would be relocated whenever the library is loaded.
  static const auto names = [] {
    std::array<std::string_view, kHandlerCount> all;
    const char* next = kNames;
    for (std::string_view& name : all) {
      name = next;
      next += name.size() + 1;
    }
    return all;
  }();
  return names[static_cast<u32>(id)];
}

namespace {

constexpr auto kFamilies = [] {
  std::array<Family, wasm::kOpcodeCount + 1> table{};  // one more: kCount has none
#define WASMRUN_FAMILY(opcode, form, first) table[static_cast<u32>(Opcode::opcode)] = {Form::form, HandlerId::first};
#include "interp/handlers_scalar.def"
#define WASMRUN_FAMILY(opcode, form, first) table[static_cast<u32>(Opcode::opcode)] = {Form::form, HandlerId::first};
#include "interp/handlers_vector.def"
#define WASMRUN_FAMILY(opcode, form, first) table[static_cast<u32>(Opcode::opcode)] = {Form::form, HandlerId::first};
#include "interp/handlers_atomic.def"
  return table;
}();

constexpr auto kBranchFamilies = [] {
  std::array<Family, wasm::kOpcodeCount + 1> table{};  // one more: kCount has none
#define WASMRUN_BRANCH_FAMILY(opcode, form, first) \
  table[static_cast<u32>(Opcode::opcode)] = {Form::form, HandlerId::first};
#include "interp/handlers_scalar.def"
  return table;
}();

}  // namespace

Family family(Opcode opcode) { return kFamilies[static_cast<u32>(opcode)]; }
Family branchFamily(Opcode opcode) { return kBranchFamilies[static_cast<u32>(opcode)]; }

// Comparisons come in the same order for every type (opcodes.def), so that both maps are on the distance from the
// first.

namespace {

/// The first comparison of the type that `comparison` is of, or kCount.
Opcode firstOf(Opcode comparison) {
  for (const Opcode first : {Opcode::I32Eq, Opcode::I64Eq})
    if (comparison >= first && static_cast<u32>(comparison) < static_cast<u32>(first) + 10) return first;
  for (const Opcode first : {Opcode::F32Eq, Opcode::F64Eq})
    if (comparison >= first && static_cast<u32>(comparison) < static_cast<u32>(first) + 6) return first;
  return Opcode::kCount;
}

Opcode mapped(Opcode comparison, const u8 (&integers)[10], const u8 (&floats)[6]) {
  const Opcode first = firstOf(comparison);
  const u32 index = static_cast<u32>(comparison) - static_cast<u32>(first);
  const bool isInteger = first == Opcode::I32Eq || first == Opcode::I64Eq;
  return static_cast<Opcode>(static_cast<u32>(first) + (isInteger ? integers[index] : floats[index]));
}

}  // namespace

Opcode swapped(Opcode comparison) {
  // eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u; eq ne lt gt le ge
  return mapped(comparison, {0, 1, 4, 5, 2, 3, 8, 9, 6, 7}, {0, 1, 3, 2, 5, 4});
}

Opcode inverse(Opcode comparison) { return mapped(comparison, {1, 0, 8, 9, 6, 7, 4, 5, 2, 3}, {1, 0, 0, 0, 0, 0}); }

}  // namespace wasmrun::interp
