// FunctionReader: the one loop that decodes and validates instructions (spec: binary/instructions, valid/instructions,
// and the algorithm of appendix "Validation Algorithm"). Validator, translators and compilers are sinks of it: see
// NullSink for the events they get.
//
//   bytes --> FunctionReader<Sink> --> sink.call(...), sink.br(...), sink.simple(...), ...
//                  |
//                  +-- operand types (one u32 each), control stack, local initialization
//
// 1. Cases come from opcodes.def: an opcode with a simple signature is checked and reported by `simple` without a line
//    of its own; the others have a handler below, chosen by name at compile time.
// 2. `p` and `sp` (the next byte, one past the top operand) live in registers: hot handlers take them by reference and
// are
//    inlined; cold ones use the members p_ and sp_, and `cold` moves the values over and back.
// 3. Nothing recurses, and the work is linear in the body's size, but for lists of types, which are bounded by 1,000.
// 4. An error ends the reading; it has the offset in the module and the reference interpreter's words.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "support/byte_reader.h"
#include "support/result.h"
#include "support/text.h"
#include "wasm/control.h"
#include "wasm/limits.h"
#include "wasm/module.h"
#include "wasm/null_sink.h"
#include "wasm/opcodes.h"
#include "wasm/type_reader.h"

namespace wasmrun::wasm {

/// Memory of a FunctionReader, kept between functions so that it is allocated once a thread.
struct ReaderScratch {
  std::vector<ValType> stack = std::vector<ValType>(1024);
  std::vector<ValType> locals;
  std::vector<Control> controls;
  std::vector<u32> depths;
  std::vector<CatchClause> clauses;
  std::vector<bool> initialized;
  std::vector<u32> initLog;
};

enum class ReaderMode : u8 { Body, ConstantExpression };

template <class Sink, ReaderMode kMode = ReaderMode::Body>
class FunctionReader {
 public:
  /// All arguments must outlive the reader.
  FunctionReader(const Module& module, ReaderScratch& scratch, Sink& sink)
      : module_(module), scratch_(scratch), sink_(sink), features_(module.features()) {}

  /// Reads the body of defined function `index`: local declarations, code, final `end`.
  Result<void> readBody(DefinedFuncIndex index) {
    const FuncIndex func = module_.funcIndex(index);
    const FuncType& type = module_.funcType(func);
    const std::span<const u8> body = module_.bodyBytes(index);
    open(body, module_.bodies[index.value].offset);
    if (!readLocals(type)) return std::unexpected(std::move(error_));
    if constexpr (Sink::kActive) sink_.begin(type, scratch_.locals);
    pushFunctionControl({&type, {}});
    if (!run()) return std::unexpected(std::move(error_));
    return {};
  }

  /// Reads a constant expression of type `expected` up to and including its `end`, and moves `reader` past it.
  Result<void> readConstant(support::ByteReader& reader, ValType expected) {
    open({reader.position(), reader.remaining()}, reader.offset());
    pushFunctionControl({nullptr, expected});
    if (!run()) return std::unexpected(std::move(error_));
    reader.seek(p_);
    return {};
  }

  /// Offset in the module of the instruction being reported.
  u32 offset() const { return static_cast<u32>(baseOffset_ + static_cast<u64>(opStart_ - begin_)); }
  const Control& control(u32 depth) const { return scratch_.controls[scratch_.controls.size() - 1 - depth]; }
  u32 controlDepth() const { return static_cast<u32>(scratch_.controls.size()); }

 private:
  // -- Set-up -------------------------------------------------------------------------------------------------------

  void open(std::span<const u8> bytes, u64 offset) {
    begin_ = p_ = opStart_ = bytes.data();
    end_ = begin_ + bytes.size();
    baseOffset_ = offset;
    scratch_.controls.clear();
    scratch_.initLog.clear();
    scratch_.locals.clear();
    trackInit_ = false;
    locals_ = nullptr;
    localCount_ = 0;
    sp_ = stack_ = scratch_.stack.data();
    stackEnd_ = stack_ + scratch_.stack.size();
    live_ = true;
    memory0_ = module_.memories.empty() ? kBottom : module_.memories[0].limits.addressType();
  }

  void pushFunctionControl(BlockType type) {
    Control control{ControlKind::Function};
    control.liveEntry = true;
    control.type = type;
    control.offset = offset();
    scratch_.controls.push_back(control);
    top_ = &scratch_.controls.back();
    floor_ = stack_;
  }

  bool readLocals(const FuncType& type) {
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

  void beginInitTracking(size_t initializedSoFar) {
    if (trackInit_) return;
    trackInit_ = true;
    scratch_.initialized.assign(initializedSoFar, true);
  }

  // -- Errors -------------------------------------------------------------------------------------------------------

  [[gnu::cold, gnu::noinline]] bool failAt(const u8* where, ErrorKind kind, std::string message) {
    error_ = Error();
    error_.kind = kind;
    error_.message = std::move(message);
    error_.offset = baseOffset_ + static_cast<u64>(where - begin_);
    return false;
  }
  [[gnu::cold, gnu::noinline]] bool failHere(ErrorKind kind, std::string message) {
    return failAt(opStart_, kind, std::move(message));
  }
  [[gnu::cold, gnu::noinline]] bool invalid(std::string message) {
    return failHere(ErrorKind::Invalid, std::move(message));
  }
  [[gnu::cold, gnu::noinline]] bool unknown(const char* what, u64 index) {
    return invalid(support::concat("unknown ", what, " ", index));
  }
  [[gnu::cold, gnu::noinline]] bool needsFeature(Feature feature) {
    return failHere(ErrorKind::Unsupported,
                    support::concat("illegal opcode ", support::Hex{*opStart_, 2}.value, ": needs the proposal -W ",
                                    kFeatures[static_cast<u32>(feature)].option));
  }

  std::string listText(std::span<const ValType> types) {
    std::string text = "[";
    for (size_t i = 0; i < types.size() && i < 16; ++i) {
      if (i > 0) text += ' ';
      text += module_.registry().toText(types[i]);
    }
    if (types.size() > 16) text += " ...";
    return text += ']';
  }

  /// "type mismatch": `required` on top of a stack whose top is at `sp`.
  [[gnu::cold, gnu::noinline]] bool mismatch(std::span<const ValType> required, const ValType* sp) {
    const size_t has = std::min<size_t>(static_cast<size_t>(sp - floor_), std::max<size_t>(required.size(), 1));
    return invalid(support::concat("type mismatch: instruction requires ", listText(required), " but stack has ",
                                   listText({sp - has, has})));
  }

  /// The body's bytes are used up where an instruction should start.
  [[gnu::cold, gnu::noinline]] bool missingEnd() {
    opStart_ = p_;
    // The spec's reference decoder reads on past the body, and says what it meets there.
    constexpr u8 kEnd = 0x0b;
    const u8* const moduleEnd = module_.bytes().data() + module_.bytes().size();
    const char* message = "END opcode expected";
    if (end_ == moduleEnd)
      message = support::ByteReader::kUnexpectedEnd;
    else if (*end_ == kEnd)
      message = "section size mismatch: a function body ends without its end";
    return failHere(ErrorKind::Malformed, message);
  }

  // -- Immediates ---------------------------------------------------------------------------------------------------

  [[gnu::always_inline]] bool readU32(const u8*& p, u32& value) {
    if (p < end_ && *p < 0x80) [[likely]]
      return value = *p++, true;
    return readLeb(p, value, [](support::ByteReader& reader) { return reader.readU32(); });
  }

  /// A number of any length, and where the next byte is: null after an error.
  template <class T>
  struct LongLeb {
    T value;
    const u8* next;
  };

  // By value, not by reference: what has its address taken is not kept in a register.
  template <class T, class Read>
  [[gnu::always_inline]] bool readLeb(const u8*& p, T& value, Read read) {
    const LongLeb<T> leb = readLongLeb<T>(p, read);
    if (leb.next == nullptr) [[unlikely]]
      return false;
    value = leb.value;
    p = leb.next;
    return true;
  }

  template <class T, class Read>
  [[gnu::noinline]] LongLeb<T> readLongLeb(const u8* p, Read read) {
    // Two bytes are by far the most common length.
    if (end_ - p >= 2 && p[0] >= 0x80 && p[1] < 0x80) [[likely]] {
      const u32 bits = (p[0] & 0x7fu) | u32{p[1]} << 7;
      if constexpr (std::signed_integral<T>)
        return {static_cast<T>(static_cast<i32>(bits << 18) >> 18), p + 2};
      else
        return {bits, p + 2};
    }
    support::ByteReader reader({p, static_cast<size_t>(end_ - p)}, baseOffset_ + static_cast<u64>(p - begin_));
    const T value = read(reader);
    if (!reader.ok()) return failLeb(p, read), LongLeb<T>{0, nullptr};
    return {value, reader.position()};
  }

  /// Says what is wrong with the number at `p`. One that goes on past the body's end may be too long or too large
  /// first.
  template <class Read>
  [[gnu::cold, gnu::noinline]] bool failLeb(const u8* p, Read read) {
    const std::span<const u8> module = module_.bytes();
    const size_t offset = static_cast<size_t>(p - module.data());
    support::ByteReader reader(module.subspan(offset), offset);
    read(reader);
    if (reader.ok()) return failAt(p, ErrorKind::Malformed, support::ByteReader::kUnexpectedEnd);
    error_ = reader.error();
    return false;
  }

  bool readByte(u8& byte) {
    if (p_ == end_) return failAt(p_, ErrorKind::Malformed, support::ByteReader::kUnexpectedEnd);
    byte = *p_++;
    return true;
  }

  bool readBytes(const u8*& bytes, size_t count) {
    if (static_cast<size_t>(end_ - p_) < count)
      return failAt(p_, ErrorKind::Malformed, support::ByteReader::kUnexpectedEnd);
    bytes = p_;
    p_ += count;
    return true;
  }

  /// Runs a reader of wasm/type_reader.h at the current position.
  template <class T, class Read>
  bool readWith(T& value, Read read) {
    support::ByteReader reader({p_, static_cast<size_t>(end_ - p_)}, baseOffset_ + static_cast<u64>(p_ - begin_));
    auto result = read(reader, TypeIndexSpace{module_.types}, features_);
    if (!result) return error_ = std::move(result).error(), false;
    value = *result;
    p_ = reader.position();
    return true;
  }
  bool readType(ValType& type) { return readWith(type, readValType); }
  bool readHeap(HeapType& heap) {
    HeapType read(HeapType::Any);
    if (!readWith(read, readHeapType)) return false;
    heap = read;
    return true;
  }

  bool readBlockType(BlockType& type) {
    if (p_ == end_) return failAt(p_, ErrorKind::Malformed, support::ByteReader::kUnexpectedEnd);
    const u8 byte = *p_;
    if (byte == 0x40) return ++p_, true;
    if (byte == 0x7f) return ++p_, type.single = kI32, true;
    if (startsValType(byte)) return readType(type.single);
    i64 index = 0;
    if (!readLeb(p_, index, [](support::ByteReader& reader) { return reader.readI33(); })) return false;
    if (index < 0) return failHere(ErrorKind::Malformed, "malformed block type");
    if (static_cast<u64>(index) >= module_.types.size()) return unknown("type", static_cast<u64>(index));
    const TypeDef& def = module_.typeAt(TypeIndex(static_cast<u32>(index)));
    if (def.kind != CompositeKind::Func) return invalid(support::concat("non-function type ", index));
    if (!features_.has(Feature::MultiValue)) return needsFeature(Feature::MultiValue);
    type.type = &def.func;
    return true;
  }

  bool readIndex(u32& index, size_t count, const char* what) {
    if (!readU32(p_, index)) return false;
    return index < count || unknown(what, index);
  }

  // -- Operands -----------------------------------------------------------------------------------------------------

  /// Moves the members to registers and back around a handler that is not inlined.
  template <class Handler>
  [[gnu::always_inline]] bool cold(const u8*& p, ValType*& sp, Handler handler) {
    p_ = p;
    sp_ = sp;
    if (!handler()) return false;
    p = p_;
    sp = sp_;
    return true;
  }

  [[gnu::noinline]] void growStack(size_t room) {
    const size_t size = static_cast<size_t>(sp_ - stack_);
    const size_t floor = static_cast<size_t>(floor_ - stack_);
    scratch_.stack.resize(std::max(scratch_.stack.size() * 2, size + room + kRoom));
    stack_ = scratch_.stack.data();
    stackEnd_ = stack_ + scratch_.stack.size();
    sp_ = stack_ + size;
    floor_ = stack_ + floor;
  }

  bool matches(ValType sub, ValType super) const { return module_.registry().isSubtype(sub, super); }

  [[gnu::always_inline]] bool pop(ValType*& sp, ValType expected) {
    if (sp != floor_ && sp[-1] == expected) [[likely]]
      return --sp, true;
    sp_ = sp;
    if (!popSlow(expected)) return false;
    sp = sp_;
    return true;
  }
  bool pop(ValType expected) { return pop(sp_, expected); }

  [[gnu::noinline]] bool popSlow(ValType expected) {
    if (sp_ == floor_) return top_->polymorphic || mismatch({&expected, 1}, sp_);
    if (!sp_[-1].isBottom() && !matches(sp_[-1], expected)) return mismatch({&expected, 1}, sp_);
    --sp_;
    return true;
  }

  /// Pops an operand of any type; bottom from the polymorphic stack.
  bool popAny(ValType& type) {
    if (sp_ != floor_) return type = *--sp_, true;
    type = kBottom;
    return top_->polymorphic || mismatch({}, sp_);
  }

  /// Pops a reference; bottom from the polymorphic stack.
  bool popRef(ValType& type) {
    if (!popAny(type)) return false;
    return type.isBottom() || type.isRef() ||
           invalid(
               support::concat("type mismatch: instruction requires a reference but stack has ", listText({&type, 1})));
  }

  void push(ValType type) { *sp_++ = type; }

  void pushList(std::span<const ValType> types) {
    if (static_cast<size_t>(stackEnd_ - sp_) < types.size() + kRoom) growStack(types.size());
    for (const ValType type : types) *sp_++ = type;
  }

  bool popList(std::span<const ValType> types) {
    const ValType* const before = sp_;
    for (size_t i = types.size(); i-- > 0;) {
      if (sp_ != floor_ && sp_[-1] == types[i]) [[likely]] {
        --sp_;
        continue;
      }
      if (sp_ == floor_) {
        if (!top_->polymorphic) return mismatch(types, before);
        continue;
      }
      if (!sp_[-1].isBottom() && !matches(sp_[-1], types[i])) return mismatch(types, before);
      --sp_;
    }
    return true;
  }

  /// Checks that the operands on top match `types`, and leaves operands of exactly these types there.
  bool retype(std::span<const ValType> types) {
    if (!popList(types)) return false;
    pushList(types);
    return true;
  }

  // -- Control ------------------------------------------------------------------------------------------------------

  void pushControl(ControlKind kind, const BlockType& type) {
    Control control{kind};
    control.liveEntry = live_;
    control.height = static_cast<u32>(sp_ - stack_);
    control.initHeight = static_cast<u32>(scratch_.initLog.size());
    control.offset = offset();
    control.type = type;
    scratch_.controls.push_back(control);
    top_ = &scratch_.controls.back();
    floor_ = sp_;
    pushList(top_->type.params());
  }

  void setUnreachable() {
    top_->polymorphic = true;
    sp_ = floor_;
    live_ = false;
  }

  /// The operands at the end of a construct's branch must be its results and nothing else.
  bool popResults() {
    const std::span<const ValType> results = top_->type.results();
    const size_t has = static_cast<size_t>(sp_ - floor_);
    if (has > results.size())
      return invalid(support::concat("type mismatch: block requires ", listText(results), " but stack has ",
                                     listText({floor_, has})));
    return popList(results);
  }

  void resetInit(u32 height) {
    std::vector<u32>& log = scratch_.initLog;
    while (log.size() > height) {
      scratch_.initialized[log.back()] = false;
      log.pop_back();
    }
  }

  /// Begins the next arm of an open construct (else, catch, catch_all).
  void beginArm(ControlKind kind) {
    if (live_) top_->branched = true;
    resetInit(top_->initHeight);
    top_->kind = kind;
    top_->polymorphic = false;
    live_ = top_->liveEntry;
    sp_ = floor_;
  }

  bool onBlock(ControlKind kind) {
    BlockType type;
    if (!readBlockType(type)) return false;
    if (kind == ControlKind::If && !pop(kI32)) return false;
    if (!popList(type.params())) return false;
    pushControl(kind, type);
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

  bool onElse() {
    if (top_->kind != ControlKind::If) return failHere(ErrorKind::Malformed, "unexpected token: else without if");
    if (!popResults()) return false;
    if constexpr (Sink::kActive)
      if (top_->liveEntry) sink_.elseBegin(*top_, live_, false);
    beginArm(ControlKind::Else);
    pushList(top_->type.params());
    return true;
  }

  bool onEnd() {
    if (!popResults()) return false;
    Control& control = *top_;
    if (control.kind == ControlKind::If) {
      // An if without else: the missing arm passes its parameters on.
      const std::span<const ValType> params = control.type.params();
      const std::span<const ValType> results = control.type.results();
      bool same = params.size() == results.size();
      for (size_t i = 0; same && i < params.size(); ++i) same = matches(params[i], results[i]);
      if (!same)
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

  /// Closes the innermost construct and pushes its results.
  void popControl(bool live) {
    resetInit(top_->initHeight);
    const BlockType type = top_->type;
    scratch_.controls.pop_back();
    live_ = live;
    if (scratch_.controls.empty()) return;
    top_ = &scratch_.controls.back();
    floor_ = stack_ + top_->height;
    pushList(type.results());
  }

  bool readDepth(u32& depth) {
    if (!readU32(p_, depth)) return false;
    return depth < scratch_.controls.size() || unknown("label", depth);
  }

  /// Notes that live code may jump to the label `depth`.
  Control& target(u32 depth) {
    Control& control = scratch_.controls[scratch_.controls.size() - 1 - depth];
    if (live_) control.branched = true;
    return control;
  }

  bool onBr() {
    u32 depth = 0;
    if (!readDepth(depth) || !popList(target(depth).labelTypes())) return false;
    if constexpr (Sink::kActive)
      if (live_) sink_.br(depth);
    setUnreachable();
    return true;
  }

  bool onBrIf() {
    u32 depth = 0;
    if (!readDepth(depth) || !pop(kI32) || !retype(target(depth).labelTypes())) return false;
    if constexpr (Sink::kActive)
      if (live_) sink_.brIf(depth);
    return true;
  }

  bool onBrTable() {
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

  /// Checks the operands on top against `types` without changing them.
  bool checkTop(std::span<const ValType> types) {
    const ValType* sp = sp_;
    for (size_t i = types.size(); i-- > 0;) {
      if (sp == floor_) return top_->polymorphic || mismatch(types, sp_);
      --sp;
      if (!sp->isBottom() && !matches(*sp, types[i])) return mismatch(types, sp_);
    }
    return true;
  }

  bool onReturn() {
    if (!popList(scratch_.controls.front().type.results())) return false;
    if constexpr (Sink::kActive)
      if (live_) sink_.ret();
    setUnreachable();
    return true;
  }

  bool onUnreachable() {
    if constexpr (Sink::kActive)
      if (live_) sink_.unreachable();
    setUnreachable();
    return true;
  }

  // -- Calls --------------------------------------------------------------------------------------------------------

  /// A tail call's results must be those of this function.
  bool checkTailResults(const FuncType& type) {
    const std::span<const ValType> results = scratch_.controls.front().type.results();
    bool same = type.results.size() == results.size();
    for (size_t i = 0; same && i < results.size(); ++i) same = matches(type.results[i], results[i]);
    return same || invalid(support::concat("type mismatch: current function requires result type ", listText(results),
                                           " but callee returns ", listText(type.results)));
  }

  template <bool kTail>
  bool finishCall(const FuncType& type) {
    if constexpr (kTail) return setUnreachable(), true;
    pushList(type.results);
    return true;
  }

  template <bool kTail>
  bool onCall() {
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

  /// A type index that must name a function type.
  bool readFuncTypeIndex(TypeId& id) {
    u32 index = 0;
    if (!readIndex(index, module_.types.size(), "type")) return false;
    id = module_.types[index];
    return module_.registry().get(id).kind == CompositeKind::Func ||
           invalid(support::concat("non-function type ", index));
  }

  template <bool kTail>
  bool onCallIndirect() {
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

  template <bool kTail>
  bool onCallRef() {
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

  // -- Exceptions ---------------------------------------------------------------------------------------------------

  bool onThrow() {
    u32 tag = 0;
    if (!readIndex(tag, module_.tags.size(), "tag")) return false;
    const FuncType& type = module_.registry().get(module_.tags[tag]).func;
    if (!popList(type.params)) return false;
    if constexpr (Sink::kActive)
      if (live_) sink_.throwTag(TagIndex(tag), type);
    setUnreachable();
    return true;
  }

  bool onThrowRef() {
    if (!pop(kExnRef)) return false;
    if constexpr (Sink::kActive)
      if (live_) sink_.throwRef();
    setUnreachable();
    return true;
  }

  bool onTryTable() {
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

  /// Labels of clauses count from outside the try_table, whose control is not pushed yet.
  bool readCatchClause(CatchClause& clause) {
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
    bool same = label.size() == payload.size() + (clause.hasRef() ? 1 : 0);
    for (size_t i = 0; same && i < payload.size(); ++i) same = matches(payload[i], label[i]);
    if (same && clause.hasRef()) same = matches(kExnRef.asNonNull(), label.back());
    return same || invalid(support::concat("type mismatch: catch clause carries ", listText(payload),
                                           clause.hasRef() ? " and an exnref" : "", " but its label requires ",
                                           listText(label)));
  }

  /// The body or a catch arm of a legacy try ends here.
  bool endTryArm(const char* what) {
    if (top_->kind != ControlKind::Try && top_->kind != ControlKind::Catch)
      return failHere(ErrorKind::Malformed, support::concat("unexpected token: ", what, " without try"));
    return popResults();
  }

  bool onCatch() {
    u32 tag = 0;
    if (!endTryArm("catch") || !readIndex(tag, module_.tags.size(), "tag")) return false;
    const FuncType& type = module_.registry().get(module_.tags[tag]).func;
    if constexpr (Sink::kActive)
      if (top_->liveEntry) sink_.catchBegin(*top_, TagIndex(tag), type, live_);
    beginArm(ControlKind::Catch);
    pushList(type.params);
    return true;
  }

  bool onCatchAll() {
    if (!endTryArm("catch_all")) return false;
    if constexpr (Sink::kActive)
      if (top_->liveEntry) sink_.catchAllBegin(*top_, live_);
    beginArm(ControlKind::CatchAll);
    return true;
  }

  bool onDelegate() {
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

  bool onRethrow() {
    u32 depth = 0;
    if (!readDepth(depth)) return false;
    const ControlKind kind = control(depth).kind;
    if (kind != ControlKind::Catch && kind != ControlKind::CatchAll) return invalid("invalid rethrow label");
    if constexpr (Sink::kActive)
      if (live_) sink_.rethrow(depth);
    setUnreachable();
    return true;
  }

  // -- Parametric and variables -------------------------------------------------------------------------------------

  bool onDrop() {
    ValType type;
    if (!popAny(type)) return false;
    if constexpr (Sink::kActive)
      if (live_) sink_.drop(type);
    return true;
  }

  bool onSelect() {
    ValType first, second;
    if (!pop(kI32) || !popAny(second) || !popAny(first)) return false;
    if (first.isRef() || second.isRef() || !(first == second || first.isBottom() || second.isBottom()))
      return invalid(
          support::concat("type mismatch: select requires two operands of one number or vector type but stack has ",
                          listText(std::vector<ValType>{first, second})));
    const ValType type = first.isBottom() ? second : first;
    push(type);
    if constexpr (Sink::kActive)
      if (live_) sink_.select(type);
    return true;
  }

  bool onSelectTyped() {
    u32 count = 0;
    if (!readU32(p_, count)) return false;
    if (count != 1) return invalid(support::concat("invalid result arity ", count, " of select, must be 1"));
    ValType type;
    if (!readType(type) || !pop(kI32) || !pop(type) || !pop(type)) return false;
    push(type);
    if constexpr (Sink::kActive)
      if (live_) sink_.select(type);
    return true;
  }

  template <Opcode kOp>
  [[gnu::always_inline]] bool onLocal(const u8*& p, ValType*& sp) {
    u32 index = 0;
    if (!readU32(p, index)) return false;
    if (index >= localCount_) [[unlikely]]
      return unknown("local", index);
    const ValType type = locals_[index];
    if constexpr (kOp == Opcode::LocalGet) {
      if (trackInit_ && !scratch_.initialized[index]) [[unlikely]]
        return invalid(support::concat("uninitialized local ", index));
      *sp++ = type;
      if constexpr (Sink::kActive)
        if (live_) sink_.localGet(LocalIndex(index), type);
      return true;
    }
    if (!pop(sp, type)) return false;
    if (trackInit_) [[unlikely]]
      setInitialized(index);
    if constexpr (kOp == Opcode::LocalTee) *sp++ = type;
    if constexpr (Sink::kActive) {
      if (live_) {
        if constexpr (kOp == Opcode::LocalTee)
          sink_.localTee(LocalIndex(index), type);
        else
          sink_.localSet(LocalIndex(index), type);
      }
    }
    return true;
  }

  [[gnu::noinline]] void setInitialized(u32 index) {
    if (scratch_.initialized[index]) return;
    scratch_.initialized[index] = true;
    scratch_.initLog.push_back(index);
  }

  bool onGlobalGet() {
    u32 index = 0;
    if (!readIndex(index, module_.globals.size(), "global")) return false;
    const GlobalType& global = module_.globals[index].type;
    if constexpr (kMode == ReaderMode::ConstantExpression) {
      if (global.isMutable) return invalid("constant expression required: global.get of a mutable global");
      if (!features_.has(Feature::Gc) && !features_.has(Feature::ExtendedConst) && index >= module_.importedGlobals)
        return unknown("global", index);
    }
    push(global.type);
    if constexpr (Sink::kActive)
      if (live_) sink_.globalGet(GlobalIndex(index), global.type);
    return true;
  }

  bool onGlobalSet() {
    u32 index = 0;
    if (!readIndex(index, module_.globals.size(), "global")) return false;
    const GlobalType& global = module_.globals[index].type;
    if (!global.isMutable) return invalid(support::concat("immutable global ", index));
    if (!pop(global.type)) return false;
    if constexpr (Sink::kActive)
      if (live_) sink_.globalSet(GlobalIndex(index), global.type);
    return true;
  }

  // -- Constants and simple operations ------------------------------------------------------------------------------

  [[gnu::always_inline]] bool constant(ValType*& sp, ValType type, u64 bits) {
    *sp++ = type;
    if constexpr (Sink::kActive)
      if (live_) sink_.constant(type, bits);
    return true;
  }

  [[gnu::always_inline]] bool onI32Const(const u8*& p, ValType*& sp) {
    i32 value = 0;
    if (p < end_ && *p < 0x80) [[likely]]
      value = static_cast<i8>(*p++ << 1) >> 1;
    else if (!readLeb(p, value, [](support::ByteReader& reader) { return reader.readI32(); }))
      return false;
    return constant(sp, kI32, static_cast<u32>(value));
  }

  [[gnu::always_inline]] bool onI64Const(const u8*& p, ValType*& sp) {
    i64 value = 0;
    if (p < end_ && *p < 0x80) [[likely]]
      value = static_cast<i8>(*p++ << 1) >> 1;
    else if (!readLeb(p, value, [](support::ByteReader& reader) { return reader.readI64(); }))
      return false;
    return constant(sp, kI64, static_cast<u64>(value));
  }

  template <class Bits>
  bool onFloatConst(ValType type) {
    const u8* bytes = nullptr;
    if (!readBytes(bytes, sizeof(Bits))) return false;
    Bits bits = 0;
    std::memcpy(&bits, bytes, sizeof bits);
    return constant(sp_, type, bits);
  }

  bool onV128Const() {
    const u8* bytes = nullptr;
    if (!readBytes(bytes, 16)) return false;
    push(kV128);
    if constexpr (Sink::kActive)
      if (live_) sink_.constantV128(bytes);
    return true;
  }

  /// Pops the operands and pushes the results of a simple signature; `address` stands for 'a'.
  template <Opcode kOp>
  [[gnu::always_inline]] bool applySignature(ValType*& sp, ValType address) {
    constexpr OpcodeSignature kSignature = info(kOp).signature;
    constexpr auto typeOf = [](TypeKind kind, ValType addressType) {
      return kind == TypeKind::Ref ? addressType : ValType(kind);
    };
    for (u32 i = kSignature.paramCount; i-- > 0;)
      if (!pop(sp, typeOf(kSignature.params[i], address))) return false;
    for (u32 i = 0; i < kSignature.resultCount; ++i) *sp++ = typeOf(kSignature.results[i], address);
    return true;
  }

  template <Opcode kOp>
  [[gnu::always_inline]] bool onSimple(ValType*& sp) {
    if (!applySignature<kOp>(sp, kBottom)) return false;
    if constexpr (Sink::kActive)
      if (live_) sink_.simple(kOp);
    return true;
  }

  template <Opcode kOp>
  bool onLane() {
    u8 lane = 0;
    if (!readByte(lane)) return false;
    if (lane >= laneCount(kOp)) return invalid(support::concat("invalid lane index ", lane));
    if (!applySignature<kOp>(sp_, kBottom)) return false;
    if constexpr (Sink::kActive)
      if (live_) sink_.lane(kOp, lane);
    return true;
  }

  static constexpr u32 laneCount(Opcode opcode) {
    const std::string_view text = info(opcode).text;
    return text.starts_with("i8x16") ? 16 : text.starts_with("i16x8") ? 8 : text[3] == 'x' && text[4] == '4' ? 4 : 2;
  }

  bool onShuffle() {
    const u8* lanes = nullptr;
    if (!readBytes(lanes, 16)) return false;
    for (u32 i = 0; i < 16; ++i)
      if (lanes[i] >= 32) return invalid(support::concat("invalid lane index ", lanes[i]));
    if (!applySignature<Opcode::I8x16Shuffle>(sp_, kBottom)) return false;
    if constexpr (Sink::kActive)
      if (live_) sink_.shuffle(lanes);
    return true;
  }

  // -- Memory -------------------------------------------------------------------------------------------------------

  [[gnu::always_inline]] bool readMemArg(const u8*& p, u32 naturalLog2, MemArg& arg) {
    // Nearly always: memory 0, a one-byte offset.
    if (end_ - p >= 2 && p[0] <= naturalLog2 && p[1] < 0x80 && !memory0_.isBottom()) [[likely]] {
      arg = {MemoryIndex(0), p[1], p[0], memory0_ == kI64};
      p += 2;
      return true;
    }
    p_ = p;
    MemArg any;  // of its own, so that `arg` can stay in registers
    if (!readMemArgSlow(naturalLog2, any)) return false;
    arg = any;
    p = p_;
    return true;
  }

  [[gnu::noinline]] bool readMemArgSlow(u32 naturalLog2, MemArg& arg) {
    u32 flags = 0;
    if (!readU32(p_, flags)) return false;
    u32 memory = 0;
    if (flags & 0x40) {
      if (!features_.has(Feature::MultiMemory)) return failHere(ErrorKind::Malformed, "malformed memop flags");
      flags -= 0x40;
      if (!readU32(p_, memory)) return false;
    }
    if (flags >= 64) return failHere(ErrorKind::Malformed, "malformed memop flags");
    if (!readLeb(p_, arg.offset, [](support::ByteReader& reader) { return reader.readU64(); })) return false;
    if (memory >= module_.memories.size()) return unknown("memory", memory);
    if (flags > naturalLog2) return invalid("alignment must not be larger than natural");
    arg.memory = MemoryIndex(memory);
    arg.alignLog2 = flags;
    arg.is64 = module_.memories[memory].limits.is64;
    if (!arg.is64 && arg.offset > ~u32{0}) return invalid("offset out of range");
    return true;
  }

  template <Opcode kOp>
  [[gnu::always_inline]] bool onMemArg(const u8*& p, ValType*& sp) {
    constexpr OpcodeInfo kInfo = info(kOp);
    MemArg arg;
    if (!readMemArg(p, kInfo.alignLog2, arg)) return false;
    if constexpr ((kInfo.flags & kAtomic) != 0)
      if (arg.alignLog2 != kInfo.alignLog2) return invalid("atomic alignment must be natural");
    if (!applySignature<kOp>(sp, arg.is64 ? kI64 : kI32)) return false;
    if constexpr (Sink::kActive) {
      if (live_) {
        if constexpr ((kInfo.flags & kAtomic) != 0)
          sink_.atomic(kOp, arg);
        else if constexpr (kInfo.signature.resultCount == 0)
          sink_.store(kOp, arg);
        else
          sink_.load(kOp, arg);
      }
    }
    return true;
  }

  template <Opcode kOp>
  bool onMemArgLane() {
    constexpr OpcodeInfo kInfo = info(kOp);
    MemArg arg;
    u8 lane = 0;
    if (!readMemArg(p_, kInfo.alignLog2, arg) || !readByte(lane)) return false;
    if (lane >= 16u >> kInfo.alignLog2) return invalid(support::concat("invalid lane index ", lane));
    if (!applySignature<kOp>(sp_, arg.is64 ? kI64 : kI32)) return false;
    if constexpr (Sink::kActive) {
      if (live_) {
        if constexpr (kInfo.signature.resultCount == 0)
          sink_.storeLane(kOp, arg, lane);
        else
          sink_.loadLane(kOp, arg, lane);
      }
    }
    return true;
  }

  bool readMemory(MemoryIndex& memory, ValType& address) {
    u32 index = 0;
    if (!readIndex(index, module_.memories.size(), "memory")) return false;
    memory = MemoryIndex(index);
    address = module_.memories[index].limits.addressType();
    return true;
  }

  template <Opcode kOp>
  bool onMemory() {
    MemoryIndex memory;
    ValType address;
    if (!readMemory(memory, address)) return false;
    if constexpr (kOp == Opcode::MemorySize) {
      push(address);
      if constexpr (Sink::kActive)
        if (live_) sink_.memorySize(memory);
    } else if constexpr (kOp == Opcode::MemoryGrow) {
      if (!pop(address)) return false;
      push(address);
      if constexpr (Sink::kActive)
        if (live_) sink_.memoryGrow(memory);
    } else {
      if (!pop(address) || !pop(kI32) || !pop(address)) return false;
      if constexpr (Sink::kActive)
        if (live_) sink_.memoryFill(memory);
    }
    return true;
  }

  /// The length operand of a copy between two address types: i64 only if both are.
  static ValType lengthType(ValType a, ValType b) { return a == kI64 && b == kI64 ? kI64 : kI32; }

  bool onMemoryCopy() {
    MemoryIndex destination, source;
    ValType destinationType, sourceType;
    if (!readMemory(destination, destinationType) || !readMemory(source, sourceType)) return false;
    if (!pop(lengthType(destinationType, sourceType)) || !pop(sourceType) || !pop(destinationType)) return false;
    if constexpr (Sink::kActive)
      if (live_) sink_.memoryCopy(destination, source);
    return true;
  }

  /// A data segment's index: needs the data count section, since data come after code.
  bool readData(u32& data) {
    if (!readU32(p_, data)) return false;
    if (!module_.hasDataCount) return failHere(ErrorKind::Malformed, "data count section required");
    return data < module_.dataCount || unknown("data segment", data);
  }

  bool onMemoryInit() {
    u32 data = 0;
    MemoryIndex memory;
    ValType address;
    const u8* const immediates = p_;
    if (!readU32(p_, data) || !readMemory(memory, address)) return false;
    // The memory is checked first, though it comes second.
    const u8* const next = std::exchange(p_, immediates);
    if (!readData(data)) return false;
    p_ = next;
    if (!pop(kI32) || !pop(kI32) || !pop(address)) return false;
    if constexpr (Sink::kActive)
      if (live_) sink_.memoryInit(DataIndex(data), memory);
    return true;
  }

  bool onDataDrop() {
    u32 data = 0;
    if (!readData(data)) return false;
    if constexpr (Sink::kActive)
      if (live_) sink_.dataDrop(DataIndex(data));
    return true;
  }

  bool onFence() {
    u8 byte = 0;
    if (!readByte(byte)) return false;
    if (byte != 0) return failHere(ErrorKind::Malformed, "zero byte expected");
    if constexpr (Sink::kActive)
      if (live_) sink_.atomicFence();
    return true;
  }

  // -- Tables -------------------------------------------------------------------------------------------------------

  bool readTable(TableIndex& table, const TableType*& type) {
    u32 index = 0;
    if (!readIndex(index, module_.tables.size(), "table")) return false;
    table = TableIndex(index);
    type = &module_.tables[index].type;
    return true;
  }

  template <Opcode kOp>
  bool onTable() {
    TableIndex table;
    const TableType* type = nullptr;
    if (!readTable(table, type)) return false;
    const ValType address = type->limits.addressType();
    if constexpr (kOp == Opcode::TableGet) {
      if (!pop(address)) return false;
      push(type->element);
      if constexpr (Sink::kActive)
        if (live_) sink_.tableGet(table);
    } else if constexpr (kOp == Opcode::TableSet) {
      if (!pop(type->element) || !pop(address)) return false;
      if constexpr (Sink::kActive)
        if (live_) sink_.tableSet(table);
    } else if constexpr (kOp == Opcode::TableSize) {
      push(address);
      if constexpr (Sink::kActive)
        if (live_) sink_.tableSize(table);
    } else if constexpr (kOp == Opcode::TableGrow) {
      if (!pop(address) || !pop(type->element)) return false;
      push(address);
      if constexpr (Sink::kActive)
        if (live_) sink_.tableGrow(table);
    } else {
      if (!pop(address) || !pop(type->element) || !pop(address)) return false;
      if constexpr (Sink::kActive)
        if (live_) sink_.tableFill(table);
    }
    return true;
  }

  bool onTableCopy() {
    TableIndex destination, source;
    const TableType *to = nullptr, *from = nullptr;
    if (!readTable(destination, to) || !readTable(source, from)) return false;
    if (!matches(from->element, to->element))
      return invalid(support::concat("type mismatch: source element type ", module_.registry().toText(from->element),
                                     " does not match destination element type ",
                                     module_.registry().toText(to->element)));
    const ValType toType = to->limits.addressType(), fromType = from->limits.addressType();
    if (!pop(lengthType(toType, fromType)) || !pop(fromType) || !pop(toType)) return false;
    if constexpr (Sink::kActive)
      if (live_) sink_.tableCopy(destination, source);
    return true;
  }

  bool onTableInit() {
    u32 elem = 0;
    TableIndex table;
    const TableType* type = nullptr;
    if (!readU32(p_, elem) || !readTable(table, type)) return false;
    if (elem >= module_.elements.size()) return unknown("elem segment", elem);
    if (!matches(module_.elements[elem].type, type->element))
      return invalid(support::concat(
          "type mismatch: element segment's type ", module_.registry().toText(module_.elements[elem].type),
          " does not match the table's element type ", module_.registry().toText(type->element)));
    if (!pop(kI32) || !pop(kI32) || !pop(type->limits.addressType())) return false;
    if constexpr (Sink::kActive)
      if (live_) sink_.tableInit(ElemIndex(elem), table);
    return true;
  }

  bool onElemDrop() {
    u32 elem = 0;
    if (!readIndex(elem, module_.elements.size(), "elem segment")) return false;
    if constexpr (Sink::kActive)
      if (live_) sink_.elemDrop(ElemIndex(elem));
    return true;
  }

  // -- References ---------------------------------------------------------------------------------------------------

  bool onRefNull() {
    HeapType heap(HeapType::Any);
    if (!readHeap(heap)) return false;
    push(ValType::ref(heap, true));
    if constexpr (Sink::kActive)
      if (live_) sink_.refNull(heap);
    return true;
  }

  bool onRefIsNull() {
    ValType type;
    if (!popRef(type)) return false;
    push(kI32);
    if constexpr (Sink::kActive)
      if (live_) sink_.refIsNull();
    return true;
  }

  bool onRefFunc() {
    u32 index = 0;
    if (!readIndex(index, module_.funcTypes.size(), "function")) return false;
    if constexpr (kMode == ReaderMode::Body)
      if (!module_.declaredFuncs[index]) return invalid(support::concat("undeclared function reference ", index));
    const HeapType heap = features_.has(Feature::FunctionReferences) || features_.has(Feature::Gc)
                              ? HeapType(module_.funcTypes[index])
                              : HeapType(HeapType::Func);
    push(ValType::ref(heap, false));
    if constexpr (Sink::kActive)
      if (live_) sink_.refFunc(FuncIndex(index));
    return true;
  }

  bool onRefEq() {
    constexpr ValType kEqRef = ValType::ref(HeapType::Eq, true);
    if (!pop(kEqRef) || !pop(kEqRef)) return false;
    push(kI32);
    if constexpr (Sink::kActive)
      if (live_) sink_.refEq();
    return true;
  }

  bool onRefAsNonNull() {
    ValType type;
    if (!popRef(type)) return false;
    push(type.isBottom() ? ValType::ref(HeapType::bottom(), false) : type.asNonNull());
    if constexpr (Sink::kActive)
      if (live_) sink_.refAsNonNull();
    return true;
  }

  bool onBrOnNull() {
    u32 depth = 0;
    ValType type;
    if (!readDepth(depth) || !popRef(type) || !retype(target(depth).labelTypes())) return false;
    push(type.isBottom() ? ValType::ref(HeapType::bottom(), false) : type.asNonNull());
    if constexpr (Sink::kActive)
      if (live_) sink_.brOnNull(depth);
    return true;
  }

  bool onBrOnNonNull() {
    u32 depth = 0;
    ValType type;
    if (!readDepth(depth)) return false;
    const std::span<const ValType> label = target(depth).labelTypes();
    if (label.empty() || !label.back().isRef())
      return invalid(support::concat("type mismatch: br_on_non_null requires a label that takes a reference, not ",
                                     listText(label)));
    if (!popRef(type)) return false;
    if (!type.isBottom() && !matches(type.asNonNull(), label.back())) return push(type), mismatch(label, sp_);
    if (!retype(label.first(label.size() - 1))) return false;
    if constexpr (Sink::kActive)
      if (live_) sink_.brOnNonNull(depth);
    return true;
  }

  // -- Objects (prefix FB) ------------------------------------------------------------------------------------------

  /// Reads a type index that must name a type of `kind`.
  bool readTypeOf(CompositeKind kind, const TypeDef*& def) {
    u32 index = 0;
    if (!readIndex(index, module_.types.size(), "type")) return false;
    def = &module_.typeAt(TypeIndex(index));
    return def->kind == kind ||
           invalid(support::concat("type mismatch: type ", index,
                                   kind == CompositeKind::Struct ? " is not a structure" : " is not an array"));
  }

  bool report(Opcode opcode, const GcImmediates& immediates) {
    if constexpr (Sink::kActive)
      if (live_) sink_.gc(opcode, immediates);
    return true;
  }

  static ValType refTo(const TypeDef& def, bool nullable) { return ValType::ref(HeapType(def.id), nullable); }

  template <Opcode kOp>
  bool onStruct() {
    const TypeDef* def = nullptr;
    if (!readTypeOf(CompositeKind::Struct, def)) return false;
    GcImmediates immediates;
    immediates.type = def->id;
    if constexpr (kOp == Opcode::StructNew) {
      if (static_cast<size_t>(sp_ - floor_) < def->fields.size() && !top_->polymorphic)
        return invalid("type mismatch: struct.new has too few operands");
      for (size_t i = def->fields.size(); i-- > 0;)
        if (!pop(def->fields[i].storage.unpacked())) return false;
      push(refTo(*def, false));
      return report(kOp, immediates);
    }
    if constexpr (kOp == Opcode::StructNewDefault) {
      for (const FieldType& field : def->fields)
        if (!field.storage.isDefaultable())
          return invalid("type mismatch: a field of the structure has no default value");
      push(refTo(*def, false));
      return report(kOp, immediates);
    }
    if (!readIndex(immediates.index, def->fields.size(), "field")) return false;
    const FieldType& field = def->fields[immediates.index];
    if constexpr (kOp == Opcode::StructSet) {
      if (!field.isMutable) return invalid(support::concat("immutable field ", immediates.index));
      if (!pop(field.storage.unpacked()) || !pop(refTo(*def, true))) return false;
    } else {
      if (!checkPacking(kOp == Opcode::StructGet, field)) return false;
      if (!pop(refTo(*def, true))) return false;
      push(field.storage.unpacked());
    }
    return report(kOp, immediates);
  }

  /// The plain getter is for unpacked storage, the _s and _u forms for packed.
  bool checkPacking(bool plainGet, const FieldType& field) {
    if (plainGet != field.storage.isPacked()) return true;
    return invalid(plainGet ? "type mismatch: the field is packed, the instruction needs a sign suffix"
                            : "type mismatch: the field is unpacked, the instruction takes no sign suffix");
  }

  template <Opcode kOp>
  bool onArray() {
    const TypeDef* def = nullptr;
    if (!readTypeOf(CompositeKind::Array, def)) return false;
    const FieldType& element = def->fields[0];
    const ValType value = element.storage.unpacked();
    GcImmediates immediates;
    immediates.type = def->id;
    if constexpr (kOp == Opcode::ArrayNew) {
      if (!pop(kI32) || !pop(value)) return false;
      push(refTo(*def, false));
    } else if constexpr (kOp == Opcode::ArrayNewDefault) {
      if (!element.storage.isDefaultable())
        return invalid("type mismatch: the array's element type has no default value");
      if (!pop(kI32)) return false;
      push(refTo(*def, false));
    } else if constexpr (kOp == Opcode::ArrayNewFixed) {
      if (!readU32(p_, immediates.index)) return false;
      if (immediates.index > limits::kMaxArrayNewFixed)
        return failHere(ErrorKind::Limit, support::concat("array.new_fixed of ", immediates.index,
                                                          " operands exceeds the limit of 10000"));
      for (u32 i = 0; i < immediates.index; ++i)
        if (!pop(value)) return false;
      push(refTo(*def, false));
    } else if constexpr (kOp == Opcode::ArrayGet || kOp == Opcode::ArrayGetS || kOp == Opcode::ArrayGetU) {
      if (!checkPacking(kOp == Opcode::ArrayGet, element) || !pop(kI32) || !pop(refTo(*def, true))) return false;
      push(value);
    } else {
      if (!element.isMutable) return invalid("immutable array");
      if constexpr (kOp == Opcode::ArrayFill)
        if (!pop(kI32)) return false;
      if (!pop(value) || !pop(kI32) || !pop(refTo(*def, true))) return false;
    }
    return report(kOp, immediates);
  }

  bool onArrayLen() {
    if (!pop(ValType::ref(HeapType::Array, true))) return false;
    push(kI32);
    return report(Opcode::ArrayLen, {});
  }

  bool onArrayCopy() {
    const TypeDef *to = nullptr, *from = nullptr;
    if (!readTypeOf(CompositeKind::Array, to) || !readTypeOf(CompositeKind::Array, from)) return false;
    if (!to->fields[0].isMutable) return invalid("immutable array");
    const ValType toStorage = to->fields[0].storage, fromStorage = from->fields[0].storage;
    if (toStorage.isPacked() || fromStorage.isPacked() ? toStorage != fromStorage : !matches(fromStorage, toStorage))
      return invalid("array types do not match");
    if (!pop(kI32) || !pop(kI32) || !pop(refTo(*from, true)) || !pop(kI32) || !pop(refTo(*to, true))) return false;
    GcImmediates immediates;
    immediates.type = to->id;
    immediates.sourceType = from->id;
    return report(Opcode::ArrayCopy, immediates);
  }

  /// array.new_data, array.new_elem (kNew), array.init_data, array.init_elem.
  template <Opcode kOp>
  bool onArraySegment() {
    constexpr bool kNew = kOp == Opcode::ArrayNewData || kOp == Opcode::ArrayNewElem;
    constexpr bool kData = kOp == Opcode::ArrayNewData || kOp == Opcode::ArrayInitData;
    const TypeDef* def = nullptr;
    GcImmediates immediates;
    if (!readTypeOf(CompositeKind::Array, def)) return false;
    const FieldType& element = def->fields[0];
    if (!kNew && !element.isMutable) return invalid("immutable array");
    if constexpr (kData) {
      if (element.storage.isRef()) return invalid("array type is not numeric or vector");
      if (!readData(immediates.index)) return false;
    } else {
      if (!readIndex(immediates.index, module_.elements.size(), "elem segment")) return false;
      const ValType segment = module_.elements[immediates.index].type;
      if (!element.storage.isRef() || !matches(segment, element.storage))
        return invalid(support::concat("type mismatch: element segment's type ", module_.registry().toText(segment),
                                       " does not match the array's element type"));
    }
    if (!pop(kI32) || !pop(kI32)) return false;
    if constexpr (!kNew)
      if (!pop(kI32) || !pop(refTo(*def, true))) return false;
    if constexpr (kNew) push(refTo(*def, false));
    immediates.type = def->id;
    return report(kOp, immediates);
  }

  template <Opcode kOp>
  bool onCast() {
    constexpr bool kNullable = kOp == Opcode::RefTestNull || kOp == Opcode::RefCastNull;
    HeapType heap(HeapType::Any);
    if (!readHeap(heap)) return false;
    GcImmediates immediates;
    immediates.to = ValType::ref(heap, kNullable);
    if (!pop(ValType::ref(module_.registry().topOf(heap), true))) return false;
    push(kOp == Opcode::RefTest || kOp == Opcode::RefTestNull ? kI32 : immediates.to);
    return report(kOp, immediates);
  }

  template <Opcode kOp>
  bool onBrOnCast() {
    u8 flags = 0;
    GcImmediates immediates;
    HeapType fromHeap(HeapType::Any), toHeap(HeapType::Any);
    if (!readByte(flags)) return false;
    if (flags > 3) return failAt(p_ - 1, ErrorKind::Malformed, "malformed br_on_cast flags");
    if (!readDepth(immediates.depth) || !readHeap(fromHeap) || !readHeap(toHeap)) return false;
    const ValType from = ValType::ref(fromHeap, (flags & 1) != 0), to = ValType::ref(toHeap, (flags & 2) != 0);
    if (!matches(to, from))
      return invalid(support::concat("type mismatch: br_on_cast to ", module_.registry().toText(to),
                                     ", which is not a subtype of ", module_.registry().toText(from)));
    const ValType rest = to.isNullable() ? from.asNonNull() : from;
    const ValType onBranch = kOp == Opcode::BrOnCast ? to : rest;
    const ValType onFallThrough = kOp == Opcode::BrOnCast ? rest : to;
    const std::span<const ValType> label = target(immediates.depth).labelTypes();
    if (label.empty() || !matches(onBranch, label.back()))
      return invalid(support::concat("type mismatch: br_on_cast carries ", module_.registry().toText(onBranch),
                                     " but its label requires ", listText(label)));
    if (!pop(from) || !retype(label.first(label.size() - 1))) return false;
    push(onFallThrough);
    immediates.from = from;
    immediates.to = to;
    return report(kOp, immediates);
  }

  /// any.convert_extern and extern.convert_any keep nullability.
  bool onConvert(Opcode opcode, HeapType::Abstract from, HeapType::Abstract to) {
    ValType type;
    if (!popRef(type)) return false;
    if (!type.isBottom() && !matches(type, ValType::ref(from, true))) {
      const ValType required = ValType::ref(from, true);
      push(type);
      return mismatch({&required, 1}, sp_);
    }
    push(ValType::ref(to, type.isBottom() ? false : type.isNullable()));
    return report(opcode, {});
  }

  template <Opcode kOp>
  bool onI31() {
    if constexpr (kOp == Opcode::RefI31) {
      if (!pop(kI32)) return false;
      push(ValType::ref(HeapType::I31, false));
    } else {
      if (!pop(ValType::ref(HeapType::I31, true))) return false;
      push(kI32);
    }
    return report(kOp, {});
  }

  // -- The loop -----------------------------------------------------------------------------------------------------

  /// Opcodes that need more than their signature, not hot enough to be inlined.
  template <Opcode kOp>
  [[gnu::noinline]] bool special() {
    using enum Opcode;
    constexpr Immediate kImmediate = info(kOp).immediate;
    if constexpr (kOp == Unreachable)
      return onUnreachable();
    else if constexpr (kOp == Nop)
      return true;
    else if constexpr (kOp == Block)
      return onBlock(ControlKind::Block);
    else if constexpr (kOp == Loop)
      return onBlock(ControlKind::Loop);
    else if constexpr (kOp == If)
      return onBlock(ControlKind::If);
    else if constexpr (kOp == Try)
      return onBlock(ControlKind::Try);
    else if constexpr (kOp == Else)
      return onElse();
    else if constexpr (kOp == End)
      return onEnd();
    else if constexpr (kOp == Br)
      return onBr();
    else if constexpr (kOp == BrIf)
      return onBrIf();
    else if constexpr (kOp == BrTable)
      return onBrTable();
    else if constexpr (kOp == Return)
      return onReturn();
    else if constexpr (kOp == Call)
      return onCall<false>();
    else if constexpr (kOp == ReturnCall)
      return onCall<true>();
    else if constexpr (kOp == CallIndirect)
      return onCallIndirect<false>();
    else if constexpr (kOp == ReturnCallIndirect)
      return onCallIndirect<true>();
    else if constexpr (kOp == CallRef)
      return onCallRef<false>();
    else if constexpr (kOp == ReturnCallRef)
      return onCallRef<true>();
    else if constexpr (kOp == Throw)
      return onThrow();
    else if constexpr (kOp == ThrowRef)
      return onThrowRef();
    else if constexpr (kOp == Rethrow)
      return onRethrow();
    else if constexpr (kOp == TryTable)
      return onTryTable();
    else if constexpr (kOp == Catch)
      return onCatch();
    else if constexpr (kOp == CatchAll)
      return onCatchAll();
    else if constexpr (kOp == Delegate)
      return onDelegate();
    else if constexpr (kOp == Drop)
      return onDrop();
    else if constexpr (kOp == Select)
      return onSelect();
    else if constexpr (kOp == SelectTyped)
      return onSelectTyped();
    else if constexpr (kOp == GlobalGet)
      return onGlobalGet();
    else if constexpr (kOp == GlobalSet)
      return onGlobalSet();
    else if constexpr (kOp == F32Const)
      return onFloatConst<u32>(kF32);
    else if constexpr (kOp == F64Const)
      return onFloatConst<u64>(kF64);
    else if constexpr (kOp == V128Const)
      return onV128Const();
    else if constexpr (kImmediate == Immediate::Lane)
      return onLane<kOp>();
    else if constexpr (kImmediate == Immediate::Shuffle)
      return onShuffle();
    else if constexpr (kImmediate == Immediate::MemArgLane)
      return onMemArgLane<kOp>();
    else if constexpr (kImmediate == Immediate::Memory)
      return onMemory<kOp>();
    else if constexpr (kOp == MemoryCopy)
      return onMemoryCopy();
    else if constexpr (kOp == MemoryInit)
      return onMemoryInit();
    else if constexpr (kOp == DataDrop)
      return onDataDrop();
    else if constexpr (kOp == AtomicFence)
      return onFence();
    else if constexpr (kImmediate == Immediate::Table)
      return onTable<kOp>();
    else if constexpr (kOp == TableCopy)
      return onTableCopy();
    else if constexpr (kOp == TableInit)
      return onTableInit();
    else if constexpr (kOp == ElemDrop)
      return onElemDrop();
    else if constexpr (kOp == RefNull)
      return onRefNull();
    else if constexpr (kOp == RefIsNull)
      return onRefIsNull();
    else if constexpr (kOp == RefFunc)
      return onRefFunc();
    else if constexpr (kOp == RefEq)
      return onRefEq();
    else if constexpr (kOp == RefAsNonNull)
      return onRefAsNonNull();
    else if constexpr (kOp == BrOnNull)
      return onBrOnNull();
    else if constexpr (kOp == BrOnNonNull)
      return onBrOnNonNull();
    else if constexpr (kOp == StructNew || kOp == StructNewDefault || kImmediate == Immediate::TypeField)
      return onStruct<kOp>();
    else if constexpr (kOp == ArrayLen)
      return onArrayLen();
    else if constexpr (kOp == ArrayCopy)
      return onArrayCopy();
    else if constexpr (kImmediate == Immediate::TypeData || kImmediate == Immediate::TypeElem)
      return onArraySegment<kOp>();
    else if constexpr (kImmediate == Immediate::HeapType)
      return onCast<kOp>();
    else if constexpr (kImmediate == Immediate::BrOnCast)
      return onBrOnCast<kOp>();
    else if constexpr (kOp == AnyConvertExtern)
      return onConvert(kOp, HeapType::Extern, HeapType::Any);
    else if constexpr (kOp == ExternConvertAny)
      return onConvert(kOp, HeapType::Any, HeapType::Extern);
    else if constexpr (kOp == RefI31 || kOp == I31GetS || kOp == I31GetU)
      return onI31<kOp>();
    else
      return onArray<kOp>();
  }

  template <Opcode kOp>
  [[gnu::always_inline]] bool checkAllowed() {
    constexpr OpcodeInfo kInfo = info(kOp);
    if constexpr (kMode == ReaderMode::ConstantExpression && kOp != Opcode::End && !(kInfo.flags & kConst)) {
      if (!(kInfo.flags & kExtendedConst) || !features_.has(Feature::ExtendedConst))
        return invalid("constant expression required");
    }
    if constexpr (kOp == Opcode::Throw)
      return features_.has(Feature::Exceptions) || features_.has(Feature::LegacyExceptions) ||
             needsFeature(Feature::Exceptions);
    else if constexpr (!kInfo.alwaysOn)
      return features_.has(kInfo.feature) || needsFeature(kInfo.feature);
    else
      return true;
  }

  template <Opcode kOp>
  [[gnu::always_inline]] bool instruction(const u8*& p, ValType*& sp) {
    using enum Opcode;
    constexpr OpcodeInfo kInfo = info(kOp);
    if (!checkAllowed<kOp>()) return false;
    if constexpr (kOp == LocalGet || kOp == LocalSet || kOp == LocalTee)
      return onLocal<kOp>(p, sp);
    else if constexpr (kOp == I32Const)
      return onI32Const(p, sp);
    else if constexpr (kOp == I64Const)
      return onI64Const(p, sp);
    else if constexpr (kInfo.immediate == Immediate::None && kInfo.signature.isSimple)
      return onSimple<kOp>(sp);
    else if constexpr (kInfo.immediate == Immediate::MemArg && kInfo.prefix == 0)
      return onMemArg<kOp>(p, sp);
    else if constexpr (kInfo.immediate == Immediate::MemArg)
      return cold(p, sp, [this] { return onMemArg<kOp>(p_, sp_); });
    else
      return cold(p, sp, [this] { return special<kOp>(); });
  }

  static constexpr u32 switchKey(u32 prefix, u32 code) { return prefix << 16 | code; }

  [[gnu::noinline]] bool run() {
    const u8* p = p_;
    ValType* sp = sp_;
    for (;;) {
      if (p == end_) [[unlikely]]
        return p_ = p, missingEnd();
      if (stackEnd_ - sp < kRoom) [[unlikely]] {
        sp_ = sp;
        growStack(0);
        sp = sp_;
      }
      opStart_ = p;
      // The table's prefixed rows name cases that one byte cannot take; the compiler drops them.
      switch (u32{*p++}) {
#define WASMRUN_OPCODE(name, prefix, code, text, imm, sig, align, feature, flags)  \
  case switchKey(prefix, code):                                                    \
    if (!instruction<Opcode::name>(p, sp)) return false;                           \
    if constexpr (Opcode::name == Opcode::End || Opcode::name == Opcode::Delegate) \
      if (scratch_.controls.empty()) return p_ = p, finish();                      \
    break;
#include "wasm/opcodes.def"
        case 0xfb:
        case 0xfc:
        case 0xfd:
        case 0xfe:
          if (!cold(p, sp, [this] { return prefixed(); })) return false;
          break;
        default: return illegalOpcode();
      }
    }
  }

  [[gnu::noinline]] bool prefixed() {
    const u8 prefix = *opStart_;
    u32 code = 0;
    if (!readU32(p_, code)) return false;
    if (code > 0xffff) return illegalOpcode();
    switch (switchKey(prefix, code)) {
#define WASMRUN_OPCODE(name, prefix, code, text, imm, sig, align, feature, flags) \
  case switchKey(prefix, code):                                                   \
    if constexpr (prefix != 0) return instruction<Opcode::name>(p_, sp_);         \
    std::unreachable();
#include "wasm/opcodes.def"
      default: return illegalOpcode();
    }
  }

  [[gnu::cold, gnu::noinline]] bool illegalOpcode() {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string message = "illegal opcode ";
    for (const u8* byte = opStart_; byte == opStart_ || byte < p_; ++byte) {
      message += kDigits[*byte >> 4];
      message += kDigits[*byte & 15];
      if (byte == opStart_ && (*byte < 0xfb || *byte > 0xfe)) break;
    }
    return failHere(ErrorKind::Malformed, std::move(message));
  }

  bool finish() {
    if (kMode == ReaderMode::Body && p_ != end_)
      return failAt(p_, ErrorKind::Malformed, "section size mismatch: bytes after the function's end");
    return true;
  }

  /// Operand types that one instruction can push without asking for room.
  static constexpr ptrdiff_t kRoom = 8;

  const Module& module_;
  ReaderScratch& scratch_;
  Sink& sink_;
  const Features features_;
  const u8 *begin_ = nullptr, *p_ = nullptr, *end_ = nullptr, *opStart_ = nullptr;
  u64 baseOffset_ = 0;
  ValType *stack_ = nullptr, *sp_ = nullptr, *stackEnd_ = nullptr;
  ValType* floor_ = nullptr;  ///< operands below belong to outer constructs
  Control* top_ = nullptr;    ///< the innermost construct
  const ValType* locals_ = nullptr;
  u32 localCount_ = 0;
  bool live_ = true;        ///< execution can reach this instruction
  bool trackInit_ = false;  ///< a local has no default value
  ValType memory0_;         ///< address type of memory 0; bottom if there is none
  Error error_;
};

}  // namespace wasmrun::wasm
