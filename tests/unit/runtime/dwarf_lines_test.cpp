// The line tables of guests/lines.c, compiled with each version of DWARF that compilers emit for wasm. The guests'
// folder in the build is the environment's WASMRUN_GUESTS.
#include "runtime/dwarf_lines.h"

#include <cstdlib>
#include <fstream>
#include <random>
#include <set>

#include "runtime_test.h"

namespace wasmrun::runtime::test {
namespace {

class DwarfLinesTest : public RuntimeTest, public testing::WithParamInterface<int> {
 protected:
  void SetUp() override {
    const char* const folder = std::getenv("WASMRUN_GUESTS");
    if (folder == nullptr) GTEST_SKIP() << "no guests: WASMRUN_GUESTS is not set";
    std::ifstream file(std::string(folder) + "/lines" + std::to_string(GetParam()) + ".wasm", std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(file), {});
    ASSERT_FALSE(bytes_.empty());
    module_ = decode(bytes_);
    ASSERT_NE(module_, nullptr);
  }

  using Places = std::set<std::pair<u32, u32>>;  // line and column
  /// The places that the bytes of a function come from; each must be in `file`.
  Places placesOf(std::string_view function, const std::string& file) {
    const DwarfLines lines(*module_);
    Places places;
    std::set<std::string> files;
    for (u32 i = 0; i < module_->bodies.size(); ++i) {
      if (module_->funcName(module_->funcIndex(wasm::DefinedFuncIndex(i))) != function) continue;
      const wasm::FuncBody& body = module_->bodies[i];
      for (u32 at = body.offset; at < body.offset + body.size; ++at) {
        const SourceLocation location = lines.find(at);
        if (location.line == 0) continue;
        files.insert(location.file);
        places.insert({location.line, location.column});
      }
    }
    EXPECT_EQ(files.size(), 1u);
    for (const std::string& name : files) EXPECT_TRUE(name.ends_with(file) && name.starts_with('/')) << name;
    return places;
  }

  Bytes bytes_;
  std::shared_ptr<const wasm::Module> module_;
};

TEST_P(DwarfLinesTest, FindsLinesAndColumns) {
  EXPECT_EQ(placesOf("divide", "guests/lines.c"), (Places{{3, 0}, {4, 3}, {4, 10}, {4, 12}, {5, 10}}));
  const Places run = placesOf("run", "guests/lines.c");
  EXPECT_TRUE(run.contains({11, 11}));
  EXPECT_TRUE(run.contains({12, 23}));
  const Places helper = placesOf("helper", "guests/sub/inline.h");
  EXPECT_TRUE(helper.contains({3, 14}));
}

TEST_P(DwarfLinesTest, KnowsNothingOutsideOfTheCode) {
  const DwarfLines lines(*module_);
  ASSERT_FALSE(lines.isEmpty());
  EXPECT_EQ(lines.find(0).line, 0u);
  EXPECT_EQ(lines.find(module_->bodies[0].offset - 2).line, 0u);
  const wasm::FuncBody& last = module_->bodies.back();
  EXPECT_EQ(lines.find(last.offset + last.size).line, 0u);
  EXPECT_EQ(lines.find(~u64{0}).line, 0u);
}

TEST_P(DwarfLinesTest, SurvivesDamage) {
  std::mt19937 random(GetParam());
  const u32 begin = static_cast<u32>(module_->customSections[0].payload.data() - module_->bytes().data());
  for (int i = 0; i < 3000; ++i) {
    Bytes damaged = bytes_;
    for (u32 flips = 1 + random() % 4; flips > 0; --flips) {
      const u32 at = begin + random() % (static_cast<u32>(bytes_.size()) - begin);
      damaged[at] = random() % 2 ? static_cast<u8>(random()) : static_cast<u8>(damaged[at] ^ 1u << random() % 8);
    }
    auto module = wasm::decodeModule(registry_, features_, wasm::ownBytes(damaged), {.threads = 1});
    if (!module) continue;  // a section's frame was hit
    const DwarfLines lines(**module);
    for (u32 at = 0; at < damaged.size(); at += 7) lines.find(at);
  }
}

TEST_P(DwarfLinesTest, SurvivesTruncation) {
  for (const wasm::CustomSection& cut : module_->customSections) {
    for (size_t length = 0; length < cut.payload.size(); ++length) {
      ModuleBuilder builder;
      builder.func(builder.type({}, {}), Bytes(300, 0x01));  // nop
      for (const wasm::CustomSection& section : module_->customSections) {
        const auto kept = section.payload.first(section.name == cut.name ? length : section.payload.size());
        builder.custom(section.name, Bytes(kept.begin(), kept.end()));
      }
      DwarfLines(*decode(builder.build())).find(100);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Versions, DwarfLinesTest, testing::Values(2, 3, 4, 5));

using NoDwarfTest = RuntimeTest;

TEST_F(NoDwarfTest, ModulesWithoutDwarf) {
  ModuleBuilder builder;
  builder.func(builder.type({}, {}));
  EXPECT_TRUE(DwarfLines(*decode(builder.build())).isEmpty());
}

}  // namespace
}  // namespace wasmrun::runtime::test
