// Stubs: the pieces of machine code that an engine has once. The contract is docs/ABI-x64.md.
#pragma once

#include "code/code_space.h"
#include "runtime/exec_context.h"
#include "runtime/slot_calls.h"
#include "runtime/trap.h"
#include "runtime/work_profile.h"

namespace wasmrun::masm {

/// What arrived in registers with a call, by slot: of each slot one of the two counts, by the function's type.
struct ArgumentRegisters {
  u64 integers[4];
  u64 floats[4];
};

/// What a C++ half says to the stub that called it. Returned in two registers.
struct Continuation {
  const void* code = nullptr;  ///< go on there; null: look at `status`
  runtime::CallStatus status = runtime::CallStatus::Ok;
};

/// Where code of machine frames goes on after an exception: everything a jump needs.
struct Landing {
  const void* pc;
  const u64* stackPointer;
  u64* frame;
  runtime::Instance* instance;
};

/// The C++ halves. Each but `firstEntry` is called with Activation::exit noted: {rsp of the return address into code,
/// FRAME, INSTANCE}.
struct StubHooks {
  /// A function without machine code was called: its arguments are in `arguments` and in slots of `frame`. `code`: its
  /// entry now, which is entered with the same registers. Null: it has run to its end, with `status`; its results are
  /// in the slots.
  Continuation (*lazyCall)(runtime::Instance& instance, u32 definedIndex, u64* frame, ArgumentRegisters& arguments);
  /// A host function was called, or a function of a module that has no machine code at all: what arrived in registers,
  /// by slot, and the rest in slots of `frame`, where results are afterwards. `instance` is the caller's.
  runtime::CallStatus (*hostCall)(runtime::Instance& instance, runtime::Func& callee, u64* frame, u64 integer0,
                                  u64 integer1, u64 integer2, u64 integer3, double float0, double float1, double float2,
                                  double float3);
  /// The first instructions of a function found no room on a stack, or that it should stop. `frameEnd`: one past the
  /// last slot that it may use. None: go on.
  runtime::TrapKind (*entrySlow)(runtime::Instance& instance, const u64* frameEnd);
  /// A function that counts its work runs for the first time.
  void (*firstEntry)(runtime::TierWork& work);
  /// A loop saw ExecContext::interrupt. None: go on.
  runtime::TrapKind (*poll)(runtime::Instance& instance);
  /// A function is about to be left, in a store that is sampled, and ExecContext::interrupt is set.
  void (*sample)(runtime::Instance& instance);
  /// A check of generated code failed, or a builtin returned `kind`. `kind` is noted, a backtrace taken.
  runtime::CallStatus (*trap)(runtime::Instance& instance, runtime::TrapKind kind);
  /// An access of `size` bytes that ends at `end` (effective address + size) of a memory that is checked is out of
  /// bounds; then as `trap`. With kCarries in `size` the end is at least 2^64, and `end` that much less.
  runtime::CallStatus (*memoryTrap)(runtime::Instance& instance, u32 memory, u64 end, u64 size);
  /// An access of a memory that is not checked faulted: the signal handler has noted where. Then as `trap`.
  runtime::CallStatus (*faultTrap)(runtime::Instance& instance);
  /// A call came back with `status`, not Ok, or a trap or exception begins: the handler in machine frames of the
  /// innermost activation that takes it, written to `landing`, or false: the activation ends with `status`.
  bool (*findHandler)(runtime::Instance& instance, runtime::CallStatus status, Landing& landing);
  /// throw, throw_ref and rethrow: `slots` are the payload, or the exception reference with `tag` kThrowReference. What
  /// `findHandler` is then called with.
  runtime::CallStatus (*throwException)(runtime::Instance& instance, u64* slots, u32 tag);
};

/// How C++ enters machine code. `entry` is a machine entry or an OSR entry. Results as the contract says:
/// resultRegisters[0] is rax, [1] is xmm0. The innermost activation is the one made for this call.
using EnterFunction = runtime::CallStatus (*)(const void* entry, runtime::ExecContext* context,
                                              runtime::Instance* instance, u64* frame, u64* resultRegisters);

/// Addresses of the stubs.
struct Stubs {
  EnterFunction enter = nullptr;
  u64 lazy = 0;       ///< kCallee: DefinedFuncIndex
  u64 callOther = 0;  ///< kCallee: Func*, of any kind
  u64 tailCallOther = 0;
  u64 entrySlow = 0;   ///< keeps argument registers
  u64 firstEntry = 0;  ///< kScratch: a TierWork; keeps argument registers; has no site
  u64 poll = 0;        ///< all registers lost
  u64 sample = 0;      ///< keeps argument registers, so results as well, and kCallee
  u64 builtin = 0;  ///< rax: a runtime::SlotCall; rsi, edx, ecx: its arguments; r8: first free slot; all registers lost
  u64 throwStub = 0;                               ///< rsi: slots; edx: tag
  static constexpr u32 kThrowReference = ~u32{0};  ///< the tag when what is thrown exists
  u64 memoryTrap = 0;  ///< kScratch: the end; eax: size and kCarries in the low byte, memory above
  static constexpr u32 kCarries = 0x80;
  u64 fault = 0;  ///< where the signal handler continues: registers as at the access
  static constexpr u32 kTraps = 64;
  u64 trap[kTraps] = {};  ///< by TrapKind
};

/// Makes the stubs in `area`, which outlives their use. Limit error if there is no room.
Result<Stubs> makeStubs(code::CodeArea& area, const StubHooks& hooks);

/// Writes a thunk, the machine entry of a function without code: kThunkSize bytes to `bytes`, which run at `address`.
/// The stubs lie within 2 GiB.
inline constexpr u32 kThunkSize = 16;
void writeThunk(u8* bytes, u64 address, u32 definedIndex, const Stubs& stubs);

}  // namespace wasmrun::masm
