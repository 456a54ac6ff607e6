// The compiler's objects: fields and elements (docs/GC.md).
//
// A reference is an offset from HEAP, so a field is one access. That the reference is not null is not checked: the
// memory at offset 0 is never open, and what faults there is the trap (engine/stub_hooks.cpp).
#include "baseline/function_compiler.h"
#include "gc/heap_core.h"
#include "runtime/layout.h"

namespace wasmrun::baseline {

using gc::Storage;
using runtime::TrapKind;
using wasm::GcImmediates;
using wasm::Opcode;

namespace layout = runtime::layout;
namespace slot_calls = runtime::slot_calls;

namespace {

/// What an access reaches beyond its field's offset.
constexpr u32 kLargestField = 16;

Opcode loadOf(Storage storage, TypeKind kind, bool isSigned) {
  switch (storage) {
    case Storage::Bits8: return isSigned ? Opcode::I32Load8S : Opcode::I32Load8U;
    case Storage::Bits16: return isSigned ? Opcode::I32Load16S : Opcode::I32Load16U;
    case Storage::Bits32: return kind == TypeKind::F32 ? Opcode::F32Load : Opcode::I32Load;
    case Storage::Bits64: return kind == TypeKind::F64 ? Opcode::F64Load : Opcode::I64Load;
    case Storage::Bits128: return Opcode::V128Load;
    case Storage::Ref:
    case Storage::Func: return Opcode::I32Load;
  }
  std::unreachable();
}

/// Of a value in a register; of floats, in a float register.
Opcode storeOf(Storage storage, bool isFloat) {
  switch (storage) {
    case Storage::Bits8: return Opcode::I32Store8;
    case Storage::Bits16: return Opcode::I32Store16;
    case Storage::Bits32: return isFloat ? Opcode::F32Store : Opcode::I32Store;
    case Storage::Bits64: return isFloat ? Opcode::F64Store : Opcode::I64Store;
    case Storage::Bits128: return Opcode::V128Store;
    case Storage::Ref:
    case Storage::Func: return Opcode::I32Store;
  }
  std::unreachable();
}

}  // namespace

void FunctionCompiler::gc(Opcode opcode, const GcImmediates& immediates) {
  const u32 type = immediates.type.value, index = immediates.index;
  switch (opcode) {
    case Opcode::RefTest:
    case Opcode::RefTestNull: return refTest(immediates);
    case Opcode::RefCast:
    case Opcode::RefCastNull: return refCast(immediates);
    case Opcode::BrOnCast: return brOnCast(immediates, true);
    case Opcode::BrOnCastFail: return brOnCast(immediates, false);
    // Conversions between any and extern keep the reference's bits.
    case Opcode::AnyConvertExtern:
    case Opcode::ExternConvertAny: at(); return;
    case Opcode::RefI31: return refI31();
    case Opcode::I31GetS: return i31Get(Opcode::I32ShrS);
    case Opcode::I31GetU: return i31Get(Opcode::I32ShrU);
    case Opcode::StructNew: return structNew(immediates);
    case Opcode::StructNewDefault: return structNewDefault(immediates);
    case Opcode::StructGet:
    case Opcode::StructGetU: return structGet(immediates, false);
    case Opcode::StructGetS: return structGet(immediates, true);
    case Opcode::StructSet: return structSet(immediates);
    case Opcode::ArrayNew: return builtin(slot_calls::arrayNew, 2, {TypeKind::Ref}, type);
    case Opcode::ArrayNewDefault: return arrayNewDefault(immediates);
    case Opcode::ArrayNewFixed: return arrayNewFixed(immediates);
    case Opcode::ArrayNewData: return builtin(slot_calls::arrayNewData, 2, {TypeKind::Ref}, type, index);
    case Opcode::ArrayNewElem: return builtin(slot_calls::arrayNewElem, 2, {TypeKind::Ref}, type, index);
    case Opcode::ArrayGet:
    case Opcode::ArrayGetU: return arrayGet(immediates, false);
    case Opcode::ArrayGetS: return arrayGet(immediates, true);
    case Opcode::ArraySet: return arraySet(immediates);
    case Opcode::ArrayLen: return arrayLen();
    case Opcode::ArrayFill: return builtin(slot_calls::arrayFill, 4, {}, type);
    case Opcode::ArrayCopy: return builtin(slot_calls::arrayCopy, 5, {});
    case Opcode::ArrayInitData: return builtin(slot_calls::arrayInitData, 4, {}, type, index);
    case Opcode::ArrayInitElem: return builtin(slot_calls::arrayInitElem, 4, {}, type, index);
    default: CHECK(false, "all instructions of the GC proposal are compiled");
  }
}

/// The opcode after this one, which has `count` immediates.
const u8* FunctionCompiler::afterNumbers(u32 count) const {
  const u8* p = after();
  for (u32 i = 0; i < count; ++i)
    while ((*p++ & 0x80) != 0) {
    }
  return p;
}

// -- Fields ----------------------------------------------------------------------------------------------------------

/// The next instruction faults if the object is null.
void FunctionCompiler::noteNullAccess() { record_.addAccess(masm_.offset(), offset()); }

/// Before an access that reaches up to `reach` bytes into an object.
void FunctionCompiler::checkNull(Reg object, u32 reach, TrapKind kind) {
  if (reach <= gc::kFirstOffset) return noteNullAccess();
  masm_.test(Width::W32, gp(object), gp(object));
  masm_.jumpIf(Cond::Equal, trap(kind));
}

/// Loads what is at `from`, in an object.
void FunctionCompiler::loadField(Storage storage, TypeKind kind, bool isSigned, Reg to, Mem from) {
  const Opcode opcode = loadOf(storage, kind, isSigned);
  if (isFp(to)) return masm_.loadValue(opcode, fp(to), from);
  masm_.loadValue(opcode, gp(to), from);
  if (storage != Storage::Func) return;
  // A number: what it stands for. One that was never given out ends the process (gc::FuncHandles).
  Late& wrong = lateCall(slot_calls::funcOfNumber, 0, 0);
  wrong.operand = wrong.reg = to;
  masm_.compare(Width::W32, gp(to), Operand::of(Mem{masm::kContext, layout::kContextHeapFuncsEnd}));
  masm_.jumpIf(Cond::AboveEqual, wrong.label);
  masm_.load(Width::W64, masm::kScratch, {masm::kContext, layout::kContextHeapFuncs});
  masm_.load(Width::W64, gp(to), {masm::kScratch, 0, gp(to), 3});
  masm_.bind(wrong.back);
}

/// Whether a field's value can be written by the instruction itself.
bool FunctionCompiler::isImmediate(Storage storage, const Value& value) {
  if (value.kind != Value::Const || storage == Storage::Bits128) return false;
  return gc::sizeLog2(storage) < 3 || static_cast<i64>(value.bits) == static_cast<i32>(value.bits);
}

/// Stores a popped value: an immediate one, or what is in `from`.
void FunctionCompiler::storeField(Storage storage, Mem to, const Value& value, Reg from) {
  if (from == kNoReg)
    masm_.storeValueConstant(storeOf(storage, false), to, static_cast<i32>(value.bits));
  else if (isFp(from))
    masm_.storeValue(storeOf(storage, true), to, fp(from));
  else
    masm_.storeValue(storeOf(storage, false), to, gp(from));
}

/// The write barrier: a reference was written to `place`, an offset in the heap.
void FunctionCompiler::markCard(Mem place) {
  masm_.lea(Width::W32, masm::kScratch, place);
  masm_.shiftConstant(Opcode::I32ShrU, masm::kScratch, masm::kScratch, gc::kCardLog2);
  constexpr i32 kCards = -static_cast<i32>(gc::kCardTableBytes);
  masm_.storeValueConstant(Opcode::I32Store8, {masm::kHeap, kCards, masm::kScratch}, 1);
}

/// The function at `index` of the stack becomes its number, as objects have it.
void FunctionCompiler::numberFunction(u32 index) {
  if (stack_[index].kind == Value::Const) return;  // null
  cleanUp();
  Reg reg = stack_[index].reg;
  if (stack_[index].kind != Value::Register) {
    if (stack_[index].kind == Value::Local && locals_[stack_[index].local].reg != kNoReg)
      pin(locals_[stack_[index].local].reg);
    reg = allocate(kGpSet);
    loadInto(stack_[index], reg);
    if (stack_[index].kind == Value::Local) unlink(index);
    stack_[index].kind = Value::Register;
    stack_[index].reg = reg;
    owner_[reg] = index;
    if (settled_ > index) settled_ = index;
  }
  const masm::Label past = masm_.newLabel();
  masm_.test(Width::W64, gp(reg), gp(reg));
  masm_.jumpIf(Cond::Equal, past);
  Late& number = lateCall(slot_calls::numberFunc, 0, 0);
  number.operand = number.reg = reg;
  masm_.compareMemory(Width::W32, {gp(reg), layout::kFuncHeapNumber}, 0);
  masm_.jumpIf(Cond::Equal, number.label);
  masm_.bind(number.back);
  masm_.load(Width::W32, gp(reg), {gp(reg), layout::kFuncHeapNumber});
  masm_.bind(past);
}

// -- Structures ------------------------------------------------------------------------------------------------------

void FunctionCompiler::structGet(const GcImmediates& immediates, bool isSigned) {
  if (!at()) return;
  const gc::FieldPlace place = layoutOf(immediates.type).fields[immediates.index];
  const TypeKind kind = kindOf(module_.registry().get(immediates.type).fields[immediates.index].storage.unpacked());
  const Reg object = use(pop());
  const Reg to = resultRegister(kind, object, 0, afterNumbers(2));
  checkNull(object, place.offset + kLargestField, TrapKind::NullStructureReference);
  loadField(place.storage, kind, isSigned, to, inHeap(object, place.offset));
  pushRegister(kind, to);
}

void FunctionCompiler::structSet(const GcImmediates& immediates) {
  if (!at()) return;
  const gc::FieldPlace place = layoutOf(immediates.type).fields[immediates.index];
  if (place.storage == Storage::Func) numberFunction(stack_.size() - 1);
  const Value value = pop();
  const Reg object = use(pop());
  const Reg from = isImmediate(place.storage, value) ? kNoReg : use(value);
  checkNull(object, place.offset + kLargestField, TrapKind::NullStructureReference);
  storeField(place.storage, inHeap(object, place.offset), value, from);
  // null and i31 are no reference to a young object.
  if (place.storage == Storage::Ref && from != kNoReg) markCard({gp(object), support::narrow<i32>(place.offset)});
}

// -- Arrays ----------------------------------------------------------------------------------------------------------

/// An array's element at a popped index, checked. It is reached through the scratch register.
FunctionCompiler::Element FunctionCompiler::element(const Value& array, const Value& index, u32 log2) {
  const Reg object = use(array);
  const u64 constantOffset = gc::kElementsOffset + (u64{static_cast<u32>(index.bits)} << log2);
  const bool isConstant = index.kind == Value::Const && constantOffset <= INT32_MAX;
  const Reg by = isConstant ? kNoReg : use(index);
  // No address has a scale of 16.
  const Reg scaled = !isConstant && log2 > 3 ? temporary(kGpSet) : by;
  const masm::Label outside = trap(TrapKind::ArrayOutOfBounds);
  masm_.lea(Width::W64, masm::kScratch, inHeap(object, 0));
  noteNullAccess();
  if (isConstant) {
    masm_.compareMemory(Width::W32, {masm::kScratch, gc::kLengthOffset}, static_cast<i32>(index.bits));
    masm_.jumpIf(Cond::BelowEqual, outside);
    const i32 offset = static_cast<i32>(constantOffset);
    return {{masm::kScratch, offset}, {gp(object), offset}};
  }
  masm_.compare(Width::W32, gp(by), Operand::of(Mem{masm::kScratch, gc::kLengthOffset}));
  masm_.jumpIf(Cond::AboveEqual, outside);
  if (scaled != by) masm_.shiftConstant(Opcode::I64Shl, gp(scaled), gp(by), log2);
  const u8 scale = scaled == by ? static_cast<u8>(log2) : u8{0};
  const i32 offset = gc::kElementsOffset;
  return {{masm::kScratch, offset, gp(scaled), scale}, {gp(object), offset, gp(scaled), scale}};
}

void FunctionCompiler::arrayGet(const GcImmediates& immediates, bool isSigned) {
  if (!at()) return;
  const gc::Layout& layout = layoutOf(immediates.type);
  const TypeKind kind = kindOf(module_.registry().get(immediates.type).fields[0].storage.unpacked());
  const Value index = pop(), array = pop();
  const Element from = element(array, index, layout.elementLog2);
  const Reg to = resultRegister(kind, from.place.base.code, 0, afterNumbers(1));
  loadField(layout.element, kind, isSigned, to, from.mem);
  pushRegister(kind, to);
}

void FunctionCompiler::arraySet(const GcImmediates& immediates) {
  if (!at()) return;
  const gc::Layout& layout = layoutOf(immediates.type);
  if (layout.element == Storage::Func) numberFunction(stack_.size() - 1);
  const Value value = pop(), index = pop(), array = pop();
  const Reg from = isImmediate(layout.element, value) ? kNoReg : use(value);
  const Element to = element(array, index, layout.elementLog2);
  storeField(layout.element, to.mem, value, from);
  if (layout.element == Storage::Ref && from != kNoReg) markCard(to.place);
}

void FunctionCompiler::arrayLen() {
  if (!at()) return;
  const Reg array = use(pop());
  const Reg to = resultRegister(TypeKind::I32, array, 0, afterNumbers(0));
  noteNullAccess();
  masm_.load(Width::W32, gp(to), inHeap(array, gc::kLengthOffset));
  pushRegister(TypeKind::I32, to);
}

}  // namespace wasmrun::baseline
