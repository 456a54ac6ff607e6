// The fixture of the runtime's tests: a registry, a store, and a tier whose functions do what the test says.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <initializer_list>

#include "module_builder.h"
#include "runtime/builtins.h"
#include "runtime/exception.h"
#include "runtime/instantiate.h"
#include "runtime/store.h"
#include "wasm/decoder.h"
#include "wasm/module_bytes.h"

namespace wasmrun::runtime::test {

/// What the fake tier does; one test at a time.
struct FakeTier {
  using Script = std::function<CallStatus(ExecContext&, Func&, u64*)>;
  static inline Script script;
  static inline std::vector<FrameRecord> frames;  // innermost first
  static inline std::vector<u64> roots;           // references in frames
  static inline int prepared = 0;                 // modules with code

  static CallStatus entry(ExecContext& context, Func& callee, u64* slots) {
    return script ? script(context, callee, slots) : CallStatus::Ok;
  }

  struct Code : ModuleCode {
    explicit Code(size_t count) : codes(count) { ++prepared; }
    ~Code() override { --prepared; }
    FuncCode& code(wasm::DefinedFuncIndex index) override { return codes[index.value]; }
    std::vector<FuncCode> codes;
  };
  struct Hooks : TierHooks {
    std::unique_ptr<ModuleCode> prepareModule(const wasm::Module& module, const gc::LayoutSet*,
                                              MemoryStrategy) const override {
      return std::make_unique<Code>(module.bodies.size());
    }
    SlotEntry slotEntry() const override { return entry; }
    void walkFrames(const ExecContext&, FrameVisitor& visitor) const override {
      for (const FrameRecord& record : frames)
        if (!visitor.frame(record)) return;
    }
    void visitRoots(const ExecContext&, gc::RootVisitor& visitor) const override { visitor.slots(roots); }
  };
  static const TierHooks& hooks() {
    static const Hooks hooks;
    return hooks;
  }
};

class RuntimeTest : public testing::Test {
 protected:
  RuntimeTest() {
    features_.set(wasm::Feature::CustomPageSizes, true);
    store_ = newStore();
  }
  ~RuntimeTest() override {
    FakeTier::script = nullptr;
    FakeTier::frames.clear();
    FakeTier::roots.clear();
    store_.reset();
    EXPECT_EQ(FakeTier::prepared, 0);
  }

  std::unique_ptr<Store> newStore() {
    auto store = Store::make(registry_, FakeTier::hooks(), options_);
    EXPECT_TRUE(store) << store.error().message;
    return std::move(*store);
  }
  /// After a change of options_.
  void renewStore() { store_ = newStore(); }

  std::shared_ptr<const wasm::Module> decode(const Bytes& bytes) {
    auto module = wasm::decodeModule(registry_, features_, wasm::ownBytes(bytes), {.threads = 1});
    if (module) return *module;
    ADD_FAILURE() << module.error().message << " at " << module.error().offset;
    return nullptr;
  }
  std::shared_ptr<const PreparedModule> prepare(const Bytes& bytes) {
    auto module = decode(bytes);
    if (module == nullptr) return nullptr;
    return PreparedModule::make(module, FakeTier::hooks());
  }
  Result<Instance*> tryMake(const ModuleBuilder& builder, std::initializer_list<Extern> imports = {}) {
    return instantiate(*store_, prepare(builder.build()), {imports.begin(), imports.size()});
  }
  Instance& make(const ModuleBuilder& builder, std::initializer_list<Extern> imports = {}) {
    auto instance = tryMake(builder, imports);
    if (!instance) {
      ADD_FAILURE() << instance.error().message;
      std::abort();
    }
    return **instance;
  }
  /// The error's message, or "" if there is none.
  std::string errorOf(const ModuleBuilder& builder, std::initializer_list<Extern> imports = {}) {
    auto instance = tryMake(builder, imports);
    return instance ? "" : instance.error().message;
  }

  wasm::TypeRegistry registry_;
  wasm::Features features_;
  StoreOptions options_;
  std::unique_ptr<Store> store_;
};

}  // namespace wasmrun::runtime::test
