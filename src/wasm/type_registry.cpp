#include "wasm/type_registry.h"

#include <mutex>
#include <new>

#include "support/text.h"
#include "wasm/id_space.h"
#include "wasm/limits.h"
#include "wasm/type_group.h"

namespace wasmrun::wasm {

// -- Canonical groups -----------------------------------------------------------------------------------------------

struct TypeRegistry::Impl {
  mutable std::mutex mutex;
  std::vector<TypeGroup*> buckets = std::vector<TypeGroup*>(64);  // a power of two; chained by nextInBucket
  size_t groupCount = 0;
  IdSpace ids{SubType::kGroupMember};
  std::vector<u32> depths;  // scratch of extentOf: by position in the group

  TypeGroup*& bucketOf(u64 hash) { return buckets[hash & (buckets.size() - 1)]; }
  void insert(TypeGroup* group);
  void remove(TypeGroup* group);
  Result<TypeGroupExtent> extentOf(const TypeRegistry& registry, std::span<const SubType> group);
};

void TypeRegistry::Impl::insert(TypeGroup* group) {
  if (++groupCount > buckets.size()) {
    const std::vector<TypeGroup*> old = std::exchange(buckets, std::vector<TypeGroup*>(2 * buckets.size()));
    for (TypeGroup* chain : old)
      while (chain) {
        TypeGroup* const moved = std::exchange(chain, chain->nextInBucket);
        moved->nextInBucket = std::exchange(bucketOf(moved->hash), moved);
      }
  }
  group->nextInBucket = std::exchange(bucketOf(group->hash), group);
}

void TypeRegistry::Impl::remove(TypeGroup* group) {
  --groupCount;
  TypeGroup** link = &bucketOf(group->hash);
  while (*link != group) link = &(*link)->nextInBucket;
  *link = group->nextInBucket;
}

Result<TypeGroupExtent> TypeRegistry::Impl::extentOf(const TypeRegistry& registry, std::span<const SubType> group) {
  TypeGroupExtent extent;
  depths.clear();
  for (const SubType& type : group) {
    u32 depth = 0;
    if (!type.super.isNone()) {
      const u32 position = type.super.value - SubType::kGroupMember;
      const bool isMember = type.super.value >= SubType::kGroupMember;
      CHECK(!isMember || position < depths.size(), "a super type in the same group comes before its sub types");
      depth = 1 + (isMember ? depths[position] : registry.get(type.super).depth);
    }
    if (depth > limits::kMaxSubtypeDepth)
      return fail(ErrorKind::Limit, support::concat("subtype depth exceeds the limit of ", limits::kMaxSubtypeDepth));
    depths.push_back(depth);
    extent.valTypes += type.params.size() + type.results.size();
    extent.fields += type.fields.size();
    extent.displayEntries += depth + 1;
  }
  return extent;
}

TypeRegistry::TypeRegistry() : impl_(std::make_unique<Impl>()) {}

TypeRegistry::~TypeRegistry() {
  for (TypeGroup* chain : impl_->buckets)
    while (chain) deleteTypeGroup(std::exchange(chain, chain->nextInBucket));
  for (auto& chunk : chunks_) ::operator delete(chunk.load(std::memory_order_relaxed));
}

TypeGroup* TypeRegistry::find(std::span<const SubType> group, u64 hash) const {
  for (TypeGroup* candidate = impl_->bucketOf(hash); candidate; candidate = candidate->nextInBucket) {
    if (candidate->hash != hash || candidate->size != group.size()) continue;
    u32 same = 0;
    while (same < candidate->size && isCanonicalFormOf(get(TypeId(candidate->first + same)), group[same], *candidate))
      ++same;
    if (same == candidate->size) return candidate;
  }
  return nullptr;
}

void TypeRegistry::reserveSlots(u32 end) {
  // Chunk k starts at id (2^k - 1) << kFirstChunkLog2.
  for (u32 k = 0; k < kChunks && ((u64{1} << k) - 1) << kFirstChunkLog2 < end; ++k) {
    if (chunks_[k].load(std::memory_order_relaxed)) continue;
    const size_t bytes = sizeof(TypeDef) << (kFirstChunkLog2 + k);
    chunks_[k].store(static_cast<TypeDef*>(::operator new(bytes)), std::memory_order_release);
  }
}

Result<TypeId> TypeRegistry::intern(std::span<const SubType> group) {
  CHECK(!group.empty() && group.size() <= limits::kMaxRecGroupSize, "the decoder checked the group's size");
  const u64 hash = hashOf(group);
  const std::lock_guard lock(impl_->mutex);
  if (TypeGroup* const known = find(group, hash)) {
    ++known->references;
    return TypeId(known->first);
  }
  WASMRUN_TRY_ASSIGN(const TypeGroupExtent extent, impl_->extentOf(*this, group));
  const u32 size = static_cast<u32>(group.size());
  const std::optional<u32> first = impl_->ids.take(size);
  if (!first)
    return fail(ErrorKind::Limit,
                support::concat("number of types in one engine exceeds the limit of ", SubType::kGroupMember));
  reserveSlots(*first + size);

  TypeGroup* const record = newTypeGroup(extent);
  record->first = *first;
  record->size = size;
  record->references = 1;
  record->hash = hash;
  TypeGroupWriter writer(record);
  for (u32 i = 0; i < size; ++i) {
    const TypeId super = group[i].super;
    const TypeDef* superDef = nullptr;
    if (!super.isNone())
      superDef =
          &get(super.value >= SubType::kGroupMember ? TypeId(*first + super.value - SubType::kGroupMember) : super);
    TypeDef* const def = new (slotOf(TypeId(*first + i))) TypeDef(writer.write(group[i], i, superDef));
    forEachOuterMention(*def, [&](TypeId id) { ++get(id).group->references; });
  }
  impl_->insert(record);
  return TypeId(*first);
}

void TypeRegistry::retain(TypeId member) {
  const std::lock_guard lock(impl_->mutex);
  ++get(member).group->references;
}

void TypeRegistry::release(TypeId firstOfGroup) {
  const std::lock_guard lock(impl_->mutex);
  std::vector<TypeGroup*> dead;
  const auto drop = [&](TypeGroup* group) {
    CHECK(group->references > 0, "a type group is released once for each reference");
    if (--group->references == 0) dead.push_back(group);
  };
  drop(get(firstOfGroup).group);
  while (!dead.empty()) {
    TypeGroup* const group = dead.back();
    dead.pop_back();
    for (u32 i = 0; i < group->size; ++i)
      forEachOuterMention(get(TypeId(group->first + i)), [&](TypeId id) { drop(get(id).group); });
    impl_->remove(group);
    impl_->ids.giveBack(group->first, group->size);
    deleteTypeGroup(group);
  }
}

Result<TypeId> TypeRegistry::internFunc(std::span<const ValType> params, std::span<const ValType> results) {
  if (params.size() > limits::kMaxParams)
    return fail(ErrorKind::Limit, support::concat("number of parameters exceeds the limit of ", limits::kMaxParams));
  if (results.size() > limits::kMaxResults)
    return fail(ErrorKind::Limit, support::concat("number of results exceeds the limit of ", limits::kMaxResults));
  SubType type;
  type.params.assign(params.begin(), params.end());
  type.results.assign(results.begin(), results.end());
  return intern({&type, 1});
}

size_t TypeRegistry::groupCount() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->groupCount;
}

// -- Subtyping (spec: valid/matching) -------------------------------------------------------------------------------

namespace {

using Abstract = HeapType::Abstract;

constexpr u32 bit(Abstract type) { return 1u << type; }

/// Bit n of entry m: abstract heap type m is a subtype of abstract heap type n.
constexpr std::array<u32, HeapType::kAbstractCount> kSupers = [] {
  using enum HeapType::Abstract;
  std::array<u32, HeapType::kAbstractCount> supers{};
  supers[Any] = bit(Any);
  supers[Eq] = bit(Eq) | bit(Any);
  supers[I31] = bit(I31) | bit(Eq) | bit(Any);
  supers[Struct] = bit(Struct) | bit(Eq) | bit(Any);
  supers[Array] = bit(Array) | bit(Eq) | bit(Any);
  supers[None] = bit(None) | bit(I31) | bit(Struct) | bit(Array) | bit(Eq) | bit(Any);
  supers[Func] = bit(Func);
  supers[NoFunc] = bit(NoFunc) | bit(Func);
  supers[Extern] = bit(Extern);
  supers[NoExtern] = bit(NoExtern) | bit(Extern);
  supers[Exn] = bit(Exn);
  supers[NoExn] = bit(NoExn) | bit(Exn);
  return supers;
}();

/// The least abstract heap type above a defined type of this kind.
constexpr Abstract abstractOf(CompositeKind kind) {
  switch (kind) {
    case CompositeKind::Func: return HeapType::Func;
    case CompositeKind::Struct: return HeapType::Struct;
    case CompositeKind::Array: return HeapType::Array;
  }
  std::unreachable();
}

constexpr bool isBottomOf(Abstract bottom, CompositeKind kind) {
  return bottom == (kind == CompositeKind::Func ? HeapType::NoFunc : HeapType::None);
}

}  // namespace

bool TypeRegistry::isSubtype(TypeId sub, TypeId super) const {
  if (sub == super) return true;
  const u32 depth = get(super).depth;
  const std::span<const TypeId> display = get(sub).display;
  return depth < display.size() && display[depth] == super;
}

bool TypeRegistry::isSubtype(HeapType sub, HeapType super) const {
  if (sub == super || sub.isBottom()) return true;
  if (super.isBottom()) return false;
  if (super.isAbstract()) {
    const Abstract least = sub.isAbstract() ? sub.abstract() : abstractOf(get(sub.typeId()).kind);
    return (kSupers[least] & bit(super.abstract())) != 0;
  }
  if (sub.isAbstract()) return isBottomOf(sub.abstract(), get(super.typeId()).kind);
  return isSubtype(sub.typeId(), super.typeId());
}

bool TypeRegistry::isSubtypeSlow(ValType sub, ValType super) const {
  if (sub.isBottom()) return true;
  if (!sub.isRef() || !super.isRef()) return false;
  if (sub.isNullable() && !super.isNullable()) return false;
  return isSubtype(sub.heap(), super.heap());
}

HeapType::Abstract TypeRegistry::topOf(HeapType heap) const {
  const u32 supers = kSupers[heap.isAbstract() ? heap.abstract() : abstractOf(get(heap.typeId()).kind)];
  for (const Abstract top : {HeapType::Any, HeapType::Func, HeapType::Extern})
    if (supers & bit(top)) return top;
  return HeapType::Exn;
}

// -- Text -----------------------------------------------------------------------------------------------------------

namespace {

struct AbstractNames {
  std::string_view heap;      // in (ref ...)
  std::string_view nullable;  // short for (ref null ...)
};

constexpr AbstractNames kAbstractNames[HeapType::kAbstractCount] = {
#define WASMRUN_HEAP_TYPE(name, code, text, refText, feature) {text, refText},
#include "wasm/heap_types.def"
};

constexpr std::string_view kKindNames[] = {"bot", "i32", "i64", "f32", "f64", "v128", "ref", "i8", "i16"};

}  // namespace

std::string_view nameOf(HeapType::Abstract heap) { return kAbstractNames[heap].heap; }

std::string TypeRegistry::toText(ValType type) const {
  if (!type.isRef()) return std::string(kKindNames[static_cast<u32>(type.kind())]);
  const HeapType heap = type.heap();
  if (heap.isConcrete()) return support::concat(type.isNullable() ? "(ref null " : "(ref ", heap.typeId().value, ')');
  if (heap.isBottom()) return type.isNullable() ? "(ref null bot)" : "(ref bot)";
  const AbstractNames& names = kAbstractNames[heap.abstract()];
  return type.isNullable() ? std::string(names.nullable) : support::concat("(ref ", names.heap, ')');
}

std::string TypeRegistry::toText(const FuncType& type) const {
  std::string text;
  const auto append = [&](std::string_view word, std::span<const ValType> types) {
    if (types.empty()) return;
    text += support::concat(" (", word);
    for (const ValType element : types) text += support::concat(' ', toText(element));
    text += ')';
  };
  append("param", type.params);
  append("result", type.results);
  return text;
}

// -- Matching of definitions -----------------------------------------------------------------------------------------

namespace {

bool matches(const TypeRegistry& registry, const FieldType& sub, const FieldType& super) {
  if (sub.isMutable != super.isMutable) return false;
  // A mutable field is read and written: both directions, which for canonical types is equality.
  return sub.isMutable ? sub.storage == super.storage : registry.isSubtype(sub.storage, super.storage);
}

bool matches(const TypeRegistry& registry, std::span<const ValType> sub, std::span<const ValType> super) {
  if (sub.size() != super.size()) return false;
  for (size_t i = 0; i < sub.size(); ++i)
    if (!registry.isSubtype(sub[i], super[i])) return false;
  return true;
}

/// Structural matching of composite types (spec: valid/matching). Linear in `sub`.
bool matches(const TypeRegistry& registry, const TypeDef& sub, const TypeDef& super) {
  if (sub.kind != super.kind) return false;
  if (sub.kind == CompositeKind::Func)
    return matches(registry, super.func.params, sub.func.params) &&
           matches(registry, sub.func.results, super.func.results);
  if (sub.fields.size() < super.fields.size()) return false;
  for (size_t i = 0; i < super.fields.size(); ++i)
    if (!matches(registry, sub.fields[i], super.fields[i])) return false;
  return true;
}

}  // namespace

bool TypeRegistry::matchesSuper(TypeId id) const {
  const TypeDef& def = get(id);
  return def.super.isNone() || matches(*this, def, get(def.super));
}

}  // namespace wasmrun::wasm
