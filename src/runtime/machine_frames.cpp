#include "runtime/machine_frames.h"

#include "code/frame_walk.h"
#include "runtime/builtins.h"
#include "runtime/exception.h"

namespace wasmrun::runtime {

namespace {

Instance& instanceOf(const code::FrameWalk& walk) { return *static_cast<Instance*>(walk.instance()); }

bool catches(const code::CatchClause& clause, const Instance& instance, const Tag& tag) {
  if (clause.kind == wasm::CatchClause::CatchAll || clause.kind == wasm::CatchClause::CatchAllRef) return true;
  return instance.tags[clause.tag.value] == &tag;
}

/// The clause of a frame that catches an exception of `tag`, or null.
const code::CatchClause* findClause(const code::FrameWalk& walk, const Tag& tag) {
  const code::FunctionRecord& record = walk.record();
  for (u32 index = walk.site().tryRange; index != code::kNone;) {
    const code::TryRange& range = record.tryRanges()[index];
    if (range.kind == code::TryRange::Kind::Delegate) {
      index = range.delegateTo;
      continue;
    }
    for (const code::CatchClause& clause : record.clausesOf(range))
      if (catches(clause, instanceOf(walk), tag)) return &clause;
    index = range.parent;
  }
  return nullptr;
}

Handler land(const ExecContext& context, const code::FrameWalk& walk, const code::CatchClause& clause, const Tag& tag,
             u32 exceptionRef) {
  u64* slot = walk.frame() + clause.payloadSlot;
  if (clause.kind == wasm::CatchClause::Catch || clause.kind == wasm::CatchClause::CatchRef) {
    exceptionPayload(context, exceptionRef, slot);
    slot += tag.slots;
  }
  if (clause.kind == wasm::CatchClause::CatchRef || clause.kind == wasm::CatchClause::CatchAllRef) *slot = exceptionRef;
  if (clause.referenceSlot != code::kNone) walk.frame()[clause.referenceSlot] = exceptionRef;
  return {walk.record().begin() + clause.landing, walk.sp(), walk.frame(), &instanceOf(walk)};
}

}  // namespace

bool walkMachineFrames(const ExecContext& context, const Activation& activation, FrameVisitor& visitor) {
  for (code::FrameWalk walk(codeMapOf(context), activation.exit); !walk.atEnd(); walk.next()) {
    const wasm::FuncIndex func(walk.record().identity().functionIndex);
    if (!visitor.frame({&instanceOf(walk), func, walk.site().wasmOffset, "baseline"})) return false;
  }
  return true;
}

const FuncCode* innermostCode(const ExecContext& context, const Activation& activation, bool ofCaller) {
  code::FrameWalk walk(codeMapOf(context), activation.exit);
  if (ofCaller && !walk.atEnd()) walk.next();
  return walk.atEnd() ? nullptr : static_cast<const FuncCode*>(walk.record().identity().owner);
}

void visitMachineRoots(const ExecContext& context, const Activation& activation, gc::RootVisitor& visitor) {
  for (code::FrameWalk walk(codeMapOf(context), activation.exit); !walk.atEnd(); walk.next())
    walk.record().forEachReference(walk.site().references, [&](u32 slot) { visitor.slot(walk.frame()[slot]); });
}

Handler handleInMachine(ExecContext& context, const Activation& activation, u32 exceptionRef) {
  const Tag& tag = exceptionTag(context, exceptionRef);
  for (code::FrameWalk walk(codeMapOf(context), activation.exit); !walk.atEnd(); walk.next())
    if (const code::CatchClause* const clause = findClause(walk, tag))
      return land(context, walk, *clause, tag, exceptionRef);
  return {};
}

}  // namespace wasmrun::runtime
