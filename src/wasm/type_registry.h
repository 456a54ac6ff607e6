// TypeRegistry: the engine-wide canonical form of defined types (spec: valid/conventions, "type equivalence" is iso-recursive
// equality of whole recursive groups), and subtyping by display look-up.
//
// Each id has the ids of its supertypes from the root down (its display), so `a <: b` for defined types is: same id, else
// b.depth < a.depth and a.display[b.depth] == b. Depth is at most 63.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "support/result.h"
#include "wasm/types.h"

namespace wasmrun::wasm {

/// A canonical defined type. Immutable, at a fixed address while its recursive group is alive.
struct TypeDef {
  TypeId id;
  CompositeKind kind = CompositeKind::Func;
  bool isFinal = true;
  TypeId super;                        ///< none if there is no declared supertype
  u32 depth = 0;                       ///< number of proper supertypes
  std::span<const TypeId> display;     ///< supertypes, root first, this type last: depth + 1 entries
  FuncType func;                       ///< if kind is Func
  std::span<const FieldType> fields;   ///< if kind is Struct; one entry if Array
  u32 groupSize = 1;                   ///< members of its recursive group
  u32 groupPosition = 0;               ///< position within it
};

/// A type definition as decoded, before canonicalization: references to members of its own group are HeapType concrete with
/// TypeId(kGroupMember + position in the group); all other references are canonical ids already.
struct SubType {
  static constexpr u32 kGroupMember = 1u << 25;
  CompositeKind kind = CompositeKind::Func;
  bool isFinal = true;
  TypeId super;  ///< canonical, or kGroupMember + position, or none
  std::vector<ValType> params, results;
  std::vector<FieldType> fields;
};

/// Thread rules: `intern` and `release` lock; `get` and the subtype tests are lock-free and may run on any thread while the
/// caller's module keeps the ids alive.
class TypeRegistry {
 public:
  TypeRegistry();
  ~TypeRegistry();
  TypeRegistry(const TypeRegistry&) = delete;
  TypeRegistry& operator=(const TypeRegistry&) = delete;

  /// The canonical ids (consecutive, the first is returned) of the recursive group `group`, and one more reference to it.
  /// Checks nothing but limits: the caller has checked that supertypes exist, are not final and match structurally.
  Result<TypeId> intern(std::span<const SubType> group);
  /// Gives back one reference taken by `intern`; the group's ids may be used anew when the last is gone.
  void release(TypeId firstOfGroup);

  const TypeDef& get(TypeId id) const { return chunks_[id.value >> kChunkBits].load(std::memory_order_acquire)[id.value & kChunkMask]; }

  bool isSubtype(TypeId sub, TypeId super) const;
  bool isSubtype(HeapType sub, HeapType super) const;
  bool isSubtype(ValType sub, ValType super) const { return sub == super || isSubtypeSlow(sub, super); }

  /// For hosts: the id of a plain final function type without a supertype, the same as `(type (func ...))` gets.
  Result<TypeId> internFunc(std::span<const ValType> params, std::span<const ValType> results);

  /// The top of `heap`'s hierarchy: Any, Func, Extern or Exn.
  HeapType::Abstract topOf(HeapType heap) const;

  /// The text form, e.g. "(ref null 7)" with canonical ids, "externref".
  std::string toText(ValType type) const;
  std::string toText(const FuncType& type) const;

 private:
  bool isSubtypeSlow(ValType sub, ValType super) const;

  static constexpr u32 kChunkBits = 10;
  static constexpr u32 kChunkMask = (1u << kChunkBits) - 1;
  std::unique_ptr<std::atomic<TypeDef*>[]> chunks_;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace wasmrun::wasm
