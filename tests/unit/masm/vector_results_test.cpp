// Every vector instruction of the macro assembler, run, against the reference that the interpreter is tested with: for
// each instruction set that the assembler knows, with the result in a register of its own and in an operand's.
#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "code/code_space.h"
#include "code/function_record_builder.h"
#include "interp/interesting_vectors.h"
#include "interp/vector_reference.h"
#include "masm/macro_assembler.h"
#include "runtime/trap.h"

namespace wasmrun::masm {
namespace {

using interp::testing::allowed;
using interp::testing::Bytes;
using interp::testing::Expected;
using interp::testing::expected;
using interp::testing::interestingVectors;
using interp::testing::Operands;
using wasm::Immediate;
using wasm::Opcode;
using wasm::TypeKind;

/// What the code of a test gets: operands, and where the result goes. A scalar is in the first bytes.
struct alignas(16) Frame {
  Bytes a, b, c, result;
};

struct InstructionSet {
  const char* name;
  CpuFeatures features;
};

/// Those that this machine can run.
std::vector<InstructionSet> instructionSets() {
  const Result<CpuFeatures> detected = detectCpuFeatures();
  if (!detected) return {};
  const CpuFeatures host = *detected;
  std::vector<InstructionSet> sets = {{"sse", {}}};
  CpuFeatures avx;
  avx.avx = true;
  if (host.avx) sets.push_back({"avx", avx});
  avx.avx2 = true;
  if (host.avx2) sets.push_back({"avx2", avx});
  if (host.x86v3) sets.push_back({"best", host});
  return sets;
}

constexpr Fp kA{3}, kB{9}, kC{12}, kOther{1}, kTemporary{14};
constexpr Gp kNumber = kRcx, kResult = kRdx;

bool isFloat(TypeKind kind) { return kind == TypeKind::F32 || kind == TypeKind::F64 || kind == TypeKind::V128; }
FpKind fpKind(TypeKind kind) {
  return kind == TypeKind::F32 ? FpKind::F32 : kind == TypeKind::F64 ? FpKind::F64 : FpKind::V128;
}
u32 sizeOf(TypeKind kind) {
  return kind == TypeKind::V128 ? 16 : kind == TypeKind::I32 || kind == TypeKind::F32 ? 4 : 8;
}
Mem at(u32 number) { return {kRdi, static_cast<i32>(16 * number)}; }

/// Pieces of code, each a function of a Frame.
class Code {
 public:
  Code() {
    code::CodeSpaceOptions options;
    options.size = u64{64} << 20;
    space_ = *code::CodeSpace::make(options);
    area_ = std::make_unique<code::CodeArea>(*space_);
  }
  using Function = void (*)(Frame*);

  Function add(MacroAssembler& masm, const std::function<void()>& emit) {
    masm.reset();
    emit();
    masm.ret();
    masm.embedConstants();
    const std::span<const u8> bytes = masm.code();
    const auto block = area_->allocate(support::narrow<u32>(bytes.size()));
    std::memcpy(block->writable, bytes.data(), bytes.size());
    code::FunctionRecordBuilder record;
    record.begin({});
    EXPECT_TRUE(area_->publish(*block, record.finish(block->executable, block->size)));
    return reinterpret_cast<Function>(reinterpret_cast<uintptr_t>(block->executable));
  }

 private:
  std::unique_ptr<code::CodeSpace> space_;
  std::unique_ptr<code::CodeArea> area_;
};

/// One way to have an instruction.
struct Variant {
  std::string text;
  Code::Function run;
};

class VectorResults : public ::testing::TestWithParam<InstructionSet> {
 protected:
  VectorResults() : masm_(GetParam().features) {}
  const CpuFeatures& features() const { return GetParam().features; }

  void loadOperands(const wasm::OpcodeSignature& signature) {
    constexpr Fp kRegisters[] = {kA, kB, kC};
    for (u32 i = 0; i < signature.paramCount; ++i) {
      if (isFloat(signature.params[i]))
        masm_.load(fpKind(signature.params[i]), kRegisters[i], at(i));
      else
        masm_.load(signature.params[i] == TypeKind::I64 ? Width::W64 : Width::W32, kNumber, at(i));
    }
  }
  /// `emit` puts the result, a vector or float, into its argument.
  void add(const std::string& name, Opcode opcode, Fp to, const std::function<void(Fp)>& emit) {
    const wasm::OpcodeSignature& signature = wasm::info(opcode).signature;
    variants_.push_back({name, code_.add(masm_, [&] {
                           loadOperands(signature);
                           emit(to);
                           masm_.store(fpKind(signature.results[0]), at(3), to);
                         })});
  }
  /// The same, into every register that it may be.
  void addAll(Opcode opcode, const std::function<void(Fp)>& emit) {
    const wasm::OpcodeSignature& signature = wasm::info(opcode).signature;
    add("to another", opcode, kOther, emit);
    if (isFloat(signature.params[0])) add("to the first", opcode, kA, emit);
    if (!features().avx) return;
    if (signature.paramCount >= 2 && isFloat(signature.params[1])) add("to the second", opcode, kB, emit);
    if (signature.paramCount == 3) add("to the third", opcode, kC, emit);
  }
  void addNumber(Opcode opcode, const std::function<void()>& emit) {
    variants_.push_back({"to a number", code_.add(masm_, [&] {
                           loadOperands(wasm::info(opcode).signature);
                           emit();
                           masm_.store(Width::W64, at(3), kResult);
                         })});
  }
  void emitVariants(Opcode opcode, u32 number);
  void check(Opcode opcode, const Operands& in);

  MacroAssembler masm_;
  Code code_;
  std::vector<Variant> variants_;
};

/// All ways to have `opcode`; `number` is a lane, or a constant count.
void VectorResults::emitVariants(Opcode opcode, u32 number) {
  using enum Opcode;
  variants_.clear();
  const wasm::OpcodeInfo& row = wasm::info(opcode);
  const wasm::OpcodeSignature& signature = row.signature;
  const TypeKind result = signature.results[0], last = signature.params[signature.paramCount - 1];
  if (row.immediate == Immediate::Lane) {
    if (signature.paramCount == 2 && isFloat(last))
      addAll(opcode, [=, this](Fp to) { masm_.replaceLane(opcode, to, kA, kB, number); });
    else if (signature.paramCount == 2)
      addAll(opcode, [=, this](Fp to) { masm_.replaceLane(opcode, to, kA, kNumber, number); });
    else if (isFloat(result))
      addAll(opcode, [=, this](Fp to) { masm_.extractLane(opcode, to, kA, number); });
    else
      addNumber(opcode, [=, this] { masm_.extractLane(opcode, kResult, kA, number); });
  } else if (signature.paramCount == 3) {
    addAll(opcode, [=, this](Fp to) { masm_.vectorTernary(opcode, to, kA, kB, kC); });
  } else if (signature.paramCount == 2 && last == TypeKind::V128) {
    addAll(opcode, [=, this](Fp to) { masm_.vectorBinary(opcode, to, kA, FpOperand::of(kB), kTemporary); });
    if (MacroAssembler::vectorForm(opcode).isOne)
      addAll(opcode, [=, this](Fp to) { masm_.vectorBinary(opcode, to, kA, FpOperand::of(at(1)), kTemporary); });
  } else if (signature.paramCount == 2) {
    addAll(opcode, [=, this](Fp to) { masm_.vectorShift(opcode, to, kA, kNumber, kTemporary); });
  } else if (result == TypeKind::V128 && signature.params[0] == TypeKind::V128) {
    addAll(opcode, [=, this](Fp to) { masm_.vectorUnary(opcode, to, kA, kTemporary); });
  } else if (result == TypeKind::V128 && isFloat(signature.params[0])) {
    addAll(opcode, [=, this](Fp to) { masm_.splat(opcode, to, kA); });
  } else if (result == TypeKind::V128) {
    addAll(opcode, [=, this](Fp to) { masm_.splat(opcode, to, kNumber); });
  } else if (row.text.find("bitmask") != std::string_view::npos) {
    addNumber(opcode, [=, this] { masm_.bitmask(opcode, kResult, kA); });
  } else {
    addNumber(opcode, [=, this] { masm_.setCond(kResult, masm_.vectorTest(opcode, kA)); });
  }
}

std::string hex(const Bytes& bytes) {
  std::string text;
  for (u32 i = 16; i-- > 0;) {
    constexpr char kDigits[] = "0123456789abcdef";
    text += kDigits[bytes.bytes[i] >> 4];
    text += kDigits[bytes.bytes[i] & 15];
  }
  return text;
}

void VectorResults::check(Opcode opcode, const Operands& in) {
  const wasm::OpcodeInfo& row = wasm::info(opcode);
  const Expected wanted = expected(row.text, in);
  ASSERT_FALSE(wanted.anyOf.empty()) << row.text << " has no reference";
  for (const Variant& variant : variants_) {
    Frame frame{in.a, in.b, in.c, Bytes::splat<u8>(0xcd)};
    variant.run(&frame);
    const TypeKind type = row.signature.results[0];
    ASSERT_TRUE(allowed(wanted, in, frame.result, sizeOf(type)))
        << row.text << " " << variant.text << "\n  a        " << hex(in.a) << "\n  b        " << hex(in.b)
        << "\n  c        " << hex(in.c) << "\n  lane     " << in.lane << "\n  got      " << hex(frame.result)
        << "\n  expected " << hex(wanted.anyOf[0]);
    // An i32 or f32 in a register has zeros above it.
    if (type == TypeKind::I32 || type == TypeKind::F32) {
      ASSERT_EQ(frame.result.lane<u32>(1), 0u) << row.text;
    }
  }
}

/// Calls `visit` for each vector instruction with immediates of that kind.
void forEachVector(Immediate immediate, const std::function<void(Opcode)>& visit) {
  for (u32 number = 0; number < wasm::kOpcodeCount; ++number) {
    const wasm::OpcodeInfo& row = wasm::info(static_cast<Opcode>(number));
    if (row.prefix == 0xfd && row.immediate == immediate) visit(static_cast<Opcode>(number));
    if (::testing::Test::HasFatalFailure()) return;
  }
}

TEST_P(VectorResults, Arithmetic) {
  const std::vector<Bytes> values = interestingVectors();
  forEachVector(Immediate::None, [&](Opcode opcode) {
    emitVariants(opcode, 0);
    const u32 count = wasm::info(opcode).signature.paramCount;
    std::mt19937 random(static_cast<u32>(opcode));
    for (size_t i = 0; i < values.size(); ++i) {
      if (count == 1) {
        ASSERT_NO_FATAL_FAILURE(check(opcode, {values[i], {}, {}}));
        continue;
      }
      for (size_t j = i % 3; j < values.size(); j += 3)
        ASSERT_NO_FATAL_FAILURE(
            check(opcode, {values[i], values[j], count == 2 ? Bytes() : values[random() % values.size()]}));
    }
  });
}

TEST_P(VectorResults, ConstantCounts) {
  const std::vector<Bytes> values = interestingVectors();
  forEachVector(Immediate::None, [&](Opcode opcode) {
    const wasm::OpcodeSignature& signature = wasm::info(opcode).signature;
    if (signature.paramCount != 2 || signature.params[1] != TypeKind::I32) return;
    for (u32 count = 0; count < 66; ++count) {
      variants_.clear();
      addAll(opcode, [&](Fp to) { masm_.vectorShiftConstant(opcode, to, kA, count); });
      for (const Bytes& a : values) ASSERT_NO_FATAL_FAILURE(check(opcode, {a, Bytes::splat(count), {}}));
    }
  });
}

TEST_P(VectorResults, ConstantSelects) {
  const Opcode opcode = Opcode::V128Bitselect;
  std::mt19937 random(5);
  const std::vector<Bytes> values = interestingVectors();
  std::vector<Bytes> masks = values;
  for (u32 words = 0; words < 256; ++words) {
    Bytes& mask = masks.emplace_back();
    for (u32 i = 0; i < 8; ++i) mask.setLane<u16>(i, words >> i & 1 ? 0xffff : 0);
  }
  for (const Bytes& mask : masks) {
    variants_.clear();
    add("to another", opcode, kOther,
        [&](Fp to) { masm_.vectorSelect(to, kA, kB, mask.lane<u64>(0), mask.lane<u64>(1)); });
    add("to the first", opcode, kA,
        [&](Fp to) { masm_.vectorSelect(to, kA, kB, mask.lane<u64>(0), mask.lane<u64>(1)); });
    if (features().avx)
      add("to the second", opcode, kB,
          [&](Fp to) { masm_.vectorSelect(to, kA, kB, mask.lane<u64>(0), mask.lane<u64>(1)); });
    for (u32 round = 0; round < 4; ++round)
      ASSERT_NO_FATAL_FAILURE(
          check(opcode, {values[random() % values.size()], values[random() % values.size()], mask}));
  }
}

TEST_P(VectorResults, Lanes) {
  const std::vector<Bytes> values = interestingVectors();
  forEachVector(Immediate::Lane, [&](Opcode opcode) {
    const char* shape = wasm::info(opcode).text.data();
    const u32 lanes = shape[1] == '8' ? 16 : shape[1] == '1' ? 8 : shape[1] == '3' ? 4 : 2;
    for (u32 lane = 0; lane < lanes; ++lane) {
      emitVariants(opcode, lane);
      for (size_t i = 0; i < values.size(); ++i)
        ASSERT_NO_FATAL_FAILURE(check(opcode, {values[i], values[(i * 5 + lane) % values.size()], {}, lane}));
    }
  });
}

/// Lane numbers of all patterns that the assembler knows, of those next to them, and random ones.
std::vector<std::array<u8, 16>> shuffles() {
  std::mt19937 random(3);
  std::vector<std::array<u8, 16>> all;
  const auto add = [&](const std::function<u32(u32)>& lane) {
    std::array<u8, 16> lanes;
    for (u32 i = 0; i < 16; ++i) lanes[i] = static_cast<u8>(lane(i) & 31);
    all.push_back(lanes);
    lanes[random() % 16] = static_cast<u8>(random() & 31);
    all.push_back(lanes);
  };
  for (u32 distance = 0; distance < 32; ++distance) {
    add([=](u32 i) { return distance + i; });
    add([=](u32 i) { return (distance & 16) + ((distance + i) & 15); });
  }
  // Pieces of one size in any order, and by turns of both vectors.
  for (u32 log2 = 0; log2 < 4; ++log2) {
    const u32 size = 1u << log2, count = 16 >> log2;
    for (u32 first = 0; first < 2 * count; ++first)
      for (u32 second = 0; second < 2 * count; ++second)
        add([=](u32 i) { return ((i >> log2 & 1 ? second : first) + (i >> log2) / 2) * size + i % size; });
    for (u32 first = 0; first < 3; ++first) add([=](u32 i) { return (2 * (i >> log2) + first) * size + i % size; });
    for (u32 round = 0; round < 100; ++round) {
      u8 pieces[16];
      for (u8& piece : pieces) piece = static_cast<u8>(random() % (round % 2 == 0 ? count : 2 * count));
      add([=](u32 i) { return pieces[i >> log2] * size + i % size; });
      for (u32 i = 0; i < count; ++i) pieces[i] = static_cast<u8>(i + count * (random() % 2));
      add([=](u32 i) { return pieces[i >> log2] * size + i % size; });
    }
  }
  // Four words of one half in any order.
  for (u32 round = 0; round < 50; ++round) {
    const u32 half = round % 2, order = random();
    add([=](u32 i) { return i / 8 == half ? (half * 4 + (order >> (i / 2 % 4) * 2 & 3)) * 2 + i % 2 : i; });
  }
  return all;
}

TEST_P(VectorResults, Shuffles) {
  const Opcode opcode = Opcode::I8x16Shuffle;
  std::mt19937 random(4);
  const std::vector<Bytes> values = interestingVectors();
  for (const std::array<u8, 16>& lanes : shuffles()) {
    variants_.clear();
    addAll(opcode, [&](Fp to) { masm_.shuffle(to, kA, kB, lanes.data()); });
    for (u32 round = 0; round < 4; ++round) {
      Operands in{values[random() % values.size()], values[random() % values.size()], {}};
      in.lanes = lanes;
      ASSERT_NO_FATAL_FAILURE(check(opcode, in));
    }
  }
}

TEST_P(VectorResults, Permutations) {
  const Opcode opcode = Opcode::I8x16Shuffle;
  Bytes a;
  for (u32 i = 0; i < 16; ++i) a.bytes[i] = static_cast<u8>(0x10 + i);
  for (std::array<u8, 16> lanes : shuffles()) {
    variants_.clear();
    for (u8& lane : lanes) lane = lane < 28 ? lane & 15 : 0x80;
    addAll(opcode, [&](Fp to) { masm_.permute(to, kA, lanes.data()); });
    for (const Variant& variant : variants_) {
      if (variant.text == "to the second") continue;
      Frame frame{a, {}, {}, {}};
      variant.run(&frame);
      for (u32 i = 0; i < 16; ++i)
        ASSERT_EQ(frame.result.bytes[i], lanes[i] < 16 ? a.bytes[lanes[i]] : 0) << variant.text << " lane " << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Sets, VectorResults, ::testing::ValuesIn(instructionSets()),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace wasmrun::masm
