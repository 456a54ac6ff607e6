// TypeGroup: the registry's record of one canonical recursive group, in one allocation:
//
//   | TypeGroup | value types of all function members | fields of all others | displays of all members |
//
// The TypeDefs themselves lie in the registry's chunks, by id, and have spans into these lists.
#pragma once

#include <span>

#include "support/int.h"
#include "wasm/type_registry.h"

namespace wasmrun::wasm {

struct TypeGroup {
  u32 first = 0;  ///< id of member 0; the others follow
  u32 size = 0;
  u64 references = 0;  ///< by modules and hosts, and one for each mention in another group
  u64 hash = 0;
  TypeGroup* nextInBucket = nullptr;

  bool has(TypeId id) const { return id.value - first < size; }
};

/// How much the lists of a group hold.
struct TypeGroupExtent {
  size_t valTypes = 0;
  size_t fields = 0;
  size_t displayEntries = 0;
};

/// The hash of a group in its group-relative form: equal for equal groups.
u64 hashOf(std::span<const SubType> group);

/// Whether `def`, a member of `group`, is the canonical form of `type`.
bool isCanonicalFormOf(const TypeDef& def, const SubType& type, const TypeGroup& group);

TypeGroup* newTypeGroup(const TypeGroupExtent& extent);
void deleteTypeGroup(TypeGroup* group);

/// Writes the definitions of one group's members one after the other; super types come before their sub types.
class TypeGroupWriter {
 public:
  explicit TypeGroupWriter(TypeGroup* group);
  /// The definition of member `position`; `superDef` is null if it has no declared super type.
  TypeDef write(const SubType& type, u32 position, const TypeDef* superDef);

 private:
  std::span<const ValType> writeTypes(std::span<const ValType> types);
  std::span<const FieldType> writeFields(std::span<const FieldType> fields);
  std::span<const TypeId> writeDisplay(TypeId id, const TypeDef* superDef);

  TypeGroup* group_;
  std::byte* at_;
};

/// Calls `visit(TypeId)` for every mention in `def` of a type outside its own group.
template <class Visit>
void forEachOuterMention(const TypeDef& def, Visit visit) {
  const auto visitId = [&](TypeId id) {
    if (!def.group->has(id)) visit(id);
  };
  const auto visitType = [&](ValType type) {
    if (type.isRef() && type.heap().isConcrete()) visitId(type.heap().typeId());
  };
  if (!def.super.isNone()) visitId(def.super);
  for (const ValType type : def.func.params) visitType(type);
  for (const ValType type : def.func.results) visitType(type);
  for (const FieldType& field : def.fields) visitType(field.storage);
}

}  // namespace wasmrun::wasm
