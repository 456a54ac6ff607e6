// Func: a function instance (spec: exec/runtime), wasm or host. A funcref in a slot is a `Func*`, null is 0.
#pragma once

#include "support/int.h"
#include "wasm/types.h"

namespace wasmrun::runtime {

struct Instance;
struct ExecContext;
struct Func;
struct FuncCode;

/// How a call from C++ into a function, or from wasm into a host function, ended. Anything but Ok has its details in
/// ExecContext::pending.
enum class CallStatus : u8 { Ok, Trap, Exception, Exit };

/// The slot entry every function has: arguments at slots[0..paramSlots), results written to slots[0..resultSlots). The
/// array must have room for the larger of the two. For host calls and calls between tiers.
using SlotEntry = CallStatus (*)(ExecContext& context, Func& callee, u64* slots);

/// Where a value lies when machine code calls or returns (docs/ABI-x64.md). What has 32 bits may have any others above
/// them in a register; in a slot they are zeros.
enum class ValuePlace : u8 {
  Slot,       ///< in its slot of the frame, or there is no such value
  General32,  ///< an i32, in a general register
  General64,  ///< an i64 or reference
  Vector32,   ///< an f32, in a vector register
  Vector64,   ///< an f64
};

/// What belongs into a value's slot; not for ValuePlace::Slot.
constexpr u64 slotOf(ValuePlace place, u64 general, u64 vector) {
  const u64 bits = place == ValuePlace::General32 || place == ValuePlace::General64 ? general : vector;
  return place == ValuePlace::General32 || place == ValuePlace::Vector32 ? static_cast<u32>(bits) : bits;
}

/// What calls need to know of a signature.
struct CallShape {
  /// Argument slots that may travel in registers, counted from the first.
  static constexpr u32 kRegisterSlots = 4;

  u32 paramSlots = 0;
  u32 resultSlots = 0;
  ValuePlace arguments[kRegisterSlots] = {};  ///< by slot
  ValuePlace firstResult = ValuePlace::Slot;  ///< of one slot

  CallShape() = default;
  explicit CallShape(const wasm::FuncType& type);
  /// Slots that a call's arguments and results take together.
  u32 slots() const { return paramSlots > resultSlots ? paramSlots : resultSlots; }
};

struct Func {
  FuncCode* code = nullptr;       ///< of a wasm function; null for host functions
  Instance* instance = nullptr;   ///< that it belongs to; null for host functions
  wasm::TypeId type;              ///< its actual defined type, never a supertype
  wasm::FuncIndex index;          ///< in its instance's module; none for host functions
  u32 heapNumber = 0;             ///< what stands for it in objects (Store::numberOf); 0 until one refers to it
  SlotEntry slotEntry = nullptr;  ///< a tier's, or the host function itself (runtime/sampling.h: by way of it)
  void* hostData = nullptr;       ///< the embedder's, for host functions

  bool isHost() const { return instance == nullptr; }
  /// A call from C++: runs to its end, also through wasm that calls back into C++.
  CallStatus call(ExecContext& context, u64* slots) { return slotEntry(context, *this, slots); }
};

/// A function of the host, as stores make them.
struct HostFunc : Func {
  CallShape shape;
  SlotEntry entry = nullptr;              ///< the function itself, where `slotEntry` leads to it by a detour
  void (*release)(void* data) = nullptr;  ///< called with hostData when the store goes; may be null
};

}  // namespace wasmrun::runtime
