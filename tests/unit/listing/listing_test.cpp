#include "listing/listing.h"

#include <gtest/gtest.h>

#include <cstring>

#include "code/code_space.h"
#include "code/function_record_builder.h"
#include "listing/disassembler.h"
#include "support/text.h"

namespace wasmrun::listing {
namespace {

class ListingTest : public testing::Test {
 protected:
  void SetUp() override {
#ifndef __x86_64__
    GTEST_SKIP() << "the code is x86-64's";
#endif
    identity_.wasmBegin = 0x20;
    identity_.wasmEnd = 0x60;
    identity_.frameSlots = 9;
  }
  /// Publishes `code` with what the builder was told, and lists it.
  std::string list(std::vector<u8> code, const ListingOptions& options = {}) {
    const code::CodeBlock block = *area_.allocate(support::narrow<u32>(code.size()));
    for (const auto& [offset, target] : relocations_) {
      const u32 distance = static_cast<u32>(target - (reinterpret_cast<u64>(block.executable) + offset + 4));
      std::memcpy(code.data() + offset, &distance, 4);
    }
    std::memcpy(block.writable, code.data(), code.size());
    return listCode(**area_.publish(block, builder_.finish(block.executable, block.size)), options);
  }

  std::unique_ptr<code::CodeSpace> space_ = *code::CodeSpace::make({.size = u64{1} << 20});
  code::CodeArea area_{*space_};
  code::FunctionRecordBuilder builder_;
  code::CodeIdentity identity_;
  std::vector<std::pair<u32, u64>> relocations_;
};

TEST_F(ListingTest, JumpsHaveLabelsAndSitesNotes) {
  builder_.begin(identity_);
  builder_.addAccess(0, 0x31);
  const u32 tried = builder_.addTryRange(code::TryRange::Kind::TryTable, code::kNone);
  builder_.addClause(tried, {wasm::CatchClause::Catch, wasm::TagIndex(2), 12, 4});
  builder_.addCall({10, 0x38, 3, builder_.addReferences(std::vector<u32>{4, 6}), tried});
  builder_.addLoopEntry(0x2a, 4);
  relocations_ = {{6, 0}};
  const void* const slot = area_.allocateSlots(8)->data();
  relocations_[0].second = reinterpret_cast<u64>(slot);
  ListingOptions options;
  options.nameOf = [&](const void* address) { return address == slot ? "slot app!fib" : ""; };
  EXPECT_EQ(list(
                {
                    0x41, 0x8B, 0x04, 0x07,              // mov eax, [r15 + rax]
                    0xFF, 0x15, 0,    0,    0,    0,     // call [rip + ...]
                    0x75, 0xF4,                          // jne to the begin
                    0xE9, 0xF3, 0xFF, 0xFF, 0xFF,        // jmp to the call
                    0x0F, 0x0B,                          // ud2
                    0xC4, 0xE2, 0xFB, 0xF7, 0xC1, 0xC3,  // shrx rax, rcx, rax; ret
                },
                options),
            "wasm 0x20..0x60, 9 slots, 25 bytes\n"
            "L0:\n"
            "  0000  mov eax, dword ptr [r15 + rax]      ; wasm 0x31, access\n"
            "L1:\n"
            "  0004  call qword ptr [slot app!fib]       ; enters the loop at wasm 0x2a; wasm 0x38, frame +3, "
            "references 4 6, "
            "try 0\n"
            "  000a  jne L0\n"
            "  000c  jmp L1                              ; catches for try 0, tag 2\n"
            "  0011  ud2\n"
            "  0013  shrx rax, rcx, rax\n"
            "  0018  ret\n");
}

TEST_F(ListingTest, TablesAndOtherBytesAreNoInstructions) {
  builder_.begin(identity_);
  builder_.addData(4, 8);
  EXPECT_EQ(list({0x90, 0x90, 0x90, 0xC3, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x06}),
            "wasm 0x20..0x60, 9 slots, 13 bytes\n"
            "L0:\n"
            "  0000  nop\n"
            "  0001  nop\n"
            "  0002  nop\n"
            "L1:\n"
            "  0003  ret\n"
            "  0004  .long L0\n"
            "  0008  .long L1\n"
            "  000c  .byte 0x06\n");
}

TEST_F(ListingTest, ConstantsBehindTheCodeAreNoInstructions) {
  builder_.begin(identity_);
  EXPECT_EQ(list({0xF2, 0x0F, 0x10, 0x05, 1, 0, 0, 0, 0xC3, 0, 0, 0, 0, 0, 0, 0xF8, 0x3F}),
            "wasm 0x20..0x60, 9 slots, 17 bytes\n"
            "  0000  movsd xmm0, qword ptr [L0]\n"
            "  0008  ret\n"
            "L0:\n"
            "  0009  .quad 0x3ff8000000000000\n");
}

TEST_F(ListingTest, StubsAreListedByName) {
  identity_.kind = code::CodeKind::Stubs;
  builder_.begin(identity_);
  builder_.addStubPart("enter", 0);
  builder_.addStubPart("leave", 2);
  ListingOptions options;
  options.bytes = true;
  EXPECT_EQ(list({0x41, 0x56, 0xC3}, options),
            "3 bytes\n"
            "enter:\n"
            "  0000  4156                  push r14\n"
            "leave:\n"
            "  0002  c3                    ret\n");
}

TEST_F(ListingTest, AnyBytesCanBeListed) {
  u32 seed = 1;
  for (int round = 0; round < 200; ++round) {
    std::vector<u8> code;
    for (int i = 0; i < 300; ++i) code.push_back(static_cast<u8>((seed = seed * 1664525 + 1013904223) >> 24));
    builder_.begin(identity_);
    if (round % 2 == 1) builder_.addData(100, 40);
    EXPECT_FALSE(list(code).empty());
  }
}

}  // namespace
}  // namespace wasmrun::listing
