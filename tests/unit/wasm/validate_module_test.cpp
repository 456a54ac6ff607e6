#include "wasm/validate_module.h"

#include <algorithm>

#include "decoding.h"
#include "sample_modules.h"

namespace wasmrun::wasm {
namespace {

/// `count` functions of about a kilobyte; those of `wrong` leave a value on the stack.
Bytes manyFunctions(u32 count, const std::vector<u32>& wrong) {
  const Bytes right = body(repeat(500, {0x41, 0, 0x1a})), bad = body(repeat(500, {0x41, 0}));
  Bytes bodies = leb(count);
  for (u32 i = 0; i < count; ++i) {
    const Bytes& code = std::ranges::find(wrong, i) == wrong.end() ? right : bad;
    bodies.insert(bodies.end(), code.begin(), code.end());
  }
  return moduleOf({emptyFuncType(), section(kFunctions, cat({leb(count), Bytes(count)})), section(kCode, bodies)});
}

TEST(ValidateModule, ThreadsAgreeWithOneThread) {
  EXPECT_TRUE(Decoding().decode(manyFunctions(2000, {}), allFeatures(), 4));
}

TEST(ValidateModule, TheFirstErrorIsReportedWhateverTheThreadsDo) {
  const Bytes bytes = manyFunctions(2000, {777, 778, 1200, 1999});
  const auto one = Decoding().decode(bytes, allFeatures(), 1);
  ASSERT_FALSE(one);
  for (int round = 0; round < 20; ++round) {
    const auto many = Decoding().decode(bytes, allFeatures(), 2 + round % 7);
    ASSERT_FALSE(many);
    EXPECT_EQ(many.error().offset, one.error().offset);
    EXPECT_EQ(many.error().message, one.error().message);
  }
}

TEST(ValidateModule, MalformedBytesGoBeforeBrokenRulesAndEarlierOnesBeforeLaterOnes) {
  const Bytes types = emptyFuncType(), functions = section(kFunctions, {{0}});
  const Bytes badRule = section(kCode, {body({0x41, 0})}), badBytes = section(kCode, {body({0xff})});
  const Bytes badData = section(kData, {{3}}), unknownMemory = section(kData, {{0, 0x41, 0, 0x0b, 0}});
  expectError(moduleOf({types, functions, badRule}), "invalid @25: type mismatch");
  expectError(moduleOf({types, functions, badRule, badData}), "malformed @29: malformed data segment kind 3");
  expectError(moduleOf({types, functions, badBytes, badData}), "malformed @23: illegal opcode ff");
  expectError(moduleOf({types, functions, badBytes, unknownMemory}), "malformed @23: illegal opcode ff");
  expectError(moduleOf({types, functions, badRule, unknownMemory}), "invalid @25: type mismatch");
}

TEST(ValidateModule, ABodyThatEndsEarlySaysWhatTheReferenceSays) {
  const Bytes types = emptyFuncType(), one = section(kFunctions, {{0}}), two = section(kFunctions, {{0}, {0}});
  const Bytes open = sized({0, 0x41, 0, 0x1a});
  expectError(moduleOf({types, one, section(kCode, {open})}), "malformed @26: unexpected end of section or function");
  expectError(moduleOf({types, two, section(kCode, {open, body({1})})}), "malformed @27: END opcode expected");
  expectError(moduleOf({types, one, section(kCode, {open}), section(kData, Bytes{0})}),
              "malformed @26: section size mismatch");
}

// -- Mutations ------------------------------------------------------------------------------------------------------

/// Decodes a changed copy: a module or an error with words and, in the module, a place.
void expectNoCrash(const Bytes& bytes) {
  Decoding decoding;
  const auto module = decoding.decode(bytes);
  if (module) return;
  EXPECT_FALSE(module.error().message.empty());
  EXPECT_LE(module.error().offset, bytes.size()) << module.error().message;
}

TEST(Mutation, EveryTruncationIsAnError) {
  for (const Bytes& seed : {everythingModule(), programModule()})
    for (size_t size = 0; size < seed.size(); ++size) expectNoCrash(Bytes(seed.begin(), seed.begin() + size));
}

TEST(Mutation, EveryFlippedBitIsAnErrorOrAModule) {
  for (const Bytes& seed : {everythingModule(), programModule()})
    for (size_t bit = 0; bit < 8 * seed.size(); ++bit) {
      Bytes bytes = seed;
      bytes[bit / 8] ^= static_cast<u8>(1 << bit % 8);
      expectNoCrash(bytes);
    }
}

TEST(Mutation, EveryByteMadeLargeIsAnErrorOrAModule) {
  for (const Bytes& seed : {everythingModule(), programModule()})
    for (size_t at = 8; at < seed.size(); ++at) {
      Bytes bytes(seed.begin(), seed.begin() + at);
      const Bytes large = {0xff, 0xff, 0xff, 0xff, 0x0f};
      bytes.insert(bytes.end(), large.begin(), large.end());
      bytes.insert(bytes.end(), seed.begin() + at + 1, seed.end());
      expectNoCrash(bytes);
    }
}

}  // namespace
}  // namespace wasmrun::wasm
