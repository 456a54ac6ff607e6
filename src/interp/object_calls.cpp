// What the handlers of objects leave to C++ (bodies_gc.h).
#include "gc/array_ops.h"
#include "interp/bodies_gc.h"
#include "runtime/builtins.h"

namespace wasmrun::interp {

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

}  // namespace wasmrun::interp
