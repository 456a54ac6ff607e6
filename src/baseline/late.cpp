// Code after a function's body: traps, slow paths, entries in the middle.
#include "baseline/function_compiler.h"
#include "runtime/layout.h"

namespace wasmrun::baseline {

namespace {

// Slow paths keep all registers, so a body of a few megabytes may ask for a gigabyte of them. What is far beyond what
// programs have stays in the interpreter: bytes of code for each of the body, and for any body.
constexpr u64 kMostPerByte = 40, kMostForAll = u64{1} << 20;
// What late code takes, about: a call and a jump; a register's way to its slot and back.
constexpr u64 kLateBytes = 16, kSavedBytes = 12;

}  // namespace

void FunctionCompiler::limitCode(u32 bodyBytes) { codeLimit_ = kMostForAll + kMostPerByte * bodyBytes; }

FunctionCompiler::Late& FunctionCompiler::late(Late::Kind kind) {
  if (masm_.offset() + kLateBytes * late_.size() + kSavedBytes * saved_.size() > codeLimit_) masm_.giveUp();
  Late& late = late_.emplace_back();
  late.kind = kind;
  late.label = masm_.newLabel();
  late.wasmOffset = offset();
  late.tryRange = currentRange_;
  return late;
}

/// What registers hold here, of locals and operands, is kept around `late`.
void FunctionCompiler::saveRegisters(Late& late) {
  late.savedBegin = static_cast<u32>(saved_.size());
  forEachRegister(localRegisters_, [&](Reg reg) {
    const Local& local = locals_[owner_[reg]];
    saved_.push_back({reg, local.kind, (dirty_ & bit(reg)) != 0, local.slot});
  });
  forEachRegister(operandRegisters(), [&](Reg reg) {
    const Value& value = stack_[owner_[reg]];
    saved_.push_back({reg, value.type, true, value.slot});
  });
  late.savedEnd = static_cast<u32>(saved_.size());
}

/// A call of C++ out of line, with registers kept around it. The code here goes to its label and comes back to `back`.
FunctionCompiler::Late& FunctionCompiler::lateCall(runtime::SlotCall function, u32 first, u32 second) {
  Late& call = late(Late::Call);
  call.back = masm_.newLabel();
  call.function = function;
  call.first = first;
  call.second = second;
  call.slot = nextSlot_;
  if (nextSlot_ + 1 > maxSlot_) maxSlot_ = nextSlot_ + 1;
  saveRegisters(call);
  return call;
}

void FunctionCompiler::storeSaved(const Late& late) {
  for (u32 i = late.savedBegin; i < late.savedEnd; ++i)
    if (saved_[i].stores) storeSlot(saved_[i].kind, saved_[i].slot, saved_[i].reg);
}

void FunctionCompiler::loadSaved(const Late& late) {
  for (u32 i = late.savedBegin; i < late.savedEnd; ++i) loadSlot(saved_[i].kind, saved_[i].reg, saved_[i].slot);
}

void FunctionCompiler::emitSite(const Late& late, u32 frameDelta) {
  record_.addCall({masm_.offset(), late.wasmOffset, frameDelta, late.references, late.tryRange});
}

void FunctionCompiler::emitLate(const Late& late) {
  const masm::Stubs& stubs = environment_.stubs;
  if (late.kind == Late::Table) {
    const std::span<const masm::Label> targets = std::span(tables_).subspan(late.first, late.second - late.first);
    masm_.embedTable(late.label, targets);
    const u32 bytes = 4 * static_cast<u32>(targets.size());
    record_.addData(masm_.offset() - bytes, bytes);
    return;
  }
  masm_.bind(late.label);
  switch (late.kind) {
    case Late::Trap:
      CHECK(late.first < masm::Stubs::kTraps, "every trap has a stub");
      masm_.callAddress(stubs.trap[late.first]);
      emitSite(late, 0);
      break;
    case Late::MemoryTrap:
      masm_.constant(masm::kRax, late.first);
      masm_.callAddress(stubs.memoryTrap);
      emitSite(late, 0);
      break;
    case Late::OutOfFuel:
      masm_.storeConstant({masm::kContext, runtime::layout::kContextFuel}, 0);
      masm_.callAddress(stubs.trap[static_cast<u32>(runtime::TrapKind::OutOfFuel)]);
      emitSite(late, 0);
      break;
    case Late::Poll:
      storeSaved(late);
      masm_.callAddress(stubs.poll);
      emitSite(late, 0);
      loadSaved(late);
      masm_.jump(late.back);
      break;
    case Late::EntrySlow:
      masm_.callAddress(stubs.entrySlow);
      emitSite(late, 0);
      masm_.jump(late.back);
      break;
    case Late::FirstEntry:
      masm_.callAddress(stubs.firstEntry);
      masm_.jump(late.back);
      break;
    case Late::Sample:
      masm_.callAddress(stubs.sample);
      emitSite(late, 0);
      masm_.jump(late.back);
      break;
    case Late::OtherInstance:
      masm_.callAddress(stubs.callOther);
      emitSite(late, late.first);
      masm_.jump(late.back);
      break;
    case Late::Call:
      if (late.operand != kNoReg) masm_.store(Width::W64, slotMem(late.slot), gp(late.operand));
      storeSaved(late);
      callBuiltin(late.function, late.slot, late.first, late.second, late.slot + 1);
      emitSite(late, 0);
      loadSaved(late);
      if (late.reg != kNoReg) masm_.load(Width::W64, gp(late.reg), slotMem(late.slot));
      masm_.jump(late.back);
      break;
    case Late::OsrEntry:
      record_.addLoopEntry(late.wasmOffset, masm_.offset());
      loadSaved(late);
      masm_.jump(late.back);
      break;
    case Late::Landing:
      for (u32 i = late.first; i != kNone; i = landings_[i].next)
        record_.setLanding(landings_[i].clause, masm_.offset());
      copySlots(0, late.slot, late.second);
      loadSaved(late);
      if (late.back.isValid())
        masm_.jump(late.back);
      else
        masm_.ret();
      break;
    case Late::Table: break;
  }
}

}  // namespace wasmrun::baseline
