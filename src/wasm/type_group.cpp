#include "wasm/type_group.h"

#include <algorithm>
#include <new>

#include "support/hash.h"

namespace wasmrun::wasm {

namespace {

constexpr bool isMember(TypeId id) { return !id.isNone() && id.value >= SubType::kGroupMember; }

/// `id` with a group-relative position made an id of the group that starts at `first`.
constexpr TypeId resolve(TypeId id, u32 first) {
  return isMember(id) ? TypeId(first + (id.value - SubType::kGroupMember)) : id;
}

constexpr ValType resolve(ValType type, u32 first) {
  if (!type.isRef() || !type.heap().isConcrete()) return type;
  return ValType::ref(HeapType(resolve(type.heap().typeId(), first)), type.isNullable());
}

/// A reference to a member of the candidate from outside is another type than the member's reference to itself.
bool isSame(TypeId canonical, TypeId written, const TypeGroup& group) {
  if (written.isNone() || canonical.isNone()) return written == canonical;
  if (!isMember(written) && group.has(written)) return false;
  return canonical == resolve(written, group.first);
}

bool isSame(ValType canonical, ValType written, const TypeGroup& group) {
  if (!written.isRef() || !written.heap().isConcrete()) return written == canonical;
  return canonical.isRef() && canonical.heap().isConcrete() && canonical.isNullable() == written.isNullable() &&
         isSame(canonical.heap().typeId(), written.heap().typeId(), group);
}

bool isSame(std::span<const ValType> canonical, std::span<const ValType> written, const TypeGroup& group) {
  return std::ranges::equal(canonical, written, [&](ValType a, ValType b) { return isSame(a, b, group); });
}

u32 slotsOf(std::span<const ValType> types) {
  u32 slots = 0;
  for (const ValType type : types) slots += type.slots();
  return slots;
}

}  // namespace

u64 hashOf(std::span<const SubType> group) {
  support::Hasher hasher;
  hasher.add(group.size());
  for (const SubType& type : group) {
    hasher.add(static_cast<u64>(type.kind) | static_cast<u64>(type.isFinal) << 8 | u64{type.super.value} << 32);
    hasher.add(u64{type.params.size()} << 32 | (type.results.size() + type.fields.size()));
    for (const ValType param : type.params) hasher.add(param.bits());
    for (const ValType result : type.results) hasher.add(result.bits());
    for (const FieldType& field : type.fields) hasher.add(field.storage.bits() | u64{field.isMutable} << 32);
  }
  return hasher.value();
}

bool isCanonicalFormOf(const TypeDef& def, const SubType& type, const TypeGroup& group) {
  const auto sameField = [&](const FieldType& a, const FieldType& b) {
    return a.isMutable == b.isMutable && isSame(a.storage, b.storage, group);
  };
  return def.kind == type.kind && def.isFinal == type.isFinal && isSame(def.super, type.super, group) &&
         isSame(def.func.params, type.params, group) && isSame(def.func.results, type.results, group) &&
         std::ranges::equal(def.fields, type.fields, sameField);
}

TypeGroup* newTypeGroup(const TypeGroupExtent& extent) {
  static_assert(alignof(TypeGroup) >= alignof(ValType) && alignof(ValType) == alignof(FieldType) &&
                alignof(ValType) == alignof(TypeId));
  const size_t size = sizeof(TypeGroup) + extent.valTypes * sizeof(ValType) + extent.fields * sizeof(FieldType) +
                      extent.displayEntries * sizeof(TypeId);
  return new (::operator new(size)) TypeGroup;
}

void deleteTypeGroup(TypeGroup* group) { ::operator delete(group); }

TypeGroupWriter::TypeGroupWriter(TypeGroup* group) : group_(group), at_(reinterpret_cast<std::byte*>(group + 1)) {}

TypeDef TypeGroupWriter::write(const SubType& type, u32 position, const TypeDef* superDef) {
  TypeDef def;
  def.id = TypeId(group_->first + position);
  def.kind = type.kind;
  def.isFinal = type.isFinal;
  def.super = resolve(type.super, group_->first);
  def.depth = superDef ? superDef->depth + 1 : 0;
  def.display = writeDisplay(def.id, superDef);
  def.func.params = writeTypes(type.params);
  def.func.results = writeTypes(type.results);
  def.func.paramSlots = slotsOf(def.func.params);
  def.func.resultSlots = slotsOf(def.func.results);
  def.fields = writeFields(type.fields);
  def.groupSize = group_->size;
  def.groupPosition = position;
  def.group = group_;
  return def;
}

std::span<const ValType> TypeGroupWriter::writeTypes(std::span<const ValType> types) {
  auto* const first = reinterpret_cast<ValType*>(at_);
  for (size_t i = 0; i < types.size(); ++i) new (first + i) ValType(resolve(types[i], group_->first));
  at_ += types.size_bytes();
  return {first, types.size()};
}

std::span<const FieldType> TypeGroupWriter::writeFields(std::span<const FieldType> fields) {
  auto* const first = reinterpret_cast<FieldType*>(at_);
  for (size_t i = 0; i < fields.size(); ++i)
    new (first + i) FieldType{resolve(fields[i].storage, group_->first), fields[i].isMutable};
  at_ += fields.size_bytes();
  return {first, fields.size()};
}

std::span<const TypeId> TypeGroupWriter::writeDisplay(TypeId id, const TypeDef* superDef) {
  auto* const first = reinterpret_cast<TypeId*>(at_);
  const size_t above = superDef ? superDef->display.size() : 0;
  if (superDef) std::uninitialized_copy_n(superDef->display.data(), above, first);
  new (first + above) TypeId(id);
  at_ += (above + 1) * sizeof(TypeId);
  return {first, above + 1};
}

}  // namespace wasmrun::wasm
