// The compiler's exceptions: ranges of sites, landing pads, throws.
//
// Nothing is done where a try begins or ends, or after a call that may throw: a site names the range around it. What is
// thrown there goes to C++ (masm::StubHooks::findHandler), which writes payload and reference to the slots that the
// clause names and jumps to its landing pad. No register holds anything then.
#include "baseline/function_compiler.h"

namespace wasmrun::baseline {

using code::TryRange;
using wasm::ControlKind;
using wasm::ValType;

// -- Exception references --------------------------------------------------------------------------------------------

void FunctionCompiler::tryTable(const wasm::Control& control, std::span<const wasm::CatchClause> clauses) {
  if (!at()) return;
  const u32 range = record_.addTryRange(TryRange::Kind::TryTable, currentRange_);
  pushFrame(control).tryRange = range;
  currentRange_ = range;
  for (const wasm::CatchClause& clause : clauses) {
    // Labels count from outside the try_table.
    Frame& target = frame(clause.depth + 1);
    landAt(target, record_.addClause(range, {clause.kind, clause.tag, 0, target.slot}));
  }
}

/// What a clause catches goes to the slots that `target`'s label takes operands from. Its landing pad is made at the
/// end of `target`, when the label's state is known; one for all its clauses.
void FunctionCompiler::landAt(Frame& target, u32 clause) {
  u32 end = target.slot;
  for (const ValType type : labelTypes(target)) end += type.slots();
  if (end > maxSlot_) maxSlot_ = end;
  landings_.push_back({clause, target.landings});
  target.landings = static_cast<u32>(landings_.size() - 1);
}

/// The state of a label that nothing but landing pads leads to.
u32 FunctionCompiler::landingState(const Frame& frame) {
  const u32 index = newState();
  LabelState& state = states_[index];
  state.locals = state.dirty = 0;
  if (carriesInRegister(frame))
    state.carried = isFloatKind(kindOf(labelTypes(frame)[0])) ? regOf(masm::kResultFp) : regOf(masm::kResultGp);
  return index;
}

/// The landing pad of a label: from slots into its state, or out of the function.
void FunctionCompiler::finishLandings(const Frame& frame) {
  if (frame.landings == kNone) return;
  Late& landing = late(Late::Landing);
  landing.first = frame.landings;
  landing.savedBegin = static_cast<u32>(saved_.size());
  const std::span<const ValType> types = labelTypes(frame);
  if (frame.kind == ControlKind::Function) {
    landing.slot = frame.slot;
    for (const ValType type : types) landing.second += type.slots();
    if (const TypeKind kind = types.empty() ? TypeKind::V128 : kindOf(types[0]); kind != TypeKind::V128)
      saved_.push_back({isFloatKind(kind) ? regOf(masm::kResultFp) : regOf(masm::kResultGp), kind, false, 0});
  } else {
    landing.back = frame.label;
    const LabelState& state = states_[frame.state];
    forEachRegister(state.locals, [&](Reg reg) {
      const Local& local = locals_[state.owner[reg]];
      saved_.push_back({reg, local.kind, false, local.slot});
    });
    if (carriesInRegister(frame)) saved_.push_back({state.carried, kindOf(types[0]), false, frame.slot});
  }
  landing.savedEnd = static_cast<u32>(saved_.size());
}

// -- Legacy ----------------------------------------------------------------------------------------------------------

void FunctionCompiler::tryBegin(const wasm::Control& control) {
  if (!at()) return;
  const u32 range = record_.addTryRange(TryRange::Kind::Legacy, currentRange_);
  pushFrame(control).tryRange = range;
  currentRange_ = range;
}

/// Begins a catch's arm, which is its own landing pad. Its lowest operand, which wasm does not see, is the exception,
/// for rethrow.
void FunctionCompiler::beginCatch(wasm::CatchClause::Kind kind, wasm::TagIndex tag, bool fallsThrough) {
  Frame& frame = frames_.back();
  endArm(frame, fallsThrough);
  truncate(frame.size);
  forgetRegisters();
  currentRange_ = frame.outerRange;
  frame.isArm = true;
  pushSlot(TypeKind::Ref);
  record_.addClause(frame.tryRange, {kind, tag, masm_.offset(), nextSlot_, frame.slot});
  beginFuelBlock();
}

void FunctionCompiler::catchBegin(const wasm::Control&, wasm::TagIndex tag, const wasm::FuncType& type,
                                  bool fallsThrough) {
  if (!at()) return;
  beginCatch(wasm::CatchClause::Catch, tag, fallsThrough);
  pushTypes(type.params);
}

void FunctionCompiler::catchAllBegin(const wasm::Control&, bool fallsThrough) {
  if (!at()) return;
  beginCatch(wasm::CatchClause::CatchAll, {}, fallsThrough);
}

void FunctionCompiler::delegateEnd(const wasm::Control&, u32 depth, bool fallsThrough, bool live) {
  if (!at()) return;
  // The label counts from outside the try: the search goes on at that construct's own range if it is a try's body, else
  // at the one around it.
  const Frame& target = frame(depth + 1);
  const bool isBody = target.kind == ControlKind::Try && !target.isArm;
  record_.setDelegate(frames_.back().tryRange, isBody ? target.tryRange : target.outerRange);
  endConstruct(fallsThrough, live);
}

// -- Throws ----------------------------------------------------------------------------------------------------------

/// Throws an exception of a tag with the payload from `slot` on, or the one in `slot`.
void FunctionCompiler::emitThrow(u32 slot, u32 tag) {
  spillForCall(0);
  const u32 map = references(stack_.size());
  masm_.lea(Width::W64, masm::kRsi, slotMem(slot));
  masm_.constant(masm::kRdx, tag);
  masm_.callAddress(environment_.stubs.throwStub);
  callSite(0, map);
}

void FunctionCompiler::throwTag(wasm::TagIndex tag, const wasm::FuncType& type) {
  if (!at()) return;
  const u32 count = static_cast<u32>(type.params.size());
  settleTop(count);
  emitThrow(count == 0 ? nextSlot_ : top(count - 1).slot, tag.value);
}

void FunctionCompiler::throwRef() {
  if (!at()) return;
  settleTop(1);
  emitThrow(top(0).slot, masm::Stubs::kThrowReference);
}

void FunctionCompiler::rethrow(u32 depth) {
  if (!at()) return;
  emitThrow(frame(depth).slot, masm::Stubs::kThrowReference);
}

}  // namespace wasmrun::baseline
