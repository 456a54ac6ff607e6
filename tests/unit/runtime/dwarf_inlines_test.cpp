// Inlined calls of guests/inlines.c, compiled with each version of DWARF. The guests' folder in the build is the
// environment's WASMRUN_GUESTS.
#include "runtime/dwarf_inlines.h"

#include <cstdlib>
#include <fstream>
#include <random>
#include <set>

#include "runtime_test.h"

namespace wasmrun::runtime::test {
namespace {

class DwarfInlinesTest : public RuntimeTest, public testing::WithParamInterface<int> {
 protected:
  void SetUp() override {
    const char* const folder = std::getenv("WASMRUN_GUESTS");
    if (folder == nullptr) GTEST_SKIP() << "no guests: WASMRUN_GUESTS is not set";
    std::ifstream file(std::string(folder) + "/inlines" + std::to_string(GetParam()) + ".wasm", std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(file), {});
    ASSERT_FALSE(bytes_.empty());
    module_ = decode(bytes_);
    ASSERT_NE(module_, nullptr);
  }

  /// What was inlined somewhere in a function: "innermost 8:10, middle 12:10", innermost first.
  std::set<std::string> inlinedIn(std::string_view function) {
    const DwarfInlines inlines(*module_);
    std::set<std::string> found;
    for (u32 i = 0; i < module_->bodies.size(); ++i) {
      if (module_->funcName(module_->funcIndex(wasm::DefinedFuncIndex(i))) != function) continue;
      const wasm::FuncBody& body = module_->bodies[i];
      for (u32 at = body.offset; at < body.offset + body.size; ++at) {
        std::string text;
        for (const DwarfInlines::Inlined& inlined : inlines.find(at)) {
          EXPECT_TRUE(inlined.call.file.ends_with("guests/inlines.c")) << inlined.call.file;
          text += inlined.function + " at " + std::to_string(inlined.call.line) + "; ";
        }
        found.insert(text);
      }
    }
    return found;
  }

  Bytes bytes_;
  std::shared_ptr<const wasm::Module> module_;
};

TEST_P(DwarfInlinesTest, NamesFunctionsAndCalls) {
  const std::set<std::string> outer = inlinedIn("outer");
  EXPECT_TRUE(outer.contains("innermost at 8; middle at 12; "));
  EXPECT_TRUE(outer.contains("innermost at 12; "));
  EXPECT_TRUE(outer.contains(""));
  EXPECT_EQ(inlinedIn("run"), std::set<std::string>{""});
}

TEST_P(DwarfInlinesTest, KnowsNothingOutsideOfTheCode) {
  const DwarfInlines inlines(*module_);
  for (const u64 offset : {u64{0}, u64{module_->bodies[0].offset - 2}, u64{bytes_.size()}, ~u64{0}})
    EXPECT_TRUE(inlines.find(offset).empty());
}

TEST_P(DwarfInlinesTest, SurvivesDamage) {
  std::mt19937 random(GetParam());
  const u32 begin = static_cast<u32>(module_->customSections[0].payload.data() - module_->bytes().data());
  for (int i = 0; i < 3000; ++i) {
    Bytes damaged = bytes_;
    for (u32 flips = 1 + random() % 4; flips > 0; --flips)
      damaged[begin + random() % (static_cast<u32>(bytes_.size()) - begin)] = static_cast<u8>(random());
    auto module = wasm::decodeModule(registry_, features_, wasm::ownBytes(damaged), {.threads = 1});
    if (!module) continue;  // a section's frame was hit
    const DwarfInlines inlines(**module);
    for (u32 at = 0; at < damaged.size(); at += 17) inlines.find(at);
  }
}

TEST_P(DwarfInlinesTest, SurvivesTruncation) {
  for (const wasm::CustomSection& cut : module_->customSections) {
    for (size_t length = 0; length < cut.payload.size(); ++length) {
      ModuleBuilder builder;
      builder.func(builder.type({}, {}), Bytes(300, 0x01));  // nop
      for (const wasm::CustomSection& section : module_->customSections) {
        const auto kept = section.payload.first(section.name == cut.name ? length : section.payload.size());
        builder.custom(section.name, Bytes(kept.begin(), kept.end()));
      }
      const auto module = decode(builder.build());
      DwarfInlines(*module).find(100);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Versions, DwarfInlinesTest, testing::Values(2, 3, 4, 5));

}  // namespace
}  // namespace wasmrun::runtime::test
