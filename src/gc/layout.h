// Layout: how objects of one type lie in memory, made from the type's definition.
//
// Fields are placed in the order they are declared, each at the smallest free place of its size: bytes that alignment
// leaves free are taken by later fields. Where a field goes depends on the fields before it alone, and a subtype's
// fields begin with its supertype's, so a supertype's layout is a prefix of its subtypes'.
#pragma once

#include <memory>
#include <span>

#include "support/arena.h"
#include "wasm/type_registry.h"

namespace wasmrun::gc {

enum class ObjectKind : u8 {
  Struct,
  Array,
  Host,       ///< stands for something of the embedder's: an externref
  Exception,  ///< of a tag's function type: the tag's number, then the parameters as fields
};
inline constexpr u32 kObjectKinds = 4;

/// What a field or an element takes. References of the func hierarchy are numbers (gc/func_handles.h) that no collector
/// follows; all others are a Ref.
enum class Storage : u8 { Bits8, Bits16, Bits32, Bits64, Bits128, Ref, Func };

constexpr u32 sizeLog2(Storage storage) {
  constexpr u8 kLog2[] = {0, 1, 2, 3, 4, 2, 2};
  return kLog2[static_cast<u8>(storage)];
}

Storage storageOf(const wasm::TypeRegistry& registry, wasm::ValType type);

/// A field's place.
struct FieldPlace {
  u32 offset = 0;  ///< bytes from the object's start; aligned to the smaller of 8 and its size
  Storage storage = Storage::Bits8;
};

/// Places fields one after the other.
class FieldPlacer {
 public:
  FieldPlace place(Storage storage);
  /// Bytes so far, a multiple of 8.
  u32 size() const { return end_; }

 private:
  u32 takeSmall(u32 log2);

  // At most one free place of 1, 2 and 4 bytes each: a larger one is split only when none of the size is left.
  u32 free_[3] = {0, 0, 4};
  u32 end_ = 8;
};

/// Immutable, any thread.
struct Layout {
  static constexpr u32 kShallow = 8;

  ObjectKind kind = ObjectKind::Struct;
  Storage element = Storage::Bits8;         ///< arrays
  u8 elementLog2 = 0;                       ///< arrays: bytes an element
  u32 size = 0;                             ///< bytes of an object, if not an array
  u32 refCount = 0;                         ///< references in an object that is not an array
  u32 type = 0;                             ///< the objects' type word
  const u32* refOffsets = nullptr;          ///< where they are, ascending
  const wasm::ValType* refTypes = nullptr;  ///< of what type; of elements, the first one
  std::span<const FieldPlace> fields;       ///< by FieldIndex
  /// Type words of the supertypes from the root down, the type itself last: `displaySize` entries, padded with zeros to
  /// kShallow, which are no type words; those of the first kShallow levels are right here.
  u32 shallowDisplay[kShallow] = {};
  const u32* display = nullptr;
  u32 displaySize = 0;

  /// Whether objects of this layout are instances of the type `target` (a type word) that has `depth` supertypes.
  [[gnu::always_inline]] bool isSubtypeOf(u32 target, u32 depth) const {
    if (type == target) return true;
    if (depth < kShallow) return shallowDisplay[depth] == target;
    return depth < displaySize && display[depth] == target;
  }
};

/// Bytes an array takes, in 64 bits whatever the length.
[[gnu::always_inline]] inline u64 arrayBytes(const Layout& layout, u32 length) {
  const u64 elements = u64{length} << layout.elementLog2;
  return (8 + elements + 7) & ~u64{7};
}

constexpr u32 typeWord(wasm::TypeId id) { return wasm::HeapType(id).bits(); }
inline constexpr u32 kHostType = wasm::HeapType(wasm::HeapType::Extern).bits();

/// Layouts of a module's types. Keeps the types alive. Any thread.
class LayoutSet {
 public:
  /// Struct and array types get the layout of their objects, function types that of exceptions whose tag has the type.
  /// The ids are alive; `registry` outlives the set.
  LayoutSet(wasm::TypeRegistry& registry, std::span<const wasm::TypeId> types);
  ~LayoutSet();
  LayoutSet(const LayoutSet&) = delete;
  LayoutSet& operator=(const LayoutSet&) = delete;

  /// In the order given.
  std::span<const Layout> layouts() const { return layouts_; }
  /// Of one of the types given.
  const Layout& of(wasm::TypeId type) const;

 private:
  void makeFields(Layout& layout, std::span<const wasm::ValType> types, bool hasTag);
  void makeDisplay(Layout& layout, const wasm::TypeDef& def);

  wasm::TypeRegistry& registry_;
  std::vector<wasm::TypeId> held_;
  support::Arena arena_;
  std::vector<Layout> layouts_;
  std::vector<u32> byType_;  // positions in layouts_, by type word
};

}  // namespace wasmrun::gc
