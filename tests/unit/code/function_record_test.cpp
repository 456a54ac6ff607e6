#include "code/function_record.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "code/function_record_builder.h"

namespace wasmrun::code {
namespace {

const u8 kCode[200] = {};

std::vector<u32> slotsOf(const FunctionRecord& record, u32 chain) {
  std::vector<u32> slots;
  record.forEachReference(chain, [&](u32 slot) { slots.push_back(slot); });
  return slots;
}

TEST(FunctionRecord, SitesComeBackAsTheyWere) {
  std::mt19937 random(2);
  for (const u32 count : {0, 1, 15, 16, 17, 1000, 100'000}) {
    FunctionRecordBuilder builder;
    CodeIdentity identity;
    identity.wasmBegin = 123'456;
    builder.begin(identity);
    std::vector<Site> calls, accesses;
    u32 offset = 0, accessOffset = 0;
    const auto anyNumber = [&] { return static_cast<u32>(random()) >> random() % 32; };
    for (u32 i = 0; i < count; ++i) {
      offset += 1 + random() % (i % 50 == 0 ? 20'000 : 40);
      calls.push_back({offset, anyNumber(), anyNumber(), i % 3 == 0 ? kNone : anyNumber(), i % 5 == 0 ? 0 : kNone});
      builder.addCall(calls.back());
      accessOffset += 1 + random() % 9;
      accesses.push_back({accessOffset, anyNumber()});
      builder.addAccess(accessOffset, accesses.back().wasmOffset);
    }
    const auto record = builder.finish(kCode, ~u32{0} >> 1);
    ASSERT_EQ(record->calls().count(), count);
    ASSERT_EQ(record->accesses().count(), count);
    size_t position = 0;
    record->calls().forEach([&](const Site& site) { ASSERT_EQ(site.codeOffset, calls[position++].codeOffset); });
    EXPECT_EQ(position, count);
    for (const Site& site : calls) {
      const auto found = record->calls().find(site.codeOffset);
      ASSERT_TRUE(found);
      EXPECT_EQ(found->wasmOffset, site.wasmOffset);
      EXPECT_EQ(found->frameDelta, site.frameDelta);
      EXPECT_EQ(found->references, site.references);
      EXPECT_EQ(found->tryRange, site.tryRange);
    }
    std::map<u32, u32> known;
    for (const Site& site : accesses) known[site.codeOffset] = site.wasmOffset;
    for (u32 at = 0; at < accessOffset + 2; ++at) {
      const auto found = record->accesses().find(at);
      ASSERT_EQ(found.has_value(), known.contains(at));
      if (found) {
        EXPECT_EQ(found->wasmOffset, known[at]);
      }
    }
  }
}

TEST(FunctionRecord, TypicalSitesTakeFewBytes) {
  FunctionRecordBuilder builder;
  builder.begin({});
  for (u32 i = 1; i <= 16'000; ++i) {
    builder.addAccess(i * 12, i * 5);
    if (i % 4 == 0) builder.addCall({i * 12 + 7, i * 5 + 2, 9});
  }
  const auto record = builder.finish(kCode, 1'000'000);
  EXPECT_LT(record->memoryBytes(), 16'000 * 2.65 + 4'000 * 5.65 + 400);
}

TEST(FunctionRecord, ReferenceChainsShareWhatTheyHaveInCommon) {
  FunctionRecordBuilder builder;
  builder.begin({});
  const u32 two = builder.addReferences(std::vector<u32>{3, 8});
  const u32 three = builder.addReference(two, 20);
  EXPECT_EQ(builder.addReferences(std::vector<u32>{3, 8}), two);
  EXPECT_EQ(builder.addReference(two, 20), three);
  const u32 other = builder.addReference(two, 21);
  EXPECT_NE(other, three);
  builder.addCall({5, 0, 0, three});
  const auto record = builder.finish(kCode, 10);
  EXPECT_EQ(slotsOf(*record, three), (std::vector<u32>{20, 8, 3}));
  EXPECT_EQ(slotsOf(*record, other), (std::vector<u32>{21, 8, 3}));
  EXPECT_EQ(slotsOf(*record, record->calls().find(5)->references), slotsOf(*record, three));
  EXPECT_TRUE(slotsOf(*record, kNone).empty());
  EXPECT_EQ(record->references().size(), 4u);
}

TEST(FunctionRecord, DeepOperandsAreLinear) {
  FunctionRecordBuilder builder;
  builder.begin({});
  u32 chain = kNone;
  for (u32 i = 0; i < 100'000; ++i) {
    chain = builder.addReference(chain, i);
    builder.addCall({i + 1, i, 0, chain});
  }
  EXPECT_LT(builder.finish(kCode, 200'000)->memoryBytes(), 100'000u * 20);
}

TEST(FunctionRecord, TryRangesKeepTheirClauses) {
  FunctionRecordBuilder builder;
  builder.begin({});
  const u32 outer = builder.addTryRange(TryRange::Kind::TryTable, kNone);
  const u32 first = builder.addClause(outer, {wasm::CatchClause::Catch, wasm::TagIndex(4), 0, 11});
  const u32 inner = builder.addTryRange(TryRange::Kind::Legacy, outer);
  const u32 legacy = builder.addTryRange(TryRange::Kind::Legacy, inner);
  builder.addClause(legacy, {wasm::CatchClause::Catch, wasm::TagIndex(5), 77, 13, 99});
  // Clauses come when their code does, so those of ranges inside are in between.
  builder.addClause(outer, {wasm::CatchClause::CatchAll, wasm::TagIndex(), 0, 12});
  builder.setDelegate(inner, outer);
  builder.setLanding(first, 55);
  const auto record = builder.finish(kCode, 100);
  ASSERT_EQ(record->tryRanges().size(), 3u);
  const TryRange& range = record->tryRanges()[outer];
  ASSERT_EQ(record->clausesOf(range).size(), 2u);
  EXPECT_EQ(record->clausesOf(range)[0].landing, 55u);
  EXPECT_EQ(record->clausesOf(range)[0].tag, wasm::TagIndex(4));
  EXPECT_EQ(record->clausesOf(range)[1].payloadSlot, 12u);
  EXPECT_TRUE(record->clausesOf(record->tryRanges()[inner]).empty());
  EXPECT_EQ(record->tryRanges()[inner].kind, TryRange::Kind::Delegate);
  EXPECT_EQ(record->tryRanges()[inner].delegateTo, outer);
  EXPECT_EQ(record->tryRanges()[legacy].parent, inner);
  EXPECT_EQ(record->clausesOf(record->tryRanges()[legacy])[0].referenceSlot, 99u);
}

TEST(FunctionRecord, LoopsAreFoundByTheirOpcode) {
  FunctionRecordBuilder builder;
  builder.begin({});
  for (const u32 offset : {50u, 10u, 30u}) builder.addLoopEntry(offset, offset * 2);
  const auto record = builder.finish(kCode, 200);
  EXPECT_EQ(record->loopEntry(30), kCode + 60);
  EXPECT_EQ(record->loopEntry(50), kCode + 100);
  EXPECT_EQ(record->loopEntry(31), nullptr);
  EXPECT_EQ(record->loopEntry(51), nullptr);
}

TEST(FunctionRecord, ABuilderStartsAnew) {
  FunctionRecordBuilder builder;
  builder.begin({});
  builder.addCall({10, 20});
  builder.addReference(kNone, 1);
  builder.addTryRange(TryRange::Kind::Legacy, kNone);
  builder.addLoopEntry(1, 1);
  builder.begin({});
  builder.addCall({5, 6});
  const auto record = builder.finish(kCode, 100);
  EXPECT_EQ(record->calls().count(), 1u);
  EXPECT_TRUE(record->calls().find(5));
  EXPECT_TRUE(record->references().empty() && record->tryRanges().empty() && record->loopEntries().empty());
}

}  // namespace
}  // namespace wasmrun::code
