// Instructions on objects that a C++ function carries out, and what handlers leave to C++ (bodies_gc.h).
#include "gc/array_ops.h"
#include "interp/bodies_gc.h"
#include "interp/slow_calls.h"
#include "runtime/builtins.h"

namespace wasmrun::interp {

// -- The slow halves of handlers -------------------------------------------------------------------------------------

void numberFunc(runtime::Instance& instance, Func* func) { instance.store->numberOf(func); }

namespace {

/// Notes where code is stopped, so that a collection finds its references. The heap to allocate from.
gc::Heap& stopAt(runtime::Instance* instance, const Word* pc, u64* fp) {
  runtime::ExecContext& context = *instance->context;
  context.interp.pc = pc;
  context.interp.fp = fp;
  context.interp.instance = instance;
  context.stackTop = fp + operand<kFreeSlotUnit>(pc);
  return *instance->store->heap();
}

const gc::Layout& layoutAt(const Word* pc) { return *operandPointer<const gc::Layout, kLayoutUnit>(pc); }

Made madeOf(runtime::Instance* instance, gc::AllocResult made) {
  if (made) return {made->bits(), TrapKind::None};
  return {0, runtime::allocationTrap(*instance->store, made.error())};
}

}  // namespace

Made makeStruct(runtime::Instance* instance, const Word* pc, u64* fp) {
  return madeOf(instance, stopAt(instance, pc, fp).allocate(layoutAt(pc)));
}

Made makeArray(runtime::Instance* instance, const Word* pc, u64* fp, u32 length) {
  return madeOf(instance, stopAt(instance, pc, fp).allocateArray(layoutAt(pc), length));
}

Made makeFilledArray(runtime::Instance* instance, const Word* pc, u64* fp, u32 length, bool isDefault) {
  gc::Heap& heap = stopAt(instance, pc, fp);
  if (isDefault) return madeOf(instance, heap.allocateArrayZeroed(layoutAt(pc), length));
  const gc::AllocResult made = heap.allocateArray(layoutAt(pc), length);
  // Its place in the frame was brought up to date if it is a reference.
  if (made) gc::fillElements(heap, *made, 0, length, {{fp[operand<kFirstOperandUnit>(pc)]}});
  return madeOf(instance, made);
}

// -- Whole instructions ----------------------------------------------------------------------------------------------

namespace slow {

using wasm::DataIndex;
using wasm::ElemIndex;
using wasm::TypeId;

namespace {

TypeId typeOf(const SlowCall& call) { return TypeId(call.numbers[0]); }

}  // namespace

TrapKind structNew(const SlowCall& call) { return runtime::structNew(*call.instance, typeOf(call), call.slots); }

TrapKind structNewDefault(const SlowCall& call) {
  return runtime::structNewDefault(*call.instance, typeOf(call), call.slots);
}

TrapKind arrayNew(const SlowCall& call) { return runtime::arrayNew(*call.instance, typeOf(call), call.slots); }

TrapKind arrayNewDefault(const SlowCall& call) {
  return runtime::arrayNewDefault(*call.instance, typeOf(call), call.slots);
}

TrapKind arrayNewFixed(const SlowCall& call) {
  return runtime::arrayNewFixed(*call.instance, typeOf(call), call.numbers[1], call.slots);
}

TrapKind arrayNewData(const SlowCall& call) {
  return runtime::arrayNewData(*call.instance, typeOf(call), DataIndex(call.numbers[1]), call.slots);
}

TrapKind arrayNewElem(const SlowCall& call) {
  return runtime::arrayNewElem(*call.instance, typeOf(call), ElemIndex(call.numbers[1]), call.slots);
}

TrapKind arrayFill(const SlowCall& call) { return runtime::arrayFill(*call.instance, typeOf(call), call.slots); }

TrapKind arrayCopy(const SlowCall& call) { return runtime::arrayCopy(*call.instance, call.slots); }

TrapKind arrayInitData(const SlowCall& call) {
  return runtime::arrayInitData(*call.instance, typeOf(call), DataIndex(call.numbers[1]), call.slots);
}

TrapKind arrayInitElem(const SlowCall& call) {
  return runtime::arrayInitElem(*call.instance, typeOf(call), ElemIndex(call.numbers[1]), call.slots);
}

TrapKind refTest(const SlowCall& call) {
  call.slots[0] = runtime::refMatches(*call.instance, call.slots[0], wasm::ValType::fromBits(call.numbers[0]));
  return TrapKind::None;
}

TrapKind refCast(const SlowCall& call) {
  return runtime::refMatches(*call.instance, call.slots[0], wasm::ValType::fromBits(call.numbers[0]))
             ? TrapKind::None
             : TrapKind::CastFailure;
}

}  // namespace slow
}  // namespace wasmrun::interp
