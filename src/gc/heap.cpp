#include "gc/heap.h"

#include <algorithm>
#include <cstring>
#include <unordered_map>

#include "gc/verifier.h"

namespace wasmrun::gc {

namespace {

Result<std::unique_ptr<Collector>> makeCollector(HeapCore& core) {
  switch (core.options.collector) {
    case CollectorKind::Null: return makeNullCollector(core);
    case CollectorKind::Copying: return makeCopyingCollector(core);
    case CollectorKind::Generational: return makeGenerationalCollector(core);
  }
  std::unreachable();
}

}  // namespace

Result<std::unique_ptr<Heap>> Heap::make(const HeapOptions& options) {
  std::unique_ptr<Heap> heap(new Heap());
  HeapCore& core = heap->core_;
  core.options = options;
  WASMRUN_TRY_ASSIGN(core.region, Region::reserve());
  WASMRUN_TRY_ASSIGN(core.layouts, LayoutTable::make());
  core.state.base = core.region.base();
  core.state.layouts = core.layouts.entries();
  WASMRUN_TRY_ASSIGN(heap->collector_, makeCollector(core));
  return heap;
}

Result<void> Heap::addTypes(std::shared_ptr<const LayoutSet> types) {
  WASMRUN_TRY(core_.layouts.add(std::move(types)));
  core_.state.layouts = core_.layouts.entries();
  return {};
}

void Heap::removeRoots(RootSource& source) { std::erase(core_.sources, &source); }

void Heap::wroteRefs(Ref ref, u64 offset, u64 bytes) {
  if (bytes == 0) return;
  const u64 first = ref.bits() + offset;
  const u8* const last = core_.cardOf(static_cast<u32>(first + bytes - 1));
  u8* const card = core_.cardOf(static_cast<u32>(first));
  std::memset(card, 1, static_cast<u64>(last - card) + 1);
}

// -- Making objects --------------------------------------------------------------------------------------------------

AllocResult Heap::allocateSlow(const Layout& layout, bool zeroed) {
  const AllocResult ref = collector_->allocate(layout.size, zeroed);
  if (ref) at(*ref).type = layout.type;
  return ref;
}

AllocResult Heap::allocateZeroed(const Layout& layout) {
  if (layout.size > kSmallBytes) return allocateSlow(layout, true);
  const AllocResult ref = allocate(layout);
  if (ref) std::memset(at(*ref).bytes() + sizeof(u32), 0, layout.size - sizeof(u32));
  return ref;
}

AllocResult Heap::allocateArray(const Layout& layout, u32 length, bool zeroed) {
  const u64 bytes = arrayBytes(layout, length);
  AllocResult ref = bytes <= kSmallBytes ? core_.state.bump(bytes) : Ref();
  if (!ref->isNull()) {
    if (zeroed) std::memset(core_.at(*ref).bytes(), 0, bytes);
  } else {
    ref = collector_->allocate(bytes, zeroed);
    if (!ref) return ref;
  }
  Object& array = at(*ref);
  array.type = layout.type;
  array.length = length;
  return ref;
}

AllocResult Heap::makeHost(HostData host) {
  const AllocResult ref = allocate(*core_.state.layouts[kHostType]);
  if (!ref) return ref;
  Object& object = at(*ref);
  object.length = core_.weak.addHostObject(host);
  if (object.length == 0) return std::unexpected(AllocFailure::HeapFull);
  core_.weak.setObject(object.length, *ref);
  return ref;
}

// -- The collector ---------------------------------------------------------------------------------------------------

Result<void> Heap::verify() { return verifyHeap(core_, *collector_); }

Statistics Heap::statistics() const {
  Statistics now = core_.statistics;
  now.allocatedBytes += core_.areaBytes();
  now.usedBytes = collector_->usedBytes();
  now.peakUsedBytes = std::max(now.peakUsedBytes, now.usedBytes);
  return now;
}

std::vector<Heap::TypeTotal> Heap::totals() const {
  std::unordered_map<u32, TypeTotal> byType;
  forEachObject([&](Ref ref) {
    TypeTotal& total = byType[at(ref).type];
    total.type = at(ref).type;
    ++total.objects;
    total.bytes += core_.bytesOf(ref);
  });
  std::vector<TypeTotal> totals;
  for (const auto& [type, total] : byType) totals.push_back(total);
  std::sort(totals.begin(), totals.end(), [](const TypeTotal& a, const TypeTotal& b) {
    return a.bytes != b.bytes ? a.bytes > b.bytes : a.type < b.type;
  });
  return totals;
}

}  // namespace wasmrun::gc
