// The translator's instructions on objects and i31, and casts.
#include "interp/translator.h"

namespace wasmrun::interp {

using wasm::Opcode;
using wasm::TypeKind;
using wasm::ValType;

namespace {

/// Values of these types.
u32 fieldCount(const wasm::TypeDef& def) { return static_cast<u32>(def.fields.size()); }

}  // namespace

/// The kind of a field's or element's value on the stack.
TypeKind Translator::fieldKind(const wasm::GcImmediates& immediates, u32 field) const {
  return kindOf(module_.registry().get(immediates.type).fields[field].storage.unpacked());
}

void Translator::gc(Opcode opcode, const wasm::GcImmediates& immediates) {
  const u32 type = immediates.type.value, index = immediates.index;
  switch (opcode) {
    case Opcode::RefTest:
    case Opcode::RefTestNull: return slow(slow::refTest, 1, {TypeKind::I32}, immediates.to.bits(), 0);
    case Opcode::RefCast:
    case Opcode::RefCastNull: return slow(slow::refCast, 1, {kindOf(immediates.to)}, immediates.to.bits(), 0);
    case Opcode::BrOnCast: return brOnCast(immediates, true);
    case Opcode::BrOnCastFail: return brOnCast(immediates, false);
    // Conversions between any and extern keep the reference's bits.
    case Opcode::AnyConvertExtern:
    case Opcode::ExternConvertAny: return at();
    case Opcode::RefI31: return slow(slow::refI31, 1, {TypeKind::Ref}, 0, 0);
    case Opcode::I31GetS: return slow(slow::i31GetS, 1, {TypeKind::I32}, 0, 0);
    case Opcode::I31GetU: return slow(slow::i31GetU, 1, {TypeKind::I32}, 0, 0);
    case Opcode::StructNew: {
      const u32 fields = fieldCount(module_.registry().get(immediates.type));
      return slow(slow::structNew, fields, {TypeKind::Ref}, type, 0);
    }
    case Opcode::StructNewDefault: return slow(slow::structNewDefault, 0, {TypeKind::Ref}, type, 0);
    case Opcode::StructGet:
    case Opcode::StructGetU: return slow(slow::structGet, 1, {fieldKind(immediates, index)}, type, index);
    case Opcode::StructGetS: return slow(slow::structGetS, 1, {TypeKind::I32}, type, index);
    case Opcode::StructSet: return slow(slow::structSet, 2, {}, type, index);
    case Opcode::ArrayNew: return slow(slow::arrayNew, 2, {TypeKind::Ref}, type, 0);
    case Opcode::ArrayNewDefault: return slow(slow::arrayNewDefault, 1, {TypeKind::Ref}, type, 0);
    case Opcode::ArrayNewFixed: return slow(slow::arrayNewFixed, index, {TypeKind::Ref}, type, index);
    case Opcode::ArrayNewData: return slow(slow::arrayNewData, 2, {TypeKind::Ref}, type, index);
    case Opcode::ArrayNewElem: return slow(slow::arrayNewElem, 2, {TypeKind::Ref}, type, index);
    case Opcode::ArrayGet:
    case Opcode::ArrayGetU: return slow(slow::arrayGet, 2, {fieldKind(immediates, 0)}, type, 0);
    case Opcode::ArrayGetS: return slow(slow::arrayGetS, 2, {TypeKind::I32}, type, 0);
    case Opcode::ArraySet: return slow(slow::arraySet, 3, {}, type, 0);
    case Opcode::ArrayLen: return slow(slow::arrayLen, 1, {TypeKind::I32}, 0, 0);
    case Opcode::ArrayFill: return slow(slow::arrayFill, 4, {}, type, 0);
    case Opcode::ArrayCopy: return slow(slow::arrayCopy, 5, {}, 0, 0);
    case Opcode::ArrayInitData: return slow(slow::arrayInitData, 4, {}, type, index);
    case Opcode::ArrayInitElem: return slow(slow::arrayInitElem, 4, {}, type, index);
    default: CHECK(false, "all instructions of the GC proposal are translated");
  }
}

/// The reference stays on the stack either way; a copy of it is tested.
void Translator::brOnCast(const wasm::GcImmediates& immediates, bool whenMatches) {
  at();
  materializeTop(1);
  const u32 reference = stack_.fromTop(0).slot;
  const u32 copy = stack_.pushSlot(stack_.fromTop(0).type).slot;
  emitter_.move(reference, copy);
  slow(slow::refTest, 1, {TypeKind::I32}, immediates.to.bits(), 0);
  const Value matches = pop();
  const LabelId past = emitter_.makeLabel();
  branchOnValue(matches, false, !whenMatches, past);
  jumpTo(immediates.depth, false);
  emitter_.bind(past);
  beginFuelBlock();
}

}  // namespace wasmrun::interp
