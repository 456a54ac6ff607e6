// Func: a function instance (spec: exec/runtime), wasm or host. A funcref in a slot is a `Func*`, null is 0.
#pragma once

#include "support/int.h"
#include "wasm/types.h"

namespace wasmrun::runtime {

struct Instance;
struct ExecContext;
struct Func;

/// How a call from C++ into a function, or from wasm into a host function, ended. Anything but Ok has its details in
/// ExecContext::pending.
enum class CallStatus : u8 { Ok, Trap, Exception, Exit };

/// The slot entry every function has: arguments at slots[0..paramSlots), results written to slots[0..resultSlots). The
/// array must have room for the larger of the two. For host calls and calls between tiers.
using SlotEntry = CallStatus (*)(ExecContext& context, Func& callee, u64* slots);

struct Func {
  void* code = nullptr;           ///< the tier's code record of a wasm function; null for host functions
  Instance* instance = nullptr;   ///< that it belongs to; null for host functions
  wasm::TypeId type;              ///< its actual defined type, never a supertype
  wasm::FuncIndex index;          ///< in its instance's module; none for host functions
  u32 heapNumber = 0;             ///< what stands for it in objects (Store::numberOf); 0 until one refers to it
  SlotEntry slotEntry = nullptr;  ///< a tier's, or the host function itself
  void* hostData = nullptr;       ///< the embedder's, for host functions

  bool isHost() const { return instance == nullptr; }
  /// A call from C++: runs to its end, also through wasm that calls back into C++.
  CallStatus call(ExecContext& context, u64* slots) { return slotEntry(context, *this, slots); }
};

}  // namespace wasmrun::runtime
