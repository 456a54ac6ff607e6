// What the generator promises: its modules are valid, differ, and use every opcode there is.
#include <array>

#include "module_generator.h"
#include "wasm/decoding.h"
#include "wasm/instruction_walk.h"

namespace wasmrun::fuzz {
namespace {

using namespace wasm;

constexpr u64 kSeeds = 3000;

class Generated : public testing::TestWithParam<bool> {};

TEST_P(Generated, ModulesAreValid) {
  for (u64 seed = 0; seed < kSeeds; ++seed) {
    Choices choices(seed);
    const std::string error = errorOf(generateModule(choices, {GetParam()}));
    ASSERT_EQ(error, "") << "seed " << seed;
  }
}

TEST_P(Generated, EveryOpcodeIsUsed) {
  std::array<u32, kOpcodeCount> uses{};
  Decoding decoding;
  for (u64 seed = 0; seed < kSeeds; ++seed) {
    Choices choices(seed);
    const auto module = decoding.valid(generateModule(choices, {GetParam()}));
    ASSERT_TRUE(module);
    for (u32 i = 0; i < module->bodies.size(); ++i) {
      support::ByteReader reader(module->bodyBytes(DefinedFuncIndex(i)));
      skipLocals(reader);
      while (!reader.atEnd()) {
        const Opcode opcode = readOpcode(reader);
        ++uses[static_cast<u32>(opcode)];
        skipImmediates(reader, opcode);
      }
    }
  }
  for (u32 i = 0; i < kOpcodeCount; ++i) {
    const Opcode opcode = static_cast<Opcode>(i);
    const bool isObject = opcode >= Opcode::StructNew && opcode <= Opcode::ArrayInitElem;
    if (isObject && !GetParam())
      EXPECT_EQ(uses[i], 0u) << info(opcode).text;
    else
      EXPECT_GT(uses[i], 0u) << info(opcode).text;
  }
}

TEST(Generator, SameChoicesGiveTheSameModule) {
  const std::vector<u8> bytes = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  Choices once(bytes), again(bytes), other(std::span<const u8>(bytes).first(9));
  const std::vector<u8> module = generateModule(once);
  EXPECT_EQ(module, generateModule(again));
  EXPECT_NE(module, generateModule(other));
}

INSTANTIATE_TEST_SUITE_P(, Generated, testing::Bool(),
                         [](const auto& info) { return info.param ? "objects" : "numbers"; });

}  // namespace
}  // namespace wasmrun::fuzz
