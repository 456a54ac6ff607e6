// FunctionReader's handlers: calls, tail calls and exceptions, new and legacy.
#pragma once

#include "wasm/function_reader_class.h"

namespace wasmrun::wasm {

// -- Calls ---------------------------------------------------------------------------------------------------------

template <class Sink, ReaderMode kMode>
template <bool kTail>
bool FunctionReader<Sink, kMode>::finishCall(const FuncType& type) {
  if constexpr (kTail) return setUnreachable(), true;
  pushList(type.results);
  return true;
}

template <class Sink, ReaderMode kMode>
template <bool kTail>
bool FunctionReader<Sink, kMode>::onCall() {
  u32 index = 0;
  if (!readIndex(index, module_.funcTypes.size(), "function")) return false;
  const FuncType& type = module_.funcType(FuncIndex(index));
  if (kTail && !checkTailResults(type)) return false;
  if (!popList(type.params)) return false;
  if constexpr (Sink::kActive) {
    if (live_) {
      if constexpr (kTail)
        sink_.returnCall(FuncIndex(index), type);
      else
        sink_.call(FuncIndex(index), type);
    }
  }
  return finishCall<kTail>(type);
}

template <class Sink, ReaderMode kMode>
template <bool kTail>
bool FunctionReader<Sink, kMode>::onCallIndirect() {
  TypeId id;
  u32 table = 0;
  if (!readFuncTypeIndex(id) || !readIndex(table, module_.tables.size(), "table")) return false;
  const TableType& tableType = module_.tables[table].type;
  if (!matches(tableType.element, kFuncRef))
    return invalid(support::concat("type mismatch: instruction requires a table of function references but table ",
                                   table, " has ", module_.registry().toText(tableType.element)));
  const FuncType& type = module_.registry().get(id).func;
  if (kTail && !checkTailResults(type)) return false;
  if (!pop(tableType.limits.addressType()) || !popList(type.params)) return false;
  if constexpr (Sink::kActive) {
    if (live_) {
      if constexpr (kTail)
        sink_.returnCallIndirect(id, type, TableIndex(table));
      else
        sink_.callIndirect(id, type, TableIndex(table));
    }
  }
  return finishCall<kTail>(type);
}

template <class Sink, ReaderMode kMode>
template <bool kTail>
bool FunctionReader<Sink, kMode>::onCallRef() {
  TypeId id;
  if (!readFuncTypeIndex(id)) return false;
  const FuncType& type = module_.registry().get(id).func;
  if (kTail && !checkTailResults(type)) return false;
  if (!pop(ValType::ref(HeapType(id), true)) || !popList(type.params)) return false;
  if constexpr (Sink::kActive) {
    if (live_) {
      if constexpr (kTail)
        sink_.returnCallRef(id, type);
      else
        sink_.callRef(id, type);
    }
  }
  return finishCall<kTail>(type);
}

// -- Exceptions ----------------------------------------------------------------------------------------------------

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onThrow() {
  u32 tag = 0;
  if (!readIndex(tag, module_.tags.size(), "tag")) return false;
  const FuncType& type = module_.registry().get(module_.tags[tag]).func;
  if (!popList(type.params)) return false;
  if constexpr (Sink::kActive)
    if (live_) sink_.throwTag(TagIndex(tag), type);
  setUnreachable();
  return true;
}

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onThrowRef() {
  if (!pop(kExnRef)) return false;
  if constexpr (Sink::kActive)
    if (live_) sink_.throwRef();
  setUnreachable();
  return true;
}

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onTryTable() {
  BlockType type;
  u32 count = 0;
  if (!readBlockType(type) || !popList(type.params()) || !readU32(p_, count)) return false;
  if (count > static_cast<size_t>(end_ - p_))
    return failHere(ErrorKind::Malformed, "unexpected end: try_table has more clauses than the body has bytes");
  std::vector<CatchClause>& clauses = scratch_.clauses;
  clauses.clear();
  for (u32 i = 0; i < count; ++i) {
    CatchClause clause{};
    if (!readCatchClause(clause)) return false;
    clauses.push_back(clause);
  }
  pushControl(ControlKind::TryTable, type);
  if constexpr (Sink::kActive)
    if (live_) sink_.tryTable(*top_, clauses);
  return true;
}

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onCatch() {
  u32 tag = 0;
  if (!endTryArm("catch") || !readIndex(tag, module_.tags.size(), "tag")) return false;
  const FuncType& type = module_.registry().get(module_.tags[tag]).func;
  if constexpr (Sink::kActive)
    if (top_->liveEntry) sink_.catchBegin(*top_, TagIndex(tag), type, live_);
  beginArm(ControlKind::Catch);
  pushList(type.params);
  return true;
}

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onCatchAll() {
  if (!endTryArm("catch_all")) return false;
  if constexpr (Sink::kActive)
    if (top_->liveEntry) sink_.catchAllBegin(*top_, live_);
  beginArm(ControlKind::CatchAll);
  return true;
}

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onDelegate() {
  if (top_->kind != ControlKind::Try) return failHere(ErrorKind::Malformed, "unexpected token: delegate without try");
  u32 depth = 0;
  if (!popResults() || !readU32(p_, depth)) return false;
  // The label counts from outside the try.
  if (depth + u64{1} >= scratch_.controls.size()) return unknown("label", depth);
  const bool fallsThrough = live_;
  const bool live = top_->liveEntry && (fallsThrough || top_->branched);
  if constexpr (Sink::kActive)
    if (top_->liveEntry) sink_.delegateEnd(*top_, depth, fallsThrough, live);
  popControl(live);
  return true;
}

template <class Sink, ReaderMode kMode>
bool FunctionReader<Sink, kMode>::onRethrow() {
  u32 depth = 0;
  if (!readDepth(depth)) return false;
  const ControlKind kind = control(depth).kind;
  if (kind != ControlKind::Catch && kind != ControlKind::CatchAll) return invalid("invalid rethrow label");
  if constexpr (Sink::kActive)
    if (live_) sink_.rethrow(depth);
  setUnreachable();
  return true;
}

}  // namespace wasmrun::wasm
