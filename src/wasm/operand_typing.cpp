#include "wasm/operand_typing.h"

#include <algorithm>

namespace wasmrun::wasm {

void OperandTyping::open(std::span<const u8> bytes, u64 offset, BlockType type) {
  openBytes(bytes, offset);
  scratch_.controls.clear();
  scratch_.initLog.clear();
  scratch_.locals.clear();
  trackInit_ = false;
  locals_ = nullptr;
  localCount_ = 0;
  sp_ = floor_ = stack_ = scratch_.stack.data();
  stackEnd_ = stack_ + scratch_.stack.size();
  live_ = true;
  Control control{ControlKind::Function};
  control.liveEntry = true;
  control.type = type;
  control.offset = this->offset();
  scratch_.controls.push_back(control);
  top_ = &scratch_.controls.back();
}

// -- Locals --------------------------------------------------------------------------------------------------------

bool OperandTyping::readLocals(const FuncType& type) {
  std::vector<ValType>& locals = scratch_.locals;
  locals.assign(type.params.begin(), type.params.end());
  u32 groups = 0;
  if (!readU32(p_, groups)) return false;
  u64 declared = 0;
  for (u32 i = 0; i < groups; ++i) {
    opStart_ = p_;
    u32 count = 0;
    if (!readU32(p_, count)) return false;
    declared += count;
    if (type.params.size() + declared > ~u32{0}) return failHere(ErrorKind::Malformed, "too many locals");
    ValType local;
    if (!readType(local)) return false;
    if (declared > limits::kMaxLocals) continue;  // an error, but one of the spec's own may follow
    if (!local.isDefaultable() && count > 0) beginInitTracking(locals.size());
    locals.insert(locals.end(), count, local);
    if (trackInit_) scratch_.initialized.resize(locals.size(), local.isDefaultable());
  }
  if (declared > limits::kMaxLocals)
    return failHere(ErrorKind::Limit,
                    support::concat("too many locals: ", declared, " exceed the limit of ", limits::kMaxLocals));
  locals_ = locals.data();
  localCount_ = static_cast<u32>(locals.size());
  return true;
}

void OperandTyping::beginInitTracking(size_t initializedSoFar) {
  if (trackInit_) return;
  trackInit_ = true;
  scratch_.initialized.assign(initializedSoFar, true);
}

void OperandTyping::setInitialized(u32 index) {
  if (scratch_.initialized[index]) return;
  scratch_.initialized[index] = true;
  scratch_.initLog.push_back(index);
}

// -- Errors --------------------------------------------------------------------------------------------------------

std::string OperandTyping::listText(std::span<const ValType> types) {
  std::string text = "[";
  for (size_t i = 0; i < types.size() && i < 16; ++i) {
    if (i > 0) text += ' ';
    text += module_.registry().toText(types[i]);
  }
  if (types.size() > 16) text += " ...";
  return text += ']';
}

void OperandTyping::recordMismatch(std::span<const ValType> required, const ValType* sp) {
  const size_t has = std::min<size_t>(static_cast<size_t>(sp - floor_), std::max<size_t>(required.size(), 1));
  invalid(support::concat("type mismatch: instruction requires ", listText(required), " but stack has ",
                          listText({sp - has, has})));
}

// -- Operands ------------------------------------------------------------------------------------------------------

bool OperandTyping::growStack(size_t room) {
  const size_t size = static_cast<size_t>(sp_ - stack_);
  if (size + room > limits::kMaxOperands || stackEnd_ == stack_) {
    stackEnd_ = stack_;  // the next instruction asks for room again
    return false;
  }
  const size_t floor = static_cast<size_t>(floor_ - stack_);
  scratch_.stack.resize(std::max(scratch_.stack.size() * 2, size + room + kRoom));
  stack_ = scratch_.stack.data();
  stackEnd_ = stack_ + scratch_.stack.size();
  sp_ = stack_ + size;
  floor_ = stack_ + floor;
  return true;
}

bool OperandTyping::stackTooHigh() {
  return failHere(ErrorKind::Limit,
                  support::concat("too many operands: more than ", limits::kMaxOperands, " on the stack"));
}

bool OperandTyping::popSlow(ValType expected) {
  if (sp_ == floor_) return top_->polymorphic || mismatch({&expected, 1}, sp_);
  if (!sp_[-1].isBottom() && !matches(sp_[-1], expected)) return mismatch({&expected, 1}, sp_);
  --sp_;
  return true;
}

bool OperandTyping::popRef(ValType& type) {
  if (!popAny(type)) return false;
  return type.isBottom() || type.isRef() ||
         invalid(
             support::concat("type mismatch: instruction requires a reference but stack has ", listText({&type, 1})));
}

bool OperandTyping::matches(std::span<const ValType> sub, std::span<const ValType> super) const {
  if (sub.size() != super.size()) return false;
  if (sub.size() >= kLong && equalLists(sub.data(), super.data(), sub.size())) return true;
  for (size_t i = 0; i < sub.size(); ++i)
    if (!matches(sub[i], super[i])) return false;
  return true;
}

bool OperandTyping::checkTop(std::span<const ValType> types) {
  if (types.size() >= kLong && topEquals(types)) return true;
  const ValType* sp = sp_;
  for (size_t i = types.size(); i-- > 0;) {
    if (sp == floor_) return top_->polymorphic || mismatch(types, sp_);
    --sp;
    if (!sp->isBottom() && !matches(*sp, types[i])) return mismatch(types, sp_);
  }
  return true;
}

// -- Constructs ----------------------------------------------------------------------------------------------------

bool OperandTyping::popResults() {
  const std::span<const ValType> results = top_->type.results();
  const size_t has = static_cast<size_t>(sp_ - floor_);
  if (has > results.size())
    return invalid(support::concat("type mismatch: block requires ", listText(results), " but stack has ",
                                   listText({floor_, has})));
  return popList(results);
}

bool OperandTyping::checkTailResults(const FuncType& type) {
  const std::span<const ValType> results = scratch_.controls.front().type.results();
  return matches(type.results, results) ||
         invalid(support::concat("type mismatch: current function requires result type ", listText(results),
                                 " but callee returns ", listText(type.results)));
}

bool OperandTyping::readCatchClause(CatchClause& clause) {
  u8 kind = 0;
  if (!readByte(kind)) return false;
  if (kind > CatchClause::CatchAllRef) return failAt(p_ - 1, ErrorKind::Malformed, "malformed catch clause");
  clause.kind = static_cast<CatchClause::Kind>(kind);
  std::span<const ValType> payload;
  if (clause.hasTag()) {
    u32 tag = 0;
    if (!readIndex(tag, module_.tags.size(), "tag")) return false;
    clause.tag = TagIndex(tag);
    payload = module_.registry().get(module_.tags[tag]).func.params;
  }
  if (!readDepth(clause.depth)) return false;
  const std::span<const ValType> label = target(clause.depth).labelTypes();
  bool same =
      label.size() == payload.size() + (clause.hasRef() ? 1 : 0) && matches(payload, label.first(payload.size()));
  if (same && clause.hasRef()) same = matches(kExnRef.asNonNull(), label.back());
  return same ||
         invalid(support::concat("type mismatch: catch clause carries ", listText(payload),
                                 clause.hasRef() ? " and an exnref" : "", " but its label requires ", listText(label)));
}

bool OperandTyping::endTryArm(const char* what) {
  if (top_->kind != ControlKind::Try && top_->kind != ControlKind::Catch)
    return failHere(ErrorKind::Malformed, support::concat("unexpected token: ", what, " without try"));
  return popResults();
}

bool OperandTyping::checkPacking(bool plainGet, const FieldType& field) {
  if (plainGet != field.storage.isPacked()) return true;
  return invalid(plainGet ? "type mismatch: the field is packed, the instruction needs a sign suffix"
                          : "type mismatch: the field is unpacked, the instruction takes no sign suffix");
}

}  // namespace wasmrun::wasm
