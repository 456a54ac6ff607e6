// Machine code by hand, for tests of what keeps it.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "code/code_space.h"
#include "code/function_record_builder.h"

namespace wasmrun::code {

/// Whether the code of these tests runs here.
#ifdef __x86_64__
inline constexpr bool kHasX64 = true;
#else
inline constexpr bool kHasX64 = false;
#endif

/// Code that returns `value`.
inline std::vector<u8> returning(u32 value) {
  std::vector<u8> code = {0xB8, 0, 0, 0, 0, 0xC3};  // mov eax, value; ret
  std::memcpy(code.data() + 1, &value, 4);
  return code;
}

/// Calls code without arguments.
inline u32 call(const void* code) { return reinterpret_cast<u32 (*)()>(const_cast<void*>(code))(); }

/// Puts `code` into the area, as function `index`.
inline const FunctionRecord* publish(CodeArea& area, const std::vector<u8>& code, u32 index) {
  const auto block = area.allocate(support::narrow<u32>(code.size()));
  if (!block) return nullptr;
  std::memcpy(block->writable, code.data(), code.size());
  FunctionRecordBuilder builder;
  CodeIdentity identity;
  identity.functionIndex = index;
  builder.begin(identity);
  return *area.publish(*block, builder.finish(block->executable, block->size));
}

inline std::unique_ptr<CodeSpace> makeSpace(u64 size, bool dual = true) {
  CodeSpaceOptions options;
  options.size = size;
  options.dualMapping = dual;
  auto space = CodeSpace::make(options);
  EXPECT_TRUE(space) << space.error().message;
  return *std::move(space);
}

}  // namespace wasmrun::code
