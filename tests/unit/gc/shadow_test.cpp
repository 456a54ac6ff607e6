// Random programs against a model: every object has a twin in ordinary memory, and after every so many steps the graph
// that the roots reach must be the twins' graph.
#include <gtest/gtest.h>

#include <deque>
#include <unordered_map>

#include "test_heap.h"

namespace wasmrun::gc {
namespace {

struct Twin;

/// What a reference shall be: a twin, an i31 or null.
struct Value {
  Twin* twin = nullptr;
  u32 bits = 0;  // of an i31, or 0
};

struct Twin {
  u32 type;
  std::vector<Value> refs;   // fields of refOffsets, or elements
  std::vector<u64> numbers;  // the other fields, or elements
  u64 host = 0;              // of host objects: their identity
  u64 generation = 0;        // of the comparison that met it
  Ref ref;                   // where it was met then
};

struct Params {
  CollectorKind collector;
  bool stress;
  u64 nursery;
};

class Shadow : public testing::TestWithParam<Params> {
 protected:
  static constexpr size_t kRoots = 24;
  Shadow()
      : heap_(types_,
              {.collector = GetParam().collector,
               .maxBytes = (GetParam().collector == CollectorKind::Null ? 2048 : 64) * kMiB,
               .nurseryBytes = GetParam().nursery,
               .stress = GetParam().stress,
               .verify = GetParam().stress},
              kRoots),
        roots_(kRoots) {}

  u64 pick(u64 below) { return random_() % below; }

  Twin* twinOf(size_t root) { return roots_[root].twin; }

  // -- Steps ---------------------------------------------------------------------------------------------------------

  void keep(size_t root, Ref ref, Twin twin) {
    twins_.push_back(std::move(twin));
    roots_[root] = {&twins_.back(), 0};
    heap_.setRoot(root, ref);
  }

  void makeStruct(size_t root) {
    static constexpr u32 kStructs[] = {TestTypes::Node, TestTypes::Derived, TestTypes::Pair, TestTypes::Tag};
    makeStruct(root, pick(400) == 0 ? static_cast<u32>(TestTypes::Wide) : kStructs[pick(4)]);
  }
  void makeStruct(size_t root, u32 type) {
    const Layout& layout = types_.layout(type);
    const Ref ref = heap_.make(type);
    Twin twin{.type = type, .refs = std::vector<Value>(layout.refCount), .numbers = {}};
    for (const FieldPlace& place : layout.fields) {
      if (place.storage == Storage::Ref || place.storage == Storage::Func) continue;
      twin.numbers.push_back(random_());
      storeNumber(ref, place.offset, place.storage, twin.numbers.back());
    }
    keep(root, ref, std::move(twin));
  }

  void makeArray(size_t root) {
    static constexpr u32 kArrays[] = {TestTypes::Anys,   TestTypes::Nodes, TestTypes::Bytes,
                                      TestTypes::Shorts, TestTypes::Longs, TestTypes::Vectors};
    const u32 type = kArrays[pick(6)];
    const u32 length = static_cast<u32>(pick(60) == 0 ? pick(20'000) : pick(30));
    const Layout& layout = types_.layout(type);
    const Ref ref = heap_.makeArray(type, length);
    Twin twin{.type = type, .refs = {}, .numbers = {}};
    if (layout.element == Storage::Ref) {
      twin.refs.resize(length);
    } else {
      for (u32 i = 0; i < length; ++i) {
        twin.numbers.push_back(random_());
        storeNumber(ref, kElementsOffset + (u64{i} << layout.elementLog2), layout.element, twin.numbers.back());
      }
    }
    keep(root, ref, std::move(twin));
  }

  void makeHost(size_t root) {
    const u64 identity = ++hosts_;
    alive_[identity] = true;
    struct Context {
      std::unordered_map<u64, bool>* alive;
      u64 identity;
    };
    auto* context = new Context{&alive_, identity};
    const AllocResult ref = heap_.heap->makeHost({context, [](void* data) {
                                                    auto* context = static_cast<Context*>(data);
                                                    EXPECT_TRUE(context->alive->at(context->identity)) << "twice";
                                                    (*context->alive)[context->identity] = false;
                                                    delete context;
                                                  }});
    ASSERT_TRUE(ref);
    keep(root, *ref, Twin{.type = TestTypes::kCount, .refs = {}, .numbers = {}, .host = identity});
  }

  /// An array of many small objects, so that old space has neighbours of all ages.
  void makeCrowd(size_t root) {
    const u32 length = 50 + static_cast<u32>(pick(250));
    const Ref array = heap_.makeArray(TestTypes::Nodes, length);
    keep(root, array, Twin{.type = TestTypes::Nodes, .refs = std::vector<Value>(length), .numbers = {}});
    const size_t other = (root + 1) % kRoots;
    for (u32 i = 0; i < length; ++i) {
      makeStruct(other, TestTypes::Node);
      twinOf(root)->refs[i] = roots_[other];
      heap_.heap->storeRef(heap_.root(root), TestHeap::element(i), heap_.root(other));
    }
  }
  /// Lets go of about half of what an object refers to.
  void thin(size_t root) {
    Twin* const holder = twinOf(root);
    if (holder == nullptr) return;
    for (u32 i = 0; i < holder->refs.size(); ++i) {
      if (pick(2) == 0) continue;
      holder->refs[i] = {};
      heap_.heap->storeRef(heap_.root(root), offsetOf(*holder, i), Ref());
    }
  }

  /// Where reference `index` of an object is.
  u64 offsetOf(const Twin& twin, u32 index) const {
    const Layout& layout = types_.layout(twin.type);
    return layout.kind == ObjectKind::Array ? TestHeap::element(index) : layout.refOffsets[index];
  }

  /// Writes a random allowed value to a random reference of an object.
  void link(size_t holderRoot) {
    Twin* const holder = twinOf(holderRoot);
    if (holder == nullptr || holder->refs.empty()) return;
    const u32 index = static_cast<u32>(pick(holder->refs.size()));
    const Layout& layout = types_.layout(holder->type);
    const bool isArray = layout.kind == ObjectKind::Array;
    const wasm::ValType type = layout.refTypes[isArray ? 0 : index];
    const size_t valueRoot = pick(kRoots);
    Value value = roots_[valueRoot];
    Ref ref = heap_.root(valueRoot);
    if (pick(4) == 0) {
      ref = pick(2) == 0 ? Ref() : Ref::i31(static_cast<u32>(random_()));
      value = {nullptr, ref.bits()};
    }
    if (!isAllowed(ref, type)) return;
    holder->refs[index] = value;
    heap_.heap->storeRef(heap_.root(holderRoot), offsetOf(*holder, index), ref);
  }

  bool isAllowed(Ref ref, wasm::ValType type) {
    return ref.isNull() || heap_.heap->matches(ref, CastTarget::of(types_.registry, type.heap()));
  }

  /// Moves a root along a reference.
  void follow(size_t root) {
    Twin* const holder = twinOf(root);
    if (holder == nullptr || holder->refs.empty()) return;
    const u32 index = static_cast<u32>(pick(holder->refs.size()));
    const size_t target = pick(kRoots);
    heap_.setRoot(target, heap_.heap->load<Ref>(heap_.root(root), offsetOf(*holder, index)));
    roots_[target] = holder->refs[index];
  }

  void step() {
    // Often full ones: old space with holes is where promotions meet old objects.
    if (!GetParam().stress && pick(200) == 0) {
      ASSERT_TRUE(heap_.heap->collect(pick(4) == 0 ? CollectionKind::Full : CollectionKind::Young));
    }
    const size_t root = pick(kRoots);
    switch (pick(13)) {
      case 12: return pick(8) == 0 ? makeCrowd(root) : pick(4) == 0 ? thin(root) : link(root);
      case 0:
      case 1: makeStruct(root); break;
      case 2: makeArray(root); break;
      case 3: pick(4) == 0 ? makeHost(root) : makeStruct(root); break;
      case 4: roots_[root] = {}, heap_.setRoot(root, Ref()); break;
      case 5: follow(root); break;
      default: link(root);
    }
  }

  // -- Comparing -----------------------------------------------------------------------------------------------------

  void storeNumber(Ref ref, u64 offset, Storage storage, u64 number) {
    switch (storage) {
      case Storage::Bits8: heap_.heap->store(ref, offset, static_cast<u8>(number)); break;
      case Storage::Bits16: heap_.heap->store(ref, offset, static_cast<u16>(number)); break;
      case Storage::Bits32: heap_.heap->store(ref, offset, static_cast<u32>(number)); break;
      case Storage::Bits64: heap_.heap->store(ref, offset, number); break;
      default: heap_.heap->store(ref, offset, number); heap_.heap->store(ref, offset + 8, ~number);
    }
  }

  bool hasNumber(Ref ref, u64 offset, Storage storage, u64 number) {
    const Heap& heap = *heap_.heap;
    switch (storage) {
      case Storage::Bits8: return heap.load<u8>(ref, offset) == static_cast<u8>(number);
      case Storage::Bits16: return heap.load<u16>(ref, offset) == static_cast<u16>(number);
      case Storage::Bits32: return heap.load<u32>(ref, offset) == static_cast<u32>(number);
      case Storage::Bits64: return heap.load<u64>(ref, offset) == number;
      default: return heap.load<u64>(ref, offset) == number && heap.load<u64>(ref, offset + 8) == ~number;
    }
  }

  /// Notes that a reference shall be `value`, and whether it can be.
  bool meet(Ref ref, const Value& value) {
    if (value.twin == nullptr) return ref.bits() == value.bits;
    if (!ref.isObject()) return false;
    if (value.twin->generation == generation_) return value.twin->ref == ref;
    value.twin->generation = generation_;
    value.twin->ref = ref;
    pending_.push_back(value.twin);
    return true;
  }

  bool isSame(const Twin& twin) {
    const Heap& heap = *heap_.heap;
    if (twin.host != 0) return heap.at(twin.ref).type == kHostType && alive_.at(twin.host);
    const Layout& layout = types_.layout(twin.type);
    if (heap.at(twin.ref).type != layout.type) return false;
    const bool isArray = layout.kind == ObjectKind::Array;
    if (isArray && heap.at(twin.ref).length != std::max(twin.refs.size(), twin.numbers.size())) return false;
    for (u32 i = 0; i < twin.refs.size(); ++i) {
      const u64 offset = isArray ? TestHeap::element(i) : layout.refOffsets[i];
      if (!meet(heap.load<Ref>(twin.ref, offset), twin.refs[i])) return false;
    }
    u32 number = 0;
    if (isArray) {
      for (; number < twin.numbers.size(); ++number)
        if (!hasNumber(twin.ref, kElementsOffset + (u64{number} << layout.elementLog2), layout.element,
                       twin.numbers[number]))
          return false;
      return true;
    }
    for (const FieldPlace& place : layout.fields)
      if (place.storage != Storage::Ref && place.storage != Storage::Func &&
          !hasNumber(twin.ref, place.offset, place.storage, twin.numbers[number++]))
        return false;
    return true;
  }

  void compare() {
    ++generation_;
    for (size_t i = 0; i < kRoots; ++i) ASSERT_TRUE(meet(heap_.root(i), roots_[i])) << "root " << i;
    while (!pending_.empty()) {
      Twin* const twin = pending_.back();
      pending_.pop_back();
      ASSERT_TRUE(isSame(*twin)) << "an object of type " << twin->type << " at " << twin->ref.bits();
    }
    forgetUnreachable();
  }

  void forgetUnreachable() {
    while (!twins_.empty() && twins_.front().generation != generation_) twins_.pop_front();
  }

  TestTypes types_;
  std::unordered_map<u64, bool> alive_;  // outlives the heap, which calls the last finalizers
  TestHeap heap_;
  std::mt19937_64 random_{11};
  std::vector<Value> roots_;
  std::deque<Twin> twins_;  // addresses stay
  std::vector<Twin*> pending_;
  u64 generation_ = 0;
  u64 hosts_ = 0;
};

TEST_P(Shadow, RandomProgramsLeaveTheGraphThatTheModelHas) {
  const bool stress = GetParam().stress;
  const bool isNull = GetParam().collector == CollectorKind::Null;  // whose heap only grows
  const int rounds = stress ? 60 : isNull ? 50 : 400, steps = stress ? 50 : 1500;
  for (int round = 0; round < rounds; ++round) {
    for (int i = 0; i < steps; ++i) step();
    if (round % 8 == 0) {
      ASSERT_TRUE(heap_.heap->collect(round % 16 == 0 ? CollectionKind::Full : CollectionKind::Young));
    }
    ASSERT_NO_FATAL_FAILURE(compare()) << "round " << round;
    if (round % 32 != 0) continue;
    const Result<void> verified = heap_.heap->verify();
    ASSERT_TRUE(verified) << verified.error().message;
  }
  EXPECT_FALSE(heap_.heap->corruption());
}

TEST_P(Shadow, HostObjectsEndWhenNothingRefersToThem) {
  for (int i = 0; i < 200; ++i) {
    makeHost(pick(kRoots));
    makeStruct(pick(kRoots));
    for (int j = 0; j < 4; ++j) link(pick(kRoots));
  }
  ASSERT_TRUE(heap_.heap->collect());
  ASSERT_NO_FATAL_FAILURE(compare());
  for (size_t i = 0; i < kRoots; ++i) roots_[i] = {}, heap_.setRoot(i, Ref());
  ASSERT_TRUE(heap_.heap->collect());
  if (GetParam().collector == CollectorKind::Null) return;
  for (const auto& [identity, isAlive] : alive_) EXPECT_FALSE(isAlive) << identity;
  EXPECT_EQ(heap_.heap->weak().count(), 0u);
}

INSTANTIATE_TEST_SUITE_P(, Shadow,
                         testing::Values(Params{CollectorKind::Copying, false, 0},
                                         Params{CollectorKind::Copying, true, 0},
                                         Params{CollectorKind::Generational, false, 4 * kMiB},
                                         Params{CollectorKind::Generational, false, 64 * 1024},
                                         Params{CollectorKind::Generational, true, 256 * 1024},
                                         Params{CollectorKind::Null, false, 0}),
                         [](const auto& info) {
                           return std::string(nameOf(info.param.collector)) + (info.param.stress ? "Stress" : "") +
                                  std::to_string(info.param.nursery >> 10);
                         });

}  // namespace
}  // namespace wasmrun::gc
