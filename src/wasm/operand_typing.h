// OperandTyping: the types of the operands and the open constructs while a body is read (spec: appendix "Validation
// Algorithm"), without the instructions themselves: those are FunctionReader's.
//
//   stack_ ------- floor_ ------ sp_ ------ stackEnd_     one u32 each
//            |             |
//            |             +-- operands of the innermost construct, top_
//            +-- operands of constructs around it: out of reach
//
// `sp` (one past the top operand) lives in a register while instructions are read, as `p` does.
#pragma once

#include <cstring>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "wasm/immediate_reader.h"

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

class OperandTyping : public ImmediateReader {
 public:
  /// The construct that a label of `depth` names.
  const Control& control(u32 depth) const { return scratch_.controls[scratch_.controls.size() - 1 - depth]; }
  u32 controlDepth() const { return static_cast<u32>(scratch_.controls.size()); }

 protected:
  OperandTyping(const Module& module, ReaderScratch& scratch) : ImmediateReader(module), scratch_(scratch) {}

  /// Begins a body or expression of type `type` with `bytes`, which are at `offset` in the module.
  void open(std::span<const u8> bytes, u64 offset, BlockType type);
  bool readLocals(const FuncType& type);

  // -- Errors ------------------------------------------------------------------------------------------------------

  std::string listText(std::span<const ValType> types);
  /// "type mismatch": `required` on top of a stack whose top is at `sp`.
  bool mismatch(std::span<const ValType> required, const ValType* sp) { return recordMismatch(required, sp), false; }

  // -- Operands ----------------------------------------------------------------------------------------------------

  /// Makes room for `room` operands and the next instruction's. False if that is too many: the reader then ends with
  /// stackTooHigh before it goes on.
  [[gnu::noinline]] bool growStack(size_t room);
  bool stackTooHigh();

  bool matches(ValType sub, ValType super) const { return module_.registry().isSubtype(sub, super); }
  bool matches(std::span<const ValType> sub, std::span<const ValType> super) const;

  [[gnu::always_inline]] bool pop(ValType*& sp, ValType expected) {
    if (sp != floor_ && sp[-1] == expected) [[likely]]
      return --sp, true;
    sp_ = sp;
    if (!popSlow(expected)) return false;
    sp = sp_;
    return true;
  }

  bool pop(ValType expected) { return pop(sp_, expected); }

  [[gnu::noinline]] bool popSlow(ValType expected);

  /// Pops an operand of any type; bottom from the polymorphic stack.
  bool popAny(ValType& type) {
    if (sp_ != floor_) return type = *--sp_, true;
    type = kBottom;
    return top_->polymorphic || mismatch({}, sp_);
  }

  /// Pops a reference; bottom from the polymorphic stack.
  bool popRef(ValType& type);

  void push(ValType type) { *sp_++ = type; }

  void pushList(std::span<const ValType> types) {
    if (static_cast<size_t>(stackEnd_ - sp_) < types.size() + kRoom && !growStack(types.size())) return;
    if (types.size() >= kLong) [[unlikely]] {
      std::memcpy(static_cast<void*>(sp_), types.data(), types.size_bytes());
      sp_ += types.size();
    } else {
      for (const ValType type : types) *sp_++ = type;
    }
  }

  bool popList(std::span<const ValType> types) {
    if (types.size() >= kLong && topEquals(types)) [[unlikely]]
      return sp_ -= types.size(), true;
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
    if (types.size() >= kLong && topEquals(types)) [[unlikely]]
      return true;
    if (!popList(types)) return false;
    pushList(types);
    return true;
  }

  /// Lists of types from this size on are compared and copied as memory: an instruction of two bytes may ask for a
  /// thousand operands. Shorter ones take less time one by one.
  static constexpr size_t kLong = 16;

  /// Whether the operands on top are of exactly these types.
  bool topEquals(std::span<const ValType> types) const {
    return static_cast<size_t>(sp_ - floor_) >= types.size() &&
           equalLists(sp_ - types.size(), types.data(), types.size());
  }

  /// Checks the operands on top against `types` without changing them.
  bool checkTop(std::span<const ValType> types);

  // -- Constructs --------------------------------------------------------------------------------------------------

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
  bool popResults();

  /// Begins the next arm of an open construct (else, catch, catch_all).
  void beginArm(ControlKind kind) {
    if (live_) top_->branched = true;
    resetInit(top_->initHeight);
    top_->kind = kind;
    top_->polymorphic = false;
    live_ = top_->liveEntry;
    sp_ = floor_;
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

  // -- Checks that several instructions share ----------------------------------------------------------------------

  /// A tail call's results must be those of this function.
  bool checkTailResults(const FuncType& type);
  /// Labels of clauses count from outside the try_table, whose control is not pushed yet.
  bool readCatchClause(CatchClause& clause);
  /// The body or a catch arm of a legacy try ends here.
  bool endTryArm(const char* what);
  /// The plain getter is for unpacked storage, the _s and _u forms for packed.
  bool checkPacking(bool plainGet, const FieldType& field);

  // -- Locals without a default value ------------------------------------------------------------------------------

  [[gnu::noinline]] void setInitialized(u32 index);
  void resetInit(u32 height) {
    std::vector<u32>& log = scratch_.initLog;
    while (log.size() > height) {
      scratch_.initialized[log.back()] = false;
      log.pop_back();
    }
  }

  /// Operand types that one instruction can push without asking for room.
  static constexpr ptrdiff_t kRoom = 8;

  ReaderScratch& scratch_;
  ValType *stack_ = nullptr, *sp_ = nullptr, *stackEnd_ = nullptr;
  ValType* floor_ = nullptr;  ///< operands below belong to outer constructs
  Control* top_ = nullptr;    ///< the innermost construct
  const ValType* locals_ = nullptr;
  u32 localCount_ = 0;
  bool live_ = true;        ///< execution can reach this instruction
  bool trackInit_ = false;  ///< a local has no default value

 private:
  static bool equalLists(const ValType* a, const ValType* b, size_t count) {
    static_assert(std::has_unique_object_representations_v<ValType>);
    return std::memcmp(a, b, count * sizeof(ValType)) == 0;
  }
  [[gnu::cold]] void recordMismatch(std::span<const ValType> required, const ValType* sp);
  void beginInitTracking(size_t initializedSoFar);
};

}  // namespace wasmrun::wasm
