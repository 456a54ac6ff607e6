// Handlers by number, and the families they form: for an opcode and the places of its operands, which handler?
#pragma once

#include <string_view>

#include "interp/instruction.h"
#include "wasm/opcodes.h"

namespace wasmrun::interp {

enum class HandlerId : u16 {
#define WASMRUN_HANDLERS(name, ...) name,
#include "interp/handlers.def"
  kCount,
  kNone = 0xffff
};
inline constexpr u32 kHandlerCount = static_cast<u32>(HandlerId::kCount);

/// Handlers of sequences (fusion.h); their addresses follow those of the others.
inline constexpr u32 kFusedCount = 0
#define WASMRUN_FUSED(...) +1
#include "interp/handlers_fused.def"
    ;

constexpr HandlerId operator+(HandlerId first, u32 index) {
  return static_cast<HandlerId>(static_cast<u32>(first) + index);
}

/// What the translator knows of a handler. No pointers: a table of them would have to be relocated at each start.
struct HandlerInfo {
  static constexpr u32 kMaxOperands = 8;
  char operands[kMaxOperands + 1];  ///< letters of instruction.h
  u8 units;                         ///< that the operands take
  u16 writes;                       ///< bit i: unit i is a slot that is written
  Clobbers clobbers;

  constexpr u32 words() const { return 1 + (units + 1u) / 2; }
};
/// By HandlerId.
extern const HandlerInfo kHandlerInfos[kHandlerCount];
inline const HandlerInfo& info(HandlerId id) { return kHandlerInfos[static_cast<u32>(id)]; }

/// The handler's name, for dumps and tests.
std::string_view handlerName(HandlerId id);

/// The order of a family's handlers. Every shape of operands has a handler for a slot result, then one for the
/// accumulator.
enum class Form : u8 {
  None,
  Commutative,  ///< ss sa sk ak
  Full,         ///< ss sa sk ak as ks ka
  Compare,      ///< ss sa sk ak as; branches: each forward, then back
  Unary,        ///< s a
  Load,         ///< s a sk ss ssk k, then one for any memory
  Store,   ///< the same addresses, each with a value in a slot, the accumulator, a constant; then one for any memory
  Vector,  ///< ss sa as
  VectorCommutative,  ///< ss sa
  VectorShift,        ///< ss sa sk ak as
  VectorTernary,      ///< sss ssa ass
  ExtractLane,        ///< s
  ReplaceLane,        ///< ss sa as
  VectorStore,        ///< the addresses of Load, each with a value in a slot, the accumulator; then one for any memory
  LoadLane,           ///< the address in a slot, the vector: s a; then one for any memory
  StoreLane,          ///< one; then one for any memory
  Atomic,             ///< one, for any memory
  Wide,               ///< one
};

struct Family {
  Form form = Form::None;
  HandlerId first = HandlerId::kNone;
};

/// The family of an opcode's values; Form::None if it has none.
Family family(wasm::Opcode opcode);
/// The branches on a comparison, or on whether an i32.and gives bits; those of floats and of the latter are followed by
/// the ones that branch when it does not hold.
Family branchFamily(wasm::Opcode opcode);

/// Position in a two-operand family of the shape (a, b), or -1 if it has none.
constexpr int shapeIndex(Form form, Loc a, Loc b) {
  constexpr int kShapes[3][3] = {
      // b: S   A   K
      {0, 1, 2},   // a: S
      {4, -1, 3},  //    A
      {5, 6, -1},  //    K
  };
  const int index = kShapes[static_cast<int>(a)][static_cast<int>(b)];
  switch (form) {
    case Form::Full: return index;
    case Form::Compare:
    case Form::VectorShift: return index < 5 ? index : -1;
    case Form::Commutative: return index < 4 ? index : -1;
    case Form::Vector:
    case Form::ReplaceLane: return index < 2 ? index : index == 4 ? 2 : -1;
    case Form::VectorCommutative: return index < 2 ? index : -1;
    default: return -1;
  }
}

/// Shapes of a branch family: the distance from the branches if true to those if not.
inline constexpr u32 kCompareShapes = 5;

/// How a load or store computes its address; the order within Form::Load and Form::Store.
enum class AddressShape : u8 { Slot, Accumulator, PlusConst, Sum, Element, Const };
inline constexpr u32 kAddressShapes = 6;

/// The opcode of the comparison with swapped operands, and of the inverse one (integers only).
wasm::Opcode swapped(wasm::Opcode comparison);
wasm::Opcode inverse(wasm::Opcode comparison);

}  // namespace wasmrun::interp
