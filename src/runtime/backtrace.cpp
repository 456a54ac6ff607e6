#include "runtime/backtrace.h"

#include <algorithm>

#include "runtime/store.h"

namespace wasmrun::runtime {

namespace {

/// Keeps the first half of what it sees, and a ring of the last.
class Recorder final : public FrameVisitor {
 public:
  explicit Recorder(u32 limit) : innermost_(limit - limit / 2), outermost_(limit / 2) {}

  bool frame(const FrameRecord& record) override {
    if (first_.size() < innermost_) {
      first_.push_back(record);
    } else if (ring_.size() < outermost_) {
      ring_.push_back(record);
    } else {
      ++leftOut_;
      if (outermost_ != 0) ring_[(leftOut_ - 1) % outermost_] = record;
    }
    return true;
  }

  Backtrace finish() {
    if (outermost_ != 0) std::rotate(ring_.begin(), ring_.begin() + static_cast<i64>(start()), ring_.end());
    first_.insert(first_.end(), ring_.begin(), ring_.end());
    return {std::move(first_), leftOut_};
  }

 private:
  /// The ring's oldest record.
  u64 start() const { return leftOut_ % outermost_ % std::max<u64>(ring_.size(), 1); }

  const u64 innermost_, outermost_;
  std::vector<FrameRecord> first_, ring_;
  u64 leftOut_ = 0;
};

wasmrun::Frame describe(const FrameRecord& record) {
  const wasm::Module& module = *record.instance->module;
  wasmrun::Frame frame;
  frame.moduleName = module.moduleName();
  frame.functionName = module.funcName(record.func);
  frame.functionIndex = record.func.value;
  frame.moduleOffset = record.moduleOffset;
  frame.tier = record.tier;
  if (!module.isImport(record.func))
    frame.functionOffset = record.moduleOffset - module.bodies[module.definedIndex(record.func).value].offset;
  if (!record.instance->store->options().sourceLines) return frame;
  SourceLocation location = record.instance->prepared->lines().find(record.moduleOffset);
  if (location.line == 0) return frame;
  // Each inlined call says where the next function outwards was when it made the call.
  for (DwarfInlines::Inlined& inlined : record.instance->prepared->inlines().find(record.moduleOffset)) {
    location.inlinedFunction = inlined.function.empty() ? "<inlined function>" : std::move(inlined.function);
    frame.locations.push_back(std::exchange(location, std::move(inlined.call)));
  }
  frame.locations.push_back(std::move(location));
  return frame;
}

}  // namespace

Backtrace captureBacktrace(const ExecContext& context, u32 limit) {
  Recorder recorder(limit);
  context.store->hooks().walkFrames(context, recorder);
  return recorder.finish();
}

std::vector<wasmrun::Frame> symbolize(const Backtrace& backtrace) {
  std::vector<wasmrun::Frame> frames;
  frames.reserve(backtrace.frames.size());
  for (const FrameRecord& record : backtrace.frames) frames.push_back(describe(record));
  return frames;
}

}  // namespace wasmrun::runtime
