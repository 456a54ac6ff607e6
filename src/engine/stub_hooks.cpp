#include "engine/stub_hooks.h"

#include "interp/interpreter.h"
#include "masm/abi.h"
#include "runtime/builtins.h"
#include "runtime/exception.h"
#include "runtime/machine_frames.h"

namespace wasmrun::engine {

using masm::ArgumentRegisters;
using masm::Continuation;
using runtime::CallShape;
using runtime::CallStatus;
using runtime::ExecContext;
using runtime::Func;
using runtime::Instance;
using runtime::TrapKind;
using runtime::ValuePlace;

namespace {

/// Arguments that came in registers, to their slots.
void spill(const CallShape& shape, const ArgumentRegisters& arguments, u64* frame) {
  for (u32 slot = 0; slot < CallShape::kRegisterSlots; ++slot)
    if (const ValuePlace place = shape.arguments[slot]; place != ValuePlace::Slot)
      frame[slot] = runtime::slotOf(place, arguments.integers[slot], arguments.floats[slot]);
}

/// The way back, for a function of any type.
void reload(const u64* frame, ArgumentRegisters& arguments) {
  for (u32 slot = 0; slot < CallShape::kRegisterSlots; ++slot)
    arguments.integers[slot] = arguments.floats[slot] = frame[slot];
}

// -- Calls -----------------------------------------------------------------------------------------------------------

Continuation lazyCall(Instance& instance, u32 definedIndex, u64* frame, ArgumentRegisters& arguments) {
  Func& func = instance.funcs[definedIndex];
  const runtime::FuncCode& code = *func.code;
  if (code.hasMachineCode()) return {code.machine.load(std::memory_order_acquire), CallStatus::Ok};
  spill(code.shape, arguments, frame);
  Func* continueIn = nullptr;
  const CallStatus status = interp::callFromMachine(*instance.context, func, frame, continueIn);
  if (continueIn == nullptr) return {nullptr, status};
  reload(frame, arguments);
  return {continueIn->code->machine.load(std::memory_order_acquire), CallStatus::Ok};
}

Continuation hostCall(Instance& instance, Func& callee, u64* frame, ArgumentRegisters& arguments) {
  ExecContext& context = *instance.context;
  const CallShape& shape = static_cast<runtime::HostFunc&>(callee).shape;
  spill(shape, arguments, frame);
  context.stackTop = frame + shape.slots();
  context.caller = &instance;
  return {nullptr, callee.slotEntry(context, callee, frame)};
}

// -- Stopping --------------------------------------------------------------------------------------------------------

TrapKind entrySlow(Instance& instance, const u64* frameEnd) {
  ExecContext& context = *instance.context;
  return runtime::checkEntry(context, frameEnd, context.activation->exit.sp);
}

TrapKind poll(Instance& instance) { return instance.context->takeInterrupt(); }

// -- Failures --------------------------------------------------------------------------------------------------------

CallStatus trap(Instance& instance, TrapKind kind) { return runtime::beginTrap(*instance.context, kind); }

CallStatus memoryTrap(Instance& instance, u32 memory, u64 end, u64 size) {
  return trap(instance, runtime::memoryFault(instance, wasm::MemoryIndex(memory), end - size, size));
}

CallStatus faultTrap(Instance& instance) {
  const u64 address = instance.context->pending.address;
  return trap(instance, runtime::memoryFault(instance, wasm::MemoryIndex(0), address, 0));
}

CallStatus throwException(Instance& instance, u64* slots, u32 tag) {
  ExecContext& context = *instance.context;
  u32 reference = static_cast<u32>(slots[0]);
  if (tag != masm::Stubs::kThrowReference) {
    const TrapKind kind = runtime::makeException(context, *instance.tags[tag], slots, &reference);
    if (kind != TrapKind::None) return trap(instance, kind);
  } else if (reference == 0) {
    return trap(instance, TrapKind::NullExceptionReference);
  }
  context.pending = {};
  context.pending.exceptionRef = reference;
  return CallStatus::Exception;
}

bool findHandler(Instance& instance, CallStatus status, masm::Landing& landing) {
  if (status != CallStatus::Exception) return false;
  ExecContext& context = *instance.context;
  const u32 reference = context.pending.exceptionRef;
  const runtime::Handler handler = runtime::handleInMachine(context, *context.activation, reference);
  if (handler.pc == nullptr) {
    runtime::beginUncaught(context, reference);
    return false;
  }
  context.pending = {};
  landing = {handler.pc, handler.sp, handler.frame, handler.instance};
  return true;
}

}  // namespace

const masm::StubHooks& stubHooks() {
  static constexpr masm::StubHooks kHooks{
      .lazyCall = lazyCall,
      .hostCall = hostCall,
      .entrySlow = entrySlow,
      .poll = poll,
      .trap = trap,
      .memoryTrap = memoryTrap,
      .faultTrap = faultTrap,
      .findHandler = findHandler,
      .throwException = throwException,
  };
  return kHooks;
}

bool noteFault(const platform::FaultState& state, const runtime::Memory& memory) {
  Instance* const instance = reinterpret_cast<Instance*>(state.general(masm::kInstance.code));
  if (instance->memories == nullptr || instance->memories[0] != &memory) return false;
  ExecContext& context = *reinterpret_cast<ExecContext*>(state.general(masm::kContext.code));
  code::NativeExit& exit = context.activation->exit;
  exit.sp = reinterpret_cast<const u64*>(state.general(masm::kRsp.code));
  exit.frame = reinterpret_cast<u64*>(state.general(masm::kFrame.code));
  exit.instance = instance;
  exit.faultPc = state.pc();
  context.pending.address = state.address() - reinterpret_cast<u64>(memory.base);
  return true;
}

}  // namespace wasmrun::engine
