// Measures the managed heap alone: MB/s allocated and moved, and pauses. Not installed, not a test.
//
//   bench_gc_speed [null|copying|generational] [nursery KiB]
//
// Each row is one program: trees of depth 14 beside one of depth 18 that stays (their nodes survive long enough to be
// moved now and then), garbage alone, lists that are built and kept for a while, lists that are sorted, arrays of all
// sizes up to 64 KiB, and copies and fills of large arrays. What the interpreter will add is not in it. Pauses are in
// time of this thread's own, so that a busy machine does not show in them; MB/s allocated are in wall time.
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <string>

#include "gc/array_ops.h"

namespace {

using namespace wasmrun;
using namespace wasmrun::gc;

u64 threadNanos() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<u64>(now.tv_sec) * 1'000'000'000 + static_cast<u64>(now.tv_nsec);
}

struct Bench : RootSource {
  explicit Bench(const HeapOptions& options) : heap(std::move(*Heap::make(options))) {
    std::vector<wasm::SubType> group(3);
    const auto self = wasm::ValType::ref(wasm::HeapType(wasm::TypeId(wasm::SubType::kGroupMember)), true);
    group[0].kind = wasm::CompositeKind::Struct;
    group[0].fields = {{self, true}, {self, true}, {wasm::kI32, true}};
    group[1].kind = group[2].kind = wasm::CompositeKind::Array;
    group[1].fields = {{wasm::TypeKind::I8, true}};
    group[2].fields = {{wasm::kAnyRef, true}};
    first = *registry.intern(group);
    const wasm::TypeId ids[] = {first, wasm::TypeId(first.value + 1), wasm::TypeId(first.value + 2)};
    const auto layouts = std::make_shared<LayoutSet>(registry, ids);
    CHECK(heap->addTypes(layouts), "the types fit");
    node = &layouts->layouts()[0];
    bytes = &layouts->layouts()[1];
    refs = &layouts->layouts()[2];
    left = node->fields[0].offset;
    right = node->fields[1].offset;
    key = node->fields[2].offset;
    heap->addRoots(*this);
  }
  ~Bench() {
    heap->removeRoots(*this);
    heap.reset();
    registry.release(first);
  }
  void visitRoots(RootVisitor& visitor, RootSet) override { visitor.slots(roots); }

  /// Collects when the heap is about to, to measure how long it takes.
  void poll() {
    const HeapState& state = heap->state();
    if (state.limit - state.top >= kSmallBytes) [[likely]]
      return;
    const Statistics& statistics = heap->core().statistics;
    const bool isFull = statistics.usedBytes > 2 * statistics.liveBytes + (u64{16} << 20);
    const u64 begin = threadNanos();
    heap->collect(isFull ? CollectionKind::Full : CollectionKind::Young);
    (isFull ? fullPauses : youngPauses).add(threadNanos() - begin);
  }

  Ref check(AllocResult ref) {
    CHECK(ref, "the heap is large enough for its benchmark");
    return *ref;
  }
  Ref makeNode(Ref a, Ref b) {
    // As struct.new: the operands are roots while the object is made.
    roots.push_back(a.slot());
    roots.push_back(b.slot());
    poll();
    const Ref ref = check(heap->allocate(*node));
    heap->store(ref, right, Ref::fromSlot(roots.back()));
    roots.pop_back();
    heap->store(ref, left, Ref::fromSlot(roots.back()));
    roots.pop_back();
    return ref;
  }
  Ref makeTree(u32 depth) {
    if (depth == 0) return makeNode(Ref(), Ref());
    roots.push_back(makeTree(depth - 1).slot());
    const Ref second = makeTree(depth - 1);
    const Ref firstTree = Ref::fromSlot(roots.back());
    roots.pop_back();
    return makeNode(firstTree, second);
  }

  wasm::TypeRegistry registry;
  wasm::TypeId first;
  std::unique_ptr<Heap> heap;
  const Layout *node, *bytes, *refs;
  u32 left, right, key;
  std::vector<u64> roots;
  PauseHistogram youngPauses, fullPauses;
};

using Clock = std::chrono::steady_clock;

void report(const char* name, Bench& bench, Clock::time_point begin) {
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  const Statistics s = bench.heap->statistics();
  const double pause = static_cast<double>(bench.youngPauses.total() + bench.fullPauses.total()) / 1e9;
  const auto ms = [](u64 nanos) { return static_cast<double>(nanos) / 1e6; };
  std::printf(
      "%-9s %6.2f s %8.0f MB/s allocated %7.0f MB/s moved %5.1f%% survive %4.1f%% in pauses | young %6llu: "
      "median %.2f p99 %.2f p99.9 %.2f longest %.2f ms | full %llu: longest %.1f ms | peak %llu MB\n",
      name, seconds, static_cast<double>(s.allocatedBytes) / 1e6 / seconds,
      pause > 0 ? static_cast<double>(s.copiedBytes) / 1e6 / pause : 0,
      s.examinedBytes > 0 ? 100.0 * static_cast<double>(s.survivedBytes) / static_cast<double>(s.examinedBytes) : 0,
      100 * pause / seconds, static_cast<unsigned long long>(bench.youngPauses.count()),
      ms(bench.youngPauses.percentile(0.5)), ms(bench.youngPauses.percentile(0.99)),
      ms(bench.youngPauses.percentile(0.999)), ms(bench.youngPauses.longest()),
      static_cast<unsigned long long>(bench.fullPauses.count()), ms(bench.fullPauses.longest()),
      static_cast<unsigned long long>(s.peakUsedBytes >> 20));
}

void trees(Bench& bench) {
  bench.roots.push_back(bench.makeTree(18).slot());
  for (int i = 0; i < 2000; ++i) bench.makeTree(14);
}

void garbage(Bench& bench) {
  for (int i = 0; i < 100'000'000; ++i) bench.makeNode(Ref(), Ref());
}

void lists(Bench& bench) {
  bench.roots.resize(64);
  for (int i = 0; i < 2000; ++i) {
    bench.roots.push_back(0);
    for (int j = 0; j < 20'000; ++j)
      bench.roots.back() = bench.makeNode(Ref::fromSlot(bench.roots.back()), Ref()).slot();
    bench.roots[static_cast<size_t>(i) % 64] = bench.roots.back();
    bench.roots.pop_back();
  }
}

// Merge sort of lists, as bench/kernels/list_sort.wat does it: what survives is referred to from all over old space.

u32 keyOf(Bench& bench, Ref pair) {
  const Ref element = bench.heap->load<Ref>(pair, bench.right);
  return element.isI31() ? element.i31Unsigned() : bench.heap->load<u32>(element, bench.key);
}

Ref merge(Bench& bench, Ref a, Ref b) {
  const Ref first = bench.makeNode(a, b);
  const auto next = [&](Ref pair) { return bench.heap->load<Ref>(pair, bench.left); };
  a = next(first);
  b = bench.heap->load<Ref>(first, bench.right);
  Ref last = first;
  while (!a.isNull() && !b.isNull()) {
    Ref& less = keyOf(bench, a) <= keyOf(bench, b) ? a : b;
    bench.heap->storeRef(last, bench.left, less);
    last = less;
    less = next(less);
  }
  bench.heap->storeRef(last, bench.left, a.isNull() ? b : a);
  return next(first);
}

/// The first `length` pairs of the list at roots[list], sorted.
Ref sorted(Bench& bench, size_t list, u32 length) {
  Ref middle = Ref::fromSlot(bench.roots[list]);
  if (length == 1) return bench.makeNode(Ref(), bench.heap->load<Ref>(middle, bench.right));
  const u32 half = length / 2;
  for (u32 i = 0; i < half; ++i) middle = bench.heap->load<Ref>(middle, bench.left);
  bench.roots.push_back(middle.slot());
  const size_t second = bench.roots.size() - 1;
  bench.roots.push_back(sorted(bench, list, half).slot());
  const Ref rest = sorted(bench, second, length - half);
  const Ref start = Ref::fromSlot(bench.roots.back());
  bench.roots.resize(second);
  return merge(bench, start, rest);
}

void sorting(Bench& bench) {
  constexpr u32 kLength = 50'000;
  u64 seed = 1;
  bench.roots.resize(1);
  for (int round = 0; round < 60; ++round) {
    bench.roots[0] = 0;
    for (u32 i = 0; i < kLength; ++i) {
      seed = seed * 6364136223846793005 + 1442695040888963407;
      Ref element = Ref::i31(static_cast<u32>(seed >> 34));
      if (seed >> 63) {
        element = bench.makeNode(Ref(), Ref());
        bench.heap->store(element, bench.key, static_cast<u32>(seed >> 33));
      }
      bench.roots[0] = bench.makeNode(Ref::fromSlot(bench.roots[0]), element).slot();
    }
    bench.roots[0] = sorted(bench, 0, kLength).slot();
  }
}

void arrays(Bench& bench) {
  bench.roots.resize(256);
  u64 seed = 1;
  for (int i = 0; i < 2'000'000; ++i) {
    seed = seed * 6364136223846793005 + 1442695040888963407;
    const u32 length = static_cast<u32>(seed >> 33) >> (15 + (seed >> 20) % 12);
    bench.poll();
    bench.roots[static_cast<size_t>(seed >> 40) % 256] =
        bench.check(bench.heap->allocateArrayZeroed(*bench.bytes, length)).slot();
  }
}

void bulk(Bench& bench) {
  constexpr u32 kLength = 4'000'000;
  bench.roots.push_back(bench.check(bench.heap->allocateArrayZeroed(*bench.refs, kLength)).slot());
  bench.roots.push_back(bench.check(bench.heap->allocateArrayZeroed(*bench.refs, kLength)).slot());
  const auto begin = Clock::now();
  constexpr int kRounds = 100;
  for (int i = 0; i < kRounds; ++i) {
    fillElements(*bench.heap, Ref::fromSlot(bench.roots[0]), 0, kLength, {{Ref::i31(static_cast<u32>(i)).slot(), 0}});
    copyElements(*bench.heap, Ref::fromSlot(bench.roots[1]), 0, Ref::fromSlot(bench.roots[0]), 0, kLength);
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  std::printf("%-9s %6.2f s %8.0f MB/s of references written\n", "bulk", seconds,
              2e-6 * kRounds * kLength * 4 / seconds);
}

}  // namespace

int main(int argc, char** argv) {
  HeapOptions options;
  const std::string kind = argc > 1 ? argv[1] : "generational";
  if (kind == "null") options.collector = CollectorKind::Null;
  if (kind == "copying") options.collector = CollectorKind::Copying;
  if (argc > 2) options.nurseryBytes = std::strtoull(argv[2], nullptr, 10) << 10;
  struct Program {
    const char* name;
    void (*run)(Bench&);
  };
  for (const Program& program :
       {Program{"trees", trees}, {"garbage", garbage}, {"lists", lists}, {"sorting", sorting}, {"arrays", arrays}}) {
    Bench bench(options);
    const auto begin = Clock::now();
    program.run(bench);
    report(program.name, bench, begin);
  }
  Bench bench(options);
  bulk(bench);
}
