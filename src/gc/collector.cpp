#include "gc/collector.h"

#include <algorithm>

#include "gc/verifier.h"
#include "platform/clock.h"

namespace wasmrun::gc {

/// Checking an object takes several times as long as moving it.
bool Collector::isVerificationDue(CollectionKind kind) {
  const HeapOptions& options = core_.options;
  if (!options.verify) return false;
  if (options.stress) return verifications_.isDue(4 * objectBytes());
  const u64 allocated = core_.statistics.allocatedBytes + core_.areaBytes();
  const u64 more = allocated - std::exchange(allocatedBefore_, allocated);
  if (kind == CollectionKind::Young) return verifications_.isDue(objectBytes(), 4 * more + Pace::kBytesAtOnce);
  // It looks at everything itself.
  verifications_ = {};
  return true;
}

bool Collector::verify() {
  Result<void> verified = verifyHeap(core_, *this);
  if (verified) return true;
  core_.corruption = std::move(verified).error();
  // From here on every allocation comes to the slow path, and fails there.
  core_.setArea(core_.state.top, 0);
  return false;
}

bool Collector::forEachFrom(u32 begin, u32 end, const ObjectVisitor& visit) const {
  for (u64 at = begin; at < end;) {
    const Ref ref = Ref::fromBits(static_cast<u32>(at));
    if (!visit(ref, end)) return false;
    at += core_.bytesOf(ref);
  }
  return true;
}

bool Collector::collect(CollectionKind kind, CollectionReason reason) {
  CHECK(core_.noGcScopes == 0, "nothing collects inside a NoGcScope");
  // Both or neither: what is wrong afterwards and was not before is this collection's doing.
  const bool isVerified = isVerificationDue(kind);
  if (isCorrupt() || (isVerified && !verify())) return false;
  Statistics& statistics = core_.statistics;
  statistics.peakUsedBytes = std::max(statistics.peakUsedBytes, usedBytes());
  const u64 bytesBefore = objectBytes(), begin = platform::monotonicNanos();
  run(kind);
  const u64 pause = platform::monotonicNanos() - begin;
  (kind == CollectionKind::Young ? statistics.youngPauses : statistics.fullPauses).add(pause);
  ++(kind == CollectionKind::Young ? statistics.youngCollections : statistics.fullCollections);
  if (core_.options.onCollection) core_.options.onCollection({kind, reason, bytesBefore, objectBytes(), pause});
  if (isVerified && !verify()) return false;
  core_.weak.finalize();
  return true;
}

}  // namespace wasmrun::gc
