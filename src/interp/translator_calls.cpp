// The translator's calls: of functions, and of the C++ functions that carry out large instructions.
#include "interp/translator.h"

namespace wasmrun::interp {

namespace slot_calls = runtime::slot_calls;

using wasm::Opcode;
using wasm::TypeKind;
using wasm::ValType;

namespace {

u32 low(u64 bits) { return static_cast<u32>(bits); }
u32 high(u64 bits) { return static_cast<u32>(bits >> 32); }

template <class T>
u64 addressBits(T* pointer) {
  return reinterpret_cast<u64>(pointer);
}

}  // namespace

/// Puts the arguments on top into their slots, which will be the callee's parameters.
Translator::Callee Translator::prepareCall(const wasm::FuncType& type) {
  samplePoint();
  const u32 count = static_cast<u32>(type.params.size());
  materializeTop(count);
  const u32 slot = topSlot(count);
  noteStop(count);
  return {slot, slot + type.paramSlots};
}

/// Replaces the arguments by the results, which the callee left where they were.
void Translator::finishCall(const wasm::FuncType& type) {
  stack_.truncate(stack_.size() - static_cast<u32>(type.params.size()));
  pushResults(type.results);
}

void Translator::call(wasm::FuncIndex func, const wasm::FuncType& type) {
  const Callee callee = prepareCall(type);
  if (module_.isImport(func)) {
    emit(HandlerId::CallImport, {func.value, callee.frameSlot, callee.linkSlot});
  } else {
    const u64 code = addressBits(&code_.code(module_.definedIndex(func)));
    emit(HandlerId::Call, {low(code), high(code), callee.frameSlot, callee.linkSlot});
  }
  finishCall(type);
}

void Translator::callIndirect(wasm::TypeId typeId, const wasm::FuncType& type, wasm::TableIndex table) {
  const Value index = pop();
  const bool inAccumulator = takeInAccumulator(index);
  const u32 slot = inAccumulator ? 0 : slotOf(index);
  const Callee callee = prepareCall(type);
  if (inAccumulator)
    emit(HandlerId::CallIndirect_a, {table.value, typeId.value, callee.frameSlot, callee.linkSlot});
  else
    emit(HandlerId::CallIndirect_s, {slot, table.value, typeId.value, callee.frameSlot, callee.linkSlot});
  finishCall(type);
}

void Translator::callRef(wasm::TypeId, const wasm::FuncType& type) {
  const u32 slot = slotOf(pop());
  const Callee callee = prepareCall(type);
  emit(HandlerId::CallRef, {slot, callee.frameSlot, callee.linkSlot});
  finishCall(type);
}

void Translator::returnCall(wasm::FuncIndex func, const wasm::FuncType& type) {
  const Callee callee = prepareCall(type);
  if (module_.isImport(func)) {
    emit(HandlerId::ReturnCallImport, {func.value, callee.frameSlot, type.paramSlots, linkSlot_});
    return;
  }
  const u64 code = addressBits(&code_.code(module_.definedIndex(func)));
  emit(HandlerId::ReturnCall, {low(code), high(code), callee.frameSlot, type.paramSlots, linkSlot_});
}

void Translator::returnCallIndirect(wasm::TypeId typeId, const wasm::FuncType& type, wasm::TableIndex table) {
  const u32 slot = slotOf(pop());
  const Callee callee = prepareCall(type);
  emit(HandlerId::ReturnCallIndirect, {slot, table.value, typeId.value, callee.frameSlot, type.paramSlots, linkSlot_});
}

void Translator::returnCallRef(wasm::TypeId, const wasm::FuncType& type) {
  const u32 slot = slotOf(pop());
  const Callee callee = prepareCall(type);
  emit(HandlerId::ReturnCallRef, {slot, callee.frameSlot, type.paramSlots, linkSlot_});
}

// -- Slow instructions -----------------------------------------------------------------------------------------------

/// Replaces the `operands` operands on top by `results`, computed by `function` with the immediates `first` and
/// `second`.
void Translator::slow(runtime::SlotCall function, u32 operands, std::initializer_list<TypeKind> results, u32 first,
                      u32 second) {
  materializeTop(operands);
  const u32 slot = topSlot(operands);
  noteStop(0);
  for (u32 i = 0; i < operands; ++i) pop();
  for (const TypeKind result : results) stack_.pushSlot(result);
  // All of the frame is in use as far as the callee's code knows.
  const u64 address = reinterpret_cast<u64>(function);
  emit(HandlerId::CallSlow, {slot, stack_.maxSlot(), low(address), high(address), first, second});
}

void Translator::memoryGrow(wasm::MemoryIndex memory) {
  slow(slot_calls::memoryGrow, 1, {module_.memories[memory.value].limits.addressType().kind()}, memory.value, 0);
}
void Translator::memoryFill(wasm::MemoryIndex memory) { slow(slot_calls::memoryFill, 3, {}, memory.value, 0); }
void Translator::memoryCopy(wasm::MemoryIndex destination, wasm::MemoryIndex source) {
  slow(slot_calls::memoryCopy, 3, {}, destination.value, source.value);
}
void Translator::memoryInit(wasm::DataIndex data, wasm::MemoryIndex memory) {
  slow(slot_calls::memoryInit, 3, {}, data.value, memory.value);
}
void Translator::dataDrop(wasm::DataIndex data) { slow(slot_calls::dataDrop, 0, {}, data.value, 0); }

void Translator::tableGet(wasm::TableIndex table) {
  slow(slot_calls::tableGet, 1, {kindOf(module_.tables[table.value].type.element)}, table.value, 0);
}
void Translator::tableSet(wasm::TableIndex table) { slow(slot_calls::tableSet, 2, {}, table.value, 0); }
void Translator::tableGrow(wasm::TableIndex table) {
  slow(slot_calls::tableGrow, 2, {module_.tables[table.value].type.limits.addressType().kind()}, table.value, 0);
}
void Translator::tableSize(wasm::TableIndex table) {
  slow(slot_calls::tableSize, 0, {module_.tables[table.value].type.limits.addressType().kind()}, table.value, 0);
}
void Translator::tableFill(wasm::TableIndex table) { slow(slot_calls::tableFill, 3, {}, table.value, 0); }
void Translator::tableCopy(wasm::TableIndex destination, wasm::TableIndex source) {
  slow(slot_calls::tableCopy, 3, {}, destination.value, source.value);
}
void Translator::tableInit(wasm::ElemIndex elem, wasm::TableIndex table) {
  slow(slot_calls::tableInit, 3, {}, elem.value, table.value);
}
void Translator::elemDrop(wasm::ElemIndex elem) { slow(slot_calls::elemDrop, 0, {}, elem.value, 0); }

void Translator::refNull(wasm::HeapType heap) { stack_.pushConst(kindOf(ValType::ref(heap, true)), 0); }

void Translator::refFunc(wasm::FuncIndex func) {
  const bool isImport = module_.isImport(func);
  const HandlerId id = isImport ? HandlerId::RefImport : HandlerId::RefFunc;
  const u32 index = isImport ? func.value : module_.definedIndex(func).value;
  noteResult(emit(id, {index, stack_.nextSlot()}), id, 1, TypeKind::I64, HandlerId::kNone);
}

// References are compared as 64-bit integers.

void Translator::refIsNull() {
  const Value reference = pop();
  if (reference.kind == Value::Local)
    stack_.pushLocal(reference.local(), TypeKind::I64);
  else if (reference.kind == Value::Const)
    stack_.pushConst(TypeKind::I64, reference.bits);
  else
    stack_.pushSlot(TypeKind::I64);
  simple(Opcode::I64Eqz);
}

void Translator::refEq() { simple(Opcode::I64Eq); }

}  // namespace wasmrun::interp
