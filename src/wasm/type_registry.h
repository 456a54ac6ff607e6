// TypeRegistry: the engine-wide canonical form of defined types (spec: valid/conventions, "type equivalence" is
// iso-recursive equality of whole recursive groups), and subtyping by display look-up.
//
// Each id has the ids of its supertypes from the root down (its display), so `a <: b` for defined types is: same id,
// else b.depth < a.depth and a.display[b.depth] == b. Depth is at most 63.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "support/result.h"
#include "wasm/types.h"

namespace wasmrun::wasm {

/// The registry's own record of a recursive group.
struct TypeGroup;

/// A canonical defined type. Immutable, at a fixed address while its recursive group is alive.
struct TypeDef {
  TypeId id;
  CompositeKind kind = CompositeKind::Func;
  bool isFinal = true;
  TypeId super;                       ///< none if there is no declared supertype
  u32 depth = 0;                      ///< number of proper supertypes
  std::span<const TypeId> display;    ///< supertypes, root first, this type last: depth + 1 entries
  FuncType func;                      ///< if kind is Func
  std::span<const FieldType> fields;  ///< if kind is Struct; one entry if Array
  u32 groupSize = 1;                  ///< members of its recursive group
  u32 groupPosition = 0;              ///< position within it
  TypeGroup* group = nullptr;         ///< for the registry
};

/// A type definition as decoded, before canonicalization: references to members of its own group are HeapType concrete
/// with TypeId(kGroupMember + position in the group); all other references are canonical ids already.
struct SubType {
  static constexpr u32 kGroupMember = 1u << 25;  ///< canonical ids are below
  CompositeKind kind = CompositeKind::Func;
  bool isFinal = true;
  TypeId super;  ///< canonical, or kGroupMember + position, or none
  std::vector<ValType> params, results;
  std::vector<FieldType> fields;
};

/// The text format's word for an abstract heap type, as in (ref any).
std::string_view nameOf(HeapType::Abstract heap);

/// Thread rules: `intern` and `release` lock; `get` and the subtype tests are lock-free and may run on any thread while
/// the caller's module keeps the ids alive.
class TypeRegistry {
 public:
  TypeRegistry();
  ~TypeRegistry();
  TypeRegistry(const TypeRegistry&) = delete;
  TypeRegistry& operator=(const TypeRegistry&) = delete;

  /// The canonical ids (consecutive, the first is returned) of the recursive group `group`, and one more reference to
  /// it. Checks nothing but limits: the caller has checked that supertypes exist, are not final and match structurally.
  Result<TypeId> intern(std::span<const SubType> group);
  /// Gives back one reference taken by `intern`; the group's ids may be used anew when the last is gone.
  void release(TypeId firstOfGroup);
  /// One more reference to the group of an id that is alive.
  void retain(TypeId member);

  const TypeDef& get(TypeId id) const { return *slotOf(id); }

  bool isSubtype(TypeId sub, TypeId super) const;
  bool isSubtype(HeapType sub, HeapType super) const;
  bool isSubtype(ValType sub, ValType super) const { return sub == super || isSubtypeSlow(sub, super); }

  /// Whether the definition matches that of its declared supertype (spec: valid/matching, composite types); true
  /// without one.
  bool matchesSuper(TypeId id) const;

  /// For hosts: the id of a plain final function type without a supertype, the same as `(type (func ...))` gets.
  Result<TypeId> internFunc(std::span<const ValType> params, std::span<const ValType> results);

  /// The top of `heap`'s hierarchy: Any, Func, Extern or Exn.
  HeapType::Abstract topOf(HeapType heap) const;

  /// The text form, e.g. "(ref null 7)" with canonical ids, "externref".
  std::string toText(ValType type) const;
  /// What follows the keyword: " (param i32 i32) (result i64)", or "".
  std::string toText(const FuncType& type) const;

  /// Recursive groups alive: for tests and statistics. Locks.
  size_t groupCount() const;

 private:
  bool isSubtypeSlow(ValType sub, ValType super) const;
  TypeGroup* find(std::span<const SubType> group, u64 hash) const;
  void reserveSlots(u32 end);

  // Definitions never move: chunk k holds 2^(kFirstChunkLog2 + k) of them, so that a few pointers cover all ids and a
  // registry with ten types is small.
  static constexpr u32 kFirstChunkLog2 = 7;
  static constexpr u32 kChunks = std::bit_width(SubType::kGroupMember) - kFirstChunkLog2;
  TypeDef* slotOf(TypeId id) const {
    const u32 place = id.value + (1u << kFirstChunkLog2);
    const u32 log2 = static_cast<u32>(std::bit_width(place)) - 1;
    // Acquire: pairs with the release in `intern`, for ids that reach this thread in other ways than through a lock.
    return chunks_[log2 - kFirstChunkLog2].load(std::memory_order_acquire) + (place - (1u << log2));
  }
  std::array<std::atomic<TypeDef*>, kChunks> chunks_{};
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace wasmrun::wasm
