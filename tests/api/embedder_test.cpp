// What a program built in the ordinary way can do, with exceptions and RTTI, which the library is built without.
#include <gtest/gtest.h>

#include <memory>
#include <new>
#include <stdexcept>

#include "wasmrun/wasmrun.h"

namespace wasmrun::test {
namespace {

class Counter : public ResourceLimiter {
 public:
  bool instanceMade(uint64_t count) override {
    made = count + 1;
    return true;
  }
  uint64_t made = 0;
};

TEST(EmbedderTest, DerivesFromTheLimiter) {
  Engine engine;
  Store store(engine);
  const auto counter = std::make_shared<Counter>();
  store.setLimiter(counter);
  const auto module = Module::compileText(engine, "(module (memory 1))");
  ASSERT_TRUE(module && Instance::make(store, *module, {}));
  EXPECT_EQ(counter->made, 1u);
  const std::shared_ptr<ResourceLimiter> limiter = counter;
  EXPECT_EQ(dynamic_cast<Counter*>(limiter.get()), counter.get());
}

TEST(EmbedderDeathTest, AnExceptionThatLeavesACallableEndsTheProcess) {
  Engine engine;
  Store store(engine);
  const Func throwing = Func::wrap(store, [] { throw std::runtime_error("no such sprite"); });
  const auto call = [&] {
    try {
      (void)throwing.call({});
    } catch (const std::exception&) {  // it would have skipped the library's frames
    }
  };
  EXPECT_DEATH(call(), "no such sprite");
}

TEST(EmbedderDeathTest, RunningOutOfMemoryEndsTheProcessAndSaysSo) {
  std::set_new_handler(nullptr);
  Engine engine;
  const std::new_handler handler = std::get_new_handler();
  ASSERT_NE(handler, nullptr);
  EXPECT_DEATH(handler(), "wasmrun: out of memory");
}

TEST(EmbedderTest, AProgramsOwnNewHandlerStays) {
  const std::new_handler own = [] { throw std::bad_alloc(); };
  std::set_new_handler(own);
  Engine engine;
  EXPECT_EQ(std::get_new_handler(), own);
  std::set_new_handler(nullptr);
}

}  // namespace
}  // namespace wasmrun::test
