#include "gc/ref.h"

#include <gtest/gtest.h>

#include <vector>

#include "gc/cast.h"

namespace wasmrun::gc {
namespace {

/// Values at the edges of every bit.
std::vector<u32> payloads() {
  std::vector<u32> values = {0, 1, 2, 3, 4, 7, 8, 0x55555555, 0xaaaaaaaa, 0x7fffffff, 0xffffffff};
  for (u32 bit = 0; bit < 32; ++bit)
    for (const u32 value : {1u << bit, (1u << bit) - 1, ~(1u << bit)}) values.push_back(value);
  return values;
}

TEST(Ref, NullIsZeroInEveryForm) {
  EXPECT_TRUE(Ref().isNull());
  EXPECT_TRUE(Ref::fromSlot(0).isNull());
  EXPECT_FALSE(Ref().isI31());
  EXPECT_TRUE(Ref().isNullOrI31());
  EXPECT_FALSE(Ref().isObject());
}

TEST(Ref, I31OfEveryPayloadIsNoObject) {
  for (const u32 value : payloads()) {
    const Ref ref = Ref::i31(value);
    EXPECT_TRUE(ref.isI31()) << value;
    EXPECT_TRUE(ref.isNullOrI31()) << value;
    EXPECT_FALSE(ref.isObject()) << value;
    EXPECT_FALSE(ref.isNull()) << value;
    EXPECT_EQ(ref.i31Unsigned(), value & 0x7fffffff);
    EXPECT_EQ(ref.i31Signed(), static_cast<i32>(value << 1) >> 1);
    EXPECT_EQ(Ref::fromSlot(ref.slot()), ref);
    EXPECT_LE(ref.slot(), 0xffffffffu) << "a slot's upper half is zeros";
  }
}

TEST(Ref, EveryMultipleOfAGranuleIsAnObject) {
  for (const u32 value : payloads()) {
    const Ref ref = Ref::fromBits(value & ~(kGranule - 1));
    EXPECT_EQ(ref.isObject(), ref.bits() != 0) << value;
    EXPECT_NE(ref.isObject(), ref.isNullOrI31()) << value;
  }
}

TEST(Ref, PoisonIsNeitherAlignedNorAnI31) {
  const Ref ref = Ref::fromBits(kPoison);
  EXPECT_FALSE(ref.isNullOrI31());
  EXPECT_NE(ref.bits() % kGranule, 0u);
}

TEST(Cast, I31AndKindsInTheLatticeOfAbstractTypes) {
  using enum wasm::HeapType::Abstract;
  struct Row {
    wasm::HeapType::Abstract type;
    bool i31, isStruct, array, host, exception;
  };
  for (const Row& row :
       {Row{Any, 1, 1, 1, 1, 0}, Row{Eq, 1, 1, 1, 0, 0}, Row{I31, 1, 0, 0, 0, 0}, Row{Struct, 0, 1, 0, 0, 0},
        Row{Array, 0, 0, 1, 0, 0}, Row{None, 0, 0, 0, 0, 0}, Row{Extern, 1, 1, 1, 1, 0}, Row{NoExtern, 0, 0, 0, 0, 0},
        Row{Exn, 0, 0, 0, 0, 1}, Row{NoExn, 0, 0, 0, 0, 0}}) {
    EXPECT_EQ(i31Matches(row.type), row.i31) << row.type;
    EXPECT_EQ(kindMatches(ObjectKind::Struct, row.type), row.isStruct) << row.type;
    EXPECT_EQ(kindMatches(ObjectKind::Array, row.type), row.array) << row.type;
    EXPECT_EQ(kindMatches(ObjectKind::Host, row.type), row.host) << row.type;
    EXPECT_EQ(kindMatches(ObjectKind::Exception, row.type), row.exception) << row.type;
  }
}

}  // namespace
}  // namespace wasmrun::gc
