// Modules with many functions that are worth compiling, and what those compute.
#pragma once

#include "api_test.h"

namespace wasmrun::test {

/// Functions f0, f1 ... of type (i32) -> i32, each a loop that is run kRounds times over a body of its own.
class GeneratedModule {
 public:
  /// `steps`: operations in each body; compiling takes some ten bytes of code for each. `seed`: which bodies.
  GeneratedModule(uint32_t functions, uint32_t steps, uint32_t seed) : steps_(steps), seed_(seed) {
    ModuleBuilder builder;
    const u32 type = builder.type({kI32Byte}, {kI32Byte});
    for (uint32_t func = 0; func < functions; ++func) {
      names_.push_back("f" + std::to_string(func));
      builder.exportItem(names_.back(), kFuncExport, builder.func(type, body(func), {kI32Byte}));
    }
    bytes_ = builder.build();
  }

  std::span<const uint8_t> bytes() const { return bytes_; }
  uint32_t functions() const { return static_cast<uint32_t>(names_.size()); }

  /// Calls every `stride`th function from `first` on. The number of results that were wrong.
  uint32_t run(const Instance& instance, uint32_t first = 0, uint32_t stride = 1) const {
    uint32_t wrong = 0;
    for (uint32_t func = first; func < functions(); func += stride) {
      const int32_t argument = static_cast<int32_t>(func + stride);
      const auto callee = good(instance.typed<int32_t(int32_t)>(names_[func]));
      wrong += good(callee(argument)) != result(func, argument);
    }
    return wrong;
  }
  /// The same with an instance of `module`, which was compiled from bytes(), in a store of its own.
  uint32_t run(const Engine& engine, const Module& module, uint32_t first = 0, uint32_t stride = 1) const {
    Store store(engine);
    return run(good(Instance::make(store, module, {})), first, stride);
  }

 private:
  static constexpr int32_t kRounds = 30;

  int32_t constant(uint32_t func, uint32_t step) const {
    return static_cast<int32_t>((seed_ + func) * 0x9e3779b9u ^ step * 0x85ebca6bu);
  }

  /// loop: local 0 = (local 0 * constant) ^ local 1, for each step; then local 1 counts.
  Bytes body(uint32_t func) const {
    Bytes loop{0x03, 0x40};
    for (uint32_t step = 0; step < steps_; ++step)
      loop = std::move(loop) + getLocal(0) + i32Const(constant(func, step)) + Bytes{0x6c} + getLocal(1) +
             Bytes{0x73, 0x21, 0};
    return loop + getLocal(1) + i32Const(1) + Bytes{0x6a, 0x22, 1} + i32Const(kRounds) + Bytes{0x48, 0x0d, 0, 0x0b} +
           getLocal(0);
  }
  int32_t result(uint32_t func, int32_t argument) const {
    uint32_t value = static_cast<uint32_t>(argument);
    for (uint32_t round = 0; round < kRounds; ++round)
      for (uint32_t step = 0; step < steps_; ++step)
        value = value * static_cast<uint32_t>(constant(func, step)) ^ round;
    return static_cast<int32_t>(value);
  }

  uint32_t steps_, seed_;
  std::vector<std::string> names_;
  Bytes bytes_;
};

/// A configuration with these options: {"tier=baseline"}.
inline Config withOptions(std::initializer_list<const char*> options) {
  Config config;
  for (const char* const option : options) good(config.set("", option));
  return config;
}

/// The number of that name.
inline uint64_t valueOf(const Statistics& statistics, std::string_view name) {
  for (const auto& entry : statistics.entries)
    if (entry.name == name) return entry.value;
  return 0;
}

}  // namespace wasmrun::test
