// Casts: whether a reference is of a heap type, told from the object itself (spec: exec/values, ref.test).
#pragma once

#include "gc/heap_core.h"

namespace wasmrun::gc {

/// A cast's target, made once from a heap type that is not of the func hierarchy.
struct CastTarget {
  u32 type = 0;   ///< a type word, of an abstract heap type as well
  u32 depth = 0;  ///< supertypes of a concrete one

  static CastTarget of(const wasm::TypeRegistry& registry, wasm::HeapType heap) {
    return {heap.bits(), heap.isConcrete() ? registry.get(heap.typeId()).depth : 0};
  }
};

/// Whether an i31 is of an abstract heap type; extern, because any value may have come from there.
constexpr bool i31Matches(u32 type) {
  using enum wasm::HeapType::Abstract;
  return type == Any || type == Eq || type == I31 || type == Extern;
}

/// Whether objects of a kind are of an abstract heap type. Every object may be an externref's, host objects may be
/// anyrefs (any.convert_extern and extern.convert_any).
constexpr bool kindMatches(ObjectKind kind, u32 type) {
  using enum wasm::HeapType::Abstract;
  switch (kind) {
    case ObjectKind::Struct: return type == Struct || type == Eq || type == Any || type == Extern;
    case ObjectKind::Array: return type == Array || type == Eq || type == Any || type == Extern;
    case ObjectKind::Host: return type == Any || type == Extern;
    case ObjectKind::Exception: return type == Exn;
  }
  return false;
}

/// Whether an object is an instance of a struct or array type: the one check of all casts to such a type.
[[gnu::always_inline]] inline bool isInstance(const HeapState& heap, const Object& object, CastTarget target) {
  return object.type == target.type || heap.layoutOf(object).isSubtypeOf(target.type, target.depth);
}

/// `ref` is not null.
inline bool matches(const HeapState& heap, Ref ref, CastTarget target) {
  if (ref.isI31()) return i31Matches(target.type);
  const Object& object = heap.at(ref);
  if (target.type >= wasm::HeapType::kFirstConcrete) return isInstance(heap, object, target);
  return kindMatches(heap.layoutOf(object).kind, target.type);
}

// What a reference is, as a bit: casts to abstract types are a set of them, made once.
inline constexpr u32 kNullBit = 1, kI31Bit = 2;
constexpr u32 kindBit(ObjectKind kind) { return 4u << static_cast<u32>(kind); }

/// The set of all that are of a type (not of the func hierarchy) whose heap type is abstract.
constexpr u32 abstractSet(wasm::ValType type) {
  const u32 heap = type.heap().bits();
  u32 set = (type.isNullable() ? kNullBit : 0) | (i31Matches(heap) ? kI31Bit : 0);
  for (u32 kind = 0; kind < kObjectKinds; ++kind)
    if (kindMatches(static_cast<ObjectKind>(kind), heap)) set |= kindBit(static_cast<ObjectKind>(kind));
  return set;
}

/// Whether `ref` is in such a set.
[[gnu::always_inline]] inline bool isIn(const HeapState& heap, Ref ref, u32 set) {
  if (ref.isI31()) return (set & kI31Bit) != 0;
  if (ref.isNull()) return (set & kNullBit) != 0;
  return (set & kindBit(heap.layoutOf(heap.at(ref)).kind)) != 0;
}

}  // namespace wasmrun::gc
