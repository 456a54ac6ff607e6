// What is known of functions when the engine counts their work and samples their time.
#include <atomic>
#include <chrono>
#include <thread>

#include "api_test.h"

namespace wasmrun::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

uint64_t nanosSince(Clock::time_point start) {
  return static_cast<uint64_t>(std::chrono::nanoseconds(Clock::now() - start).count());
}

Engine engineWith(std::initializer_list<std::pair<const char*, const char*>> options) {
  Config config;
  for (const auto& [group, option] : options) good(config.set(group, option));
  return good(Engine::make(config));
}

uint64_t calls(const FunctionTiering& function) { return function.interp.calls + function.baseline.calls; }
uint64_t rounds(const FunctionTiering& function) {
  return function.interp.loopIterations + function.baseline.loopIterations;
}
uint64_t seen(const FunctionTiering& function) { return function.interp.sampledTime + function.baseline.sampledTime; }

FunctionTiering named(const Module& module, std::string_view name) {
  return good(module.tiering(*module.findFunction(name)));
}

uint64_t allSeen(const Module& module) {
  uint64_t sum = 0;
  for (const FunctionTiering& function : module.tiering()) sum += seen(function) + function.hostTime;
  return sum;
}

// -- Counting --------------------------------------------------------------------------------------------------------

constexpr std::string_view kCounted = R"((module
  (tag $stop)
  (func $inner (param $n i32)
    (loop $again (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func $outer (export "outer") (param $n i32)
    (loop $again
      (call $inner (i32.const 7))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func $fib (export "fib") (param $n i32) (result i32)
    (if (result i32) (i32.lt_u (local.get $n) (i32.const 2))
      (then (local.get $n))
      (else (i32.add (call $fib (i32.sub (local.get $n) (i32.const 1)))
                     (call $fib (i32.sub (local.get $n) (i32.const 2)))))))
  (func $tail (export "tail") (param $n i32)
    (if (i32.eqz (local.get $n)) (then (return)))
    (return_call $tail (i32.sub (local.get $n) (i32.const 1))))
  (func $wide (param i64 f32 f64 v128 i32 f32 i64) (result f64)
    (f64.add (f64.add (f64.promote_f32 (local.get 1)) (local.get 2)) (f64.convert_i64_s (local.get 6))))
  (func (export "wide") (result f64)
    (call $wide (i64.const 1) (f32.const 0.5) (f64.const 0.25) (v128.const i64x2 1 2) (i32.const 3) (f32.const 4)
      (i64.const 8)))
  (func $table (export "table") (param $n i32)
    (loop $again
      (block $out
        (br_table $again $out (i32.eqz (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))))
  (func $caught (export "caught") (param $n i32)
    (loop $again
      (if (i32.eqz (local.get $n)) (then (return)))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (try_table (catch $stop $again) (throw $stop))))))";

/// Runs it on an engine of these options and checks every number.
void expectExactCounts(const Engine& engine) {
  Store store(engine);
  if (auto fuel = store.fuel()) good(store.setFuel(1'000'000'000));
  const Module module = good(Module::compileText(engine, kCounted));
  const Instance instance = good(Linker(engine).instantiate(store, module));
  good(good(instance.func("outer")).call({100'000}));
  EXPECT_EQ(calls(named(module, "outer")), 1u);
  EXPECT_EQ(rounds(named(module, "outer")), 100'000u);
  EXPECT_EQ(calls(named(module, "inner")), 100'000u);
  EXPECT_EQ(rounds(named(module, "inner")), 700'000u);

  good(good(instance.func("fib")).call({20}));
  EXPECT_EQ(calls(named(module, "fib")), 2 * 10'946u - 1) << "one a node of the tree";
  EXPECT_EQ(rounds(named(module, "fib")), 0u);
  good(good(instance.func("tail")).call({50'000}));
  EXPECT_EQ(calls(named(module, "tail")), 50'001u);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(good(good(instance.func("wide")).call({}))[0].f64(), 8.75);
  EXPECT_EQ(calls(named(module, "wide")), 3u) << "arguments survive the counting";
  good(good(instance.func("table")).call({5'000}));
  EXPECT_EQ(rounds(named(module, "table")), 4'999u + 1);
  good(good(instance.func("caught")).call({1'000}));
  EXPECT_EQ(rounds(named(module, "caught")), 1'001u);
}

TEST(Profile, CountsAreExactInTheInterpreter) {
  expectExactCounts(engineWith({{"O", "tier=interp"}, {"D", "count-work"}}));
}

TEST(Profile, CountsAreExactWithFuel) {
  expectExactCounts(engineWith({{"W", "fuel=1"}, {"D", "count-work"}}));
  expectExactCounts(engineWith({{"W", "fuel=1"}, {"D", "count-work"}, {"O", "tier=interp"}}));
}

TEST(Profile, CountsAreExactWhileFunctionsClimb) { expectExactCounts(engineWith({{"D", "count-work"}})); }

TEST(Profile, CountsAreExactBesideDeadlinesAndSamples) {
  expectExactCounts(engineWith({{"D", "count-work"}, {"D", "sample-interval=50us"}, {"W", "timeout=1h"}}));
}

TEST(Profile, NothingIsKeptUnlessAskedFor) {
  const Engine engine;
  Store store(engine);
  const Module module = good(Module::compileText(engine, kCounted));
  const Instance instance = good(Linker(engine).instantiate(store, module));
  good(good(instance.func("outer")).call({100'000}));
  const FunctionTiering inner = named(module, "inner");
  EXPECT_EQ(calls(inner) + rounds(inner) + seen(inner) + inner.interp.enteredAt + inner.baseline.enteredAt, 0u);
  for (const Statistics::Entry& entry : module.statistics().entries) EXPECT_NE(entry.name, "interp.calls");
}

#ifdef __x86_64__
TEST(Profile, CountsAreExactInMachineCode) {
  expectExactCounts(engineWith({{"O", "tier=baseline"}, {"D", "count-work"}}));
  expectExactCounts(engineWith({{"O", "tier=baseline"}, {"D", "count-work"}, {"W", "fuel=1"}}));
}

TEST(Profile, CountsAreExactWhereverTiersChange) {
  for (const char* const seed : {"tier-up=random:1", "tier-up=random:2", "tier-up=random:3"})
    expectExactCounts(engineWith({{"O", seed}, {"D", "count-work"}}));
}

TEST(Profile, EntriesAreInOrder) {
  const Engine engine = engineWith({{"D", "count-work"}});
  Store store(engine);
  const Module module = good(Module::compileText(engine, kCounted));
  const Instance instance = good(Linker(engine).instantiate(store, module));
  good(good(instance.func("outer")).call({100'000}));
  for (const char* const name : {"outer", "inner"}) {
    const FunctionTiering function = named(module, name);
    EXPECT_GT(function.interp.enteredAt, 0u) << name;
    EXPECT_GE(function.compiledAt, function.interp.enteredAt) << name;
    EXPECT_GE(function.baseline.enteredAt, function.compiledAt) << name;
    EXPECT_GT(function.interp.calls, 0u) << name;
  }
  EXPECT_GE(named(module, "outer").baseline.enteredAt, named(module, "outer").loopEnteredAt);
  EXPECT_GT(named(module, "outer").baseline.loopIterations, 0u);
  EXPECT_EQ(named(module, "outer").baseline.calls, 0u) << "its only call began in the interpreter";
}
#endif

#ifdef __x86_64__
TEST(Profile, LoopsOfLargeBodiesAreFoundSoon) {
  std::string text = "(module (func $large (export \"large\") (param $n i32) (result i32) (local $x i32)\n(loop $again";
  for (int i = 0; i < 40'000; ++i) text += "(local.set $x (i32.add (local.get $x) (i32.const 3)))\n";
  text += "(br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))) (local.get $x)))";
  // Not compiled when it is called, but queued once a poll has found it.
  Engine engine = engineWith({{"O", "tier=auto"}, {"O", "tier-up-at-once=0"}});
  Store store(engine);
  const Module module = good(Module::compileText(engine, text));
  const Instance instance = good(Instance::make(store, module, {}));
  EXPECT_EQ(good(good(instance.typed<int32_t(int32_t)>("large"))(300)), 300 * 40'000 * 3);
  EXPECT_GT(named(module, "large").queuedAt, 0u);
}

TEST(Profile, CodeThatWouldBeTooLargeIsNotMade) {
  // Every allocation keeps all locals on its slow path.
  std::string locals, text = "(module (type $s (struct (field i64)))\n(func $large (export \"large\") (result i32)";
  for (int i = 0; i < 9; ++i) locals += "(local.set " + std::to_string(i) + " (i32.const " + std::to_string(i) + "))";
  for (int i = 9; i < 23; ++i) locals += "(local.set " + std::to_string(i) + " (f64.const " + std::to_string(i) + "))";
  text +=
      "(local i32 i32 i32 i32 i32 i32 i32 i32 i32 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64)" + locals;
  for (int i = 0; i < 100'000; ++i) text += "(drop (struct.new_default $s))\n";
  text += "(i32.add (local.get 8) (i32.trunc_f64_u (local.get 22))))\n";
  text += "(func $small (export \"small\") (result i32) (call $large)))";
  Engine engine = engineWith({{"O", "tier=baseline"}});
  Store store(engine);
  const Module module = good(Module::compileText(engine, text));
  const Instance instance = good(Instance::make(store, module, {}));
  EXPECT_EQ(good(good(instance.typed<int32_t()>("large"))()), 30);
  EXPECT_EQ(good(good(instance.typed<int32_t()>("small"))()), 30);
  EXPECT_EQ(named(module, "large").tier, "interp");
  EXPECT_CONTAINS(named(module, "large").held, "its code would be too large");
  EXPECT_EQ(named(module, "small").tier, "baseline") << "the next one is compiled as if nothing had been";
}
#endif

// -- Samples ---------------------------------------------------------------------------------------------------------

/// 4,096 steps in a line, each of which waits for the one before.
std::string straightSteps() {
  std::string text;
  for (int i = 0; i < 4096; ++i) text += "(i32.mul (i32.const 1664525))\n(i32.add (i32.const 1013904223))\n";
  return text;
}

/// Each name says what its function is for.
std::string sampledModule() {
  return R"((module
  (import "host" "nap" (func $nap))
  (import "host" "back" (func $back))
  (memory 1 1 shared)
  (func $work (param $n i32)
    (loop $again (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func $hot (param $n i32)
    (loop $again (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func $cold (param $n i32)
    (loop $again (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "run") (param $rounds i32)
    (loop $again
      (call $hot (i32.const 90000))
      (call $cold (i32.const 10000))
      (br_if $again (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1))))))
  ;; Nothing in it polls.
  (func $straight (param $x i32) (result i32)
    (local.get $x) )" +
         straightSteps() + R"()
  (func $sibling (param $x i32) (result i32) (i32.add (local.get $x) (i32.const 1)))
  (func $chain (export "chain") (param $rounds i32) (result i32) (local $x i32)
    (loop $again
      (local.set $x (call $sibling (call $straight (local.get $x))))
      (local.set $x (call $tail (local.get $x)))
      (br_if $again (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))
    (local.get $x))
  (func $tail (param $x i32) (result i32) (return_call $sibling (local.get $x)))
  (func $sleeper (export "sleeper") (call $nap))
  (func $there (export "there") (call $back))
  (func $callee (export "callee") (call $work (i32.const 30000000)))
  (func $waiter (export "wait") (result i32)
    (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const 100000000)))))";
}

class Samples : public ::testing::TestWithParam<const char*> {
 protected:
  Samples() {
    good(linker.func("host", "nap", [] { std::this_thread::sleep_for(200ms); }));
    good(linker.func("host", "back", [this] { good(good(instance->func("callee")).call({})); }));
    instance = good(linker.instantiate(store, module));
  }
  /// Calls an export; the time that took.
  uint64_t timed(const char* name, std::vector<Value> args = {}) {
    const Clock::time_point start = Clock::now();
    good(good(instance->func(name)).call(args));
    return nanosSince(start);
  }

  Engine engine = engineWith({{"O", GetParam()}, {"D", "sample-interval=500us"}});
  Store store{engine};
  Linker linker{engine};
  Module module = good(Module::compileText(engine, sampledModule()));
  std::optional<Instance> instance;
};

TEST_P(Samples, FindTheFunctionThatTakesTheTime) {
  uint64_t wall = 0;
  while (wall < 300'000'000) wall += timed("run", {100});
  const uint64_t hot = seen(named(module, "hot")), cold = seen(named(module, "cold")), all = allSeen(module);
  EXPECT_LE(all, wall + 1'000'000) << "no time is given twice";
  EXPECT_GE(all, wall / 2);
  // Nine to one; on a busy machine the few places count where the thread had to wait.
  EXPECT_GT(hot, all / 2);
  EXPECT_LT(cold, hot / 2);
  EXPECT_EQ(named(module, "hot").hostTime, 0u);
}

TEST_P(Samples, FindStraightLineCodeThatIsCalled) {
  uint64_t wall = 0;
  while (wall < 300'000'000) wall += timed("chain", {2000});
  const uint64_t all = allSeen(module);
  EXPECT_GE(all, wall / 2);
  EXPECT_GT(seen(named(module, "straight")), all / 100 * 85);
}

TEST_P(Samples, KnowTheHostsTime) {
  timed("sleeper");
  const FunctionTiering sleeper = named(module, "sleeper");
  EXPECT_GE(sleeper.hostTime, 150'000'000u);
  EXPECT_LT(seen(sleeper), 50'000'000u);
}

TEST_P(Samples, GiveTimeToWhatTheHostCalls) {
  const uint64_t wall = timed("there");
  EXPECT_GE(seen(named(module, "work")), wall / 2);
  EXPECT_LT(named(module, "there").hostTime, wall / 4);
}

TEST_P(Samples, LeaveTimeBetweenCallsAlone) {
  std::this_thread::sleep_for(100ms);
  timed("run", {1});
  EXPECT_LT(allSeen(module), 80'000'000u);
}

TEST_P(Samples, DoNotEndWaits) {
  const Clock::time_point start = Clock::now();
  EXPECT_EQ(good(good(instance->func("wait")).call({}))[0].i32(), 2) << "timed out";
  EXPECT_GE(nanosSince(start), 100'000'000u);
  EXPECT_GE(seen(named(module, "waiter")), 50'000'000u);
}

TEST_P(Samples, LetStopsThrough) {
  store.setDeadline(Clock::now() + 50ms);
  const Error error = bad(good(instance->func("run")).call({-1}));
  EXPECT_EQ(error.trap(), TrapKind::DeadlineReached);
}

TEST_P(Samples, AreTakenOfSeveralThreadsAtOnce) {
  std::atomic<bool> done = false;
  std::atomic<uint64_t> wall = 0;
  std::thread watcher([&] {
    while (!done) {
      EXPECT_LE(named(module, "hot").interp.calls, 0u);
      std::this_thread::yield();
    }
  });
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i)
    threads.emplace_back([&] {
      Store own(engine);
      Linker names(engine);
      good(names.func("host", "nap", [] {}));
      good(names.func("host", "back", [] {}));
      const Clock::time_point start = Clock::now();
      good(good(good(names.instantiate(own, module)).func("run")).call({200}));
      wall += nanosSince(start);
    });
  for (std::thread& thread : threads) thread.join();
  done = true;
  watcher.join();
  EXPECT_GT(allSeen(module), 0u);
  EXPECT_LE(allSeen(module), wall + 3'000'000);
}

INSTANTIATE_TEST_SUITE_P(Tiers, Samples,
                         ::testing::Values("tier=interp",
#ifdef __x86_64__
                                           "tier=baseline",
#endif
                                           "tier=auto"),
                         [](const auto& info) { return std::string(info.param).substr(5); });

TEST(Profile, IntervalsThatCannotBeHad) {
  Config config;
  for (const char* const interval : {"sample-interval=9us", "sample-interval=2h"}) {
    good(config.set("D", interval));
    EXPECT_EQ(bad(Engine::make(config)).kind, ErrorKind::Usage) << interval;
  }
  good(config.set("D", "sample-interval=0s"));
  good(Engine::make(config));
}

}  // namespace
}  // namespace wasmrun::test
