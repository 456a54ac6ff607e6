// What frames refer to stays: random programs that keep host objects in every place that a frame has, and have so many
// others made in between that whatever is not found is given up and its number used again.
#include <algorithm>
#include <random>
#include <unordered_map>

#include "interp/reference_maps.h"
#include "interp_test.h"

namespace wasmrun::interp::test {
namespace {

constexpr u8 kRef = kExternRefByte;

// -- ReferenceMaps ---------------------------------------------------------------------------------------------------

TEST(ReferenceMaps, AreWhatTheyWereWhenRecorded) {
  std::mt19937_64 random(4);
  for (int round = 0; round < 40; ++round) {
    ReferenceMaps maps;
    const u32 slots = 1 + static_cast<u32>(random() % 200);
    std::vector<u32> current;  // mostly a stack, as operands are
    std::vector<bool> isIn(slots);
    std::unordered_map<u32, std::vector<u32>> expected;
    maps.addLocal(3);
    for (u32 step = 0, word = 0; step < 3000; ++step) {
      const u32 slot = static_cast<u32>(random() % slots);
      if (random() % 3 == 0) {
        word += 1 + static_cast<u32>(random() % 9);
        maps.point(word);
        expected[word] = current;
      } else if (!isIn[slot]) {
        maps.add(slot);
        current.push_back(slot);
        isIn[slot] = true;
      } else {
        const size_t at = random() % 8 == 0 ? random() % current.size() : current.size() - 1;
        maps.remove(current[at]);
        isIn[current[at]] = false;
        current.erase(current.begin() + static_cast<std::ptrdiff_t>(at));
      }
    }
    for (auto& [word, operands] : expected) {
      std::ranges::sort(operands);
      for (int again = 0; again < 2; ++again) {
        const FrameReferences found = maps.at(word);
        EXPECT_EQ(std::vector(found.locals.begin(), found.locals.end()), std::vector<u32>{3});
        ASSERT_TRUE(std::ranges::equal(found.operands, operands)) << word;
      }
    }
  }
}

TEST(ReferenceMaps, BetweenPointsTheLastOneCounts) {
  ReferenceMaps maps;
  EXPECT_TRUE(maps.at(5).operands.empty());
  maps.add(7);
  maps.point(10);
  maps.remove(7);
  maps.point(20);
  EXPECT_TRUE(maps.at(9).operands.empty());
  EXPECT_EQ(maps.at(10).operands.size(), 1u);
  EXPECT_EQ(maps.at(19).operands.size(), 1u);
  EXPECT_TRUE(maps.at(20).operands.empty());
}

// -- Programs --------------------------------------------------------------------------------------------------------

/// Writes a function and knows, for each operand and local, the number of the object that it refers to; 0 is null.
class Program {
 public:
  struct Functions {
    u32 fresh, check, churn, swap, indirectType, tag, pairType;
  };
  static constexpr u32 kLocals = 6, kExnLocal = kLocals;

  Program(u64 seed, const Functions& functions) : random_(seed), functions_(functions) {}

  Bytes make() {
    for (u32 i = 0; i < 60; ++i) step();
    emit(call(functions_.churn));
    // All operands, from the top down, then the locals.
    while (!stack_.empty()) checkTop();
    for (u32 i = 0; i < kLocals; ++i) {
      emit(get(i));
      push(locals_[i]);
      checkTop();
    }
    return out_;
  }

 private:
  struct Operand {
    bool isReference;
    u32 id;
  };

  u32 pick(u32 below) { return static_cast<u32>(random_() % below); }
  void emit(const Bytes& bytes) { append(out_, bytes); }
  void push(u32 id) { stack_.push_back({true, id}); }
  Operand pop() {
    const Operand top = stack_.back();
    stack_.pop_back();
    return top;
  }
  bool hasReferences(size_t count) const {
    if (stack_.size() < count) return false;
    return std::ranges::all_of(stack_.end() - static_cast<std::ptrdiff_t>(count), stack_.end(),
                               [](const Operand& operand) { return operand.isReference; });
  }

  void checkTop() {
    const Operand top = pop();
    if (!top.isReference) return emit({Drop});
    emit(i32Const(static_cast<i32>(top.id)));
    emit(call(functions_.check));
  }

  void fresh() {
    emit(i32Const(static_cast<i32>(++made_)));
    emit(call(functions_.fresh));
    push(made_);
  }

  /// ref i64 ref -> ref i64 ref, the references swapped.
  void swap() {
    const u32 a = pick(kLocals), b = pick(kLocals);
    emit(get(a));
    emit(i64Const(static_cast<i64>(random_())));
    emit(get(b));
    if (pick(2) == 0) {
      emit(call(functions_.swap));
    } else {
      emit(i32Const(0));
      emit(callIndirect(functions_.indirectType));
    }
    push(locals_[b]);
    stack_.push_back({false, 0});
    push(locals_[a]);
  }

  /// An operand through an exception.
  void throwAndCatch() {
    const u32 local = pick(kLocals);
    emit(block(kRef));
    emit(tryTable(kEmptyBlock, {{CatchSpec::Catch, functions_.tag, 0}}));
    emit(get(local));
    emit(call(functions_.churn));
    emit(throwTag(functions_.tag));
    emit({End, Unreachable, End});
    push(locals_[local]);
  }
  /// The same, but the exception goes to a local.
  void catchReference() {
    const u32 local = pick(kLocals);
    emit(blockOf(functions_.pairType));
    emit(tryTable(kEmptyBlock, {{CatchSpec::CatchRef, functions_.tag, 0}}));
    emit(get(local));
    emit(throwTag(functions_.tag));
    emit({End, Unreachable, End});
    emit(set(kExnLocal));
    emit({Drop});
    thrown_ = locals_[local];
    hasThrown_ = true;
  }
  void throwAgain() {
    if (!hasThrown_) return;
    emit(block(kRef));
    emit(tryTable(kEmptyBlock, {{CatchSpec::Catch, functions_.tag, 0}}));
    emit(get(kExnLocal));
    emit({ThrowRef, End, Unreachable, End});
    push(thrown_);
  }

  /// A value carried out of a block, whose operands lie above ours.
  void branchOut() {
    const u32 local = pick(kLocals);
    emit(block(kRef));
    fresh();
    pop();
    emit(get(local));
    emit(i32Const(1));
    emit(brIf(0));
    emit({Drop, End});
    push(locals_[local]);
  }

  void select() {
    if (!hasReferences(2)) return;
    const u32 condition = pick(2);
    emit(i32Const(static_cast<i32>(condition)));
    emit({0x1c, 1, kRef});
    const Operand second = pop(), first = pop();
    stack_.push_back(condition != 0 ? first : second);
  }

  void step() {
    const u32 local = pick(kLocals);
    switch (pick(16)) {
      case 0:
      case 1: return fresh();
      case 2:
      case 3:
      case 4: emit(get(local)); return push(locals_[local]);
      case 5:
      case 6:
        if (!hasReferences(1)) return fresh();
        emit(set(local));
        locals_[local] = pop().id;
        return;
      case 7:
        if (!hasReferences(1)) return fresh();
        emit(tee(local));
        locals_[local] = stack_.back().id;
        return;
      case 8: emit(refNull(kRef)); return push(0);
      case 9: emit(i64Const(static_cast<i64>(random_() % 4096))); return stack_.push_back({false, 0});
      case 10: return swap();
      case 11: return select();
      case 12: return branchOut();
      case 13: return pick(2) == 0 ? throwAndCatch() : catchReference();
      case 14: return throwAgain();
      default: emit(call(functions_.churn));
    }
  }

  std::mt19937_64 random_;
  Functions functions_;
  Bytes out_;
  std::vector<Operand> stack_;
  u32 locals_[kLocals] = {};
  u32 made_ = 0;
  u32 thrown_ = 0;
  bool hasThrown_ = false;
};

struct Numbered {
  i32 id;
};

class RootsTest : public InterpTest {
 protected:
  Func makeFresh() {
    return Func::wrap(store, [this](int32_t id) { return *ExternRef::make(store, std::make_shared<Numbered>(id)); });
  }
  Func makeCheck() {
    return Func::wrap(store, [this](ExternRef ref, int32_t id) {
      ++checked;
      const auto object = ref.get<Numbered>();
      EXPECT_EQ(object ? object->id : 0, id);
      EXPECT_EQ(ref.isNull(), id == 0);
    });
  }
  /// Makes as many objects as it takes for those that nobody refers to to be given up, and their numbers used.
  Func makeChurn() {
    return Func::wrap(store, [this] {
      for (int i = 0; i < 4200; ++i) EXPECT_TRUE(ExternRef::make(store, std::make_shared<Numbered>(-1)));
    });
  }
  int checked = 0;
};

TEST_F(RootsTest, ReferencesInFramesStay) {
  for (u64 seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    ModuleBuilder builder;
    const u32 freshType = builder.type({kI32Byte}, {kRef}), checkType = builder.type({kRef, kI32Byte}, {}),
              churnType = builder.type({}, {});
    Program::Functions functions{};
    functions.indirectType = builder.type({kRef, kI64Byte, kRef}, {kRef, kI64Byte, kRef});
    functions.pairType = builder.type({}, {kRef, kExnRefByte});
    functions.fresh = builder.importFunc("fresh", freshType);
    functions.check = builder.importFunc("check", checkType);
    functions.churn = builder.importFunc("churn", churnType);
    functions.tag = builder.tag(builder.type({kRef}, {}));
    functions.swap = builder.func(functions.indirectType, code({call(functions.churn), get(2), get(1), get(0)}));
    builder.table({kFuncRefByte}, {.min = 1});
    builder.activeElements(i32Const(0), {functions.swap});
    const Bytes body = Program(seed, functions).make();
    Bytes locals(Program::kLocals, kRef);
    locals.push_back(kExnRefByte);
    builder.exportItem("f", 0, builder.func(churnType, body, locals));
    const Instance instance = instantiate(builder, {makeFresh(), makeCheck(), makeChurn()});
    EXPECT_EQ(run(instance, "f"), "");
  }
  EXPECT_GT(checked, 60 * 6);
}

TEST_F(RootsTest, ThousandsOfOperands) {
  constexpr i32 kCount = 20'000;
  ModuleBuilder builder;
  const u32 fresh = builder.importFunc("fresh", builder.type({kI32Byte}, {kRef})),
            check = builder.importFunc("check", builder.type({kRef, kI32Byte}, {})),
            churn = builder.importFunc("churn", builder.type({}, {}));
  Bytes body;
  for (i32 id = 1; id <= kCount; ++id) append(body, code({i32Const(id), call(fresh)}));
  append(body, call(churn));
  for (i32 id = kCount; id >= 1; --id) append(body, code({i32Const(id), call(check)}));
  builder.exportItem("f", 0, builder.func(builder.type({}, {}), body));
  EXPECT_EQ(run(instantiate(builder, {makeFresh(), makeCheck(), makeChurn()}), "f"), "");
  EXPECT_EQ(checked, kCount);
}

TEST_F(RootsTest, DeepRecursionThroughOtherInstancesAndTheHost) {
  // f(n, ref): keeps the reference in its frame, calls the host, which calls g of another instance, which calls f.
  ModuleBuilder builder;
  const u32 type = builder.type({kI32Byte, kRef}, {kI32Byte}), freshType = builder.type({kI32Byte}, {kRef}),
            checkType = builder.type({kRef, kI32Byte}, {}), churnType = builder.type({}, {});
  const u32 fresh = builder.importFunc("fresh", freshType), check = builder.importFunc("check", checkType),
            churn = builder.importFunc("churn", churnType), next = builder.importFunc("next", type);
  const Bytes descend = code({get(0), i32Const(1), I32Sub, get(0), call(fresh), call(next)});
  // The object in f's frame has the number n + 1.
  const u32 f = builder.func(type, code({get(0), I32Eqz, ifBlock(kI32Byte), call(churn), i32Const(7), Else, get(1),
                                         get(0), i32Const(1), I32Add, descend, set(0), call(check), get(0), End}));
  builder.exportItem("f", 0, f);
  builder.exportItem("start", 0,
                     builder.func(builder.type({kI32Byte}, {kI32Byte}),
                                  code({get(0), get(0), i32Const(1), I32Add, call(fresh), call(f)})));
  std::vector<Instance> instances;
  const Func host = Func::wrap(store, [&](int32_t n, ExternRef ref) -> Result<int32_t> {
    const auto object = ref.get<Numbered>();
    EXPECT_TRUE(object && object->id == n + 1);
    auto callee = instances[static_cast<size_t>(n) % instances.size()].typed<int32_t(int32_t, ExternRef)>("f");
    if (!callee) return fail(callee.error());
    return (*callee)(n, ref);
  });
  for (int i = 0; i < 3; ++i) instances.push_back(instantiate(builder, {makeFresh(), makeCheck(), makeChurn(), host}));
  EXPECT_EQ(run(instances[0], "start", {200}), "7");
  EXPECT_EQ(checked, 200);
}

TEST_F(RootsTest, NumbersThatLookLikeReferencesKeepNothing) {
  ModuleBuilder builder;
  const u32 churnType = builder.type({}, {});
  const u32 churn = builder.importFunc("churn", churnType);
  // All small multiples of 8 in locals and operands.
  Bytes body, locals(600, kI64Byte);
  for (u32 i = 0; i < 600; ++i) append(body, code({i64Const(i64{i} * 8), set(i)}));
  for (u32 i = 600; i < 1200; ++i) append(body, code({i64Const(i64{i} * 8), get(i - 600), I64Add}));
  append(body, call(churn));
  for (u32 i = 600; i < 1200; ++i) append(body, {Drop});
  builder.exportItem("f", 0, builder.func(churnType, body, locals));
  std::vector<std::weak_ptr<Numbered>> objects;
  for (i32 i = 0; i < 1500; ++i) {
    const auto object = std::make_shared<Numbered>(i);
    objects.push_back(object);
    EXPECT_TRUE(ExternRef::make(store, object));
  }
  EXPECT_EQ(run(instantiate(builder, {makeChurn()}), "f"), "");
  EXPECT_TRUE(std::ranges::all_of(objects, [](const auto& object) { return object.expired(); }));
}

}  // namespace
}  // namespace wasmrun::interp::test
