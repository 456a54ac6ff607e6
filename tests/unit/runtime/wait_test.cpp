// memory.atomic.wait and notify between stores on different threads.
#include <thread>

#include "runtime_test.h"

namespace wasmrun::runtime::test {
namespace {

constexpr wasm::MemoryIndex kMemory{0};
constexpr i64 kForever = -1;

class WaitTest : public RuntimeTest {
 protected:
  WaitTest() {
    wasm::MemoryType type;
    type.limits = {1, 10, true, false};
    type.isShared = true;
    memory_ = store_->ownerOf(*store_->makeMemory(type));
    instance_ = &attach(*store_);
  }

  /// An instance in `store` that imports the shared memory.
  Instance& attach(Store& store) {
    ModuleBuilder builder;
    builder.importMemory("memory", {.min = 1, .max = 10, .isShared = true});
    const Extern import(store.adoptMemory(memory_));
    return **instantiate(store, prepare(builder.build()), {&import, 1});
  }

  /// Threads, each with a store of its own, that wait on `address` for ever; results appear in `results`.
  struct Waiters {
    std::vector<std::unique_ptr<Store>> stores;
    std::vector<std::thread> threads;
    std::atomic<u32> woken{0}, stopped{0};
    void join() {
      for (std::thread& thread : threads) thread.join();
    }
  };
  void startWaiters(Waiters& waiters, u32 count, u64 address) {
    for (u32 i = 0; i < count; ++i) {
      Instance& instance = attach(*waiters.stores.emplace_back(newStore()));
      waiters.threads.emplace_back([&waiters, &instance, address] {
        u32 result = 9;
        const TrapKind trap = atomicWait32(instance, kMemory, address, 0, kForever, &result);
        if (trap == TrapKind::Interrupted) ++waiters.stopped;
        if (trap == TrapKind::None && result == 0) ++waiters.woken;
      });
    }
  }
  /// Notifies until `count` waiters have been woken in all: they may not have gone to sleep yet.
  void wakeAll(u64 address, u32 count) {
    while (count != 0) {
      u32 woken = 0;
      ASSERT_EQ(atomicNotify(*instance_, kMemory, address, count, &woken), TrapKind::None);
      count -= woken;
      std::this_thread::yield();
    }
  }

  std::shared_ptr<Memory> memory_;
  Instance* instance_;
};

TEST_F(WaitTest, ReturnsAtOnceWhenTheValueIsAnother) {
  u32 result = 9;
  EXPECT_EQ(atomicWait32(*instance_, kMemory, 8, 1, kForever, &result), TrapKind::None);
  EXPECT_EQ(result, 1u);
  EXPECT_EQ(atomicWait64(*instance_, kMemory, 8, u64{1} << 32, kForever, &result), TrapKind::None);
  EXPECT_EQ(result, 1u);
}

TEST_F(WaitTest, TimesOut) {
  u32 result = 9;
  for (const i64 timeout : {i64{0}, i64{1}, i64{1'000'000}}) {
    EXPECT_EQ(atomicWait64(*instance_, kMemory, 8, 0, timeout, &result), TrapKind::None);
    EXPECT_EQ(result, 2u);
  }
}

TEST_F(WaitTest, WakesWaitersOfOtherStores) {
  Waiters waiters;
  startWaiters(waiters, 4, 16);
  u32 woken = 9;
  EXPECT_EQ(atomicNotify(*instance_, kMemory, 20, 100, &woken), TrapKind::None);  // another address
  EXPECT_EQ(woken, 0u);
  wakeAll(16, 4);
  waiters.join();
  EXPECT_EQ(waiters.woken.load(), 4u);
}

TEST_F(WaitTest, NotifyWakesAtMostItsCount) {
  Waiters waiters;
  startWaiters(waiters, 3, 16);
  wakeAll(16, 1);
  while (waiters.woken.load() < 1) std::this_thread::yield();
  u32 woken = 9;
  EXPECT_EQ(atomicNotify(*instance_, kMemory, 16, 0, &woken), TrapKind::None);
  EXPECT_EQ(woken, 0u);
  EXPECT_EQ(waiters.woken.load(), 1u);
  wakeAll(16, 2);
  waiters.join();
}

TEST_F(WaitTest, InterruptionEndsAWait) {
  Waiters waiters;
  startWaiters(waiters, 2, 32);
  for (auto& store : waiters.stores) store->interrupt();
  waiters.join();
  EXPECT_EQ(waiters.stopped.load(), 2u);
  u32 woken = 9;
  EXPECT_EQ(atomicNotify(*instance_, kMemory, 32, 10, &woken), TrapKind::None);
  EXPECT_EQ(woken, 0u);  // they left the queue
}

TEST_F(WaitTest, ADeadlineEndsEveryWait) {
  store_->reachDeadline();
  u32 result = 9;
  EXPECT_EQ(atomicWait32(*instance_, kMemory, 0, 0, kForever, &result), TrapKind::DeadlineReached);
  EXPECT_EQ(atomicWait32(*instance_, kMemory, 0, 0, kForever, &result), TrapKind::DeadlineReached);
  store_->clearDeadline();
  EXPECT_EQ(store_->context().takeInterrupt(), TrapKind::None);
}

TEST_F(WaitTest, AHandOffLosesNoWakeUp) {
  // Two threads pass a turn to and fro; a lost wake-up would hang.
  const auto other = newStore();
  Instance& theirs = attach(*other);
  constexpr u32 kRounds = 2000;
  u32* const turn = reinterpret_cast<u32*>(memory_->base + 64);
  const auto play = [&](Instance& instance, u32 me) {
    for (u32 i = 0; i < kRounds; ++i) {
      while (std::atomic_ref(*turn).load() != me) {
        u32 result = 9;
        atomicWait32(instance, kMemory, 64, 1 - me, kForever, &result);
      }
      std::atomic_ref(*turn).store(1 - me);
      u32 woken = 0;
      atomicNotify(instance, kMemory, 64, 1, &woken);
    }
  };
  std::thread thread([&] { play(theirs, 1); });
  play(*instance_, 0);
  thread.join();
}

TEST_F(WaitTest, BadPlacesTrap) {
  u32 result = 9;
  EXPECT_EQ(atomicWait32(*instance_, kMemory, 2, 0, 0, &result), TrapKind::UnalignedAtomic);
  EXPECT_EQ(atomicWait64(*instance_, kMemory, 4, 0, 0, &result), TrapKind::UnalignedAtomic);
  EXPECT_EQ(atomicWait32(*instance_, kMemory, 65536, 0, 0, &result), TrapKind::MemoryOutOfBounds);
  EXPECT_EQ(atomicNotify(*instance_, kMemory, ~u64{3}, 0, &result), TrapKind::MemoryOutOfBounds);
  EXPECT_EQ(atomicNotify(*instance_, kMemory, 1, 0, &result), TrapKind::UnalignedAtomic);

  ModuleBuilder builder;
  builder.memory({.min = 1});
  Instance& unshared = make(builder);
  EXPECT_EQ(atomicWait32(unshared, kMemory, 0, 0, 0, &result), TrapKind::ExpectedSharedMemory);
  EXPECT_EQ(atomicNotify(unshared, kMemory, 0, 1, &result), TrapKind::None);
  EXPECT_EQ(result, 0u);
}

TEST_F(WaitTest, AMemoryOutlivesTheStoreThatMadeIt) {
  const auto other = newStore();
  Instance& theirs = attach(*other);
  memory_->base[5] = 5;
  instance_ = nullptr;
  store_.reset();
  memory_.reset();
  EXPECT_EQ(memoryGrow(theirs, kMemory, 1), 1);
  EXPECT_EQ(theirs.memories[0]->base[5], 5);
}

}  // namespace
}  // namespace wasmrun::runtime::test
