// Handler bodies of instructions on objects: fields, elements, casts, and allocation where the heap's area has room.
//
// What the translator knows is in the instruction: fields' offsets, layouts, a cast's target. What must look around
// first (a full area, large objects) is in C++ functions that are called on the way (object_calls.cpp); they may
// collect, so bodies read their operands after them, from slots.
#pragma once

#include "gc/cast.h"
#include "interp/bodies_control.h"
#include "runtime/store.h"

namespace wasmrun::interp {

WASMRUN_INLINE gc::HeapState& heapOf(const Regs& r) { return *r.inst->heap; }

// -- What lies in fields and elements --------------------------------------------------------------------------------
// Reading: T read(instance, place). Writing: write(instance, heap, offset of the place in the heap, T).

/// As memory's loads do: `Op` is one of theirs.
template <class Op>
struct ReadAs {
  using Memory = typename Op::Memory;
  using T = typename Op::T;
  WASMRUN_INLINE static T read(const runtime::Instance&, const u8* place) {
    Memory value;
    std::memcpy(&value, place, sizeof value);
    return Op::convert(value);
  }
};

template <class Op>
struct WriteAs {
  using Memory = typename Op::Memory;
  using T = typename Op::T;
  WASMRUN_INLINE static void write(runtime::Instance&, gc::HeapState& heap, u32 place, T value) {
    const Memory bits = static_cast<Memory>(value);
    std::memcpy(heap.base + place, &bits, sizeof bits);
  }
};

/// References that a collector follows.
struct WriteRef {
  using Memory = u32;
  using T = u32;
  WASMRUN_INLINE static void write(runtime::Instance&, gc::HeapState& heap, u32 place, T value) {
    heap.storeRef(place, gc::Ref::fromBits(value));
  }
};

/// References to functions: numbers in objects, pointers elsewhere.
struct ReadFunc {
  using Memory = u32;
  using T = u64;
  WASMRUN_INLINE static T read(const runtime::Instance& instance, const u8* place) {
    u32 number;
    std::memcpy(&number, place, sizeof number);
    return reinterpret_cast<u64>(instance.store->funcOf(number));
  }
};

/// Gives a function its number.
[[gnu::cold, gnu::noinline]] void numberFunc(runtime::Instance& instance, Func* func);

struct WriteFunc {
  using Memory = u32;
  using T = u64;
  WASMRUN_INLINE static void write(runtime::Instance& instance, gc::HeapState& heap, u32 place, T value) {
    Func* const func = reinterpret_cast<Func*>(value);
    u32 number = 0;
    if (func != nullptr) {
      if (func->heapNumber == 0) [[unlikely]]
        numberFunc(instance, func);
      number = func->heapNumber;
    }
    std::memcpy(heap.base + place, &number, sizeof number);
  }
};

// -- Structs ---------------------------------------------------------------------------------------------------------

/// Operands: object, field's offset, result.
template <class Read, Loc kObject, Loc kD>
struct StructGet {
  static constexpr OperandText<> kText{readLetter<u32, kObject>(), "o", writeLetter(kD)};
  static constexpr Clobbers kClobbers = kClobbersFor<typename Read::T>;
  static constexpr u32 kUnit = kReadUnits<u32, kObject>;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    const u32 object = readOperand<u32, kObject, 0>(r);
    if (object == 0) [[unlikely]]
      return trap(r, TrapKind::NullStructureReference);
    const u8* const place = heapOf(r).base + object + operand<kUnit>(r.pc);
    writeResult<kD, kUnit + 1>(r, Read::read(*r.inst, place));
    return kNext;
  }
};

/// Operands: object, value, field's offset.
template <class Write, Loc kObject, Loc kValue>
struct StructSet {
  using T = typename Write::T;
  static constexpr OperandText<> kText{readLetter<u32, kObject>(), readLetter<T, kValue>(), "o"};
  static constexpr Clobbers kClobbers = kNothing;
  static constexpr u32 kUnitValue = kReadUnits<u32, kObject>, kUnit = kUnitValue + kReadUnits<T, kValue>;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    const u32 object = readOperand<u32, kObject, 0>(r);
    if (object == 0) [[unlikely]]
      return trap(r, TrapKind::NullStructureReference);
    Write::write(*r.inst, heapOf(r), object + operand<kUnit>(r.pc), readOperand<T, kValue, kUnitValue>(r));
    return kNext;
  }
};

// -- Arrays ----------------------------------------------------------------------------------------------------------

/// Whether `array` has an element `index`; else why not.
WASMRUN_INLINE TrapKind checkElement(const gc::HeapState& heap, u32 array, u32 index) {
  if (array == 0) [[unlikely]]
    return TrapKind::NullArrayReference;
  return index < heap.at(gc::Ref::fromBits(array)).length ? TrapKind::None : TrapKind::ArrayOutOfBounds;
}

/// Operands: array, index, result.
template <class Read, Loc kArray, Loc kIndex, Loc kD>
struct ArrayGet {
  static constexpr OperandText<> kText{readLetter<u32, kArray>(), readLetter<u32, kIndex>(), writeLetter(kD)};
  static constexpr Clobbers kClobbers = kClobbersFor<typename Read::T>;
  static constexpr u32 kUnitIndex = kReadUnits<u32, kArray>, kUnitD = kUnitIndex + kReadUnits<u32, kIndex>;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    const gc::HeapState& heap = heapOf(r);
    const u32 array = readOperand<u32, kArray, 0>(r), index = readOperand<u32, kIndex, kUnitIndex>(r);
    const TrapKind kind = checkElement(heap, array, index);
    if (kind != TrapKind::None) [[unlikely]]
      return trap(r, kind);
    const u8* const elements = heap.base + array + gc::kElementsOffset;
    writeResult<kD, kUnitD>(r, Read::read(*r.inst, elements + u64{index} * sizeof(typename Read::Memory)));
    return kNext;
  }
};

/// Operands: array, index, value.
template <class Write, Loc kArray, Loc kIndex, Loc kValue>
struct ArraySet {
  using T = typename Write::T;
  static constexpr OperandText<> kText{readLetter<u32, kArray>(), readLetter<u32, kIndex>(), readLetter<T, kValue>()};
  static constexpr Clobbers kClobbers = kNothing;
  static constexpr u32 kUnitIndex = kReadUnits<u32, kArray>, kUnitValue = kUnitIndex + kReadUnits<u32, kIndex>;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    gc::HeapState& heap = heapOf(r);
    const u32 array = readOperand<u32, kArray, 0>(r), index = readOperand<u32, kIndex, kUnitIndex>(r);
    const TrapKind kind = checkElement(heap, array, index);
    if (kind != TrapKind::None) [[unlikely]]
      return trap(r, kind);
    const u64 place = array + gc::kElementsOffset + u64{index} * sizeof(typename Write::Memory);
    Write::write(*r.inst, heap, static_cast<u32>(place), readOperand<T, kValue, kUnitValue>(r));
    return kNext;
  }
};

/// Operands: array, result.
template <Loc kArray, Loc kD>
struct ArrayLen {
  static constexpr OperandText<> kText{readLetter<u32, kArray>(), writeLetter(kD)};
  static constexpr Clobbers kClobbers = kAccumulator;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    const u32 array = readOperand<u32, kArray, 0>(r);
    if (array == 0) [[unlikely]]
      return trap(r, TrapKind::NullArrayReference);
    writeResult<kD, kReadUnits<u32, kArray>>(r, heapOf(r).at(gc::Ref::fromBits(array)).length);
    return kNext;
  }
};

// -- i31 -------------------------------------------------------------------------------------------------------------

namespace op {

struct RefI31 {
  using T = u32;
  WASMRUN_INLINE static u32 apply(u32 value) { return gc::Ref::i31(value).bits(); }
};

template <bool kSigned>
struct I31Get {
  using T = u32;
  WASMRUN_INLINE static TrapKind check(u32 ref) { return ref == 0 ? TrapKind::NullI31Reference : TrapKind::None; }
  WASMRUN_INLINE static u32 apply(u32 bits) {
    const gc::Ref ref = gc::Ref::fromBits(bits);
    return kSigned ? static_cast<u32>(ref.i31Signed()) : ref.i31Unsigned();
  }
};

}  // namespace op

// -- Casts -----------------------------------------------------------------------------------------------------------
// What is asked of a reference: operands kLetters from unit kUnit on.

/// A struct or array type. Operands: its type word, supertypes * 2 + (1 if null is asked for, too).
struct IsInstance {
  static constexpr const char* kLetters = "nn";
  static constexpr u32 kUnits = 2;
  static constexpr TrapKind kTrap = TrapKind::CastFailure;

  template <u32 kUnit>
  WASMRUN_INLINE static bool holds(const Regs& r, gc::Ref ref) {
    const u32 depth = operand<kUnit + 1>(r.pc);
    if (ref.isNullOrI31()) return ref.isNull() && (depth & 1) != 0;
    const gc::HeapState& heap = heapOf(r);
    return gc::isInstance(heap, heap.at(ref), {operand<kUnit>(r.pc), depth >> 1});
  }
};

/// An abstract type. Operands: what is of it (gc::abstractSet).
struct IsIn {
  static constexpr const char* kLetters = "n";
  static constexpr u32 kUnits = 1;
  static constexpr TrapKind kTrap = TrapKind::CastFailure;

  template <u32 kUnit>
  WASMRUN_INLINE static bool holds(const Regs& r, gc::Ref ref) {
    return gc::isIn(heapOf(r), ref, operand<kUnit>(r.pc));
  }
};

/// i31, and not null.
struct IsI31 {
  static constexpr const char* kLetters = "";
  static constexpr u32 kUnits = 0;
  static constexpr TrapKind kTrap = TrapKind::CastFailure;

  template <u32 kUnit>
  WASMRUN_INLINE static bool holds(const Regs&, gc::Ref ref) {
    return ref.isI31();
  }
};

/// Anything but null. Functions' references are pointers: all of the slot counts.
struct IsNotNull {
  static constexpr const char* kLetters = "";
  static constexpr u32 kUnits = 0;
  static constexpr TrapKind kTrap = TrapKind::NullReference;

  template <u32 kUnit>
  WASMRUN_INLINE static bool holds(const Regs&, u64 slot) {
    return slot != 0;
  }
};

template <class Test>
using TestedAs = std::conditional_t<std::same_as<Test, IsNotNull>, u64, u32>;

template <class Test, Loc kRef>
WASMRUN_INLINE bool holds(const Regs& r) {
  const auto value = readOperand<TestedAs<Test>, kRef, 0>(r);
  if constexpr (std::same_as<Test, IsNotNull>)
    return Test::template holds<kReadUnits<u32, kRef>>(r, value);
  else
    return Test::template holds<kReadUnits<u32, kRef>>(r, gc::Ref::fromBits(value));
}

/// Operands: reference, what is asked. The reference stays where it is.
template <class Test, Loc kRef>
struct Check {
  static constexpr OperandText<> kText{readLetter<u32, kRef>(), Test::kLetters};
  static constexpr Clobbers kClobbers = kNothing;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    if (!holds<Test, kRef>(r)) [[unlikely]]
      return trap(r, Test::kTrap);
    return kNext;
  }
};

/// Operands: reference, what is asked, where the reference goes.
template <class Test, Loc kRef, Loc kD>
struct CheckedMove {
  static constexpr OperandText<> kText{readLetter<u32, kRef>(), Test::kLetters, writeLetter(kD)};
  static constexpr Clobbers kClobbers = kAccumulator;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    if (!holds<Test, kRef>(r)) [[unlikely]]
      return trap(r, Test::kTrap);
    writeResult<kD, kReadUnits<u32, kRef> + Test::kUnits>(r, readOperand<u64, kRef, 0>(r));
    return kNext;
  }
};

/// Operands: reference, what is asked, result.
template <class Test, Loc kRef, Loc kD>
struct RefTest {
  static constexpr OperandText<> kText{readLetter<u32, kRef>(), Test::kLetters, writeLetter(kD)};
  static constexpr Clobbers kClobbers = kAccumulator;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    writeResult<kD, kReadUnits<u32, kRef> + Test::kUnits>(r, u32{holds<Test, kRef>(r)});
    return kNext;
  }
};

/// Operands: reference, what is asked, where to go (forward) if so; if not so, when kNegate.
template <class Test, Loc kRef, bool kNegate>
struct BranchOnCast {
  static constexpr OperandText<> kText{readLetter<u32, kRef>(), Test::kLetters, "j"};
  static constexpr Clobbers kClobbers = kNothing;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    if (holds<Test, kRef>(r) != kNegate) return jumpTarget<kReadUnits<u32, kRef> + Test::kUnits>(r.pc);
    return kNext;
  }
};

// -- Making objects --------------------------------------------------------------------------------------------------
// Operands of all begin with: layout, first free slot.

/// The object's offset, or why there is none.
struct Made {
  u32 object = 0;
  TrapKind trap = TrapKind::None;
};
/// What the area has no room for. These may collect.
[[gnu::cold, gnu::noinline]] Made makeStruct(runtime::Instance* instance, const Word* pc, u64* fp);
[[gnu::cold, gnu::noinline]] Made makeArray(runtime::Instance* instance, const Word* pc, u64* fp, u32 length);

inline constexpr u32 kLayoutUnit = 0, kFreeSlotUnit = 2, kFirstOperandUnit = 3;

/// An object whose fields are the words from byte 4 on, or an array of words: all of `values`, in their places.
template <bool kArray, Loc... kValues>
struct NewOfWords {
  static constexpr u32 kCount = sizeof...(kValues);
  static constexpr OperandText<> kText{"pn", readLetter<u32, kValues>()..., "d"};
  static constexpr Clobbers kClobbers = kAccumulator;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    gc::HeapState& heap = heapOf(r);
    const gc::Layout& layout = *operandPointer<const gc::Layout, kLayoutUnit>(r.pc);
    u32 object = heap.bump(kArray ? gc::arrayBytes(layout, kCount) : layout.size).bits();
    if (object == 0) [[unlikely]] {
      const Made made = kArray ? makeArray(r.inst, r.pc, r.fp, kCount) : makeStruct(r.inst, r.pc, r.fp);
      if (made.trap != TrapKind::None) return trap(r, made.trap);
      object = made.object;
    }
    gc::Object& header = heap.at(gc::Ref::fromBits(object));
    header.type = layout.type;
    if constexpr (kArray) header.length = kCount;
    write(r, header.bytes() + (kArray ? gc::kElementsOffset : sizeof(u32)),
          std::index_sequence_for<decltype(kValues)...>());
    writeResult<Loc::S, kFirstOperandUnit + kCount>(r, object);
    return kNext;
  }

 private:
  template <size_t... kIndexes>
  WASMRUN_INLINE static void write(const Regs& r, u8* to, std::index_sequence<kIndexes...>) {
    (put(to + kIndexes * sizeof(u32), readOperand<u32, kValues, kFirstOperandUnit + kIndexes>(r)), ...);
  }
  WASMRUN_INLINE static void put(u8* to, u32 value) { std::memcpy(to, &value, sizeof value); }
};

/// Any struct but one with vectors. Operands: the slot of the first field's value, the others behind it;
/// result.
struct StructNew {
  static constexpr OperandText<> kText{"pnsd"};
  static constexpr Clobbers kClobbers = kAccumulator;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    gc::HeapState& heap = heapOf(r);
    const gc::Layout& layout = *operandPointer<const gc::Layout, kLayoutUnit>(r.pc);
    u32 object = heap.bump(layout.size).bits();
    if (object == 0) [[unlikely]] {
      const Made made = makeStruct(r.inst, r.pc, r.fp);
      if (made.trap != TrapKind::None) return trap(r, made.trap);
      object = made.object;
    }
    gc::Object& header = heap.at(gc::Ref::fromBits(object));
    header.type = layout.type;
    const u64* value = r.fp + operand<kFirstOperandUnit>(r.pc);
    const gc::FieldPlace* const fields = layout.fields.data();
    for (u64 i = 0, count = layout.fields.size(); i < count; ++i, ++value) {
      u8* const to = header.bytes() + fields[i].offset;
      switch (fields[i].storage) {
        case gc::Storage::Bits8: std::memcpy(to, value, 1); break;
        case gc::Storage::Bits16: std::memcpy(to, value, 2); break;
        case gc::Storage::Func: WriteFunc::write(*r.inst, heap, object + fields[i].offset, *value); break;
        case gc::Storage::Bits64: std::memcpy(to, value, 8); break;
        default: std::memcpy(to, value, 4); break;
      }
    }
    writeResult<Loc::S, kFirstOperandUnit + 1>(r, object);
    return kNext;
  }
};

/// Objects and arrays up to this size are filled word by word; larger ones by functions that do many at once.
inline constexpr u64 kFilledInline = 128;

/// Fills [from, from + bytes) of whole words.
WASMRUN_INLINE void fillWords(u8* from, u64 bytes, u64 word) {
  for (u8* const end = from + bytes; from != end; from += sizeof word) {
    std::memcpy(from, &word, sizeof word);
    asm("" : "+r"(from));  // or the loop becomes a call of memset
  }
}

/// Operands: result. The struct is no larger than kFilledInline.
struct StructNewDefault {
  static constexpr OperandText<> kText{"pnd"};
  static constexpr Clobbers kClobbers = kAccumulator;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    gc::HeapState& heap = heapOf(r);
    const gc::Layout& layout = *operandPointer<const gc::Layout, kLayoutUnit>(r.pc);
    u32 object = heap.bump(layout.size).bits();
    if (object == 0) [[unlikely]] {
      const Made made = makeStruct(r.inst, r.pc, r.fp);
      if (made.trap != TrapKind::None) return trap(r, made.trap);
      object = made.object;
    }
    gc::Object& header = heap.at(gc::Ref::fromBits(object));
    fillWords(header.bytes(), layout.size, 0);
    header.type = layout.type;
    writeResult<Loc::S, kFirstOperandUnit>(r, object);
    return kNext;
  }
};

/// A whole array of a repeated value, of any size: what the handlers leave to C++.
[[gnu::noinline]] Made makeFilledArray(runtime::Instance* instance, const Word* pc, u64* fp, u32 length,
                                       bool isDefault);

/// The word that is an element repeated.
WASMRUN_INLINE u64 repeated(u64 element, u32 log2) {
  switch (log2) {
    case 0: return (element & 0xff) * 0x0101'0101'0101'0101;
    case 1: return (element & 0xffff) * 0x0001'0001'0001'0001;
    case 2: return (element & 0xffff'ffff) * 0x0000'0001'0000'0001;
    default: return element;
  }
}

/// Operands: the element's slot (if kDefault, none), length, result. If there is an element, it is neither a vector nor
/// a function.
template <bool kDefault, Loc kLength>
struct ArrayNew {
  static constexpr OperandText<> kText{"pn", kDefault ? "" : "s", readLetter<u32, kLength>(), "d"};
  static constexpr Clobbers kClobbers = kAccumulator;
  static constexpr u32 kUnitLength = kFirstOperandUnit + (kDefault ? 0 : 1);

  WASMRUN_INLINE static const Word* run(Regs& r) {
    gc::HeapState& heap = heapOf(r);
    const gc::Layout& layout = *operandPointer<const gc::Layout, kLayoutUnit>(r.pc);
    const u32 length = readOperand<u32, kLength, kUnitLength>(r);
    const u64 bytes = gc::arrayBytes(layout, length);
    u32 object = bytes <= kFilledInline ? heap.bump(bytes).bits() : 0;
    if (object == 0) {
      const Made made = makeFilledArray(r.inst, r.pc, r.fp, length, kDefault);
      if (made.trap != TrapKind::None) [[unlikely]]
        return trap(r, made.trap);
      object = made.object;
    } else {
      const u64 element = kDefault ? 0 : repeated(r.fp[operand<kFirstOperandUnit>(r.pc)], layout.elementLog2);
      gc::Object& header = heap.at(gc::Ref::fromBits(object));
      fillWords(header.bytes() + gc::kElementsOffset, bytes - gc::kElementsOffset, element);
      header.type = layout.type;
      header.length = length;
    }
    writeResult<Loc::S, kUnitLength + kReadUnits<u32, kLength>>(r, object);
    return kNext;
  }
};

/// Operands: the slot of the first element's value, the others behind it; how many; result. Elements are neither
/// vectors nor functions.
struct ArrayNewFixed {
  static constexpr OperandText<> kText{"pnsnd"};
  static constexpr Clobbers kClobbers = kAccumulator;

  WASMRUN_INLINE static const Word* run(Regs& r) {
    gc::HeapState& heap = heapOf(r);
    const gc::Layout& layout = *operandPointer<const gc::Layout, kLayoutUnit>(r.pc);
    const u32 length = operand<kFirstOperandUnit + 1>(r.pc);
    const u64 bytes = gc::arrayBytes(layout, length);
    u32 object = bytes <= gc::kSmallBytes ? heap.bump(bytes).bits() : 0;
    if (object == 0) [[unlikely]] {
      const Made made = makeArray(r.inst, r.pc, r.fp, length);
      if (made.trap != TrapKind::None) return trap(r, made.trap);
      object = made.object;
    }
    gc::Object& header = heap.at(gc::Ref::fromBits(object));
    header.type = layout.type;
    header.length = length;
    const u64* const values = r.fp + operand<kFirstOperandUnit>(r.pc);
    u8* const elements = header.bytes() + gc::kElementsOffset;
    switch (layout.elementLog2) {
      case 0: copyValues<1>(elements, values, length); break;
      case 1: copyValues<2>(elements, values, length); break;
      case 2: copyValues<4>(elements, values, length); break;
      default: copyValues<8>(elements, values, length); break;
    }
    writeResult<Loc::S, kFirstOperandUnit + 2>(r, object);
    return kNext;
  }

 private:
  template <u32 kBytes>
  WASMRUN_INLINE static void copyValues(u8* to, const u64* values, u32 count) {
    for (const u64* const end = values + count; values != end; ++values, to += kBytes) {
      std::memcpy(to, values, kBytes);
      asm("" : "+r"(to));  // or the loop becomes a call of memcpy
    }
  }
};

}  // namespace wasmrun::interp
