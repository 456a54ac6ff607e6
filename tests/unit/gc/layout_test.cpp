#include "gc/layout.h"

#include <gtest/gtest.h>

#include <random>

#include "gc/object.h"
#include "test_heap.h"
#include "wasm/limits.h"

namespace wasmrun::gc {
namespace {

using namespace wasm;

std::vector<ValType> storageTypes() {
  return {TypeKind::I8, TypeKind::I16, kI32, kI64, kF32, kF64, kV128, kAnyRef, kFuncRef, kExternRef, kExnRef};
}

u64 end(FieldPlace place) { return place.offset + (u64{1} << sizeLog2(place.storage)); }

/// Every field is inside, aligned, behind the header, and shares no byte with another.
void checkPlaces(const Layout& layout) {
  std::vector<bool> taken(layout.size);
  std::fill_n(taken.begin(), sizeof(u32), true);
  EXPECT_EQ(layout.size % kGranule, 0u);
  for (const FieldPlace& place : layout.fields) {
    const u32 bytes = 1u << sizeLog2(place.storage);
    EXPECT_EQ(place.offset % std::min(bytes, kGranule), 0u);
    ASSERT_LE(end(place), layout.size);
    for (u32 i = place.offset; i < end(place); ++i) {
      ASSERT_FALSE(taken[i]);
      taken[i] = true;
    }
  }
}

TEST(Layout, SmallFieldsTakeWhatAlignmentLeavesFree) {
  TypeRegistry registry;
  const TypeId id =
      *registry.intern(std::vector{structType({kI64, TypeKind::I8, kAnyRef, TypeKind::I16, TypeKind::I8, kV128, kI32}),
                                   structType({}), structType({kAnyRef}), structType({kAnyRef, kAnyRef, kI32})});
  const std::vector<TypeId> ids = {id, TypeId(id.value + 1), TypeId(id.value + 2), TypeId(id.value + 3)};
  const LayoutSet set(registry, ids);
  std::vector<u32> offsets;
  for (const FieldPlace& place : set.layouts()[0].fields) offsets.push_back(place.offset);
  EXPECT_EQ(offsets, (std::vector<u32>{8, 4, 16, 6, 5, 24, 20}));
  EXPECT_EQ(set.layouts()[0].size, 40u);
  EXPECT_EQ(set.layouts()[1].size, 8u);
  EXPECT_EQ(set.layouts()[2].size, 8u);
  EXPECT_EQ(set.layouts()[3].size, 16u);
}

TEST(Layout, ASupertypesLayoutIsAPrefixInRandomHierarchies) {
  std::mt19937_64 random(7);
  const std::vector<ValType> types = storageTypes();
  for (int round = 0; round < 200; ++round) {
    TypeRegistry registry;
    std::vector<SubType> group;
    for (u32 i = 0; i < 40; ++i) {
      const bool isRoot = i == 0 || random() % 5 == 0;
      TypeId super;
      std::vector<ValType> fields;
      if (!isRoot) {
        const u32 from = static_cast<u32>(random() % i);
        super = member(from);
        for (const FieldType& field : group[from].fields) fields.push_back(field.storage);
      }
      for (u64 more = random() % 6; more > 0; --more) fields.push_back(types[random() % types.size()]);
      group.push_back(structType(fields, super));
    }
    const TypeId first = *registry.intern(group);
    std::vector<TypeId> ids;
    for (u32 i = 0; i < group.size(); ++i) ids.push_back(TypeId(first.value + i));
    const LayoutSet set(registry, ids);
    for (u32 i = 0; i < group.size(); ++i) {
      const Layout& layout = set.layouts()[i];
      checkPlaces(layout);
      EXPECT_TRUE(std::is_sorted(layout.refOffsets, layout.refOffsets + layout.refCount));
      EXPECT_EQ(layout.displaySize, registry.get(ids[i]).depth + 1);
      if (group[i].super.isNone()) continue;
      const Layout& super = set.layouts()[group[i].super.value - SubType::kGroupMember];
      ASSERT_LE(super.size, layout.size);
      for (size_t f = 0; f < super.fields.size(); ++f) {
        EXPECT_EQ(super.fields[f].offset, layout.fields[f].offset);
        EXPECT_EQ(super.fields[f].storage, layout.fields[f].storage);
      }
      ASSERT_LE(super.refCount, layout.refCount);
      for (u32 r = 0; r < super.refCount; ++r) EXPECT_EQ(super.refOffsets[r], layout.refOffsets[r]);
    }
    // Casts between all of them say what the registry says.
    for (u32 a = 0; a < group.size(); ++a)
      for (u32 b = 0; b < group.size(); ++b)
        EXPECT_EQ(set.layouts()[a].isSubtypeOf(typeWord(ids[b]), registry.get(ids[b]).depth),
                  registry.isSubtype(ids[a], ids[b]));
  }
}

TEST(Layout, CastsGoThroughTheDeepestHierarchy) {
  TypeRegistry registry;
  std::vector<SubType> chain = {structType({})};
  for (u32 depth = 1; depth <= limits::kMaxSubtypeDepth; ++depth) chain.push_back(structType({}, member(depth - 1)));
  const TypeId first = *registry.intern(chain);
  std::vector<TypeId> ids;
  for (u32 i = 0; i < chain.size(); ++i) ids.push_back(TypeId(first.value + i));
  const LayoutSet set(registry, ids);
  for (u32 a = 0; a < ids.size(); ++a)
    for (u32 b = 0; b < ids.size(); ++b)
      EXPECT_EQ(set.layouts()[a].isSubtypeOf(typeWord(ids[b]), b), b <= a) << a << ' ' << b;
}

TEST(Layout, TheLargestStruct) {
  TypeRegistry registry;
  const TypeId id = *registry.intern(std::vector{structType(std::vector<ValType>(limits::kMaxStructFields, kV128))});
  const LayoutSet set(registry, std::vector{id});
  EXPECT_EQ(set.layouts()[0].size, 8 + 16 * limits::kMaxStructFields);
  checkPlaces(set.layouts()[0]);
}

TEST(Layout, ArraySizesDoNotWrap) {
  TypeRegistry registry;
  std::vector<SubType> group;
  for (const ValType type : storageTypes()) group.push_back(arrayType(type));
  const TypeId first = *registry.intern(group);
  for (u32 i = 0; i < group.size(); ++i) {
    const LayoutSet set(registry, std::vector{TypeId(first.value + i)});
    const Layout& layout = set.layouts()[0];
    const u64 element = u64{1} << sizeLog2(storageOf(registry, storageTypes()[i]));
    for (u32 bit = 0; bit <= 32; ++bit)
      for (const u64 length : {(u64{1} << bit) - 1, u64{1} << bit, (u64{1} << bit) + 1}) {
        if (length > 0xffffffff) continue;
        const u64 bytes = arrayBytes(layout, static_cast<u32>(length));
        EXPECT_EQ(bytes % kGranule, 0u);
        EXPECT_GE(bytes, kElementsOffset + length * element);
        EXPECT_LT(bytes, kElementsOffset + length * element + kGranule);
      }
  }
}

TEST(Layout, TypesLiveAsLongAsTheirLayouts) {
  TypeRegistry registry;
  const TypeId id = *registry.intern(std::vector{structType({kI32})});
  {
    const LayoutSet set(registry, std::vector{id, id});
    registry.release(id);
    EXPECT_EQ(registry.groupCount(), 1u);
    EXPECT_EQ(set.layouts()[0].type, set.layouts()[1].type);
  }
  EXPECT_EQ(registry.groupCount(), 0u);
}

TEST(Layout, ExceptionsHoldTheirTagAndItsParameters) {
  const TestTypes types;
  const Layout& layout = types.layout(TestTypes::Tag);
  EXPECT_EQ(layout.kind, ObjectKind::Exception);
  EXPECT_EQ(layout.refCount, 2u);
  EXPECT_EQ(layout.fields[0].offset, 8u) << "the tag's number is before";
}

TEST(LayoutTable, UnknownTypeWordsHaveNoLayout) {
  const TestTypes types;
  LayoutTable table = *LayoutTable::make();
  EXPECT_NE(table.find(kHostType), nullptr);
  EXPECT_EQ(table.find(typeWord(types.id(0))), nullptr);
  ASSERT_TRUE(table.add(types.layouts));
  EXPECT_EQ(table.find(typeWord(types.id(0))), &types.layout(0));
  for (const u32 word : {0u, 1u, kPoison, ~0u, Object::kMoved, (1u << 26) - 1}) EXPECT_EQ(table.find(word), nullptr);
}

}  // namespace
}  // namespace wasmrun::gc
