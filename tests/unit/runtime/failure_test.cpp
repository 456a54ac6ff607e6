#include "runtime_test.h"

namespace wasmrun::runtime::test {
namespace {

class FailureTest : public RuntimeTest {
 protected:
  FailureTest() {
    ModuleBuilder builder;
    const u32 type = builder.type({}, {});
    builder.func(type);
    builder.func(type);
    builder.memory({.min = 1});
    builder.exportItem("named", 0, 1);
    instance_ = &make(builder);
  }
  ExecContext& context() { return store_->context(); }
  void setDepth(u32 depth) {
    FakeTier::frames.clear();
    for (u32 i = 0; i < depth; ++i) {
      const u32 offset = instance_->module->bodies[1].offset;
      FakeTier::frames.push_back({instance_, wasm::FuncIndex(1), offset + i});
    }
  }

  Instance* instance_;
};

TEST_F(FailureTest, ATrapHasItsKindPlaceAndFrames) {
  setDepth(2);
  memoryFault(*instance_, wasm::MemoryIndex(0), 70000, 8);
  EXPECT_EQ(beginTrap(context(), TrapKind::MemoryOutOfBounds), CallStatus::Trap);
  const Error error = takeError(context(), CallStatus::Trap);
  EXPECT_EQ(error.kind, ErrorKind::Trap);
  EXPECT_EQ(error.message, "out of bounds memory access");
  EXPECT_EQ(error.trap(), wasmrun::TrapKind::MemoryOutOfBounds);
  EXPECT_EQ(error.memoryFault()->address, 70000u);
  EXPECT_EQ(error.memoryFault()->memorySize, 65536u);
  ASSERT_EQ(error.backtrace().size(), 2u);
  EXPECT_EQ(error.backtrace()[1].functionName, "named");
  EXPECT_EQ(error.backtrace()[1].functionIndex, 1u);
  EXPECT_EQ(error.backtrace()[1].functionOffset, 1u);
  EXPECT_TRUE(error.backtrace()[1].locations.empty());
  EXPECT_EQ(context().pending.trap, TrapKind::None);
}

TEST_F(FailureTest, DetailsOfAnOldFailureDoNotStick) {
  memoryFault(*instance_, wasm::MemoryIndex(0), 70000, 8);
  beginTrap(context(), TrapKind::MemoryOutOfBounds);
  beginTrap(context(), TrapKind::Unreachable);  // nobody took the first
  EXPECT_FALSE(takeError(context(), CallStatus::Trap).memoryFault());
}

TEST_F(FailureTest, DeepBacktracesLoseTheirMiddle) {
  for (const u32 depth : {1u, 99u, 100u, 101u, 149u, 150u, 151u, 1000u}) {
    setDepth(depth);
    const Backtrace backtrace = captureBacktrace(context(), 100);
    const u32 kept = std::min(depth, 100u);
    ASSERT_EQ(backtrace.frames.size(), kept);
    EXPECT_EQ(backtrace.leftOut, depth - kept);
    for (u32 i = 0; i < kept; ++i) {
      const u32 expected = i < 50 ? i : depth - kept + i;
      EXPECT_EQ(backtrace.frames[i].moduleOffset, FakeTier::frames[expected].moduleOffset) << depth << ' ' << i;
    }
  }
  setDepth(10);
  EXPECT_EQ(captureBacktrace(context(), 1).frames.size(), 1u);
  EXPECT_EQ(captureBacktrace(context(), 1).leftOut, 9u);
}

TEST_F(FailureTest, BacktracesCanBeSwitchedOff) {
  options_.maxBacktrace = 0;
  auto store = newStore();
  setDepth(3);
  beginTrap(store->context(), TrapKind::Unreachable);
  EXPECT_TRUE(takeError(store->context(), CallStatus::Trap).backtrace().empty());
}

TEST_F(FailureTest, HostErrorsKeepTheirWordsAndGetFrames) {
  setDepth(1);
  EXPECT_EQ(failHostCall(context(), failTrap("no such sprite").error()), CallStatus::Trap);
  Error error = takeError(context(), CallStatus::Trap);
  EXPECT_EQ(error.message, "no such sprite");
  EXPECT_EQ(error.trap(), wasmrun::TrapKind::Host);
  EXPECT_EQ(error.backtrace().size(), 1u);
  // On its way through another host function it keeps what it has.
  setDepth(3);
  failHostCall(context(), error);
  error = takeError(context(), CallStatus::Trap);
  EXPECT_EQ(error.backtrace().size(), 1u);

  failHostCall(context(), fail(ErrorKind::Io, "disk full").error());
  error = takeError(context(), CallStatus::Trap);
  EXPECT_EQ(error.trap(), wasmrun::TrapKind::Host);
  EXPECT_EQ(error.message, "disk full");

  EXPECT_EQ(failHostCall(context(), failExit(0x8000'0001).error()), CallStatus::Exit);
  error = takeError(context(), CallStatus::Exit);
  EXPECT_EQ(error.kind, ErrorKind::Exit);
  EXPECT_EQ(error.exitCode(), 0x8000'0001u);
}

TEST_F(FailureTest, AnUncaughtExceptionStaysNamed) {
  setDepth(2);
  EXPECT_EQ(beginUncaught(context(), 5), CallStatus::Exception);
  const Error error = takeError(context(), CallStatus::Exception);
  EXPECT_EQ(error.kind, ErrorKind::Exception);
  EXPECT_EQ(error.backtrace().size(), 2u);
  EXPECT_EQ(context().pending.exceptionRef, 5u);
}

TEST_F(FailureTest, InterruptionsAreTakenOnceDeadlinesAlways) {
  EXPECT_EQ(context().takeInterrupt(), TrapKind::None);
  store_->interrupt();
  EXPECT_NE(context().interrupt.load(), 0u);
  EXPECT_EQ(context().takeInterrupt(), TrapKind::Interrupted);
  EXPECT_EQ(context().takeInterrupt(), TrapKind::None);
  store_->reachDeadline();
  store_->interrupt();
  EXPECT_EQ(context().takeInterrupt(), TrapKind::DeadlineReached);
  EXPECT_EQ(context().takeInterrupt(), TrapKind::DeadlineReached);
  store_->clearDeadline();
  EXPECT_EQ(context().takeInterrupt(), TrapKind::Interrupted);
}

TEST_F(FailureTest, TheValueStackHasTheSizeAskedFor) {
  EXPECT_EQ(context().stackLimit - context().stackBase, (1 << 20) / 8);
  context().stackLimit[-1] = 1;
  EXPECT_DEATH(context().stackLimit[0] = 1, "");
  options_.maxWasmStack = 12345;
  auto small = newStore();
  EXPECT_EQ(small->context().stackLimit - small->context().stackBase, 12345 / 8);
  options_.maxWasmStack = ~u64{0};
  EXPECT_FALSE(Store::make(registry_, FakeTier::hooks(), options_));
}

}  // namespace
}  // namespace wasmrun::runtime::test
