// Memory: a linear memory instance (spec: exec/runtime). Bytes past `size` up to the next guard are never handed out.
#pragma once

#include <atomic>
#include <memory>

#include "support/result.h"
#include "wasm/types.h"

namespace wasmrun::runtime {

class ResourceLimiter;
class MemoryImage;

/// How accesses to a memory are kept in bounds.
enum class MemoryStrategy : u8 {
  Guarded,   ///< address space for every 32-bit index plus a guard is reserved: generated code needs no checks
  Explicit,  ///< only what is needed is reserved; every access is checked, growing may move the memory
};

/// Thread rules: a shared memory may be used by several stores at once, `grow` and `byteSize` included; its base never moves.
/// Any other memory belongs to its store's thread.
struct Memory {
  // Hot: read by the interpreter and by generated code.
  u8* base = nullptr;
  std::atomic<u64> size{0};  ///< bytes now accessible

  wasm::MemoryType type;
  MemoryStrategy strategy = MemoryStrategy::Explicit;

  u64 byteSize() const { return size.load(std::memory_order_acquire); }
  u64 pages() const { return byteSize() >> type.pageSizeLog2; }
};

}  // namespace wasmrun::runtime
