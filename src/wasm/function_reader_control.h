// FunctionReader's handlers: blocks and branches (spec: valid/instructions, control instructions).
#pragma once

#include "wasm/function_reader_class.h"

namespace wasmrun::wasm {

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onBlock(ControlKind kind) {
  BlockType type;
  if (!readBlockType(type)) return false;
  if (kind == ControlKind::If && !pop(kI32)) return false;
  if (!popList(type.params())) return false;
  pushControl(kind, type);
  if (kind == ControlKind::Loop) hasLoop_ = true;
  if constexpr (Sink::kActive) {
    if (!live_) return true;
    if (kind == ControlKind::Block)
      sink_.block(*top_);
    else if (kind == ControlKind::Loop)
      sink_.loop(*top_);
    else if (kind == ControlKind::If)
      sink_.ifBegin(*top_);
    else
      sink_.tryBegin(*top_);
  }
  return true;
}

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onElse() {
  if (top_->kind != ControlKind::If) return failHere(ErrorKind::Malformed, "unexpected token: else without if");
  if (!popResults()) return false;
  if constexpr (Sink::kActive)
    if (top_->liveEntry) sink_.elseBegin(*top_, live_, false);
  beginArm(ControlKind::Else);
  pushList(top_->type.params());
  return true;
}

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onEnd() {
  if (!popResults()) return false;
  Control& control = *top_;
  if (control.kind == ControlKind::If) {
    // An if without else: the missing arm passes its parameters on.
    const std::span<const ValType> params = control.type.params();
    const std::span<const ValType> results = control.type.results();
    if (!matches(params, results))
      return invalid(support::concat("type mismatch: if without else requires ", listText(results),
                                     " but its parameters are ", listText(params)));
    if constexpr (Sink::kActive)
      if (control.liveEntry) sink_.elseBegin(control, live_, true);
    beginArm(ControlKind::Else);
  }
  const bool fallsThrough = live_;
  const bool live = control.liveEntry && (fallsThrough || (control.branched && control.kind != ControlKind::Loop));
  if constexpr (Sink::kActive)
    if (control.liveEntry) sink_.end(control, fallsThrough, live);
  popControl(live);
  return true;
}

// -- Branches ------------------------------------------------------------------------------------------------------

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onBr() {
  u32 depth = 0;
  if (!readDepth(depth) || !popList(target(depth).labelTypes())) return false;
  if constexpr (Sink::kActive)
    if (live_) sink_.br(depth);
  setUnreachable();
  return true;
}

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onBrIf() {
  u32 depth = 0;
  if (!readDepth(depth) || !pop(kI32) || !retype(target(depth).labelTypes())) return false;
  if constexpr (Sink::kActive)
    if (live_) sink_.brIf(depth);
  return true;
}

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onBrTable() {
  u32 count = 0;
  if (!pop(kI32) || !readU32(p_, count)) return false;
  if (count > limits::kMaxBrTableTargets || count > static_cast<size_t>(end_ - p_))
    return failHere(ErrorKind::Malformed, "unexpected end: br_table has more targets than the body has bytes");
  std::vector<u32>& depths = scratch_.depths;
  depths.resize(size_t{count} + 1);
  for (u32& depth : depths)
    if (!readDepth(depth)) return false;
  const size_t arity = control(depths.back()).labelTypes().size();
  const ValType* checked = nullptr;
  for (const u32 depth : depths) {
    const std::span<const ValType> types = target(depth).labelTypes();
    if (types.size() != arity) return invalid("type mismatch: br_table targets have different numbers of operands");
    // Labels of one block type share its list: check it once.
    if (types.data() == checked) continue;
    if (!checkTop(types)) return false;
    checked = types.data();
  }
  if constexpr (Sink::kActive)
    if (live_) sink_.brTable(depths);
  setUnreachable();
  return true;
}

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onReturn() {
  if (!popList(scratch_.controls.front().type.results())) return false;
  if constexpr (Sink::kActive)
    if (live_) sink_.ret();
  setUnreachable();
  return true;
}

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onUnreachable() {
  if constexpr (Sink::kActive)
    if (live_) sink_.unreachable();
  setUnreachable();
  return true;
}

}  // namespace wasmrun::wasm
