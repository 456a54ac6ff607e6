// The compiler's casts, and i31.
//
// A test ends with flags, and so does every early way out of it: they agree on one condition that means yes. So a test
// is a comparison like others: branches and ifs take it from the flags.
#include "baseline/function_compiler.h"
#include "gc/cast.h"
#include "runtime/layout.h"

namespace wasmrun::baseline {

using runtime::TrapKind;
using wasm::GcImmediates;
using wasm::HeapType;
using wasm::Opcode;
using wasm::ValType;

namespace layout = runtime::layout;
namespace slot_calls = runtime::slot_calls;

// -- Tests -----------------------------------------------------------------------------------------------------------

/// Functions' types are looked up by C++, and so is what an object is where the module has no types of objects.
bool FunctionCompiler::isTestedInline(ValType to) const {
  const HeapType top = module_.registry().topOf(to.heap());
  return top != HeapType::Func && environment_.layouts != nullptr;
}

/// Sets flags for whether `ref`, of type `from`, is of type `to`; may jump to `done` with them, which is to be bound
/// next. The condition that means yes. No register but temporaries changes.
Cond FunctionCompiler::testReference(Reg ref, ValType from, ValType to, masm::Label done) {
  const u32 heap = to.heap().bits();
  const bool mayBeNull = !from.isRef() || from.isNullable();
  const bool mayBeI31 = !from.isRef() || (!from.heap().isConcrete() && gc::i31Matches(from.heap().bits()));
  const masm::Gp reg = gp(ref);
  if (to.heap().isConcrete() || heap == HeapType::Struct || heap == HeapType::Array) {
    const Reg layouts = temporary(kGpSet);
    // Yes is Equal: null is less than 1 and not equal, an i31 has a bit set.
    if (mayBeNull && to.isNullable()) {
      masm_.test(Width::W32, reg, reg);
      masm_.jumpIf(Cond::Equal, done);
    } else if (mayBeNull) {
      masm_.compare(Width::W32, reg, Operand::of(i64{1}));
      masm_.jumpIf(Cond::Below, done);
    }
    if (mayBeI31) {
      masm_.testImmediate(Width::W32, reg, 1);
      masm_.jumpIf(Cond::NotEqual, done);
    }
    return testObject(ref, layouts, to.heap(), done);
  }
  if (heap == HeapType::Eq) {
    // Yes is Below, the carry: test clears it, 1 is above null, an i31 shifts it out.
    const Reg layouts = temporary(kGpSet);
    if (to.isNullable())
      masm_.compare(Width::W32, reg, Operand::of(i64{1}));
    else
      masm_.test(Width::W32, reg, reg);
    masm_.jumpIf(to.isNullable() ? Cond::Below : Cond::Equal, done);
    masm_.move(Width::W32, masm::kScratch, reg);
    masm_.shiftConstant(Opcode::I32ShrU, masm::kScratch, masm::kScratch, 1);
    masm_.jumpIf(Cond::Below, done);
    loadLayout(ref, layouts);
    static_assert(gc::ObjectKind::Struct < gc::ObjectKind::Host && gc::ObjectKind::Array < gc::ObjectKind::Host);
    masm_.compareByte({masm::kScratch, layout::kLayoutKind}, static_cast<u8>(gc::ObjectKind::Host));
    return Cond::Below;
  }
  if (heap == HeapType::I31) {
    if (to.isNullable()) {
      masm_.test(Width::W32, reg, reg);
      masm_.jumpIf(Cond::Equal, done);
    }
    masm_.move(Width::W32, masm::kScratch, reg);
    masm_.binary(Opcode::I32And, masm::kScratch, masm::kScratch, Operand::of(i64{1}));
    masm_.compare(Width::W32, masm::kScratch, Operand::of(i64{1}));
    return Cond::Equal;
  }
  // The top of the hierarchy or its bottom: all but null, and nothing but null.
  const bool isTop = to.heap() == module_.registry().topOf(to.heap());
  if (isTop != to.isNullable()) {
    masm_.test(Width::W32, reg, reg);
    return isTop ? Cond::NotEqual : Cond::Equal;
  }
  masm_.compare(Width::W32, reg, Operand::of(reg));
  return isTop ? Cond::Equal : Cond::NotEqual;
}

/// The layout of the object `ref`, to the scratch register.
void FunctionCompiler::loadLayout(Reg ref, Reg layouts) {
  masm_.load(Width::W64, gp(layouts), {masm::kInstance, layout::kInstanceHeap});
  masm_.load(Width::W64, gp(layouts), {gp(layouts), layout::kHeapLayouts});
  masm_.load(Width::W32, masm::kScratch, {masm::kHeap, gc::kTypeOffset, gp(ref)});
  masm_.load(Width::W64, masm::kScratch, {gp(layouts), 0, masm::kScratch, 3});
}

/// The same for an object, and a struct or array type or all of either (gc::isInstance).
Cond FunctionCompiler::testObject(Reg ref, Reg layouts, HeapType to, masm::Label done) {
  if (!to.isConcrete()) {
    loadLayout(ref, layouts);
    const auto kind = to == HeapType::Struct ? gc::ObjectKind::Struct : gc::ObjectKind::Array;
    masm_.compareByte({masm::kScratch, layout::kLayoutKind}, static_cast<u8>(kind));
    return Cond::Equal;
  }
  const wasm::TypeDef& type = module_.registry().get(to.typeId());
  const i32 word = static_cast<i32>(gc::typeWord(type.id));
  masm_.compareMemory(Width::W32, {masm::kHeap, gc::kTypeOffset, gp(ref)}, word);
  if (type.isFinal) return Cond::Equal;
  masm_.jumpIf(Cond::Equal, done);
  loadLayout(ref, layouts);
  if (type.depth < gc::Layout::kShallow) {
    const i32 entry = layout::kLayoutShallowDisplay + static_cast<i32>(type.depth * sizeof(u32));
    masm_.compareMemory(Width::W32, {masm::kScratch, entry}, word);
    return Cond::Equal;
  }
  masm_.compareMemory(Width::W32, {masm::kScratch, layout::kLayoutDisplaySize}, static_cast<i32>(type.depth + 1));
  masm_.jumpIf(Cond::Below, done);
  masm_.load(Width::W64, masm::kScratch, {masm::kScratch, layout::kLayoutDisplay});
  masm_.compareMemory(Width::W32, {masm::kScratch, support::narrow<i32>(type.depth * sizeof(u32))}, word);
  return Cond::Equal;
}

// -- Instructions ----------------------------------------------------------------------------------------------------

void FunctionCompiler::refTest(const GcImmediates& immediates) {
  if (!isTestedInline(immediates.to)) return builtin(slot_calls::refTest, 1, {TypeKind::I32}, immediates.to.bits());
  if (!at()) return;
  const Reg ref = use(pop());
  const masm::Label done = masm_.newLabel();
  const Cond yes = testReference(ref, immediates.from, immediates.to, done);
  masm_.bind(done);
  setFlags(yes);
}

void FunctionCompiler::refCast(const GcImmediates& immediates) {
  if (!isTestedInline(immediates.to))
    return builtin(slot_calls::refCast, 1, {kindOf(immediates.to)}, immediates.to.bits());
  if (!at()) return;
  const Value value = pop();
  const Reg ref = use(value);
  const masm::Label done = masm_.newLabel();
  const Cond yes = testReference(ref, immediates.from, immediates.to, done);
  masm_.bind(done);
  masm_.jumpIf(inverse(yes), trap(TrapKind::CastFailure));
  if (value.kind == Value::Local)
    pushLocal(value.local);
  else
    pushRegister(value.type, ref);
}

/// The reference goes along with the branch, and stays on the stack if it is not taken.
void FunctionCompiler::brOnCast(const GcImmediates& immediates, bool whenMatches) {
  if (!at()) return;
  Cond yes = Cond::NotEqual;
  if (isTestedInline(immediates.to)) {
    const Reg ref = topInRegister();
    pin(ref);
    const masm::Label done = masm_.newLabel();
    yes = testReference(ref, immediates.from, immediates.to, done);
    masm_.bind(done);
    keepsFlags_ = true;
  } else {
    // C++ gets a copy.
    settleTop(1);
    const Value value = top(0);
    const Reg copy = allocate(kGpSet);
    loadInto(value, copy);
    pushRegister(value.type, copy);
    builtin(slot_calls::refTest, 1, {TypeKind::I32}, immediates.to.bits());
    yes = popCondition();
  }
  freeTemporaries();
  branchIf(whenMatches ? yes : inverse(yes), immediates.depth);
  beginFuelBlock();
}

// -- i31 -------------------------------------------------------------------------------------------------------------

void FunctionCompiler::refI31() {
  if (!at()) return;
  const Value value = pop();
  if (value.kind == Value::Const) return pushConst(TypeKind::Ref, gc::Ref::i31(static_cast<u32>(value.bits)).slot());
  const Reg from = use(value);
  const Reg to = resultRegister(TypeKind::Ref, from, 0, afterNumbers(0));
  masm_.lea(Width::W32, gp(to), {gp(from), 1, gp(from), 0});
  pushRegister(TypeKind::Ref, to);
}

/// i31.get_s and i31.get_u, by the shift that they are.
void FunctionCompiler::i31Get(Opcode shift) {
  if (!at()) return;
  const Reg from = use(pop());
  masm_.test(Width::W32, gp(from), gp(from));
  masm_.jumpIf(Cond::Equal, trap(TrapKind::NullI31Reference));
  const Reg to = resultRegister(TypeKind::I32, from, 0, afterNumbers(0));
  masm_.shiftConstant(shift, gp(to), gp(from), 1);
  pushRegister(TypeKind::I32, to);
}

}  // namespace wasmrun::baseline
