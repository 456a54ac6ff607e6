// ExecContext: what running code needs of its store: the value stack, interruption, fuel, and how the last call ended.
#pragma once

#include <atomic>
#include <memory>

#include "runtime/func.h"
#include "runtime/trap.h"

namespace wasmrun::runtime {

class Store;
struct Activation;
struct Exception;

/// Why the innermost call from C++ did not return normally; valid after a CallStatus other than Ok.
struct Pending {
  TrapKind trap = TrapKind::None;
  // MemoryOutOfBounds: which memory, the effective address (may be past 2^64: then saturated), the access's bytes, and the
  // memory's size at that time. UninitializedElement, UndefinedElement: `address` is the element's index.
  u64 address = 0;
  u64 accessSize = 0;
  u64 memorySize = 0;
  u32 memoryIndex = 0;
  u32 exceptionRef = 0;  ///< CallStatus::Exception: the exception's reference
  i32 exitCode = 0;      ///< CallStatus::Exit
};

struct ExecContext {
  /// The value stack: frames of 8-byte slots, growing up. No code assumes that it is the thread's own stack.
  u64* stackBase = nullptr;
  u64* stackLimit = nullptr;  ///< one past the last usable slot
  u64* stackTop = nullptr;    ///< first free slot as seen by C++ code called from wasm

  /// Set by any thread to stop the store's running code at its next poll; see Store::interrupt.
  std::atomic<u32> interrupt{0};

  /// Left-over fuel (instructions), only used if the engine was configured with fuel.
  i64 fuel = 0;

  /// Nested host-to-wasm entries on the native stack, bounded so that the native stack cannot overflow.
  u32 nativeDepth = 0;
  Activation* activation = nullptr;  ///< innermost

  Pending pending;
  Store* store = nullptr;
};

}  // namespace wasmrun::runtime
