// ExecContext: what running code needs of its store: the value stack, interruption, fuel, and how the last call ended.
#pragma once

#include <algorithm>
#include <atomic>
#include <memory>

#include "code/frame_walk.h"
#include "platform/wake_event.h"
#include "runtime/backtrace.h"
#include "runtime/func.h"
#include "runtime/trap.h"
#include "support/result.h"

namespace wasmrun::runtime {

class Store;

/// Why the innermost call from C++ did not return normally; valid after a CallStatus other than Ok.
struct Pending {
  TrapKind trap = TrapKind::None;
  // MemoryOutOfBounds: which memory, the effective address (may be past 2^64: then saturated), the access's bytes, and
  // the memory's size at that time. UninitializedElement, UndefinedElement, IndirectCallTypeMismatch, TableOutOfBounds:
  // `address` is the element's index and `memorySize` the table's size.
  bool hasAddress = false;  ///< the following are known
  u64 address = 0;
  u64 accessSize = 0;
  u64 memorySize = 0;
  u32 memoryIndex = 0;
  u32 exceptionRef = 0;  ///< CallStatus::Exception: the exception's reference
  i32 exitCode = 0;      ///< CallStatus::Exit

  std::unique_ptr<Error> hostError;      ///< CallStatus::Trap of a host function: what it gave, if more than a kind
  std::unique_ptr<Backtrace> backtrace;  ///< taken where the trap or exception began; null if none was taken
};

/// What the interpreter keeps for the frame that is leaving running code, whether to trap, to poll or to call the host.
struct InterpreterState {
  const u64* pc = nullptr;        ///< the instruction that leaves
  u64* fp = nullptr;              ///< its frame
  Instance* instance = nullptr;   ///< and instance
  const u64* resumePc = nullptr;  ///< where a poll continues
  // A call that is not a plain one (another instance's function, or the host's), on its way to the handler that
  // finishes it.
  Func* callee = nullptr;
  u64* calleeFrame = nullptr;          ///< its arguments
  const u64* returnPc = nullptr;       ///< where the caller continues; null for tail calls
  CallStatus status = CallStatus::Ok;  ///< how the innermost activation ended
};

/// Which tier an activation runs.
enum class ActivationKind : u32 { Interpreter, Machine };

/// One entry of a tier from C++, on the native stack; the other tier's C++ parts count as C++. A walker of frames
/// starts with the innermost one.
struct Activation {
  Activation* previous = nullptr;
  ActivationKind kind = ActivationKind::Interpreter;
  /// Opened by the other tier, not by the host: an exception goes on there.
  bool isFromTier = false;
  u64* stackTop = nullptr;  ///< the context's at that time
  u64* entrySp = nullptr;   ///< Machine: rsp at the entry, to leave
  code::NativeExit exit;    ///< Machine: where it left for C++
};

struct InterpreterActivation : Activation {
  InterpreterState outer;  ///< the context's at that time
  /// Opened by machine code: it ended (with Ok) in a tail call of this function, which has machine code and goes on
  /// there; the arguments are at the start of the activation's frame.
  Func* continueIn = nullptr;
};

/// The stub `enter` (docs/ABI-x64.md, "In and out"). `entry`: a machine entry or the entry of a loop.
/// `resultRegisters[0..1]` receive rax and xmm0. The innermost activation is of kind Machine and made for this call.
using EnterMachine = CallStatus (*)(const void* entry, ExecContext* context, Instance* instance, u64* frame,
                                    u64* resultRegisters);

/// What stores know of their engine's machine code. Written once, before there is any; whoever has met machine code
/// finds it here.
struct MachineSupport {
  std::atomic<const code::CodeMap*> codeMap{nullptr};
  std::atomic<EnterMachine> enter{nullptr};
};

struct ExecContext {
  /// The value stack: frames of 8-byte slots, growing up. No code assumes that it is the thread's own stack.
  u64* stackBase = nullptr;
  u64* stackLimit = nullptr;  ///< one past the last usable slot
  u64* stackTop = nullptr;    ///< first free slot as seen by C++ code called from wasm

  /// Bits set by any thread to stop the store's running code at its next poll; see Store::interrupt, takeInterrupt.
  std::atomic<u32> interrupt{0};
  static constexpr u32 kInterrupted = 1;      ///< once: the trap clears it
  static constexpr u32 kDeadlineReached = 2;  ///< every call traps until it is cleared
  static constexpr u32 kSampleWanted = 4;     ///< no stop: see runtime/sampling.h
  static constexpr u32 kStops = kInterrupted | kDeadlineReached;

  /// Counts wake-ups of the store's thread while it sleeps in memory.atomic.wait; a futex word.
  std::atomic<u32> wakeups{0};
  /// Ends a host function's poll of files; armed as soon as somebody may stop the store (Store::expectStops).
  platform::WakeEvent wakeEvent;

  /// Left-over fuel (instructions), only used if the engine was configured with fuel.
  i64 fuel = 0;
  /// An instruction's work on so many bytes or elements costs one unit more; without that one fill of a memory would
  /// cost as much as an addition.
  static constexpr u64 kBulkPerFuel = 64;
  /// Charges for `count` of them. What runs next traps if that took the last.
  void chargeBulk(u64 count) { fuel = std::max<i64>(fuel - static_cast<i64>(count / kBulkPerFuel), 0); }

  /// What frames of machine code must end below: stackLimit, or null when a stop is asked for, so that entering a
  /// function takes its slow path. The store's thread sets it back (checkEntry).
  std::atomic<u64*> jitStackLimit{nullptr};
  /// Lowest address that the native stack may reach on the thread that runs the store's outermost call; null until
  /// something asks (runtime/machine_entry.h). Valid when machine code runs.
  const void* nativeLimit = nullptr;

  // -- The heap, for machine code (Store::needHeap)
  u8* heapBase = nullptr;  ///< null until there is one
  /// What numbers of functions in objects mean (gc/func_handles.h), and their end.
  void* const* heapFuncs = nullptr;
  u32 heapFuncsEnd = 0;

  Activation* activation = nullptr;         ///< innermost
  const MachineSupport* machine = nullptr;  ///< of the engine; null if it never has machine code
  InterpreterState interp;

  /// The instance that called the host function now running; set by the tier before the call, null if C++ called it.
  Instance* caller = nullptr;

  Pending pending;
  Store* store = nullptr;

  /// Time that passed, as the sampler saw it, and was not given to a function yet (runtime/sampling.h).
  std::atomic<u64> unsampledNanos{0};
  u64 sampledUntil = 0;   ///< platform::monotonicNanos, in the outermost call: time until then was given
  bool isInHost = false;  ///< in a store that is sampled: a host function runs

  /// After a poll saw `interrupt` set: the trap to take, or None if somebody cleared it meanwhile, or only wanted a
  /// sample. Where TierHooks::walkFrames may be called.
  TrapKind takeInterrupt();
};

}  // namespace wasmrun::runtime
