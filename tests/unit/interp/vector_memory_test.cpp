// Loads and stores of vectors and lanes, and atomic accesses: values, addresses, bounds, alignment.
#include <gtest/gtest.h>

#include "body_runner.h"
#include "wasm/opcodes.h"

namespace wasmrun::interp::testing {
namespace {

using runtime::TrapKind;
using wasm::Opcode;

constexpr u32 kAddress = 0, kIndex = 1, kVector = 2, kResult = 8;

class VectorMemory : public ::testing::TestWithParam<const Bodies*> {
 protected:
  VectorMemory() {
    for (u32 memory = 0; memory < 2; ++memory)
      for (u32 i = 0; i < BodyRunner::kMemorySize; ++i) runner_.mem(memory)[i] = pattern(memory, i);
  }
  static u8 pattern(u32 memory, u64 address) {
    return static_cast<u8>(address * 7 + (address >> 8) * 13 + 0x90 + memory * 3);
  }

  TrapKind run(HandlerId id, std::initializer_list<u32> sources, const std::vector<u32>& numbers) {
    return runner_.run(*GetParam(), id, unitsOf(id, sources, numbers, kResult));
  }

  BodyRunner runner_;
};

/// The vector that a load makes of the bytes at `from`, by the instruction's name.
Bytes loaded(std::string_view text, const u8* from) {
  Bytes result;
  const auto extend = [&](auto narrow, auto wide) {
    using Narrow = decltype(narrow);
    for (u32 i = 0; i < 8 / sizeof(Narrow); ++i) {
      std::memcpy(&narrow, from + i * sizeof narrow, sizeof narrow);
      result.setLane(i, static_cast<decltype(wide)>(narrow));
    }
  };
  const auto read = [&](auto value) {
    std::memcpy(&value, from, sizeof value);
    return value;
  };
  if (text == "v128.load")
    std::memcpy(result.bytes.data(), from, 16);
  else if (text == "v128.load8x8_s")
    extend(i8{}, i16{});
  else if (text == "v128.load8x8_u")
    extend(u8{}, u16{});
  else if (text == "v128.load16x4_s")
    extend(i16{}, i32{});
  else if (text == "v128.load16x4_u")
    extend(u16{}, u32{});
  else if (text == "v128.load32x2_s")
    extend(i32{}, i64{});
  else if (text == "v128.load32x2_u")
    extend(u32{}, u64{});
  else if (text == "v128.load8_splat")
    result = Bytes::splat(read(u8{}));
  else if (text == "v128.load16_splat")
    result = Bytes::splat(read(u16{}));
  else if (text == "v128.load32_splat")
    result = Bytes::splat(read(u32{}));
  else if (text == "v128.load64_splat")
    result = Bytes::splat(read(u64{}));
  else if (text == "v128.load32_zero")
    result.setLane(0, read(u32{}));
  else if (text == "v128.load64_zero")
    result.setLane(0, read(u64{}));
  else
    ADD_FAILURE() << text << " has no reference";
  return result;
}

TEST_P(VectorMemory, Loads) {
  for (u32 number = 0; number < wasm::kOpcodeCount; ++number) {
    const wasm::OpcodeInfo& row = wasm::info(static_cast<Opcode>(number));
    if (row.prefix != 0xfd || row.immediate != wasm::Immediate::MemArg || row.signature.resultCount == 0) continue;
    const Family of = family(static_cast<Opcode>(number));
    ASSERT_EQ(of.form, Form::Load) << row.text;
    const u64 size = u64{1} << row.alignLog2;
    // Address 100 + 20, by each shape; then the last byte that fits, then one more.
    for (u32 shape = 0; shape < kAddressShapes; ++shape) {
      for (const bool inAccumulator : {false, true}) {
        const HandlerId id = of.first + (shape * 2 + inAccumulator);
        struct {
          u32 slot, index, offset;
          bool fits;
        } places[] = {{100, 0, 20, true},
                      {static_cast<u32>(BodyRunner::kMemorySize - size), 0, 0, true},
                      {0, 0, static_cast<u32>(BodyRunner::kMemorySize - size + 1), false},
                      {0xffffffff, 0, 0xffffffff, false}};
        for (const auto& place : places) {
          runner_.slots[kAddress] = place.slot;
          runner_.slots[kIndex] = place.index;
          runner_.accumulator = place.slot;
          std::vector<u32> numbers{place.offset};
          if (shape == static_cast<u32>(AddressShape::PlusConst) || shape == static_cast<u32>(AddressShape::Element))
            numbers = {0, place.offset};
          const bool isConst = std::string_view(info(id).operands).substr(0, 1) == "o" && shape != 1;
          if (isConst && place.slot + u64{place.offset} > 0xffffffff) continue;
          if (isConst) numbers = {place.slot + place.offset};
          const std::string_view letters = info(id).operands;
          const bool two = letters.substr(0, 2) == "ss", one = letters.substr(0, 1) == "s";
          const TrapKind trap = two   ? run(id, {kAddress, kIndex}, numbers)
                                : one ? run(id, {kAddress}, numbers)
                                      : run(id, {}, numbers);
          ASSERT_EQ(trap, place.fits ? TrapKind::None : TrapKind::MemoryOutOfBounds) << handlerName(id);
          // A fault keeps the accumulator: the access may be tried again, after another thread grew the memory.
          if (!place.fits) {
            ASSERT_EQ(runner_.accumulator, place.slot) << handlerName(id);
            continue;
          }
          const Bytes got = inAccumulator ? runner_.vectorAccumulator : runner_.slotBytes(kResult);
          ASSERT_EQ(got, loaded(row.text, runner_.mem(0) + place.slot + place.offset)) << handlerName(id);
        }
      }
    }
    const HandlerId any = of.first + kAddressShapes * 2;
    runner_.slots[kAddress] = 300;
    ASSERT_EQ(run(any, {kAddress}, {1, 7, 0}), TrapKind::None);
    ASSERT_EQ(runner_.slotBytes(kResult), loaded(row.text, runner_.mem(1) + 307)) << handlerName(any);
    ASSERT_EQ(run(any, {kAddress}, {1, 0, 1}), TrapKind::MemoryOutOfBounds) << handlerName(any);
    runner_.slots[kAddress] = ~u64{0};
    ASSERT_EQ(run(any, {kAddress}, {1, 1, 0}), TrapKind::MemoryOutOfBounds)
        << handlerName(any) << ": wraps around 2^64";
  }
}

TEST_P(VectorMemory, Stores) {
  const Family of = family(Opcode::V128Store);
  ASSERT_EQ(of.form, Form::VectorStore);
  Bytes value;
  for (u32 i = 0; i < 16; ++i) value.bytes[i] = static_cast<u8>(0xa0 + i);
  for (u32 shape = 0; shape < kAddressShapes; ++shape)
    for (const bool fromAccumulator : {false, true}) {
      const HandlerId id = of.first + (shape * 2 + fromAccumulator);
      const std::string_view letters = info(id).operands;
      for (const u32 base : {500u, 65520u, 65521u}) {
        std::memset(runner_.mem(0) + 480, 0, 60);
        runner_.slots[kAddress] = base - 10, runner_.slots[kIndex] = 0;
        runner_.accumulator = base - 10;
        runner_.setSlot(kVector, value);
        runner_.vectorAccumulator = value;
        std::vector<u32> numbers{10};
        if (letters.find('k') != std::string_view::npos) numbers = {0, 10};
        if (letters[0] == 'o' && shape != 1) numbers = {base};
        std::vector<u32> units;
        u32 sources = 0;
        for (const char letter : letters) {
          const u32 addresses = letters.substr(0, 2) == "ss" ? 2 : letters[0] == 's' ? 1 : 0;
          if (letter == 's')
            units.push_back(sources < addresses ? (sources == 0 ? kAddress : kIndex) : kVector), ++sources;
          else if (letter == 'k')
            units.push_back(numbers[0]);
          else
            units.push_back(numbers.back());
        }
        const bool fits = base <= 65520;
        ASSERT_EQ(runner_.run(*GetParam(), id, units), fits ? TrapKind::None : TrapKind::MemoryOutOfBounds)
            << handlerName(id);
        if (!fits) continue;
        ASSERT_EQ(std::memcmp(runner_.mem(0) + base, value.bytes.data(), 16), 0) << handlerName(id);
        if (base == 500) {
          ASSERT_EQ(runner_.mem(0)[499], 0);
          ASSERT_EQ(runner_.mem(0)[516], 0);
        }
      }
    }
  const HandlerId any = of.first + kAddressShapes * 2;
  runner_.slots[kAddress] = 65000;
  runner_.setSlot(kVector, value);
  ASSERT_EQ(run(any, {kAddress, kVector}, {1, 520, 0}), TrapKind::None);
  EXPECT_EQ(std::memcmp(runner_.mem(1) + 65520, value.bytes.data(), 16), 0);
  EXPECT_EQ(run(any, {kAddress, kVector}, {1, 521, 0}), TrapKind::MemoryOutOfBounds);
}

TEST_P(VectorMemory, LoadLanes) {
  for (u32 number = 0; number < wasm::kOpcodeCount; ++number) {
    const wasm::OpcodeInfo& row = wasm::info(static_cast<Opcode>(number));
    if (row.immediate != wasm::Immediate::MemArgLane) continue;
    const Family of = family(static_cast<Opcode>(number));
    const u32 size = 1u << row.alignLog2;
    const bool isLoad = row.signature.resultCount == 1;
    ASSERT_EQ(of.form, isLoad ? Form::LoadLane : Form::StoreLane) << row.text;
    Bytes vector;
    for (u32 i = 0; i < 16; ++i) vector.bytes[i] = static_cast<u8>(0x11 * i);
    for (u32 lane = 0; lane < 16 / size; ++lane) {
      runner_.setSlot(kVector, vector);
      if (isLoad) {
        Bytes wanted = vector;
        std::memcpy(wanted.bytes.data() + lane * size, runner_.mem(0) + 1003, size);
        for (u32 shape = 0; shape < 4; ++shape) {
          const HandlerId id = of.first + shape;
          runner_.vectorAccumulator = vector;
          for (const bool fits : {true, false}) {
            runner_.slots[kAddress] = fits ? 1000 : BodyRunner::kMemorySize - size - 2;
            const TrapKind trap = shape < 2 ? run(id, {kAddress, kVector}, {3, lane}) : run(id, {kAddress}, {3, lane});
            ASSERT_EQ(trap, fits ? TrapKind::None : TrapKind::MemoryOutOfBounds) << handlerName(id);
            if (fits) {
              ASSERT_EQ(shape % 2 ? runner_.vectorAccumulator : runner_.slotBytes(kResult), wanted) << handlerName(id);
            }
            runner_.vectorAccumulator = vector;
          }
        }
        runner_.slots[kAddress] = 1000;
        ASSERT_EQ(run(of.first + 4, {kAddress, kVector}, {1, 3, 0, lane}), TrapKind::None);
        std::memcpy(wanted.bytes.data() + lane * size, runner_.mem(1) + 1003, size);
        ASSERT_EQ(runner_.slotBytes(kResult), wanted) << row.text;
        ASSERT_EQ(run(of.first + 4, {kAddress, kVector}, {1, 0, 1, lane}), TrapKind::MemoryOutOfBounds);
      } else {
        for (const u32 memory : {0u, 1u}) {
          u8* at = runner_.mem(memory) + BodyRunner::kMemorySize - size;
          std::memset(at - 4, 0xee, size + 4);
          runner_.slots[kAddress] = BodyRunner::kMemorySize - size - 3;
          const auto store = [&](u32 offset) {
            return memory == 0 ? run(of.first, {kAddress, kVector}, {offset, lane})
                               : run(of.first + 1, {kAddress, kVector}, {1, offset, 0, lane});
          };
          ASSERT_EQ(store(4), TrapKind::MemoryOutOfBounds) << row.text;
          ASSERT_EQ(store(3), TrapKind::None) << row.text;
          ASSERT_EQ(std::memcmp(at, vector.bytes.data() + lane * size, size), 0) << row.text;
          ASSERT_EQ(at[-1], 0xee) << row.text;
        }
      }
    }
  }
}

// -- Atomic accesses -------------------------------------------------------------------------------------------------

/// "i64.atomic.rmw8.add_u": the operation between the last dot and "_u".
std::string_view operationOf(std::string_view text) {
  std::string_view operation = text.substr(text.rfind('.') + 1);
  if (operation.size() > 2 && operation.substr(operation.size() - 2) == "_u") operation.remove_suffix(2);
  return operation;
}

TEST_P(VectorMemory, Atomics) {
  constexpr u32 kValue = 4, kReplacement = 5;
  for (u32 number = 0; number < wasm::kOpcodeCount; ++number) {
    const wasm::OpcodeInfo& row = wasm::info(static_cast<Opcode>(number));
    if (row.prefix != 0xfe || row.immediate != wasm::Immediate::MemArg || row.text.substr(0, 7) == "memory.") continue;
    const Family of = family(static_cast<Opcode>(number));
    ASSERT_EQ(of.form, Form::Atomic) << row.text;
    const u32 size = 1u << row.alignLog2;
    const u64 mask = size == 8 ? ~u64{0} : (u64{1} << size * 8) - 1;
    const std::string_view operation = operationOf(row.text);
    const u64 value = 0xf0e1d2c3b4a59687 & (row.signature.params[1] == wasm::TypeKind::I32 ? 0xffffffff : ~u64{0});
    for (const u32 memory : {0u, 1u})
      for (const bool matches : {true, false}) {
        u8* at = runner_.mem(memory) + 2048;
        u64 before = 0;
        std::memcpy(&before, at, size);
        runner_.slots[kAddress] = 2040;
        runner_.slots[kValue] = operation == "cmpxchg" && matches ? before : value;
        runner_.slots[kReplacement] = ~value;
        const auto access = [&](u32 offset) {
          return row.signature.paramCount == 3   ? run(of.first, {kAddress, kValue, kReplacement}, {memory, offset, 0})
                 : row.signature.paramCount == 2 ? run(of.first, {kAddress, kValue}, {memory, offset, 0})
                                                 : run(of.first, {kAddress}, {memory, offset, 0});
        };
        ASSERT_EQ(access(8), TrapKind::None) << row.text;
        u64 after = 0;
        std::memcpy(&after, at, size);
        u64 wanted = value;
        if (operation.substr(0, 4) == "load")
          wanted = before;
        else if (operation == "add")
          wanted = before + value;
        else if (operation == "sub")
          wanted = before - value;
        else if (operation == "and")
          wanted = before & value;
        else if (operation == "or")
          wanted = before | value;
        else if (operation == "xor")
          wanted = before ^ value;
        else if (operation == "cmpxchg")
          wanted = matches ? ~value : before;
        else
          ASSERT_TRUE(operation == "xchg" || operation.substr(0, 5) == "store") << row.text;
        ASSERT_EQ(after, wanted & mask) << row.text;
        if (row.signature.resultCount == 1) {
          ASSERT_EQ(runner_.slots[kResult], before) << row.text;
        }
        // Bounds, and alignment before bounds.
        ASSERT_EQ(access(BodyRunner::kMemorySize - 2040), TrapKind::MemoryOutOfBounds) << row.text;
        if (size > 1) {
          ASSERT_EQ(access(9), TrapKind::UnalignedAtomic) << row.text;
          ASSERT_EQ(access(BodyRunner::kMemorySize + 1), TrapKind::UnalignedAtomic) << row.text;
        }
      }
  }
}

TEST_P(VectorMemory, NarrowCmpxchgComparesLowBits) {
  runner_.slots[kAddress] = 64;
  runner_.mem(0)[64] = 0x34;
  runner_.slots[4] = 0x1234;
  runner_.slots[5] = 0x5699;
  ASSERT_EQ(run(HandlerId::I32AtomicRmw8CmpxchgU, {kAddress, 4, 5}, {0, 0, 0}), TrapKind::None);
  EXPECT_EQ(runner_.mem(0)[64], 0x99);
  EXPECT_EQ(runner_.slots[kResult], 0x34u);
}

INSTANTIATE_TEST_SUITE_P(Bodies, VectorMemory, ::testing::ValuesIn(runnableBodies()), [](const auto& info) {
  return std::string(info.param == &kBaselineBodies ? "baseline" : "best");
});

}  // namespace
}  // namespace wasmrun::interp::testing
