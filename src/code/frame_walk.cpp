#include "code/frame_walk.h"

namespace wasmrun::code {

FrameWalk::FrameWalk(const CodeMap& map, const NativeExit& exit)
    : map_(map), sp_(exit.sp), frame_(exit.frame), instance_(exit.instance) {
  if (exit.faultPc == nullptr) {
    step();
    return;
  }
  record_ = map_.find(exit.faultPc);
  CHECK(record_ != nullptr && !record_->isStubs(), "what faulted is a function of ours");
  const auto site = record_->accesses().find(record_->offsetOf(exit.faultPc));
  CHECK(site.has_value(), "an instruction that faults has a site");
  site_ = *site;
}

void FrameWalk::next() {
  DCHECK(!atEnd(), "the walk goes no further than its end");
  step();
}

void FrameWalk::step() {
  for (;;) {
    const auto returnAddress = reinterpret_cast<const u8*>(*sp_);
    const FunctionRecord* const record = map_.findCall(returnAddress);
    CHECK(record != nullptr, "a return address on the native stack lies in code that is known");
    ++sp_;
    const u32 offset = record->offsetOf(returnAddress);
    if (!record->isStubs()) {
      const auto site = record->calls().find(offset);
      CHECK(site.has_value(), "a call has a site");
      record_ = record;
      site_ = *site;
      frame_ -= site_.frameDelta;
      return;
    }
    const StubReturn* const stub = record->stubReturnAt(offset);
    CHECK(stub != nullptr, "a return address into stubs is a known one");
    switch (stub->kind) {
      case StubReturn::Kind::Enter: record_ = nullptr; return;
      case StubReturn::Kind::CallOther: instance_ = reinterpret_cast<void*>(*sp_++); break;
      case StubReturn::Kind::Saved: sp_ += stub->words; break;
    }
  }
}

}  // namespace wasmrun::code
