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

/// `ref` is not null.
inline bool matches(const HeapCore& core, Ref ref, CastTarget target) {
  if (ref.isI31()) return i31Matches(target.type);
  const Object& object = core.at(ref);
  if (object.type == target.type) return true;
  const Layout& layout = core.layoutOf(object);
  if (target.type >= wasm::HeapType::kFirstConcrete) return layout.isSubtypeOf(target.type, target.depth);
  return kindMatches(layout.kind, target.type);
}

}  // namespace wasmrun::gc
