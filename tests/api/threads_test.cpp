// Many threads in one engine: functions of one module that go up while other stores run them, modules that go while
// their functions wait for a compile thread, numbers read meanwhile. What matters most here ThreadSanitizer says
// (`./dev test tsan`).
#include <atomic>
#include <chrono>
#include <thread>

#include "generated_module.h"

namespace wasmrun::test {
namespace {

/// Runs `work(number)` on threads 0 to `count` - 1.
template <class Work>
void onThreads(uint32_t count, Work work) {
  std::vector<std::thread> threads;
  for (uint32_t number = 1; number < count; ++number) threads.emplace_back(work, number);
  work(0u);
  for (std::thread& thread : threads) thread.join();
}

/// A thread that does `work` over and over until it goes.
template <class Work>
class Meanwhile {
 public:
  explicit Meanwhile(Work work)
      : thread_([this, work] {
          while (!ending_) work();
        }) {}
  ~Meanwhile() {
    ending_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

// -- Going up --------------------------------------------------------------------------------------------------------

/// A way of functions to machine code, by its options.
struct Way {
  const char* name;
  std::initializer_list<const char*> options;
};
const Way kWays[] = {{"Background", {"tier-up-at-once=0", "tier-up-executions=3"}},
                     {"AtOnce", {"tier-up=hot"}},
                     {"Random", {"tier-up=random:3"}},
                     {"Pinned", {"tier=baseline"}},
                     {"PinnedSingleView", {"tier=baseline", "dual-mapped-code=n"}},
                     {"WithFuel", {"fuel=1G"}},
                     {"Observed", {"tier-up-at-once=0", "gdb=y"}},
                     {"Interpreted", {"tier=interp"}}};

class TierThreadsTest : public testing::TestWithParam<Way> {
 protected:
  Engine engine = good(Engine::make(withOptions(GetParam().options)));
};
INSTANTIATE_TEST_SUITE_P(Ways, TierThreadsTest, testing::ValuesIn(kWays),
                         [](const auto& test) { return std::string(test.param.name); });

TEST_P(TierThreadsTest, StoresOfOneModuleClimbTogether) {
  const GeneratedModule generated(40, 30, 1), brief(80, 30, 2);
  for (int round = 0; round < 4; ++round) {
    const Module module = good(Module::compile(engine, generated.bytes()));
    const Meanwhile dropping([&] { brief.run(engine, good(Module::compile(engine, brief.bytes())), 1, 2); });
    const Meanwhile reading([&] {
      const Statistics statistics = module.statistics();
      EXPECT_LE(valueOf(statistics, "baseline.functions_compiled"), generated.functions());
      for (const FunctionTiering& function : module.tiering())
        EXPECT_EQ(function.held.empty(), function.tier == "baseline") << function.held;
      (void)module.tiering(7);
      (void)engine.statistics();
    });
    onThreads(4, [&](uint32_t number) {
      for (uint32_t turn = 0; turn < 3; ++turn)
        EXPECT_EQ(generated.run(engine, module, (number + turn) % 3, 1 + turn), 0u);
    });
  }
}

TEST_P(TierThreadsTest, ModulesGoWhileTheirFunctionsWait) {
  const GeneratedModule generated(100, 60, 3);
  onThreads(3, [&](uint32_t number) {
    for (uint32_t round = 0; round < 5; ++round) {
      const Module module = good(Module::compile(engine, generated.bytes()));
      EXPECT_EQ(generated.run(engine, module, number, round + 1), 0u);
    }
  });
}

TEST_P(TierThreadsTest, EnginesGoWhileFunctionsWait) {
  const GeneratedModule generated(60, 60, 4);
  onThreads(2, [&](uint32_t number) {
    for (uint32_t round = 0; round < 5; ++round) {
      const Engine own = good(Engine::make(withOptions(GetParam().options)));
      EXPECT_EQ(generated.run(own, good(Module::compile(own, generated.bytes())), number, 1), 0u);
    }
  });
}

// Types are the engine's, layouts of objects and the places of traps the module's: all of that is made when it is first
// asked for, by whoever asks.
constexpr std::string_view kObjects = R"((module
  (type $base (sub (struct (field $value (mut i32)))))
  (type $wide (sub $base (struct (field (mut i32)) (field $next (ref null $base)))))
  (type $row (array (mut i32)))
  (type $binary (func (param i32 i32) (result i32)))
  (tag $odd (param i32))
  (table 2 funcref) (elem (i32.const 0) $add $divide)
  (func $add (type $binary) (i32.add (local.get 0) (local.get 1)))
  (func $divide (type $binary) (i32.div_s (local.get 0) (local.get 1)))
  (func $check (param i32) (if (i32.and (local.get 0) (i32.const 1)) (then (throw $odd (local.get 0)))))
  (func (export "objects") (param $n i32) (result i32) (local $list (ref null $base)) (local $sum i32)
    (loop $again
      (local.set $list (struct.new $wide (local.get $n) (local.get $list)))
      (local.set $sum (i32.add (local.get $sum)
        (struct.get $base $value (ref.cast (ref $wide) (local.get $list)))))
      (local.set $sum (i32.add (local.get $sum) (array.len (array.new_default $row (local.get $n)))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))
  (func (export "throws") (param $n i32) (result i32) (local $caught i32)
    (loop $again
      (block $odd (result i32)
        (try_table (catch $odd $odd) (call $check (local.get $n)))
        (i32.const 0))
      (local.set $caught (i32.add (local.get $caught)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $caught))
  (func (export "divides") (param $n i32) (result i32) (local $sum i32)
    (loop $again
      (local.set $sum (call_indirect (type $binary) (local.get $sum) (local.get $n) (i32.const 0)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (call_indirect (type $binary) (local.get $sum) (local.get $n) (i32.const 1)))))";

TEST_P(TierThreadsTest, ObjectsExceptionsAndTraps) {
  constexpr int32_t kCount = 300, kSum = kCount * (kCount + 1) / 2;
  for (int round = 0; round < 3; ++round) {
    const Module shared = good(Module::compileText(engine, kObjects));
    onThreads(4, [&](uint32_t number) {
      const Module module = number % 2 == 0 ? shared : good(Module::compileText(engine, kObjects));
      for (int turn = 0; turn < 3; ++turn) {
        Store store(engine);
        const Instance instance = good(Instance::make(store, module, {}));
        const auto call = [&](const char* name) { return good(instance.typed<int32_t(int32_t)>(name))(kCount); };
        EXPECT_EQ(good(call("objects")), 2 * kSum);
        EXPECT_EQ(good(call("throws")), kCount / 2 * (kCount / 2));
        EXPECT_EQ(bad(call("divides")).trap(), TrapKind::IntegerDivideByZero);
      }
    });
  }
}

TEST_P(TierThreadsTest, StoresGoFromThreadToThread) {
  const GeneratedModule generated(20, 30, 5);
  const Module module = good(Module::compile(engine, generated.bytes()));
  Store store(engine);
  const Instance instance = good(Instance::make(store, module, {}));
  const Meanwhile others([&] { generated.run(engine, module); });
  for (uint32_t turn = 0; turn < 20; ++turn) std::thread([&] { EXPECT_EQ(generated.run(instance), 0u); }).join();
}

// -- Stopping --------------------------------------------------------------------------------------------------------

TEST_P(TierThreadsTest, OthersStopWhatRuns) {
  const Module module = good(Module::compileText(engine, "(func (export \"spin\") (loop $l (br $l)))"));
  for (int round = 0; round < 8; ++round) {
    onThreads(2, [&](uint32_t) {
      Store store(engine);
      const Func spin = good(good(Instance::make(store, module, {})).func("spin"));
      std::thread other([handle = store.interruptHandle()] { handle.interrupt(); });
      EXPECT_EQ(bad(spin.call({})).trap(), TrapKind::Interrupted);
      other.join();
      store.setTimeout(std::chrono::microseconds(100 * round));
      EXPECT_EQ(bad(spin.call({})).trap(), TrapKind::DeadlineReached);
    });
  }
}

// -- Shared memories -------------------------------------------------------------------------------------------------

constexpr std::string_view kCounting = R"((module
  (import "m" "memory" (memory 1 40 shared))
  (func (export "count") (param $n i32) (result i32)
    (loop $again
      (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
      (i32.store (i32.const 64) (local.get $n))
      (memory.fill (i32.const 128) (local.get $n) (i32.const 64))
      (memory.copy (i32.const 256) (i32.const 128) (i32.const 64))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.atomic.load (i32.const 0)))
  (func (export "grow") (result i32)
    (drop (memory.grow (i32.const 1)))
    (i32.store (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 4)) (i32.const 1))
    (memory.size))
  (func (export "wait") (param $count i32) (result i32)
    (loop $again
      (drop (memory.atomic.wait32 (i32.const 32) (i32.const 0) (i64.const 1000000)))
      (br_if $again (i32.eqz (i32.atomic.load (i32.const 32)))))
    (i32.const 0))
  (func (export "wake") (param i32) (result i32)
    (i32.atomic.store (i32.const 32) (i32.const 1))
    (memory.atomic.notify (i32.const 32) (i32.const 10)))))";

TEST_P(TierThreadsTest, MemoriesAreShared) {
  constexpr int32_t kCount = 2000;
  constexpr uint32_t kThreads = 4;
  const Module module = good(Module::compileText(engine, kCounting));
  Store owner(engine);
  const Memory memory = good(Memory::make(owner, {{1, 40}, false, true}));
  onThreads(kThreads, [&](uint32_t number) {
    Store store(engine);
    const Memory own = good(Memory::share(store, memory));
    const Instance instance = good(Instance::make(store, module, std::vector<Extern>{own}));
    good(good(instance.typed<int32_t(int32_t)>("count"))(kCount));
    for (int i = 0; i < 8; ++i) good(good(instance.typed<int32_t()>("grow"))());
    good(good(instance.typed<int32_t(int32_t)>(number == 0 ? "wake" : "wait"))(1));
  });
  EXPECT_EQ(good(memory.readAs<uint32_t>(0)), kThreads * uint32_t{kCount});
  EXPECT_EQ(memory.pages(), 33u);
}

}  // namespace
}  // namespace wasmrun::test
