// Every vector instruction, in every form of its handlers, against the reference.
#include <gtest/gtest.h>

#include <random>

#include "body_runner.h"
#include "interesting_vectors.h"
#include "wasm/opcodes.h"

namespace wasmrun::interp::testing {
namespace {

using wasm::Opcode;
using wasm::TypeKind;

// Frame: operands at 0, 2, 4; the result at 8.
constexpr u32 kA = 0, kB = 2, kC = 4, kResult = 8;

u32 sizeOf(TypeKind kind) {
  return kind == TypeKind::V128 ? 16 : kind == TypeKind::I32 || kind == TypeKind::F32 ? 4 : 8;
}
bool isInteger(TypeKind kind) { return kind == TypeKind::I32 || kind == TypeKind::I64; }

/// One handler of an instruction: where its operands are.
struct Shape {
  HandlerId id;
  std::vector<u32> sources;  ///< slots, in the order of the letters
  char accumulator;          ///< which operand is in its accumulator: a, b, c, or -
  bool constant = false;     ///< the second operand is one
};

/// The shapes of a family in its order (families.h), as slot-result handlers.
std::vector<Shape> shapesOf(Form form, HandlerId first) {
  switch (form) {
    case Form::Unary: return {{first, {kA}, '-'}, {first + 2, {}, 'a'}};
    case Form::VectorCommutative: return {{first, {kA, kB}, '-'}, {first + 2, {kA}, 'b'}};
    case Form::Vector:
    case Form::ReplaceLane: return {{first, {kA, kB}, '-'}, {first + 2, {kA}, 'b'}, {first + 4, {kB}, 'a'}};
    case Form::VectorShift:
      return {{first, {kA, kB}, '-'},
              {first + 2, {kA}, 'b'},
              {first + 4, {kA}, '-', true},
              {first + 6, {}, 'a', true},
              {first + 8, {kB}, 'a'}};
    case Form::VectorTernary:
      return {{first, {kA, kB, kC}, '-'}, {first + 2, {kA, kB}, 'c'}, {first + 4, {kB, kC}, 'a'}};
    case Form::ExtractLane: return {{first, {kA}, '-'}};
    default: return {};
  }
}

/// Runs a handler and stores what it left in an accumulator.
Bytes resultOf(BodyRunner& runner, const Bodies& bodies, HandlerId id, const std::vector<u32>& units,
               bool inAccumulator, TypeKind type) {
  runner.setSlot(kResult, Bytes::splat<u64>(0xdeaddeaddeaddead));
  EXPECT_EQ(runner.run(bodies, id, units), runtime::TrapKind::None);
  if (!inAccumulator) return runner.slotBytes(kResult);
  if (isInteger(type)) {
    Bytes bytes;
    bytes.setLane(0, runner.accumulator);
    return bytes;
  }
  return runner.vectorAccumulator;
}

class VectorOps : public ::testing::TestWithParam<const Bodies*> {
 protected:
  /// Checks all handlers of `opcode` on one set of operands.
  void check(Opcode opcode, const Operands& in);
  BodyRunner runner_;
};

std::string hex(const Bytes& bytes) {
  std::string text;
  for (u32 i = 16; i-- > 0;) {
    constexpr char kDigits[] = "0123456789abcdef";
    text += kDigits[bytes.bytes[i] >> 4];
    text += kDigits[bytes.bytes[i] & 15];
  }
  return text;
}

void VectorOps::check(Opcode opcode, const Operands& in) {
  const wasm::OpcodeInfo& row = wasm::info(opcode);
  const Family of = family(opcode);
  const Expected wanted = expected(row.text, in);
  ASSERT_FALSE(wanted.anyOf.empty()) << row.text << " has no reference";
  const TypeKind type = row.signature.results[0];
  for (const Shape& shape : shapesOf(of.form, of.first)) {
    for (const bool inAccumulator : {false, true}) {
      runner_.setSlot(kA, in.a);
      runner_.setSlot(kB, in.b);
      runner_.setSlot(kC, in.c);
      const Bytes& accumulated = shape.accumulator == 'b' ? in.b : shape.accumulator == 'c' ? in.c : in.a;
      runner_.vectorAccumulator = accumulated;
      runner_.accumulator = accumulated.lane<u64>(0);
      const HandlerId id = shape.id + inAccumulator;
      const std::vector<u32> numbers{shape.constant ? in.b.lane<u32>(0) : in.lane};
      const std::vector<u32>& sources = shape.sources;
      const std::vector<u32> units = sources.size() == 3
                                         ? unitsOf(id, {sources[0], sources[1], sources[2]}, numbers, kResult)
                                     : sources.size() == 2 ? unitsOf(id, {sources[0], sources[1]}, numbers, kResult)
                                     : sources.size() == 1 ? unitsOf(id, {sources[0]}, numbers, kResult)
                                                           : unitsOf(id, {}, numbers, kResult);
      const Bytes got = resultOf(runner_, *GetParam(), id, units, inAccumulator, type);
      ASSERT_TRUE(allowed(wanted, in, got, sizeOf(type)))
          << handlerName(id) << "\n  a        " << hex(in.a) << "\n  b        " << hex(in.b) << "\n  c        "
          << hex(in.c) << "\n  lane     " << in.lane << "\n  got      " << hex(got) << "\n  expected "
          << hex(wanted.anyOf[0]);
      // A 32-bit result is zero-extended wherever it goes; only the low lane of a float in the accumulator counts.
      if (type == TypeKind::I32 || (type == TypeKind::F32 && !inAccumulator)) {
        ASSERT_EQ(got.lane<u32>(1), 0u) << handlerName(id);
      }
    }
  }
}

bool isVector(const wasm::OpcodeInfo& row) { return row.prefix == 0xfd; }

TEST_P(VectorOps, Arithmetic) {
  const std::vector<Bytes> values = interestingVectors();
  for (u32 number = 0; number < wasm::kOpcodeCount; ++number) {
    const Opcode opcode = static_cast<Opcode>(number);
    const wasm::OpcodeInfo& row = wasm::info(opcode);
    if (!isVector(row) || row.immediate != wasm::Immediate::None) continue;
    ASSERT_FALSE(shapesOf(family(opcode).form, family(opcode).first).empty()) << row.text << " has no handlers";
    const u32 count = row.signature.paramCount;
    if (count == 1) {
      for (const Bytes& a : values) ASSERT_NO_FATAL_FAILURE(check(opcode, {a, {}, {}}));
    } else {
      std::mt19937 random(number);
      for (size_t i = 0; i < values.size(); ++i)
        for (size_t j = 0; j < values.size(); ++j)
          if (count == 2 || (i + j) % 3 == 0) {
            ASSERT_NO_FATAL_FAILURE(
                check(opcode, {values[i], values[j], count == 2 ? Bytes() : values[random() % values.size()]}));
          }
    }
  }
}

TEST_P(VectorOps, Lanes) {
  const std::vector<Bytes> values = interestingVectors();
  for (u32 number = 0; number < wasm::kOpcodeCount; ++number) {
    const Opcode opcode = static_cast<Opcode>(number);
    const wasm::OpcodeInfo& row = wasm::info(opcode);
    if (!isVector(row) || row.immediate != wasm::Immediate::Lane) continue;
    ASSERT_FALSE(shapesOf(family(opcode).form, family(opcode).first).empty()) << row.text << " has no handlers";
    const char* shape = row.text.data();
    const u32 lanes = shape[1] == '8' ? 16 : shape[1] == '1' ? 8 : shape[1] == '3' ? 4 : 2;
    for (size_t i = 0; i < values.size(); ++i)
      for (u32 lane = 0; lane < lanes; ++lane)
        ASSERT_NO_FATAL_FAILURE(check(opcode, {values[i], values[(i * 5 + lane) % values.size()], {}, lane}));
  }
}

TEST_P(VectorOps, Shuffle) {
  std::mt19937 random(2);
  const std::vector<Bytes> values = interestingVectors();
  const Family of = family(Opcode::I8x16Shuffle);
  for (u32 round = 0; round < 500; ++round) {
    Operands in{values[random() % values.size()], values[random() % values.size()], {}};
    const u32 mask = round % 3 == 0 ? 15 : 31;  // from one vector, from both
    for (u8& lane : in.lanes) lane = static_cast<u8>(random() & mask);
    const Bytes wanted = expected("i8x16.shuffle", in).anyOf[0];
    runner_.setSlot(kA, in.a);
    runner_.setSlot(kB, in.b);
    u8 lanes[32];
    for (u32 i = 0; i < 16; ++i) {
      lanes[i] = in.lanes[i] < 16 ? in.lanes[i] : 0x80;
      lanes[16 + i] = in.lanes[i] < 16 ? 0x80 : in.lanes[i] - 16;
    }
    std::vector<u32> numbers(8);
    std::memcpy(numbers.data(), lanes, sizeof lanes);
    for (const Shape& shape : shapesOf(of.form, of.first)) {
      for (const bool inAccumulator : {false, true}) {
        runner_.vectorAccumulator = shape.accumulator == 'b' ? in.b : in.a;
        const HandlerId id = shape.id + inAccumulator;
        const std::vector<u32> units = shape.sources.size() == 2 ? unitsOf(id, {kA, kB}, numbers, kResult)
                                                                 : unitsOf(id, {shape.sources[0]}, numbers, kResult);
        ASSERT_EQ(resultOf(runner_, *GetParam(), id, units, inAccumulator, TypeKind::V128), wanted) << handlerName(id);
      }
    }
    if (mask != 15) continue;
    for (const bool fromAccumulator : {false, true})
      for (const bool inAccumulator : {false, true}) {
        runner_.vectorAccumulator = in.a;
        const HandlerId id = HandlerId::I8x16Permute_ss + (fromAccumulator * 2 + inAccumulator);
        const std::vector<u32> units =
            fromAccumulator ? unitsOf(id, {}, numbers, kResult) : unitsOf(id, {kA}, numbers, kResult);
        ASSERT_EQ(resultOf(runner_, *GetParam(), id, units, inAccumulator, TypeKind::V128), wanted) << handlerName(id);
      }
  }
}

TEST_P(VectorOps, Constant) {
  const std::vector<u32> numbers{0x03020100, 0x07060504, 0x8b8a8988, 0xffeeddcc};
  Bytes wanted;
  for (u32 i = 0; i < 4; ++i) wanted.setLane(i, numbers[i]);
  for (const bool inAccumulator : {false, true}) {
    const HandlerId id = HandlerId::ConstV128_s + inAccumulator;
    EXPECT_EQ(resultOf(runner_, *GetParam(), id, unitsOf(id, {}, numbers, kResult), inAccumulator, TypeKind::V128),
              wanted);
  }
}

TEST_P(VectorOps, WideArithmetic) {
  using Wide = unsigned __int128;
  const std::vector<u64> values{
      0, 1, 2, ~u64{0}, ~u64{0} - 1, u64{1} << 63, (u64{1} << 63) - 1, 0x0123456789abcdef, 0xfedcba9876543210};
  const auto run = [&](HandlerId id, std::initializer_list<u32> sources) {
    EXPECT_EQ(runner_.run(*GetParam(), id, unitsOf(id, sources, {}, kResult)), runtime::TrapKind::None);
    return runner_.slots[kResult] | static_cast<Wide>(runner_.slots[kResult + 1]) << 64;
  };
  for (const u64 a : values)
    for (const u64 b : values) {
      runner_.slots[0] = a, runner_.slots[2] = b;
      EXPECT_TRUE(run(HandlerId::I64MulWideU, {0, 2}) == static_cast<Wide>(a) * b);
      EXPECT_TRUE(run(HandlerId::I64MulWideS, {0, 2}) ==
                  static_cast<Wide>(static_cast<__int128>(static_cast<i64>(a)) * static_cast<i64>(b)));
      for (const u64 high : values) {
        runner_.slots[1] = high, runner_.slots[3] = a ^ high;
        const Wide left = a | static_cast<Wide>(high) << 64, right = b | static_cast<Wide>(a ^ high) << 64;
        EXPECT_TRUE(run(HandlerId::I64Add128, {0, 1, 2, 3}) == left + right);
        EXPECT_TRUE(run(HandlerId::I64Sub128, {0, 1, 2, 3}) == left - right);
      }
    }
}

INSTANTIATE_TEST_SUITE_P(Bodies, VectorOps, ::testing::ValuesIn(runnableBodies()), [](const auto& info) {
  return std::string(info.param == &kBaselineBodies ? "baseline" : "best");
});

}  // namespace
}  // namespace wasmrun::interp::testing
