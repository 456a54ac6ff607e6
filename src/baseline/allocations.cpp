// The compiler's new objects (docs/GC.md).
//
// They are made in the heap's area, where it has room; otherwise by C++ out of line, which may collect and move what
// registers refer to: all of them are stored before and loaded afterwards. Fields are written then, with nothing in
// between that collects.
#include "baseline/function_compiler.h"
#include "gc/heap_core.h"
#include "runtime/layout.h"

namespace wasmrun::baseline {

using gc::Storage;
using wasm::GcImmediates;
using wasm::Opcode;

namespace layout = runtime::layout;
namespace slot_calls = runtime::slot_calls;

namespace {

/// Objects of known size up to this are zeroed inline.
constexpr u64 kZeroedInline = 256;
/// Fixed arrays up to this length are filled inline.
constexpr u32 kFilledInline = 32;

}  // namespace

/// A new object of `bytes`, at most gc::kSmallBytes, whose type is written and nothing else. `slow` makes it if the
/// area has no room. Operands stay on the stack, where a collection finds them.
Reg FunctionCompiler::makeObject(runtime::SlotCall slow, u32 type, u32 length, u64 bytes) {
  const u32 map = lateReferences();
  const Reg object = allocate(kGpSet);
  Late& call = lateCall(slow, type, length);
  call.reg = object;
  call.references = map;
  const i32 size = support::narrow<i32>(bytes);
  masm_.load(Width::W64, masm::kScratch, {masm::kInstance, layout::kInstanceHeap});
  masm_.load(Width::W32, gp(object), {masm::kScratch, layout::kHeapTop});
  masm_.addImmediate(Width::W32, gp(object), size);
  masm_.compare(Width::W32, gp(object), Operand::of(Mem{masm::kScratch, layout::kHeapLimit}));
  masm_.jumpIf(Cond::Above, call.label);
  masm_.store(Width::W32, {masm::kScratch, layout::kHeapTop}, gp(object));
  masm_.addImmediate(Width::W32, gp(object), -size);
  masm_.bind(call.back);
  masm_.storeValueConstant(Opcode::I32Store, inHeap(object, gc::kTypeOffset),
                           static_cast<i32>(gc::typeWord(wasm::TypeId(type))));
  return object;
}

/// Pops a new object's field.
void FunctionCompiler::initField(Storage storage, Mem to) {
  const Value value = pop();
  Reg from = kNoReg;
  if (value.kind == Value::Register) {
    from = value.reg;
  } else if (value.kind == Value::Local && locals_[value.local].reg != kNoReg) {
    from = locals_[value.local].reg;
  } else if (!isImmediate(storage, value)) {
    from = isFloatKind(value.type) ? regOf(masm::kFloatScratch) : regOf(masm::kScratch);
    loadInto(value, from);
  }
  storeField(storage, to, value, from);
}

void FunctionCompiler::zeroObject(Reg object, u32 from, u64 end) {
  if (end > from) masm_.zeroWords(inHeap(object, from), static_cast<u32>((end - from) / 8), masm::kScratch);
}

void FunctionCompiler::structNew(const GcImmediates& immediates) {
  const gc::Layout& layout = layoutOf(immediates.type);
  const u32 type = immediates.type.value, count = static_cast<u32>(layout.fields.size());
  if (layout.size > gc::kSmallBytes) return builtin(slot_calls::structNew, count, {TypeKind::Ref}, type);
  if (!at()) return;
  const u32 first = stack_.size() - count;
  for (u32 i = count; i-- > 0;)  // from the top, as locals' lists of operands go
    if (layout.fields[i].storage == Storage::Func) numberFunction(first + i);
  cleanUp();
  const Reg object = makeObject(slot_calls::makeStruct, type, 0, layout.size);
  for (u32 i = count; i-- > 0;) initField(layout.fields[i].storage, inHeap(object, layout.fields[i].offset));
  pushRegister(TypeKind::Ref, object);
}

void FunctionCompiler::structNewDefault(const GcImmediates& immediates) {
  const gc::Layout& layout = layoutOf(immediates.type);
  const u32 type = immediates.type.value;
  if (layout.size > kZeroedInline) return builtin(slot_calls::structNewDefault, 0, {TypeKind::Ref}, type);
  if (!at()) return;
  const Reg object = makeObject(slot_calls::makeStruct, type, 0, layout.size);
  masm_.storeValueConstant(Opcode::I32Store, inHeap(object, sizeof(u32)), 0);
  zeroObject(object, 2 * sizeof(u32), layout.size);
  pushRegister(TypeKind::Ref, object);
}

void FunctionCompiler::arrayNewDefault(const GcImmediates& immediates) {
  const gc::Layout& layout = layoutOf(immediates.type);
  const u32 type = immediates.type.value;
  if (!at()) return;
  if (top(0).kind != Value::Const) return arrayOfZeros(layout, type);
  const u32 length = static_cast<u32>(top(0).bits);
  const u64 bytes = gc::arrayBytes(layout, length);
  if (bytes > kZeroedInline) return builtin(slot_calls::arrayNewDefault, 1, {TypeKind::Ref}, type);
  pop();
  const Reg object = makeObject(slot_calls::makeArray, type, length, bytes);
  masm_.storeValueConstant(Opcode::I32Store, inHeap(object, gc::kLengthOffset), static_cast<i32>(length));
  zeroObject(object, gc::kElementsOffset, bytes);
  pushRegister(TypeKind::Ref, object);
}

/// A zeroed array of the length on top, which is computed. C++ makes it if it is large or the area has no room.
void FunctionCompiler::arrayOfZeros(const gc::Layout& layout, u32 type) {
  const Reg length = use(pop());
  const u32 map = lateReferences();
  const Reg object = allocate(kGpSet), end = temporary(kGpSet), at = temporary(kGpSet);
  Late& slow = lateCall(slot_calls::arrayNewDefault, type, 0);
  slow.operand = length;
  slow.reg = object;
  slow.references = map;
  const masm::Label slowLabel = slow.label, made = slow.back, again = masm_.newLabel(), check = masm_.newLabel();
  masm_.compare(Width::W32, gp(length), Operand::of(static_cast<i64>(kZeroedInline >> layout.elementLog2)));
  masm_.jumpIf(Cond::Above, slowLabel);
  masm_.shiftConstant(Opcode::I32Shl, gp(end), gp(length), layout.elementLog2);
  masm_.addImmediate(Width::W32, gp(end), gc::kElementsOffset + gc::kGranule - 1);
  masm_.binary(Opcode::I32And, gp(end), gp(end), Operand::of(-i64{gc::kGranule}));
  masm_.load(Width::W64, masm::kScratch, {masm::kInstance, layout::kInstanceHeap});
  masm_.load(Width::W32, gp(object), {masm::kScratch, layout::kHeapTop});
  masm_.lea(Width::W32, gp(at), {gp(object), gc::kElementsOffset});
  masm_.add(Width::W32, gp(end), gp(object));
  masm_.compare(Width::W32, gp(end), Operand::of(Mem{masm::kScratch, layout::kHeapLimit}));
  masm_.jumpIf(Cond::Above, slowLabel);
  masm_.store(Width::W32, {masm::kScratch, layout::kHeapTop}, gp(end));
  masm_.storeValueConstant(Opcode::I32Store, inHeap(object, gc::kTypeOffset),
                           static_cast<i32>(gc::typeWord(wasm::TypeId(type))));
  masm_.storeValue(Opcode::I32Store, inHeap(object, gc::kLengthOffset), gp(length));
  masm_.jump(check);
  masm_.bind(again);
  masm_.storeConstant(inHeap(at, 0), 0);
  masm_.addImmediate(Width::W32, gp(at), gc::kGranule);
  masm_.bind(check);
  masm_.compare(Width::W32, gp(at), Operand::of(gp(end)));
  masm_.jumpIf(Cond::Below, again);
  masm_.bind(made);
  pushRegister(TypeKind::Ref, object);
}

void FunctionCompiler::arrayNewFixed(const GcImmediates& immediates) {
  const gc::Layout& layout = layoutOf(immediates.type);
  const u32 type = immediates.type.value, length = immediates.index;
  if (length > kFilledInline) return builtin(slot_calls::arrayNewFixed, length, {TypeKind::Ref}, type, length);
  if (!at()) return;
  if (layout.element == Storage::Func)
    for (u32 i = 1; i <= length; ++i) numberFunction(stack_.size() - i);
  cleanUp();
  const Reg object = makeObject(slot_calls::makeArray, type, length, gc::arrayBytes(layout, length));
  masm_.storeValueConstant(Opcode::I32Store, inHeap(object, gc::kLengthOffset), static_cast<i32>(length));
  for (u32 i = length; i-- > 0;)
    initField(layout.element, inHeap(object, gc::kElementsOffset + (u64{i} << layout.elementLog2)));
  pushRegister(TypeKind::Ref, object);
}

}  // namespace wasmrun::baseline
