// What a store's heap did, for the embedder and for --stats.
#include "wasmrun/gc_statistics.h"

#include "api/access.h"
#include "api/gc_entries.h"
#include "api/store_impl.h"
#include "api/type_names.h"
#include "gc/snapshot.h"
#include "support/text.h"

namespace wasmrun {

using detail::StoreImpl;
using support::concat;

namespace {

GcPauses pausesOf(const gc::PauseHistogram& pauses) {
  using std::chrono::nanoseconds;
  GcPauses result;
  result.count = pauses.count();
  result.total = nanoseconds(pauses.total());
  result.longest = nanoseconds(pauses.longest());
  result.p50 = nanoseconds(pauses.percentile(0.5));
  result.p99 = nanoseconds(pauses.percentile(0.99));
  result.p999 = nanoseconds(pauses.percentile(0.999));
  pauses.forEachPowerOfTwo([&](u64 atMost, u64 count) { result.histogram.push_back({nanoseconds(atMost), count}); });
  return result;
}

u64 nanos(std::chrono::nanoseconds time) { return static_cast<u64>(time.count()); }

void appendPauses(Statistics& statistics, std::string_view kind, const GcPauses& pauses) {
  const auto add = [&](std::string_view name, u64 value, std::string_view unit, std::string_view help) {
    statistics.entries.push_back({concat("gc.", kind, '_', name), value, unit, help});
  };
  add("collections", pauses.count, "", kind == "young" ? "collections of new objects" : "collections of all objects");
  if (pauses.count == 0) return;
  add("pause_total", nanos(pauses.total), "ns", "time they took");
  add("pause_p50", nanos(pauses.p50), "ns", "half of the pauses were not longer");
  add("pause_p99", nanos(pauses.p99), "ns", "99 % of the pauses were not longer");
  add("pause_p999", nanos(pauses.p999), "ns", "99.9 % of the pauses were not longer");
  add("pause_max", nanos(pauses.longest), "ns", "the longest pause");
  for (const GcPauses::Class& each : pauses.histogram)
    add(concat("pauses_to_", nanos(each.atMost), "ns"), each.count, "",
        "pauses up to that, and longer than half of it");
}

}  // namespace

GcStatistics StoreRef::gcStatistics() const {
  GcStatistics result;
  result.hostReferences = impl_->link->roots.count();
  const gc::Heap* const heap = impl_->store->heap();
  if (heap == nullptr) return result;
  const gc::Statistics own = heap->statistics();
  result.young = pausesOf(own.youngPauses);
  result.full = pausesOf(own.fullPauses);
  result.allocatedBytes = own.allocatedBytes;
  result.examinedBytes = own.examinedBytes;
  result.survivedBytes = own.survivedBytes;
  result.promotedBytes = own.promotedBytes;
  result.liveBytes = own.liveBytes;
  result.heapBytes = own.usedBytes;
  result.peakHeapBytes = own.peakUsedBytes;
  result.hostObjects = heap->weak().hostObjects();
  return result;
}

std::vector<GcTypeTotal> StoreRef::gcTypeTotals() const {
  std::vector<GcTypeTotal> result;
  const gc::Heap* const heap = impl_->store->heap();
  if (heap == nullptr || heap->corruption()) return result;
  detail::TypeNames names(*impl_);
  for (const gc::Heap::TypeTotal& total : heap->totals())
    result.push_back({names.ofType(total.type), total.objects, total.bytes});
  return result;
}

Result<std::string> StoreRef::gcHeapSnapshot() const {
  std::string all;
  const auto append = [&](std::string_view piece) {
    all += piece;
    return true;
  };
  WASMRUN_TRY(writeGcHeapSnapshot(append));
  return all;
}

Result<void> StoreRef::writeGcHeapSnapshot(const std::function<bool(std::string_view piece)>& write) const {
  WASMRUN_TRY(impl_->store->needHeap());
  WASMRUN_TRY(gc());
  gc::Heap& heap = *impl_->store->heap();
  detail::TypeNames names(*impl_);
  const gc::SnapshotNames given = {[&](u32 type) { return names.ofType(type); },
                                   [&](u32 type, u32 field) { return names.ofField(type, field); }};
  gc::writeHeapSnapshot(heap, given, write);
  return {};
}

Result<void> StoreRef::gc() const {
  gc::Heap* const heap = impl_->store->heap();
  if (heap == nullptr) return {};
  const bool isSound = heap->collect();
  impl_->releaseDeadHostObjects();
  return isSound ? Result<void>() : fail(*heap->corruption());
}

namespace detail {

void appendGcEntries(const StoreRef& store, Statistics& statistics) {
  const GcStatistics gc = store.gcStatistics();
  appendPauses(statistics, "young", gc.young);
  appendPauses(statistics, "full", gc.full);
  const auto permille = static_cast<u64>(gc.survivalRate() * 1000 + 0.5);
  const Statistics::Entry entries[] = {
      {"gc.allocated_bytes", gc.allocatedBytes, "bytes", "size of all objects made"},
      {"gc.survived_permille", permille, "", "of 1000 bytes that collections of new objects looked at, those needed"},
      {"gc.promoted_bytes", gc.promotedBytes, "bytes", "size of objects that became old"},
      {"gc.live_bytes", gc.liveBytes, "bytes", "size of the objects needed at the last full collection"},
      {"gc.heap_bytes", gc.heapBytes, "bytes", "memory of the heap, as its limit counts it"},
      {"gc.peak_heap_bytes", gc.peakHeapBytes, "bytes", "the most there was of it"},
      {"gc.host_objects", gc.hostObjects, "", "objects of the host's that wasm may refer to"},
  };
  statistics.entries.insert(statistics.entries.end(), std::begin(entries), std::end(entries));
}

}  // namespace detail
}  // namespace wasmrun
