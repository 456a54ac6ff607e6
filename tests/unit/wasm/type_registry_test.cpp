#include "wasm/type_registry.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <thread>

#include "wasm/id_space.h"
#include "wasm/limits.h"

namespace wasmrun::wasm {
namespace {

ValType refTo(TypeId id, bool nullable = true) { return ValType::ref(HeapType(id), nullable); }
TypeId member(u32 position) { return TypeId(SubType::kGroupMember + position); }

SubType funcType(std::vector<ValType> params, std::vector<ValType> results) {
  SubType type;
  type.params = std::move(params);
  type.results = std::move(results);
  return type;
}

SubType structType(std::vector<FieldType> fields, TypeId super = {}, bool isFinal = false) {
  SubType type;
  type.kind = CompositeKind::Struct;
  type.isFinal = isFinal;
  type.super = super;
  type.fields = std::move(fields);
  return type;
}

TypeId intern(TypeRegistry& registry, const std::vector<SubType>& group) {
  const Result<TypeId> id = registry.intern(group);
  EXPECT_TRUE(id) << id.error().message;
  return *id;
}

// -- Canonical ids --------------------------------------------------------------------------------------------------

TEST(TypeRegistry, EqualTypesHaveOneId) {
  TypeRegistry registry;
  const TypeId a = intern(registry, {funcType({kI32}, {kI64})});
  EXPECT_EQ(intern(registry, {funcType({kI32}, {kI64})}), a);
  EXPECT_EQ(*registry.internFunc(std::vector{kI32}, std::vector{kI64}), a);
  EXPECT_NE(intern(registry, {funcType({kI32, kI64}, {})}), a);
  EXPECT_NE(intern(registry, {funcType({kI64}, {kI32})}), a);
  SubType open = funcType({kI32}, {kI64});
  open.isFinal = false;
  EXPECT_NE(intern(registry, {open}), a);
  EXPECT_EQ(registry.groupCount(), 4u);
}

TEST(TypeRegistry, ADefinitionKeepsWhatWasWritten) {
  TypeRegistry registry;
  const TypeId id = intern(
      registry, {funcType({kI32, kV128}, {kV128, kV128, kF32}), structType({{kI64, true}, {TypeKind::I8, false}})});
  const TypeDef& func = registry.get(id);
  EXPECT_EQ(func.func.params[1], kV128);
  EXPECT_EQ(func.func.paramSlots, 3u);
  EXPECT_EQ(func.func.resultSlots, 5u);
  const TypeDef& record = registry.get(TypeId(id.value + 1));
  EXPECT_EQ(record.kind, CompositeKind::Struct);
  EXPECT_EQ(record.fields[1], (FieldType{TypeKind::I8, false}));
  EXPECT_EQ(record.groupPosition, 1u);
  EXPECT_EQ(record.groupSize, 2u);
}

TEST(TypeRegistry, ARecursiveReferenceIsNotAnOuterReference) {
  TypeRegistry registry;
  const TypeId list = intern(registry, {structType({{refTo(member(0)), false}})});
  EXPECT_EQ(registry.get(list).fields[0].storage, refTo(list));
  // The same type unrolled once: its field mentions `list` from outside the group.
  const TypeId unrolled = intern(registry, {structType({{refTo(list), false}})});
  EXPECT_NE(unrolled, list);
  EXPECT_EQ(intern(registry, {structType({{refTo(member(0)), false}})}), list);
  EXPECT_EQ(intern(registry, {structType({{refTo(list), false}})}), unrolled);
}

TEST(TypeRegistry, GroupsDifferByOrderAndSize) {
  TypeRegistry registry;
  const SubType a = funcType({refTo(member(1))}, {}), b = structType({{kI32, false}});
  const SubType swapped = funcType({refTo(member(0))}, {});
  const TypeId ab = intern(registry, {a, b});
  EXPECT_EQ(intern(registry, {a, b}), ab);
  EXPECT_NE(intern(registry, {b, swapped}), ab);
  EXPECT_NE(intern(registry, {a, b, b}), ab);
}

TEST(TypeRegistry, ReleaseFreesAGroupAndWhatItHeld) {
  TypeRegistry registry;
  TypeId id = intern(registry, {structType({})});
  const TypeId leaf = id;
  // A chain a hundred thousand long: release must not recurse over it.
  for (int i = 0; i < 100'000; ++i) {
    const TypeId next = intern(registry, {structType({{refTo(id), false}, {refTo(id, false), true}})});
    registry.release(id);
    id = next;
  }
  EXPECT_EQ(registry.groupCount(), 100'001u);
  EXPECT_EQ(intern(registry, {structType({})}), leaf) << "a mention holds the mentioned group";
  registry.release(leaf);
  registry.release(id);
  EXPECT_EQ(registry.groupCount(), 0u);
  EXPECT_EQ(intern(registry, {structType({{kI32, false}})}).value, 0u) << "ids are used anew";
}

TEST(TypeRegistry, SubtypeDepthIsLimited) {
  TypeRegistry registry;
  std::vector<SubType> chain = {structType({})};
  for (u32 depth = 1; depth <= limits::kMaxSubtypeDepth; ++depth) chain.push_back(structType({}, member(depth - 1)));
  const TypeId first = intern(registry, chain);
  const TypeId last(first.value + limits::kMaxSubtypeDepth);
  EXPECT_EQ(registry.get(last).depth, limits::kMaxSubtypeDepth);
  EXPECT_TRUE(registry.isSubtype(last, first));
  const Result<TypeId> tooDeep = registry.intern(std::vector{structType({}, last)});
  ASSERT_FALSE(tooDeep);
  EXPECT_EQ(tooDeep.error().kind, ErrorKind::Limit);
  EXPECT_EQ(tooDeep.error().message, "subtype depth exceeds the limit of 63");
}

TEST(TypeRegistry, HostFunctionTypesAreLimited) {
  TypeRegistry registry;
  const std::vector<ValType> many(limits::kMaxParams + 1, kI32);
  EXPECT_EQ(registry.internFunc(many, {}).error().kind, ErrorKind::Limit);
  EXPECT_EQ(registry.internFunc({}, many).error().kind, ErrorKind::Limit);
}

// -- Random groups against a naive model ----------------------------------------------------------------------------

struct Model {
  TypeRegistry registry;
  std::vector<std::vector<SubType>> groups;  // distinct, as interned
  std::vector<TypeId> firsts;
  std::vector<TypeId> superOf;  // by id
};

ValType randomType(std::mt19937& random, const Model& model, u32 groupSize) {
  switch (random() % 4) {
    case 0: return kI32;
    case 1: return refTo(member(random() % groupSize), random() % 2);
    case 2: return kAnyRef;
    default: return model.superOf.empty() ? kI64 : refTo(TypeId(static_cast<u32>(random() % model.superOf.size())));
  }
}

std::vector<SubType> randomGroup(std::mt19937& random, const Model& model) {
  const u32 size = 1 + random() % 3;
  std::vector<SubType> group;
  for (u32 i = 0; i < size; ++i) {
    SubType type = structType({{randomType(random, model, size), random() % 2 == 0}});
    const u32 choice = random() % 3;
    if (choice == 0 && i > 0) type.super = member(random() % i);
    if (choice == 1 && !model.superOf.empty()) {
      const TypeId super(static_cast<u32>(random() % model.superOf.size()));
      if (model.registry.get(super).depth < 20) type.super = super;
    }
    group.push_back(std::move(type));
  }
  return group;
}

bool sameText(const std::vector<SubType>& a, const std::vector<SubType>& b) {
  return std::ranges::equal(a, b, [](const SubType& x, const SubType& y) {
    return x.kind == y.kind && x.isFinal == y.isFinal && x.super == y.super && x.params == y.params &&
           x.results == y.results && x.fields == y.fields;
  });
}

bool naiveSubtype(const Model& model, TypeId sub, TypeId super) {
  for (TypeId at = sub; !at.isNone(); at = model.superOf[at.value])
    if (at == super) return true;
  return false;
}

TEST(TypeRegistry, RandomGroupsAgreeWithTheNaiveModel) {
  std::mt19937 random(7);
  Model model;
  for (int round = 0; round < 600; ++round) {
    const bool repeat = !model.groups.empty() && random() % 3 == 0;
    const std::vector<SubType> group =
        repeat ? model.groups[random() % model.groups.size()] : randomGroup(random, model);
    const TypeId first = intern(model.registry, group);
    size_t known = 0;
    while (known < model.groups.size() && !sameText(model.groups[known], group)) ++known;
    if (known < model.groups.size()) {
      EXPECT_EQ(first, model.firsts[known]);
      continue;
    }
    ASSERT_EQ(first.value, model.superOf.size()) << "a new group has new, consecutive ids";
    for (const SubType& type : group)
      model.superOf.push_back(type.super.isNone() || type.super.value < SubType::kGroupMember
                                  ? type.super
                                  : TypeId(first.value + type.super.value - SubType::kGroupMember));
    model.groups.push_back(group);
    model.firsts.push_back(first);
  }
  EXPECT_EQ(model.registry.groupCount(), model.groups.size());
  for (u32 sub = 0; sub < model.superOf.size(); ++sub)
    for (u32 super = 0; super < model.superOf.size(); ++super)
      EXPECT_EQ(model.registry.isSubtype(TypeId(sub), TypeId(super)), naiveSubtype(model, TypeId(sub), TypeId(super)));
}

TEST(TypeRegistry, ThreadsInternAndReleaseTogether) {
  TypeRegistry registry;
  const auto work = [&](u32 seed) {
    std::mt19937 random(seed);
    for (int i = 0; i < 3000; ++i) {
      const std::vector<ValType> params(random() % 40, kI32);
      const TypeId a = *registry.internFunc(params, {});
      const TypeId b = intern(registry, {structType({{refTo(a), false}, {refTo(member(0)), true}})});
      EXPECT_EQ(registry.get(a).func.params.size(), params.size());
      EXPECT_EQ(registry.get(b).fields[0].storage, refTo(a));
      registry.release(a);
      registry.release(b);
    }
  };
  std::thread one(work, 1), two(work, 2);
  one.join();
  two.join();
  EXPECT_EQ(registry.groupCount(), 0u);
}

// -- Subtyping of heap and value types ------------------------------------------------------------------------------

TEST(Subtyping, AbstractHeapTypes) {
  using enum HeapType::Abstract;
  TypeRegistry registry;
  // Every pair that holds, reflexive ones left out (spec: valid/matching, heap types).
  const std::pair<HeapType::Abstract, HeapType::Abstract> holds[] = {
      {Eq, Any},      {I31, Any},    {Struct, Any},  {Array, Any},       {None, Any},
      {I31, Eq},      {Struct, Eq},  {Array, Eq},    {None, Eq},         {None, I31},
      {None, Struct}, {None, Array}, {NoFunc, Func}, {NoExtern, Extern}, {NoExn, Exn},
  };
  for (u32 a = 0; a < HeapType::kAbstractCount; ++a)
    for (u32 b = 0; b < HeapType::kAbstractCount; ++b) {
      const auto sub = static_cast<HeapType::Abstract>(a), super = static_cast<HeapType::Abstract>(b);
      const bool expected = a == b || std::ranges::find(holds, std::pair(sub, super)) != std::end(holds);
      EXPECT_EQ(registry.isSubtype(HeapType(sub), HeapType(super)), expected) << a << " <: " << b;
    }
}

TEST(Subtyping, ConcreteAgainstAbstract) {
  using enum HeapType::Abstract;
  TypeRegistry registry;
  SubType array = structType({{kI32, true}});
  array.kind = CompositeKind::Array;
  const HeapType func(intern(registry, {funcType({}, {})})), record(intern(registry, {structType({})})),
      list(intern(registry, {array}));
  const auto supersOf = [&](HeapType type) {
    std::vector<u32> supers;
    for (u32 a = 0; a < kAbstractCount; ++a)
      if (registry.isSubtype(type, HeapType(static_cast<HeapType::Abstract>(a)))) supers.push_back(a);
    return supers;
  };
  EXPECT_EQ(supersOf(func), (std::vector<u32>{Func}));
  EXPECT_EQ(supersOf(record), (std::vector<u32>{Any, Eq, Struct}));
  EXPECT_EQ(supersOf(list), (std::vector<u32>{Any, Eq, Array}));
  EXPECT_TRUE(registry.isSubtype(HeapType(NoFunc), func));
  EXPECT_TRUE(registry.isSubtype(HeapType(None), record));
  EXPECT_FALSE(registry.isSubtype(HeapType(None), func));
  EXPECT_FALSE(registry.isSubtype(HeapType(NoFunc), list));
  EXPECT_FALSE(registry.isSubtype(HeapType(I31), record));
  EXPECT_EQ(registry.topOf(func), Func);
  EXPECT_EQ(registry.topOf(list), Any);
  EXPECT_EQ(registry.topOf(HeapType(NoExtern)), Extern);
  EXPECT_EQ(registry.topOf(HeapType(NoExn)), Exn);
}

TEST(Subtyping, ValueTypes) {
  TypeRegistry registry;
  EXPECT_TRUE(registry.isSubtype(kI32, kI32));
  EXPECT_FALSE(registry.isSubtype(kI32, kI64));
  EXPECT_TRUE(registry.isSubtype(kBottom, kI32));
  EXPECT_TRUE(registry.isSubtype(kBottom, kFuncRef));
  EXPECT_FALSE(registry.isSubtype(kI32, kBottom));
  EXPECT_TRUE(registry.isSubtype(kFuncRef.asNonNull(), kFuncRef));
  EXPECT_FALSE(registry.isSubtype(kFuncRef, kFuncRef.asNonNull()));
  EXPECT_FALSE(registry.isSubtype(kFuncRef, kAnyRef));
  EXPECT_FALSE(registry.isSubtype(kI32, kAnyRef));
}

TEST(TypeRegistry, Text) {
  TypeRegistry registry;
  const TypeId id = intern(registry, {structType({})});
  EXPECT_EQ(registry.toText(refTo(id)), "(ref null 0)");
  EXPECT_EQ(registry.toText(refTo(id, false)), "(ref 0)");
  EXPECT_EQ(registry.toText(kExternRef), "externref");
  EXPECT_EQ(registry.toText(ValType::ref(HeapType::None, true)), "nullref");
  EXPECT_EQ(registry.toText(kExnRef.asNonNull()), "(ref exn)");
  const TypeId func = *registry.internFunc(std::vector{kI32, kF64}, std::vector{kV128});
  EXPECT_EQ(registry.toText(registry.get(func).func), " (param i32 f64) (result v128)");
}

// -- IdSpace --------------------------------------------------------------------------------------------------------

TEST(IdSpace, RangesNeverOverlapAndComeBackWhole) {
  std::mt19937 random(3);
  IdSpace ids(1000);
  std::vector<bool> used(1000);
  std::vector<std::pair<u32, u32>> taken;
  const auto mark = [&](u32 first, u32 count, bool to) {
    for (u32 i = first; i < first + count; ++i) {
      EXPECT_EQ(used.at(i), !to);
      used[i] = to;
    }
  };
  for (int round = 0; round < 5000; ++round) {
    const u32 count = 1 + random() % 30;
    if (const auto first = random() % 2 ? ids.take(count) : std::nullopt) {
      mark(*first, count, true);
      taken.emplace_back(*first, count);
    } else if (!taken.empty()) {
      std::swap(taken[random() % taken.size()], taken.back());
      mark(taken.back().first, taken.back().second, false);
      ids.giveBack(taken.back().first, taken.back().second);
      taken.pop_back();
    }
  }
  for (const auto& [first, count] : taken) ids.giveBack(first, count);
  EXPECT_EQ(ids.top(), 0u);
  EXPECT_EQ(ids.take(1000), 0u);
  EXPECT_EQ(ids.take(1), std::nullopt);
}

}  // namespace
}  // namespace wasmrun::wasm
