// Implementation limits: those of the WebAssembly JavaScript interface ("Implementation-defined limits"), so that a
// module that runs in browsers runs here and what they refuse is refused here with a clear error.
#pragma once

#include "support/int.h"

namespace wasmrun::wasm::limits {

inline constexpr u32 kMaxModuleSize = 1u << 30;  // bytes
inline constexpr u32 kMaxTypes = 1'000'000;
inline constexpr u32 kMaxRecGroups = 1'000'000;
inline constexpr u32 kMaxRecGroupSize = 1'000'000;
inline constexpr u32 kMaxFunctions = 1'000'000;
inline constexpr u32 kMaxImports = 1'000'000;
inline constexpr u32 kMaxExports = 1'000'000;
inline constexpr u32 kMaxGlobals = 1'000'000;
inline constexpr u32 kMaxTags = 1'000'000;
inline constexpr u32 kMaxDataSegments = 100'000;
inline constexpr u32 kMaxElementSegments = 10'000'000;
inline constexpr u32 kMaxElementSegmentEntries = 10'000'000;
inline constexpr u32 kMaxTables = 100'000;
inline constexpr u32 kMaxMemories = 100;
inline constexpr u64 kMaxTableElements = 10'000'000;
inline constexpr u32 kMaxFunctionBodySize = 7'654'321;  // bytes
inline constexpr u32 kMaxOperands = 7'654'321;          // on a body's operand stack; ours: one a byte
inline constexpr u32 kMaxLocals = 50'000;               // declared locals; parameters come on top
inline constexpr u32 kMaxParams = 1'000;
inline constexpr u32 kMaxResults = 1'000;
inline constexpr u32 kMaxStructFields = 10'000;
inline constexpr u32 kMaxArrayNewFixed = 10'000;
inline constexpr u32 kMaxSubtypeDepth = 63;
inline constexpr u32 kMaxStringSize = 100'000;  // bytes of an import, export or custom section name
inline constexpr u64 kMaxMemory32Pages = 65'536;
inline constexpr u64 kMaxMemory64Pages = u64{1} << 48;
inline constexpr u32 kMaxBrTableTargets = 7'654'321;

}  // namespace wasmrun::wasm::limits
