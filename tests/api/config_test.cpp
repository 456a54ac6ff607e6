#include "api_test.h"

namespace wasmrun::test {
namespace {

TEST(ConfigTest, OptionsReadTheirUnits) {
  Config config;
  const auto check = [&](const char* group, const char* text, const char* name, const char* shown) {
    good(config.set(group, text));
    EXPECT_EQ(good(config.get(group, name)), shown) << text;
  };
  check("W", "fuel=5K", "fuel", "5K");
  check("W", "fuel=1500", "fuel", "1500");
  check("W", "fuel=2000000", "fuel", "2M");
  check("W", "max-wasm-stack=512K", "max-wasm-stack", "512K");
  check("W", "max-wasm-stack=0x10000", "max-wasm-stack", "64K");
  check("W", "max-wasm-stack=2MiB", "max-wasm-stack", "2M");
  check("W", "timeout=1.5s", "timeout", "1500ms");
  check("W", "timeout=2", "timeout", "2s");
  check("W", "timeout=90m", "timeout", "90m");
  check("W", "unknown-imports-trap", "unknown-imports-trap", "y");
  check("W", "unknown-imports-trap=false", "unknown-imports-trap", "n");
  check("O", "tier=interp", "tier", "interp");
  check("", "simd=n", "simd", "n");
}

TEST(ConfigTest, BadOptionsSayWhy) {
  Config config;
  EXPECT_CONTAINS(bad(config.set("W", "feul=1")).message, "unknown option -W feul; did you mean 'fuel'?");
  EXPECT_CONTAINS(bad(config.set("D", "fuel=1")).message, "unknown option -D fuel");
  EXPECT_CONTAINS(bad(config.set("W", "fuel")).message, "needs a value");
  EXPECT_CONTAINS(bad(config.set("W", "fuel=")).message, "is not a number");
  for (const char* wrong : {"fuel=x", "fuel=1X", "fuel=-1", "fuel=99999999999999999999", "timeout=1.s", "timeout=1.5x",
                            "max-wasm-stack=0x", "simd=maybe", "fuel=18446744073709551615"})
    EXPECT_EQ(bad(config.set("W", wrong)).kind, ErrorKind::Usage) << wrong;
  EXPECT_EQ(good(config.get("W", "fuel")), "") << "as before";
  EXPECT_EQ(bad(config.get("W", "nothing")).kind, ErrorKind::Usage);
}

TEST(ConfigTest, EveryDefaultReads) {
  for (const OptionInfo& option : Config::options()) {
    Config config;
    if (option.initial.empty()) continue;
    const std::string text = std::string(option.name) + "=" + std::string(option.initial);
    good(config.set(std::string_view(&option.group, 1), text));
    EXPECT_EQ(good(config.get("", option.name)), good(Config().get("", option.name)));
  }
}

TEST(ConfigTest, FeaturesBringWhatTheyNeed) {
  Config config;
  good(config.feature("simd", false));
  EXPECT_FALSE(config.hasFeature("relaxed-simd"));
  good(config.feature("bulk-memory", false));
  EXPECT_FALSE(config.hasFeature("reference-types"));
  EXPECT_FALSE(config.hasFeature("gc"));
  good(config.feature("gc", true));
  EXPECT_TRUE(config.hasFeature("function-references"));
  EXPECT_TRUE(config.hasFeature("bulk-memory"));
  EXPECT_CONTAINS(bad(config.feature("tail-cal", true)).message, "did you mean 'tail-call'?");
  EXPECT_FALSE(config.hasFeature("nothing"));
  EXPECT_GT(Config::features().size(), 10u);
}

TEST(ConfigTest, EnginesRefuseWhatCannotBe) {
  Config config;
  EXPECT_EQ(bad(Engine::make(config.tier(Tier::Optimizing))).kind, ErrorKind::Unsupported);
  EXPECT_CONTAINS(bad(Engine::make(config.tier(Tier::Optimizing))).message, "not built yet");
  good(Engine::make(config.tier(Tier::Interpreter)));
  for (const char* const when : {"often", "random", "random:", "random:x", "random:-1", "random:1 "}) {
    Config tierUp;
    good(tierUp.set("O", std::string("tier-up=") + when));
    EXPECT_EQ(bad(Engine::make(tierUp)).kind, ErrorKind::Usage) << when;
  }
  good(config.set("O", "tier=fast"));
  EXPECT_EQ(bad(Engine::make(config)).kind, ErrorKind::Usage);
  Config stack;
  EXPECT_EQ(bad(Engine::make(stack.maxWasmStack(1))).kind, ErrorKind::Usage);
  EXPECT_EQ(bad(Engine::make(stack.maxWasmStack(uint64_t{1} << 60))).kind, ErrorKind::Limit);
  Config both;
  good(both.set("W", "unknown-imports-trap"));
  good(both.set("W", "unknown-imports-default"));
  EXPECT_CONTAINS(bad(Engine::make(both)).message, "exclude each other");
  Config logging;
  good(logging.set("D", "logging=loud"));
  EXPECT_EQ(bad(Engine::make(logging)).kind, ErrorKind::Usage);
}

TEST(ConfigTest, CopiesAreIndependent) {
  Config first;
  Config second = first;
  second.fuel(5);
  EXPECT_EQ(good(first.get("W", "fuel")), "");
  first = second;
  EXPECT_EQ(good(first.get("W", "fuel")), "5");
}

TEST(ConfigTest, AllTheFuelThereIsIsSomeFuel) {
  Config config;
  Engine engine = good(Engine::make(config.fuel(UINT64_MAX)));
  EXPECT_EQ(good(Store(engine).fuel()), uint64_t{INT64_MAX});
}

TEST(ConfigTest, EngineReportsToTheLogger) {
  std::string log;
  Config config;
  config.logger(LogLevel::Info, [&](LogLevel, std::string_view message) { log += message; });
  Engine engine = good(Engine::make(config));
  good(Module::compile(engine, ModuleBuilder().build()));
  EXPECT_CONTAINS(log, "module of 8 bytes");
}

}  // namespace
}  // namespace wasmrun::test
