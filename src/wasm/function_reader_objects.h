// FunctionReader's handlers: references, and objects (prefix FB).
#pragma once

#include "wasm/function_reader_class.h"

namespace wasmrun::wasm {

inline ValType refTo(const TypeDef& def, bool nullable) { return ValType::ref(HeapType(def.id), nullable); }

// -- References ----------------------------------------------------------------------------------------------------

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onRefNull() {
  HeapType heap(HeapType::Any);
  if (!readHeap(heap)) return false;
  push(ValType::ref(heap, true));
  if constexpr (Sink::kActive)
    if (live_) sink_.refNull(heap);
  return true;
}

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onRefIsNull() {
  ValType type;
  if (!popRef(type)) return false;
  push(kI32);
  if constexpr (Sink::kActive)
    if (live_) sink_.refIsNull();
  return true;
}

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onRefFunc() {
  u32 index = 0;
  if (!readIndex(index, module_.funcTypes.size(), "function")) return false;
  if constexpr (kMode == ReaderMode::Body)
    if (!module_.declaredFuncs[index]) return invalid(support::concat("undeclared function reference ", index));
  const HeapType heap = features_.has(Feature::FunctionReferences) || features_.has(Feature::Gc)
                            ? HeapType(module_.funcTypes[index])
                            : HeapType(HeapType::Func);
  push(ValType::ref(heap, false));
  if constexpr (Sink::kActive)
    if (live_) sink_.refFunc(FuncIndex(index));
  return true;
}

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onRefEq() {
  constexpr ValType kEqRef = ValType::ref(HeapType::Eq, true);
  if (!pop(kEqRef) || !pop(kEqRef)) return false;
  push(kI32);
  if constexpr (Sink::kActive)
    if (live_) sink_.refEq();
  return true;
}

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onRefAsNonNull() {
  ValType type;
  if (!popRef(type)) return false;
  push(type.isBottom() ? ValType::ref(HeapType::bottom(), false) : type.asNonNull());
  if constexpr (Sink::kActive)
    if (live_) sink_.refAsNonNull();
  return true;
}

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onBrOnNull() {
  u32 depth = 0;
  ValType type;
  if (!readDepth(depth) || !popRef(type) || !retype(target(depth).labelTypes())) return false;
  push(type.isBottom() ? ValType::ref(HeapType::bottom(), false) : type.asNonNull());
  if constexpr (Sink::kActive)
    if (live_) sink_.brOnNull(depth);
  return true;
}

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onBrOnNonNull() {
  u32 depth = 0;
  ValType type;
  if (!readDepth(depth)) return false;
  const std::span<const ValType> label = target(depth).labelTypes();
  if (label.empty() || !label.back().isRef())
    return invalid(support::concat("type mismatch: br_on_non_null requires a label that takes a reference, not ",
                                   listText(label)));
  if (!popRef(type)) return false;
  if (!type.isBottom() && !matches(type.asNonNull(), label.back())) return push(type), mismatch(label, sp_);
  if (!retype(label.first(label.size() - 1))) return false;
  if constexpr (Sink::kActive)
    if (live_) sink_.brOnNonNull(depth);
  return true;
}

// -- Structures and arrays -----------------------------------------------------------------------------------------

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::report(Opcode opcode, const GcImmediates& immediates) {
  if constexpr (Sink::kActive)
    if (live_) sink_.gc(opcode, immediates);
  return true;
}

template <class Sink, ReaderMode kMode>
template <Opcode kOp>
bool FunctionReader<Sink, kMode>::onStruct() {
  const TypeDef* def = nullptr;
  if (!readTypeOf(CompositeKind::Struct, def)) return false;
  GcImmediates immediates;
  immediates.type = def->id;
  if constexpr (kOp == Opcode::StructNew) {
    if (static_cast<size_t>(sp_ - floor_) < def->fields.size() && !top_->polymorphic)
      return invalid("type mismatch: struct.new has too few operands");
    for (size_t i = def->fields.size(); i-- > 0;)
      if (!pop(def->fields[i].storage.unpacked())) return false;
    push(refTo(*def, false));
    return report(kOp, immediates);
  }
  if constexpr (kOp == Opcode::StructNewDefault) {
    for (const FieldType& field : def->fields)
      if (!field.storage.isDefaultable())
        return invalid("type mismatch: a field of the structure has no default value");
    push(refTo(*def, false));
    return report(kOp, immediates);
  }
  if (!readIndex(immediates.index, def->fields.size(), "field")) return false;
  const FieldType& field = def->fields[immediates.index];
  if constexpr (kOp == Opcode::StructSet) {
    if (!field.isMutable) return invalid(support::concat("immutable field ", immediates.index));
    if (!pop(field.storage.unpacked()) || !pop(refTo(*def, true))) return false;
  } else {
    if (!checkPacking(kOp == Opcode::StructGet, field)) return false;
    if (!pop(refTo(*def, true))) return false;
    push(field.storage.unpacked());
  }
  return report(kOp, immediates);
}

template <class Sink, ReaderMode kMode>
template <Opcode kOp>
bool FunctionReader<Sink, kMode>::onArray() {
  const TypeDef* def = nullptr;
  if (!readTypeOf(CompositeKind::Array, def)) return false;
  const FieldType& element = def->fields[0];
  const ValType value = element.storage.unpacked();
  GcImmediates immediates;
  immediates.type = def->id;
  if constexpr (kOp == Opcode::ArrayNew) {
    if (!pop(kI32) || !pop(value)) return false;
    push(refTo(*def, false));
  } else if constexpr (kOp == Opcode::ArrayNewDefault) {
    if (!element.storage.isDefaultable())
      return invalid("type mismatch: the array's element type has no default value");
    if (!pop(kI32)) return false;
    push(refTo(*def, false));
  } else if constexpr (kOp == Opcode::ArrayNewFixed) {
    if (!readU32(p_, immediates.index)) return false;
    if (immediates.index > limits::kMaxArrayNewFixed)
      return failHere(ErrorKind::Limit,
                      support::concat("array.new_fixed of ", immediates.index, " operands exceeds the limit of 10000"));
    for (u32 i = 0; i < immediates.index; ++i)
      if (!pop(value)) return false;
    push(refTo(*def, false));
  } else if constexpr (kOp == Opcode::ArrayGet || kOp == Opcode::ArrayGetS || kOp == Opcode::ArrayGetU) {
    if (!checkPacking(kOp == Opcode::ArrayGet, element) || !pop(kI32) || !pop(refTo(*def, true))) return false;
    push(value);
  } else {
    if (!element.isMutable) return invalid("immutable array");
    if constexpr (kOp == Opcode::ArrayFill)
      if (!pop(kI32)) return false;
    if (!pop(value) || !pop(kI32) || !pop(refTo(*def, true))) return false;
  }
  return report(kOp, immediates);
}

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onArrayLen() {
  if (!pop(ValType::ref(HeapType::Array, true))) return false;
  push(kI32);
  return report(Opcode::ArrayLen, {});
}

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onArrayCopy() {
  const TypeDef *to = nullptr, *from = nullptr;
  if (!readTypeOf(CompositeKind::Array, to) || !readTypeOf(CompositeKind::Array, from)) return false;
  if (!to->fields[0].isMutable) return invalid("immutable array");
  const ValType toStorage = to->fields[0].storage, fromStorage = from->fields[0].storage;
  if (toStorage.isPacked() || fromStorage.isPacked() ? toStorage != fromStorage : !matches(fromStorage, toStorage))
    return invalid("array types do not match");
  if (!pop(kI32) || !pop(kI32) || !pop(refTo(*from, true)) || !pop(kI32) || !pop(refTo(*to, true))) return false;
  GcImmediates immediates;
  immediates.type = to->id;
  immediates.sourceType = from->id;
  return report(Opcode::ArrayCopy, immediates);
}

/// array.new_data, array.new_elem (kNew), array.init_data, array.init_elem.
template <class Sink, ReaderMode kMode>
template <Opcode kOp>
bool FunctionReader<Sink, kMode>::onArraySegment() {
  constexpr bool kNew = kOp == Opcode::ArrayNewData || kOp == Opcode::ArrayNewElem;
  constexpr bool kData = kOp == Opcode::ArrayNewData || kOp == Opcode::ArrayInitData;
  const TypeDef* def = nullptr;
  GcImmediates immediates;
  if (!readTypeOf(CompositeKind::Array, def)) return false;
  const FieldType& element = def->fields[0];
  if (!kNew && !element.isMutable) return invalid("immutable array");
  if constexpr (kData) {
    if (element.storage.isRef()) return invalid("array type is not numeric or vector");
    if (!readData(immediates.index)) return false;
  } else {
    if (!readIndex(immediates.index, module_.elements.size(), "elem segment")) return false;
    const ValType segment = module_.elements[immediates.index].type;
    if (!element.storage.isRef() || !matches(segment, element.storage))
      return invalid(support::concat("type mismatch: element segment's type ", module_.registry().toText(segment),
                                     " does not match the array's element type"));
  }
  if (!pop(kI32) || !pop(kI32)) return false;
  if constexpr (!kNew)
    if (!pop(kI32) || !pop(refTo(*def, true))) return false;
  if constexpr (kNew) push(refTo(*def, false));
  immediates.type = def->id;
  return report(kOp, immediates);
}

// -- Casts and conversions -----------------------------------------------------------------------------------------

template <class Sink, ReaderMode kMode>
template <Opcode kOp>
bool FunctionReader<Sink, kMode>::onCast() {
  constexpr bool kNullable = kOp == Opcode::RefTestNull || kOp == Opcode::RefCastNull;
  HeapType heap(HeapType::Any);
  if (!readHeap(heap)) return false;
  GcImmediates immediates;
  immediates.to = ValType::ref(heap, kNullable);
  if (sp_ > floor_) immediates.from = sp_[-1];
  if (!pop(ValType::ref(module_.registry().topOf(heap), true))) return false;
  push(kOp == Opcode::RefTest || kOp == Opcode::RefTestNull ? kI32 : immediates.to);
  return report(kOp, immediates);
}

template <class Sink, ReaderMode kMode>
template <Opcode kOp>
bool FunctionReader<Sink, kMode>::onBrOnCast() {
  u8 flags = 0;
  GcImmediates immediates;
  HeapType fromHeap(HeapType::Any), toHeap(HeapType::Any);
  if (!readByte(flags)) return false;
  if (flags > 3) return failAt(p_ - 1, ErrorKind::Malformed, "malformed br_on_cast flags");
  if (!readDepth(immediates.depth) || !readHeap(fromHeap) || !readHeap(toHeap)) return false;
  const ValType from = ValType::ref(fromHeap, (flags & 1) != 0), to = ValType::ref(toHeap, (flags & 2) != 0);
  if (!matches(to, from))
    return invalid(support::concat("type mismatch: br_on_cast to ", module_.registry().toText(to),
                                   ", which is not a subtype of ", module_.registry().toText(from)));
  const ValType rest = to.isNullable() ? from.asNonNull() : from;
  const ValType onBranch = kOp == Opcode::BrOnCast ? to : rest;
  const ValType onFallThrough = kOp == Opcode::BrOnCast ? rest : to;
  const std::span<const ValType> label = target(immediates.depth).labelTypes();
  if (label.empty() || !matches(onBranch, label.back()))
    return invalid(support::concat("type mismatch: br_on_cast carries ", module_.registry().toText(onBranch),
                                   " but its label requires ", listText(label)));
  if (!pop(from) || !retype(label.first(label.size() - 1))) return false;
  push(onFallThrough);
  immediates.from = from;
  immediates.to = to;
  return report(kOp, immediates);
}

/// any.convert_extern and extern.convert_any keep nullability.
template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onConvert(Opcode opcode, HeapType::Abstract from, HeapType::Abstract to) {
  ValType type;
  if (!popRef(type)) return false;
  if (!type.isBottom() && !matches(type, ValType::ref(from, true))) {
    const ValType required = ValType::ref(from, true);
    push(type);
    return mismatch({&required, 1}, sp_);
  }
  push(ValType::ref(to, type.isBottom() ? false : type.isNullable()));
  return report(opcode, {});
}

template <class Sink, ReaderMode kMode>
template <Opcode kOp>
bool FunctionReader<Sink, kMode>::onI31() {
  if constexpr (kOp == Opcode::RefI31) {
    if (!pop(kI32)) return false;
    push(ValType::ref(HeapType::I31, false));
  } else {
    if (!pop(ValType::ref(HeapType::I31, true))) return false;
    push(kI32);
  }
  return report(kOp, {});
}

}  // namespace wasmrun::wasm
