#include "code/frame_walk.h"

#include <gtest/gtest.h>

#include "assembled.h"

namespace wasmrun::code {
namespace {

/// A native stack made by hand, of code that is never run.
class FrameWalkTest : public testing::Test {
 protected:
  const FunctionRecord* add(CodeIdentity identity, const std::vector<Site>& calls, u32 access = kNone) {
    const CodeBlock block = *area_.allocate(64);
    builder_.begin(identity);
    for (const Site& site : calls) builder_.addCall(site);
    if (access != kNone) builder_.addAccess(access, access + 1000);
    return *area_.publish(block, builder_.finish(block.executable, 64));
  }
  /// Stubs with return addresses of every kind.
  const FunctionRecord* addStubs() {
    const CodeBlock block = *area_.allocate(64);
    CodeIdentity identity;
    identity.kind = CodeKind::Stubs;
    builder_.begin(identity);
    builder_.addStubPart("saving", 50);
    builder_.addStubPart("enter", 0);
    builder_.addStubPart("call-other", 30);
    builder_.addStubReturn({StubReturn::Kind::Enter, kEnterReturn});
    builder_.addStubReturn({StubReturn::Kind::CallOther, kCallOtherReturn});
    builder_.addStubReturn({StubReturn::Kind::Saved, kSavingReturn, 3});
    return *area_.publish(block, builder_.finish(block.executable, 64));
  }
  static constexpr u32 kEnterReturn = 20, kCallOtherReturn = 40, kSavingReturn = 55;
  static u64 at(const FunctionRecord* record, u32 offset) { return reinterpret_cast<u64>(record->begin() + offset); }

  std::unique_ptr<CodeSpace> space_ = makeSpace(u64{1} << 20);
  CodeArea area_{*space_};
  FunctionRecordBuilder builder_;
  u64 slots_[100] = {};
  int instances_[2];
};

TEST_F(FrameWalkTest, GoesOverFunctionsAndStubsToTheEntry) {
  const FunctionRecord* const stubs = addStubs();
  const FunctionRecord* const a = add({}, {{30, 130, 7}});
  const FunctionRecord* const b = add({}, {{20, 220, 4}, {64, 264, 0}});  // the last call returns to the code's end
  const u64 stack[] = {at(b, 64),
                       at(b, 20),
                       at(stubs, kCallOtherReturn),
                       reinterpret_cast<u64>(&instances_[0]),
                       at(a, 30),
                       at(stubs, kSavingReturn),
                       1,
                       2,
                       3,
                       at(a, 30),
                       at(stubs, kEnterReturn),
                       0xBAD};
  FrameWalk walk(space_->map(), {stack, slots_ + 50, &instances_[1]});
  const auto expect = [&](const FunctionRecord* record, u32 wasmOffset, u32 slot, int* instance, u32 sp) {
    ASSERT_FALSE(walk.atEnd());
    EXPECT_EQ(&walk.record(), record);
    EXPECT_EQ(walk.site().wasmOffset, wasmOffset);
    EXPECT_EQ(walk.frame(), slots_ + slot);
    EXPECT_EQ(walk.instance(), instance);
    EXPECT_EQ(walk.sp(), stack + sp);
    walk.next();
  };
  expect(b, 264, 50, &instances_[1], 1);
  expect(b, 220, 46, &instances_[1], 2);
  expect(a, 130, 39, &instances_[0], 5);
  expect(a, 130, 32, &instances_[0], 10);
  EXPECT_TRUE(walk.atEnd());
}

TEST_F(FrameWalkTest, AFaultBeginsAtTheInstruction) {
  const FunctionRecord* const stubs = addStubs();
  // Where the instruction after a call faults, both have the same offset.
  const FunctionRecord* const a = add({}, {{30, 130, 7}}, 30);
  const u64 stack[] = {at(a, 30), at(stubs, kEnterReturn)};
  FrameWalk walk(space_->map(), {stack, slots_ + 50, &instances_[0], a->begin() + 30});
  EXPECT_EQ(walk.site().wasmOffset, 1030u);
  EXPECT_EQ(walk.frame(), slots_ + 50);
  EXPECT_EQ(walk.sp(), stack);
  walk.next();
  EXPECT_EQ(walk.site().wasmOffset, 130u);
  EXPECT_EQ(walk.frame(), slots_ + 43);
  walk.next();
  EXPECT_TRUE(walk.atEnd());
}

TEST_F(FrameWalkTest, StubsHaveNames) {
  const FunctionRecord* const stubs = addStubs();
  EXPECT_STREQ(stubs->stubPartAt(0)->name, "enter");
  EXPECT_STREQ(stubs->stubPartAt(29)->name, "enter");
  EXPECT_STREQ(stubs->stubPartAt(30)->name, "call-other");
  EXPECT_STREQ(stubs->stubPartAt(63)->name, "saving");
  EXPECT_EQ(add({}, {})->stubPartAt(0), nullptr);
}

TEST_F(FrameWalkTest, UnknownReturnAddressesAreOurMistake) {
  const u64 stack[] = {reinterpret_cast<u64>(&area_)};
  EXPECT_DEATH(FrameWalk(space_->map(), {stack, slots_, nullptr}), "known");
}

}  // namespace
}  // namespace wasmrun::code
