#include "engine/stub_hooks.h"

#include <bit>

#include "interp/interpreter.h"
#include "masm/abi.h"
#include "runtime/builtins.h"
#include "runtime/exception.h"
#include "runtime/machine_frames.h"
#include "runtime/sampling.h"
#include "support/byte_reader.h"

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
  if (runtime::hasUnsampledTime(*instance.context)) runtime::takeSample(*instance.context);
  Func* continueIn = nullptr;
  const CallStatus status = interp::callFromMachine(*instance.context, func, frame, continueIn);
  if (continueIn == nullptr) return {nullptr, status};
  reload(frame, arguments);
  return {continueIn->code->machine.load(std::memory_order_acquire), CallStatus::Ok};
}

CallStatus hostCall(Instance& instance, Func& callee, u64* frame, u64 integer0, u64 integer1, u64 integer2,
                    u64 integer3, double float0, double float1, double float2, double float3) {
  ExecContext& context = *instance.context;
  const CallShape& shape = callee.code == nullptr ? static_cast<runtime::HostFunc&>(callee).shape : callee.code->shape;
  // Gives whether there are more.
  const auto spillOne = [&](u32 slot, u64 integer, double number) {
    if (const ValuePlace place = shape.arguments[slot]; place != ValuePlace::Slot)
      frame[slot] = runtime::slotOf(place, integer, std::bit_cast<u64>(number));
    return slot + 1 < shape.paramSlots;
  };
  static_cast<void>(spillOne(0, integer0, float0) && spillOne(1, integer1, float1) && spillOne(2, integer2, float2) &&
                    spillOne(3, integer3, float3));
  context.stackTop = frame + shape.slots();
  context.caller = &instance;
  return callee.slotEntry(context, callee, frame);
}

// -- Stopping --------------------------------------------------------------------------------------------------------

TrapKind entrySlow(Instance& instance, const u64* frameEnd) {
  ExecContext& context = *instance.context;
  return runtime::checkEntry(context, frameEnd, context.activation->exit.sp);
}

void firstEntry(runtime::TierWork& work) { work.noteEntry(); }

TrapKind poll(Instance& instance) { return instance.context->takeInterrupt(); }

void sample(Instance& instance) {
  ExecContext& context = *instance.context;
  if (runtime::hasUnsampledTime(context)) runtime::takeSample(context);
}

// -- Failures --------------------------------------------------------------------------------------------------------

CallStatus trap(Instance& instance, TrapKind kind) { return runtime::beginTrap(*instance.context, kind); }

CallStatus memoryTrap(Instance& instance, u32 memory, u64 end, u64 size) {
  const bool carries = (size & masm::Stubs::kCarries) != 0;
  size &= ~u64{masm::Stubs::kCarries};
  // An address of 2^64 and more counts as the last one.
  const u64 address = carries && end >= size ? ~u64{0} : end - size;
  return trap(instance, runtime::memoryFault(instance, wasm::MemoryIndex(memory), address, size));
}

/// What an instruction traps with if its operand is null; None if it has no such operand.
TrapKind nullTrap(wasm::Opcode opcode) {
  using enum wasm::Opcode;
  switch (opcode) {
    case StructGet:
    case StructGetS:
    case StructGetU:
    case StructSet: return TrapKind::NullStructureReference;
    case ArrayGet:
    case ArrayGetS:
    case ArrayGetU:
    case ArraySet:
    case ArrayLen: return TrapKind::NullArrayReference;
    default: return TrapKind::None;
  }
}

wasm::Opcode opcodeAt(const wasm::Module& module, u32 wasmOffset) {
  support::ByteReader reader(module.bytes().subspan(wasmOffset));
  const u8 first = reader.readByte();
  const wasm::Opcode opcode = wasm::opcodeOf(first);
  return opcode != wasm::Opcode::kCount ? opcode : wasm::opcodeOf(first, reader.readU32());
}

CallStatus faultTrap(Instance& instance) {
  ExecContext& context = *instance.context;
  const code::FrameWalk at(runtime::codeMapOf(context), context.activation->exit);
  const TrapKind null = nullTrap(opcodeAt(*instance.module, at.site().wasmOffset));
  if (null != TrapKind::None) return trap(instance, null);
  const u64 address = context.pending.address;
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
      .firstEntry = firstEntry,
      .poll = poll,
      .sample = sample,
      .trap = trap,
      .memoryTrap = memoryTrap,
      .faultTrap = faultTrap,
      .findHandler = findHandler,
      .throwException = throwException,
  };
  return kHooks;
}

bool noteFault(const platform::FaultState& state, const void* range) {
  Instance* const instance = reinterpret_cast<Instance*>(state.general(masm::kInstance.code));
  const u8* begin = nullptr;
  if (range == instance->heap)
    begin = instance->heap->base;
  else if (instance->memories != nullptr && range == instance->memories[0])
    begin = instance->memories[0]->base;
  else
    return false;
  ExecContext& context = *reinterpret_cast<ExecContext*>(state.general(masm::kContext.code));
  code::NativeExit& exit = context.activation->exit;
  exit.sp = reinterpret_cast<const u64*>(state.general(masm::kRsp.code));
  exit.frame = reinterpret_cast<u64*>(state.general(masm::kFrame.code));
  exit.instance = instance;
  exit.faultPc = state.pc();
  context.pending.address = state.address() - reinterpret_cast<u64>(begin);
  return true;
}

}  // namespace wasmrun::engine
