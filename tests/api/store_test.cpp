// Stores: what stops them, what limits them, and two of them at once.
#include <atomic>
#include <chrono>
#include <thread>

#include "api_test.h"

namespace wasmrun::test {
namespace {

using namespace std::chrono_literals;

ModuleBuilder spinning() {
  ModuleBuilder builder;
  const u32 type = builder.type({}, {});
  builder.exportItem("spin", kFuncExport, builder.func(type, kSpin));
  builder.exportItem("rest", kFuncExport, builder.func(type, kNothing));
  return builder;
}

Engine engineWith(const Config& config) { return makeTestEngine(config); }

// -- Fuel ------------------------------------------------------------------------------------------------------------

TEST(StoreTest, FuelStopsALoop) {
  Config config;
  Engine engine = engineWith(config.fuel(10'000));
  Store store(engine);
  const Instance instance = good(Instance::make(store, good(Module::compile(engine, spinning().build())), {}));
  EXPECT_EQ(good(store.fuel()), 10'000u);
  EXPECT_EQ(bad(good(instance.func("spin")).call({})).trap(), TrapKind::OutOfFuel);
  EXPECT_EQ(good(store.fuel()), 0u);
  good(store.addFuel(1000));
  good(good(instance.func("rest")).call({}));
  EXPECT_LT(good(store.fuel()), 1000u);
  good(store.setFuel(UINT64_MAX));
  EXPECT_EQ(good(store.fuel()), uint64_t{INT64_MAX});
}

TEST(StoreTest, FuelNeedsAccounting) {
  Store store{Engine()};
  for (const Error& error : {bad(store.fuel()), bad(store.setFuel(1)), bad(store.addFuel(1))})
    EXPECT_EQ(error.kind, ErrorKind::Usage);
  Config config;
  Engine engine = engineWith(config.fuelAccounting(true));
  Store empty(engine);
  const Instance instance = good(Instance::make(empty, good(Module::compile(engine, spinning().build())), {}));
  EXPECT_EQ(bad(good(instance.func("spin")).call({})).trap(), TrapKind::OutOfFuel);
}

TEST(StoreTest, FuelIsTheSameInEveryTier) {
  constexpr const char* kText = R"((module
    (memory 1)
    (func $odd (param i32) (result i32) (if (result i32) (i32.and (local.get 0) (i32.const 1))
      (then (i32.const 1)) (else (i32.const 0))))
    (func (export "f") (param $n i32) (local $sum i32)
      (loop $again
        (block $out
          (block $even (br_table $out $even (call $odd (local.get $n))))
          (local.set $sum (i32.add (local.get $sum) (local.get $n))))
        (memory.fill (i32.const 0) (local.get $n) (i32.const 1000))
        (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (if (i32.eqz (local.get $sum)) (then (unreachable))))))";
  // By instructions of the text, and 15 = floor(1000 / 64) for each memory.fill.
  std::optional<uint64_t> used;
  for (const char* tier : {"tier=interp", "tier=baseline", "tier-up=random:1", "tier-up=random:2", "tier-up=hot"}) {
    Config config;
    good(config.set("O", tier));
    Engine engine = engineWith(config.fuel(1'000'000'000));
    Store store(engine);
    const Instance instance = good(Instance::make(store, good(Module::compileText(engine, kText)), {}));
    good(good(instance.func("f")).call({Value(20'000)}));
    const uint64_t cost = 1'000'000'000 - good(store.fuel());
    EXPECT_EQ(used.value_or(cost), cost) << tier;
    used = cost;
    good(store.setFuel(cost));
    good(good(instance.func("f")).call({Value(20'000)}));
    EXPECT_EQ(good(store.fuel()), 0u) << tier;
    good(store.setFuel(cost - 1));
    EXPECT_EQ(bad(good(instance.func("f")).call({Value(20'000)})).trap(), TrapKind::OutOfFuel) << tier;
  }
  EXPECT_GT(*used, 20'000u * (15 + 15));
}

// -- Interruption ----------------------------------------------------------------------------------------------------

class StopTest : public ApiTest {
 protected:
  Func spin = good(instantiate(spinning()).func("spin"));
};

TEST_F(StopTest, InterruptFromAnotherThread) {
  for (int i = 0; i < 20; ++i) {
    std::thread other([handle = store.interruptHandle()] { handle.interrupt(); });
    EXPECT_EQ(bad(spin.call({})).trap(), TrapKind::Interrupted);
    other.join();
  }
}

TEST_F(StopTest, InterruptWaitsForTheNextCall) {
  store.interruptHandle().interrupt();
  EXPECT_EQ(bad(spin.call({})).trap(), TrapKind::Interrupted);
  store.interruptHandle().interrupt();
  store.clearInterrupt();
  store.setTimeout(1ms);
  EXPECT_EQ(bad(spin.call({})).trap(), TrapKind::DeadlineReached);
}

TEST_F(StopTest, DeadlineHoldsUntilItIsTakenAway) {
  store.setTimeout(5ms);
  EXPECT_EQ(bad(spin.call({})).trap(), TrapKind::DeadlineReached);
  EXPECT_EQ(bad(spin.call({})).trap(), TrapKind::DeadlineReached);
  store.setDeadline(std::nullopt);
  std::thread other([handle = store.interruptHandle()] { handle.interrupt(); });
  EXPECT_EQ(bad(spin.call({})).trap(), TrapKind::Interrupted);
  other.join();
}

TEST_F(StopTest, ConfigTimeoutBeginsWithTheStore) {
  Config config;
  Engine timed = engineWith(config.timeout(5ms));
  Store own(timed);
  const Instance instance = good(Instance::make(own, good(Module::compile(timed, spinning().build())), {}));
  EXPECT_EQ(bad(good(instance.func("spin")).call({})).trap(), TrapKind::DeadlineReached);
}

TEST_F(StopTest, InterruptAllStopsWhatRuns) {
  std::atomic<bool> done{false};
  std::thread other([&] {
    while (!done) engine.interruptAll();
  });
  EXPECT_EQ(bad(spin.call({})).trap(), TrapKind::Interrupted);
  done = true;
  other.join();
}

TEST_F(StopTest, HandlesMayOutliveStoresBeingInterrupted) {
  for (int i = 0; i < 100; ++i) {
    auto brief = std::make_unique<Store>(engine);
    std::thread other([handle = brief->interruptHandle()] {
      for (int k = 0; k < 100; ++k) handle.interrupt();
    });
    brief.reset();
    other.join();
  }
}

TEST_F(StopTest, DeadlineOfAStoreThatIsGone) {
  for (int i = 0; i < 50; ++i) {
    Store brief(engine);
    brief.setTimeout(std::chrono::microseconds(i * 20));
  }
}

// -- Two stores of one module on two threads -------------------------------------------------------------------------

TEST_F(StopTest, StoresRunAtOnce) {
  ModuleBuilder builder;
  const u32 type = builder.type({kI32Byte, kI32Byte}, {kI32Byte});
  builder.importFunc("f", type);
  builder.exportItem("add", kFuncExport, builder.func(type, getLocal(0) + getLocal(1) + callFunc(0)));
  const Module module = compile(builder);
  good(linker.func("m", "f", [](int32_t a, int32_t b) { return a + b; }));
  std::vector<std::thread> threads;
  std::atomic<int> right{0};
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      Store own(engine);
      auto add = good(good(linker.instantiate(own, module)).typed<int32_t(int32_t, int32_t)>("add"));
      for (int i = 0; i < 1000; ++i) right += good(add(t, i)) == t + i;
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 4000);
}

// -- Limits ----------------------------------------------------------------------------------------------------------

struct Recorder final : ResourceLimiter {
  bool memoryGrowing(uint64_t current, uint64_t desired, std::optional<uint64_t>) override {
    log += std::to_string(current) + ">" + std::to_string(desired) + " ";
    return desired <= 65536;
  }
  bool tableGrowing(uint64_t, uint64_t desired, std::optional<uint64_t> max) override {
    return desired <= 2 && max == 5;
  }
  bool instanceMade(uint64_t count) override { return count < 1; }
  std::string log;
};

TEST_F(StopTest, LimiterIsAsked) {
  Store own(engine);
  auto limiter = std::make_shared<Recorder>();
  own.setLimiter(limiter);
  const Memory memory = good(Memory::make(own, {{1}}));
  EXPECT_EQ(bad(memory.grow(1)).kind, ErrorKind::Limit);
  EXPECT_EQ(limiter->log, "0>65536 65536>131072 ");
  EXPECT_EQ(bad(Memory::make(own, {{2}})).kind, ErrorKind::Limit);
  const Table table = good(Table::make(own, {ValType::funcref(), {2, 5}}, Func()));
  EXPECT_EQ(bad(table.grow(1, Func())).kind, ErrorKind::Limit);
  const Module module = compile(spinning());
  good(Instance::make(own, module, {}));
  EXPECT_EQ(bad(Instance::make(own, module, {})).kind, ErrorKind::Limit);
  own.setLimiter(nullptr);
  good(memory.grow(1));
}

TEST_F(StopTest, ConfigLimits) {
  Config config;
  config.maxMemorySize(65536).maxTableElements(10).maxInstances(1);
  Engine limited = engineWith(config);
  Store own(limited);
  EXPECT_EQ(bad(Memory::make(own, {{2}})).kind, ErrorKind::Limit);
  EXPECT_EQ(bad(Table::make(own, {ValType::funcref(), {11}}, Func())).kind, ErrorKind::Limit);
  const Module module = good(Module::compile(limited, spinning().build()));
  good(Instance::make(own, module, {}));
  EXPECT_EQ(bad(Instance::make(own, module, {})).kind, ErrorKind::Limit);
}

TEST_F(StopTest, TheLongestTimeoutIsNotOverAtOnce) {
  store.setTimeout(std::chrono::nanoseconds::max());
  good(good(instantiate(spinning()).func("rest")).call({}));
}

// -- Data, statistics, moving ----------------------------------------------------------------------------------------

TEST_F(StopTest, DataIsFoundByItsType) {
  EXPECT_EQ(store.data<int>(), nullptr);
  store.setData(std::make_shared<int>(5));
  EXPECT_EQ(*store.data<int>(), 5);
  EXPECT_EQ(store.data<long>(), nullptr);
}

TEST_F(StopTest, StatisticsCount) {
  store.interruptHandle().interrupt();
  (void)spin.call({});
  const Statistics statistics = store.statistics();
  const auto value = [&](std::string_view name) {
    for (const auto& entry : statistics.entries)
      if (entry.name == name) return entry.value;
    return ~uint64_t{0};
  };
  EXPECT_EQ(value("store.calls"), 1u);
  EXPECT_EQ(value("store.failed_calls"), 1u);
  EXPECT_EQ(value("store.instances"), 1u);
  EXPECT_CONTAINS(statistics.toJson(), "\"store.calls\": 1");
  EXPECT_CONTAINS(statistics.toText(), "calls from the host into wasm");
}

TEST_F(StopTest, StoresMove) {
  Store moved(std::move(store));
  store = Store(engine);
  moved.interruptHandle().interrupt();
  EXPECT_EQ(bad(spin.call({})).trap(), TrapKind::Interrupted);
}

}  // namespace
}  // namespace wasmrun::test
