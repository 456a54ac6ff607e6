// The collector that does not collect: objects one after the other until the limit. For programs that end before they
// fill it, and for telling a defect of a collector from others.
#include <algorithm>

#include "gc/collector.h"

namespace wasmrun::gc {

namespace {

constexpr u64 kStep = u64{1} << 20;

class NullCollector final : public Collector {
 public:
  explicit NullCollector(HeapCore& core)
      : Collector(core), end_(std::min(kFirstOffset + core.options.maxBytes, core.region.size() - kFirstOffset)) {
    core_.setArea(kFirstOffset, kFirstOffset);
  }

  std::expected<Ref, AllocFailure> allocate(u64 bytes, bool) override {
    if (isCorrupt()) return std::unexpected(AllocFailure::Corrupt);
    if (bytes > maxObjectBytes()) return std::unexpected(AllocFailure::TooLarge);
    const u32 top = core_.state.top;
    // Memory is never used twice: it is zeros.
    if (!openUpTo(top + bytes)) return std::unexpected(AllocFailure::HeapFull);
    core_.state.top = static_cast<u32>(top + bytes);
    return Ref::fromBits(top);
  }

  void forEachObject(const ObjectVisitor& visit) const override { forEachFrom(kFirstOffset, core_.state.top, visit); }
  u64 objectBytes() const override { return core_.state.top - kFirstOffset; }
  u64 usedBytes() const override { return objectBytes(); }
  u64 maxObjectBytes() const override { return end_ - kFirstOffset; }

 private:
  void run(CollectionKind) override {}

  bool openUpTo(u64 wanted) {
    if (wanted > end_) return false;
    if (wanted <= opened_) return true;
    // The limit need not be a multiple of the page size: what is opened is, and ends before the region does.
    const u64 target = platform::roundUpToPage(std::max(wanted, std::min(opened_ + kStep, end_)));
    if (!core_.mayUse(std::min(target, end_) - kFirstOffset)) return false;
    if (!core_.region.open(opened_, target - opened_)) return false;
    opened_ = target;
    if (!core_.options.stress) core_.state.limit = static_cast<u32>(std::min(opened_, end_));
    return true;
  }

  const u64 end_;
  u64 opened_ = kFirstOffset;
};

}  // namespace

std::unique_ptr<Collector> makeNullCollector(HeapCore& core) { return std::make_unique<NullCollector>(core); }

}  // namespace wasmrun::gc
