// The macro assembler's instructions byte by byte, as another assembler has them.
#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>

#include "masm/macro_assembler.h"

namespace wasmrun::masm {
namespace {

using wasm::Opcode;

constexpr Fp kTo{1}, kA{3}, kB{9}, kC{12}, kTemporary{14};

constexpr std::array<u8, 16> lanes(std::array<u8, 16> numbers) { return numbers; }

struct Encoding {
  const char* call;
  void (*emit)(MacroAssembler& m);
  std::optional<std::string> withoutAvx, withAvx;
};

std::vector<Encoding> encodings() {
  const std::optional<std::string> NONE;
  return {
#define WASMRUN_ENCODING(sse, avx, ...) {#__VA_ARGS__, [](MacroAssembler& m) { __VA_ARGS__; }, sse, avx},
#include "encodings.def"
  };
}

/// The bytes of one call, with addresses of constants as they are when nothing else is in the code.
std::string bytesOf(const Encoding& encoding, const CpuFeatures& features) {
  MacroAssembler masm(features);
  encoding.emit(masm);
  const u32 size = masm.offset();
  masm.embedConstants();
  EXPECT_FALSE(masm.failed());
  std::string text;
  for (const u8 byte : masm.code().first(size)) {
    constexpr char kDigits[] = "0123456789abcdef";
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

TEST(Encodings, WithoutAvx) {
  for (const Encoding& encoding : encodings()) {
    if (encoding.withoutAvx) {
      EXPECT_EQ(bytesOf(encoding, {}), *encoding.withoutAvx) << encoding.call;
    }
  }
}

TEST(Encodings, WithAllSets) {
  CpuFeatures features;
  features.avx = features.avx2 = features.x86v3 = true;
  features.bmi1 = features.bmi2 = features.lzcnt = true;
  for (const Encoding& encoding : encodings()) {
    if (encoding.withAvx) {
      EXPECT_EQ(bytesOf(encoding, features), *encoding.withAvx) << encoding.call;
    }
  }
}

}  // namespace
}  // namespace wasmrun::masm
