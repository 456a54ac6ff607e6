// The compiler's control flow: constructs, branches, returns.
#include <algorithm>

#include "baseline/function_compiler.h"
#include "runtime/layout.h"

namespace wasmrun::baseline {

using masm::Label;
using wasm::ControlKind;
using wasm::Opcode;
using wasm::ValType;

namespace layout = runtime::layout;

// -- Functions -------------------------------------------------------------------------------------------------------

FunctionCompiler::FunctionCompiler(const Environment& environment, masm::MacroAssembler& masm,
                                   code::FunctionRecordBuilder& record, wasm::ReaderScratch& scratch)
    : environment_(environment),
      module_(environment.module),
      bytes_(environment.module.bytes().data()),
      masm_(masm),
      record_(record),
      reader_(environment.module, scratch, *this),
      reserved_(environment.layouts != nullptr ? bit(regOf(masm::kHeap)) : 0),
      loopLocals_(environment.module) {}

bool FunctionCompiler::compile(wasm::DefinedFuncIndex index, const code::CodeIdentity& identity) {
  hasFlags_ = keepsFlags_ = foldedLoad_.isSet = false;
  stack_.clear();
  frames_.clear();
  states_.clear();
  freeStates_.clear();
  stackReferences_.clear();
  late_.clear();
  saved_.clear();
  tables_.clear();
  vectorConstants_.clear();
  loops_.clear();
  homes_.clear();
  landings_.clear();
  settled_ = slotsFrom_ = nextSlot_ = maxSlot_ = chained_ = turn_ = 0;
  loop_ = fuelAt_ = kNone;
  currentRange_ = code::kNone;
  masm_.reset();
  record_.begin(identity);
  work_ = environment_.profile == nullptr ? nullptr : &environment_.profile->of(index).machine;
  limitCode(module_.bodies[index.value].size);
  if (module_.bodies[index.value].hasLoop) loopLocals_.read(index);
  const Result<void> result = reader_.readBody(index);
  CHECK(result.has_value(), "a body that is compiled has been validated");
  return !masm_.failed();
}

void FunctionCompiler::begin(const wasm::FuncType& type, std::span<const ValType> locals) {
  type_ = &type;
  locals_.clear();
  locals_.reserve(locals.size());
  forgetRegisters();
  const u32 firstLocal = type.paramSlots + kLinkSlots;
  u32 slot = 0;
  references_.clear();
  for (size_t i = 0; i < locals.size(); ++i) {
    if (i == type.params.size()) slot = firstLocal;
    Local& local = locals_.emplace_back();
    local.slot = slot;
    local.kind = kindOf(locals[i]);
    if (local.kind == TypeKind::Ref) references_.push_back(slot);
    slot += slotsOf(local.kind);
  }
  const u32 base = std::max(slot, firstLocal);
  nextSlot_ = maxSlot_ = base;
  localsChain_ = record_.addReferences(references_);
  emitEntry(firstLocal, base - firstLocal);
  beginFuelBlock();

  Frame& frame = frames_.emplace_back();
  frame.kind = ControlKind::Function;
  frame.slot = base;
  frame.type.type = &type;
}

/// The checks of both stacks, and the frame made ready. `zeros` slots of locals begin at `firstLocal`.
void FunctionCompiler::emitEntry(u32 firstLocal, u32 zeros) {
  Late& slow = late(Late::EntrySlow);
  frameSizeAt_ = masm_.checkStacks(layout::kContextJitStackLimit, layout::kContextNativeLimit, slow.label);
  slow.back = masm_.newLabel();
  masm_.bind(slow.back);
  if (work_ != nullptr) countEntry();
  for (u32 i = 0; i < type_->params.size() && locals_[i].slot < masm::kRegisterArguments; ++i) {
    const Local& local = locals_[i];
    if (local.kind == TypeKind::V128) continue;
    const Reg reg =
        isFloatKind(local.kind) ? regOf(masm::kArgumentFp[local.slot]) : regOf(masm::kArgumentGp[local.slot]);
    // The caller need not have cleared the upper half.
    if (local.kind == TypeKind::I32) masm_.move(Width::W32, gp(reg), gp(reg));
    setOwner(reg, i);
    dirty_ |= bit(reg);
  }
  if (zeros != 0) masm_.zeroWords(slotMem(firstLocal), zeros, masm::kRcx);
}

/// Adds one to a number of the function's work, whose address is in kScratch then. Flags are lost.
void FunctionCompiler::count(i32 offset) {
  masm_.constant(masm::kScratch, reinterpret_cast<u64>(work_));
  masm_.increment({masm::kScratch, offset});
}

void FunctionCompiler::countEntry() {
  count(layout::kWorkCalls);
  masm_.compareMemory(Width::W64, {masm::kScratch, layout::kWorkEnteredAt}, 0);
  Late& first = late(Late::FirstEntry);
  first.back = masm_.newLabel();
  masm_.jumpIf(Cond::Equal, first.label);
  masm_.bind(first.back);
}

void FunctionCompiler::endFunction() {
  if (masm_.failed()) return;
  endFuelBlock();
  for (size_t i = 0; i < late_.size(); ++i) emitLate(late_[i]);
  masm_.embedConstants();
  masm_.patch32(frameSizeAt_, support::narrow<i32>(i64{8} * frameSlots()));
}

// -- Constructs ------------------------------------------------------------------------------------------------------

/// Opens a construct whose parameters are on top. Operands go to their slots; flags are kept.
FunctionCompiler::Frame& FunctionCompiler::pushFrame(const wasm::Control& control) {
  settle();
  const u32 params = static_cast<u32>(control.type.params().size());
  if (params != 0) settleTop(params);
  Frame& frame = frames_.emplace_back();
  frame.kind = control.kind;
  frame.label = masm_.newLabel();
  frame.size = stack_.size() - params;
  frame.slot = params == 0 ? nextSlot_ : stack_[frame.size].slot;
  frame.outerRange = currentRange_;
  frame.type = control.type;
  return frame;
}

/// Pops operands down to `size`.
void FunctionCompiler::truncate(u32 size) {
  while (stack_.size() > size) pop();
  freeTemporaries();
}

void FunctionCompiler::block(const wasm::Control& control) {
  if (!at()) return;
  pushFrame(control);
}

void FunctionCompiler::ifBegin(const wasm::Control& control) {
  if (!atFlags()) return;
  const Cond cond = popCondition();
  Frame& frame = pushFrame(control);
  frame.elseLabel = masm_.newLabel();
  frame.elseState = newState();
  captureState(states_[frame.elseState]);
  masm_.jumpIf(inverse(cond), frame.elseLabel);
  keepsFlags_ = false;
  beginFuelBlock();
}

/// Leaves an arm of a construct for its end, if it gets there.
void FunctionCompiler::endArm(Frame& frame, bool fallsThrough) {
  if (!fallsThrough) return;
  prepareBranch(frame);
  emitMerge(frame);
  masm_.jump(frame.label);
}

void FunctionCompiler::elseBegin(const wasm::Control&, bool fallsThrough, bool implicit) {
  if (!at()) return;
  Frame& frame = frames_.back();
  const u32 elseState = frame.elseState;
  frame.elseState = kNone;
  if (implicit && frame.state == kNone && frame.type.params().empty()) {
    // Nothing but the other arm leads to the end: it goes on as the missing one would.
    frame.state = elseState;
    if (fallsThrough) mergeInto(states_[elseState], nullptr);
    masm_.bind(frame.elseLabel);
    truncate(frame.size);
    adoptState(states_[elseState]);
  } else {
    endArm(frame, fallsThrough);
    masm_.bind(frame.elseLabel);
    truncate(frame.size);
    adoptState(states_[elseState]);
    freeStates_.push_back(elseState);
    pushTypes(frame.type.params());
    settled_ = stack_.size();
  }
  frame.kind = ControlKind::Else;
  beginFuelBlock();
}

void FunctionCompiler::end(const wasm::Control&, bool fallsThrough, bool live) {
  if (at()) endConstruct(fallsThrough, live);
}

void FunctionCompiler::endConstruct(bool fallsThrough, bool live) {
  Frame& frame = frames_.back();
  currentRange_ = frame.outerRange;
  if (frame.kind == ControlKind::Function) {
    if (fallsThrough) emitReturn();
    finishLandings(frame);
    endFunction();
    frames_.pop_back();
    return;
  }
  if (frame.kind == ControlKind::Loop) {
    setHomes(loop_, false);
    loop_ = frame.outerLoop;
    setHomes(loop_, true);
  }
  // Of a catch's arm the exception goes.
  const bool isMet = frame.state != kNone || frame.landings != kNone || (frame.isArm && fallsThrough);
  if (frame.kind != ControlKind::Loop && isMet) {
    if (fallsThrough) {
      prepareBranch(frame);
      emitMerge(frame);
    } else if (frame.state == kNone) {
      frame.state = landingState(frame);
    }
    truncate(frame.size);
    bindEnd(frame);
  } else if (!live) {
    truncate(frame.size);
  }
  finishLandings(frame);
  if (frame.state != kNone) freeStates_.push_back(frame.state);
  const bool wasLoop = frame.kind == ControlKind::Loop;
  frames_.pop_back();
  if (!wasLoop) beginFuelBlock();
}

// -- Loops -----------------------------------------------------------------------------------------------------------

namespace {

/// What loops keep locals in, the first first. The others are for operands, divisions and shifts.
constexpr Reg kGpHomes[] = {12, 10, 9, 8, 5, 7, 6};
constexpr Reg kFirstFpHome = 16 + 4, kLastFpHome = 16 + 14;

}  // namespace

void FunctionCompiler::loop(const wasm::Control& control) {
  if (!at()) return;
  const u32 number = static_cast<u32>(loops_.size());
  Frame& frame = pushFrame(control);
  frame.outerLoop = loop_;
  frame.state = newState();
  setHomes(loop_, false);
  loops_.push_back({loop_, static_cast<u32>(homes_.size()), 0});
  decideLoopState(states_[frame.state]);
  loops_.back().homesEnd = static_cast<u32>(homes_.size());
  loop_ = number;
  setHomes(loop_, true);
  mergeInto(states_[frame.state], nullptr);
  adoptState(states_[frame.state]);

  Late& entry = late(Late::OsrEntry);
  entry.back = frame.label;
  saveRegisters(entry);
  const u32 savedBegin = entry.savedBegin, savedEnd = entry.savedEnd;
  masm_.bind(frame.label);
  if (work_ != nullptr) count(layout::kWorkLoopIterations);
  Late& poll = late(Late::Poll);
  poll.savedBegin = savedBegin;
  poll.savedEnd = savedEnd;
  poll.references = references(stack_.size());
  poll.back = masm_.newLabel();
  masm_.compareMemory(Width::W32, {masm::kContext, layout::kContextInterrupt}, 0);
  masm_.jumpIf(Cond::NotEqual, poll.label);
  masm_.bind(poll.back);
  beginFuelBlock();
}

/// The locals that the loop uses most get registers: those they are in, if it may keep them there.
void FunctionCompiler::decideLoopState(LabelState& state) {
  RegisterSet available = 0;
  for (const Reg reg : kGpHomes) available |= bit(reg);
  for (Reg reg = kFirstFpHome; reg <= kLastFpHome; ++reg) available |= bit(reg);
  available &= ~reserved_;
  state.locals = state.dirty = 0;
  const std::span<const LoopLocals::Use> uses = loopLocals_.ofLoop(offset());
  const auto assign = [&](const LoopLocals::Use& use, Reg reg) {
    available &= ~bit(reg);
    state.locals |= bit(reg);
    state.owner[reg] = use.local;
    if (use.isWritten) state.dirty |= bit(reg);
    homes_.push_back({use.local, reg});
  };
  u64 assigned = 0;
  for (size_t i = 0; i < uses.size(); ++i) {
    const Reg reg = locals_[uses[i].local].reg;
    if (reg == kNoReg || (available & bit(reg)) == 0) continue;
    assign(uses[i], reg);
    assigned |= u64{1} << i;
  }
  for (size_t i = 0; i < uses.size(); ++i) {
    if (assigned >> i & 1) continue;
    const RegisterSet fitting = available & classOf(locals_[uses[i].local].kind);
    if (fitting != 0) assign(uses[i], static_cast<Reg>(31 - std::countl_zero(fitting)));
  }
}

void FunctionCompiler::setHomes(u32 loop, bool set) {
  if (loop == kNone) return;
  for (u32 i = loops_[loop].homesBegin; i < loops_[loop].homesEnd; ++i)
    locals_[homes_[i].local].home = set ? homes_[i].reg : kNoReg;
}

// -- Conditions ------------------------------------------------------------------------------------------------------

/// Pops an i32 and sets flags for its being nonzero, unless a comparison has. Until the jump, flags are kept.
Cond FunctionCompiler::popCondition() {
  keepsFlags_ = true;
  const Value value = pop();
  if (hasFlags_) {
    hasFlags_ = false;
    return flags_;
  }
  if (value.kind == Value::Slot) {
    masm_.compareMemory(Width::W32, slotMem(value.slot), 0);
  } else {
    const masm::Gp reg = gp(use(value));
    masm_.test(Width::W32, reg, reg);
  }
  return Cond::NotEqual;
}

// -- Branches --------------------------------------------------------------------------------------------------------

/// A branch that is taken if `cond`, whose flags are set.
void FunctionCompiler::branchIf(Cond cond, u32 depth) {
  Frame& target = frame(depth);
  prepareBranch(target);
  if (target.kind == ControlKind::Function) {
    const Label past = masm_.newLabel();
    masm_.jumpIf(inverse(cond), past);
    keepsFlags_ = false;
    emitReturn();
    masm_.bind(past);
    return;
  }
  if (isInPlace(target)) {
    masm_.jumpIf(cond, target.label);
    keepsFlags_ = false;
    return;
  }
  const Label past = masm_.newLabel();
  masm_.jumpIf(inverse(cond), past);
  keepsFlags_ = false;
  emitMerge(target);
  masm_.jump(target.label);
  masm_.bind(past);
}

void FunctionCompiler::jumpTo(u32 depth) {
  Frame& target = frame(depth);
  if (target.kind == ControlKind::Function) return emitReturn();
  prepareBranch(target);
  emitMerge(target);
  masm_.jump(target.label);
}

void FunctionCompiler::br(u32 depth) {
  if (!at()) return;
  jumpTo(depth);
}

void FunctionCompiler::brIf(u32 depth) {
  if (!atFlags()) return;
  const Cond cond = popCondition();
  freeTemporaries();
  branchIf(cond, depth);
  beginFuelBlock();
}

void FunctionCompiler::brOnNull(u32 depth) {
  if (!at()) return;
  const Value reference = pop();
  const Reg reg = use(reference);
  keepsFlags_ = true;
  masm_.test(Width::W64, gp(reg), gp(reg));
  branchIf(Cond::Equal, depth);
  // It stays on the stack if it is not null.
  if (reference.kind == Value::Local)
    pushLocal(reference.local);
  else
    pushRegister(reference.type, reg);
  beginFuelBlock();
}

void FunctionCompiler::brOnNonNull(u32 depth) {
  if (!at()) return;
  // The reference goes along with the branch.
  const Reg reg = topInRegister();
  pin(reg);
  keepsFlags_ = true;
  masm_.test(Width::W64, gp(reg), gp(reg));
  branchIf(Cond::NotEqual, depth);
  pop();
  beginFuelBlock();
}

void FunctionCompiler::brTable(std::span<const u32> depths) {
  if (!at()) return;
  const Value value = pop();
  // The jump changes it.
  Reg index = use(value);
  if (!isTemporary(index)) {
    const Reg copy = temporary(kGpSet);
    moveRegister(TypeKind::I32, copy, index);
    index = copy;
  }
  // Operands first: their code is before the jump. A label's first state counts for the others.
  for (const u32 depth : depths) prepareBranch(frame(depth));
  const u32 count = static_cast<u32>(depths.size()) - 1;
  // Targets that need no code are jumped to directly; the others get a stub each.
  std::vector<u32> stubs;
  stubOfDepth_.resize(frames_.size());
  const u32 begin = static_cast<u32>(tables_.size());
  for (const u32 depth : depths) {
    Frame& target = frame(depth);
    if (target.kind != ControlKind::Function && isInPlace(target)) {
      tables_.push_back(target.label);
      continue;
    }
    Label& stub = stubOfDepth_[depth];
    if (!stub.isValid()) {
      stub = masm_.newLabel();
      stubs.push_back(depth);
    }
    tables_.push_back(stub);
  }
  const Label otherwise = tables_.back();
  if (count > 0) {
    masm_.compare(Width::W32, gp(index), Operand::of(i64{count}));
    masm_.jumpIf(Cond::AboveEqual, otherwise);
    Late& table = late(Late::Table);
    table.first = begin;
    table.second = begin + count;
    masm_.jumpTable(gp(index), table.label);
  } else {
    masm_.jump(otherwise);
  }
  for (const u32 depth : stubs) {
    masm_.bind(stubOfDepth_[depth]);
    stubOfDepth_[depth] = {};
    const Frame& target = frame(depth);
    if (target.kind == ControlKind::Function) {
      emitReturn();
      continue;
    }
    emitMerge(target);
    masm_.jump(target.label);
  }
}

void FunctionCompiler::ret() {
  if (!at()) return;
  emitReturn();
}

/// Results to where the caller expects them, and back. The model stays.
void FunctionCompiler::emitReturn() {
  const u32 count = static_cast<u32>(type_->results.size());
  if (count == 0) return leave();
  const Value& first = top(count - 1);
  const bool inRegister = first.type != TypeKind::V128;
  const Reg result = isFloatKind(first.type) ? regOf(masm::kResultFp) : regOf(masm::kResultGp);
  if (count == 1) {
    if (inRegister) {
      loadInto(first, result);
    } else {
      Reg reg = first.kind == Value::Register ? first.reg
                : first.kind == Value::Local  ? locals_[first.local].reg
                                              : kNoReg;
      if (reg == kNoReg) loadInto(first, reg = regOf(masm::kFloatScratch));
      storeSlot(first.type, 0, reg);
    }
    return leave();
  }
  // All into their own slots, then down: parameters' slots are both.
  for (u32 i = areInSlots(count) ? 0 : count; i-- > 0;) {
    const Value& value = top(i);
    const Reg scratch = isFloatKind(value.type) ? regOf(masm::kFloatScratch) : regOf(masm::kScratch);
    if (value.kind == Value::Slot) continue;
    if (value.kind == Value::Register) {
      storeSlot(value.type, value.slot, value.reg);
    } else {
      loadInto(value, scratch);
      storeSlot(value.type, value.slot, scratch);
    }
  }
  copySlots(0, first.slot, nextSlot_ - first.slot);
  if (inRegister) loadSlot(first.type, result, 0);
  leave();
}

/// Back to the caller: results are where it expects them.
void FunctionCompiler::leave() {
  samplePoint();
  masm_.ret();
}

/// Before the function is left for another, results or arguments in their places: what has passed is its time.
void FunctionCompiler::samplePoint() {
  if (!environment_.isSampled) return;
  Late& sample = late(Late::Sample);
  sample.back = masm_.newLabel();
  masm_.compareMemory(Width::W32, {masm::kContext, layout::kContextInterrupt}, 0);
  masm_.jumpIf(Cond::NotEqual, sample.label);
  masm_.bind(sample.back);
}

void FunctionCompiler::unreachable() {
  if (!at()) return;
  masm_.jump(trap(runtime::TrapKind::Unreachable));
}

}  // namespace wasmrun::baseline
