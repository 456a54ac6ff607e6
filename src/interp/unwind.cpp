#include "interp/unwind.h"

#include <algorithm>

#include "runtime/builtins.h"
#include "runtime/exception.h"

namespace wasmrun::interp {

using runtime::ExecContext;
using runtime::Instance;

namespace {

/// A frame on the value stack, from the innermost one outwards to the call from C++.
class FrameCursor {
 public:
  explicit FrameCursor(const runtime::InterpreterState& state)
      : pc_(state.pc), fp_(state.fp), instance_(state.instance) {
    find();
  }

  bool atEnd() const { return code_ == nullptr; }
  u64* fp() const { return fp_; }
  Instance* instance() const { return instance_; }
  const Code& code() const { return *code_; }
  ModuleCode& module() const { return static_cast<ModuleCode&>(*instance_->funcs[0].code->module); }
  /// The running instruction, or a word of the call that is being executed.
  u32 word() const { return word_; }

  /// To the calling frame.
  void next() {
    const u64* link = fp_ + instance_->module->funcType(instance_->module->funcIndex(code_->index)).paramSlots;
    pc_ = reinterpret_cast<const Word*>(link[0]);
    fp_ = reinterpret_cast<u64*>(link[1]);
    if (pc_ == &specialWords.crossReturn) {
      const u64* bridge = fp_;
      instance_ = reinterpret_cast<Instance*>(bridge[0]);
      pc_ = reinterpret_cast<const Word*>(bridge[1]);
      fp_ = reinterpret_cast<u64*>(bridge[2]);
    }
    // A link leads behind the call.
    if (pc_ != &specialWords.exit) --pc_;
    find();
  }

 private:
  void find() {
    code_ = nullptr;
    if (pc_ == nullptr || pc_ == &specialWords.exit) return;
    // All functions of an instance know their module's code.
    code_ = module().findCode(pc_);
    CHECK(code_ != nullptr, "a frame's pc lies in a function of its instance's module");
    word_ = static_cast<u32>(pc_ - code_->translated->words.data());
  }

  const Word* pc_;
  u64* fp_;
  Instance* instance_;
  Code* code_ = nullptr;
  u32 word_ = 0;
};

/// The innermost range that `word` lies in, or kNone. Ranges are in the order of their beginnings and nest, so it is
/// the last one begun or one around that.
u32 innermostRange(const std::vector<TryRange>& ranges, u32 word) {
  const auto after = std::upper_bound(ranges.begin(), ranges.end(), word,
                                      [](u32 position, const TryRange& range) { return position < range.begin; });
  u32 index = static_cast<u32>(after - ranges.begin()) - 1;
  while (index != TryRange::kNone && word >= ranges[index].end) index = ranges[index].parent;
  return index;
}

bool catches(const TryRange::Clause& clause, const Instance& instance, const runtime::Tag* tag) {
  if (clause.kind == wasm::CatchClause::CatchAll || clause.kind == wasm::CatchClause::CatchAllRef) return true;
  return instance.tags[clause.tag.value] == tag;
}

/// The clause of a frame that catches an exception of `tag`, or null.
const TryRange::Clause* findClause(const FrameCursor& frame, const runtime::Tag* tag) {
  const std::vector<TryRange>& ranges = frame.code().translated->tryRanges;
  for (u32 index = innermostRange(ranges, frame.word()); index != TryRange::kNone;) {
    const TryRange& range = ranges[index];
    if (range.kind == TryRange::Kind::Delegate) {
      index = range.delegateTo;
      continue;
    }
    for (const TryRange::Clause& clause : range.clauses)
      if (catches(clause, *frame.instance(), tag)) return &clause;
    index = range.parent;
  }
  return nullptr;
}

/// Hands the exception to a clause of `frame`, which becomes the running one.
const Word* land(Regs& r, const FrameCursor& frame, const TryRange::Clause& clause, const runtime::Tag& tag,
                 u32 reference) {
  u64* slot = frame.fp() + clause.payloadSlot;
  if (clause.kind == wasm::CatchClause::Catch || clause.kind == wasm::CatchClause::CatchRef) {
    runtime::exceptionPayload(*frame.instance()->context, reference, slot);
    slot += tag.slots;
  }
  if (clause.kind == wasm::CatchClause::CatchRef || clause.kind == wasm::CatchClause::CatchAllRef) *slot = reference;
  if (clause.referenceSlot != TryRange::kNone) frame.fp()[clause.referenceSlot] = reference;
  frame.instance()->context->pending.backtrace.reset();  // it may have come out of machine code
  r.fp = frame.fp();
  r.inst = frame.instance();
  reloadMemory(r);
  return frame.code().translated->words.data() + clause.target;
}

}  // namespace

const Word* unwind(Regs& r, u32 reference) {
  ExecContext& context = *r.inst->context;
  const runtime::Tag& tag = runtime::exceptionTag(context, reference);
  for (FrameCursor frame(context.interp); !frame.atEnd(); frame.next())
    if (const TryRange::Clause* clause = findClause(frame, &tag)) return land(r, frame, *clause, tag, reference);
  context.interp.status = runtime::beginUncaught(context, reference);
  return &specialWords.exit;
}

bool walkActivation(const runtime::InterpreterState& state, runtime::FrameVisitor& visitor) {
  for (FrameCursor frame(state); !frame.atEnd(); frame.next()) {
    const Code& code = frame.code();
    const wasm::Module& module = *frame.instance()->module;
    const u32 offset = frame.module().wasmOffset(code, frame.word());
    if (!visitor.frame({frame.instance(), module.funcIndex(code.index), offset, "interp"})) return false;
  }
  return true;
}

const Code* innermostCode(const runtime::InterpreterState& state) {
  const FrameCursor frame(state);
  return frame.atEnd() ? nullptr : &frame.code();
}

// -- References ------------------------------------------------------------------------------------------------------

namespace {

void visitFrame(const FrameCursor& frame, gc::RootVisitor& visitor) {
  const FrameReferences references = frame.module().referencesAt(frame.code(), frame.word());
  for (const u32 slot : references.locals) visitor.slot(frame.fp()[slot]);
  for (const u32 slot : references.operands) visitor.slot(frame.fp()[slot]);
}

}  // namespace

void visitActivation(const runtime::InterpreterState& state, gc::RootVisitor& visitor) {
  for (FrameCursor frame(state); !frame.atEnd(); frame.next()) visitFrame(frame, visitor);
}

}  // namespace wasmrun::interp
