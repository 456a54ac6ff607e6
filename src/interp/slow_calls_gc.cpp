// Instructions on structs, arrays and i31 that a C++ function carries out.
#include "gc/ref.h"
#include "interp/slow_calls.h"
#include "runtime/builtins.h"

namespace wasmrun::interp::slow {

using gc::Ref;
using wasm::DataIndex;
using wasm::ElemIndex;
using wasm::FieldIndex;
using wasm::TypeId;

namespace {

TypeId typeOf(const SlowCall& call) { return TypeId(call.numbers[0]); }

}  // namespace

TrapKind structNew(const SlowCall& call) { return runtime::structNew(*call.instance, typeOf(call), call.slots); }

TrapKind structNewDefault(const SlowCall& call) {
  return runtime::structNewDefault(*call.instance, typeOf(call), call.slots);
}

TrapKind structGet(const SlowCall& call) {
  return runtime::structGet(*call.instance, typeOf(call), FieldIndex(call.numbers[1]), false, call.slots);
}

TrapKind structGetS(const SlowCall& call) {
  return runtime::structGet(*call.instance, typeOf(call), FieldIndex(call.numbers[1]), true, call.slots);
}

TrapKind structSet(const SlowCall& call) {
  return runtime::structSet(*call.instance, typeOf(call), FieldIndex(call.numbers[1]), call.slots);
}

TrapKind arrayNew(const SlowCall& call) { return runtime::arrayNew(*call.instance, typeOf(call), call.slots); }

TrapKind arrayNewDefault(const SlowCall& call) {
  return runtime::arrayNewDefault(*call.instance, typeOf(call), call.slots);
}

TrapKind arrayNewFixed(const SlowCall& call) {
  return runtime::arrayNewFixed(*call.instance, typeOf(call), call.numbers[1], call.slots);
}

TrapKind arrayNewData(const SlowCall& call) {
  return runtime::arrayNewData(*call.instance, typeOf(call), DataIndex(call.numbers[1]), call.slots);
}

TrapKind arrayNewElem(const SlowCall& call) {
  return runtime::arrayNewElem(*call.instance, typeOf(call), ElemIndex(call.numbers[1]), call.slots);
}

TrapKind arrayGet(const SlowCall& call) { return runtime::arrayGet(*call.instance, typeOf(call), false, call.slots); }

TrapKind arrayGetS(const SlowCall& call) { return runtime::arrayGet(*call.instance, typeOf(call), true, call.slots); }

TrapKind arraySet(const SlowCall& call) { return runtime::arraySet(*call.instance, typeOf(call), call.slots); }

TrapKind arrayLen(const SlowCall& call) { return runtime::arrayLen(*call.instance, call.slots); }

TrapKind arrayFill(const SlowCall& call) { return runtime::arrayFill(*call.instance, typeOf(call), call.slots); }

TrapKind arrayCopy(const SlowCall& call) { return runtime::arrayCopy(*call.instance, call.slots); }

TrapKind arrayInitData(const SlowCall& call) {
  return runtime::arrayInitData(*call.instance, typeOf(call), DataIndex(call.numbers[1]), call.slots);
}

TrapKind arrayInitElem(const SlowCall& call) {
  return runtime::arrayInitElem(*call.instance, typeOf(call), ElemIndex(call.numbers[1]), call.slots);
}

TrapKind refTest(const SlowCall& call) {
  call.slots[0] = runtime::refMatches(*call.instance, call.slots[0], wasm::ValType::fromBits(call.numbers[0]));
  return TrapKind::None;
}

TrapKind refCast(const SlowCall& call) {
  return runtime::refMatches(*call.instance, call.slots[0], wasm::ValType::fromBits(call.numbers[0]))
             ? TrapKind::None
             : TrapKind::CastFailure;
}

TrapKind refI31(const SlowCall& call) {
  call.slots[0] = Ref::i31(static_cast<u32>(call.slots[0])).slot();
  return TrapKind::None;
}

TrapKind i31GetS(const SlowCall& call) {
  const Ref ref = Ref::fromSlot(call.slots[0]);
  if (ref.isNull()) return TrapKind::NullI31Reference;
  call.slots[0] = static_cast<u32>(ref.i31Signed());
  return TrapKind::None;
}

TrapKind i31GetU(const SlowCall& call) {
  const Ref ref = Ref::fromSlot(call.slots[0]);
  if (ref.isNull()) return TrapKind::NullI31Reference;
  call.slots[0] = ref.i31Unsigned();
  return TrapKind::None;
}

}  // namespace wasmrun::interp::slow
