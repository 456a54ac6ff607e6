// Objects of wasm from the host: made, read, written, told apart, weakly held; and every way to misuse them.
#include <algorithm>
#include <cmath>
#include <limits>

#include "api_test.h"

namespace wasmrun::test {
namespace {

constexpr std::string_view kModule = R"((module
  (rec
    (type $node (sub (struct (field $next (mut (ref null $node))) (field $value (mut i32)))))
    (type $leaf (sub final $node (struct (field (mut (ref null $node))) (field (mut i32))
      (field (mut i8)) (field (mut i16)) (field i64) (field (mut f32)) (field (mut f64)) (field (mut v128))
      (field (mut funcref)) (field (mut externref)) (field (mut anyref))))))
  (type $bytes (array (mut i8)))
  (type $nodes (array (mut (ref null $node))))
  (type $fixed (array (ref $node)))
  (type $frozen (array i32))
  (table $table (export "table") 4 anyref)
  (global $kept (export "kept") (mut (ref null $node)) (ref.null $node))
  (func (export "sum") (param $node (ref null $node)) (result i32)
    (local $sum i32)
    (block $end (loop $next
      (br_if $end (ref.is_null (local.get $node)))
      (local.set $sum (i32.add (local.get $sum) (struct.get $node $value (local.get $node))))
      (local.set $node (struct.get $node $next (local.get $node)))
      (br $next)))
    (local.get $sum))
  (func (export "make") (param i32) (result (ref $node)) (struct.new $node (ref.null $node) (local.get 0)))
  (func (export "same") (param anyref) (result anyref) (local.get 0))
  (func (export "length") (param (ref null array)) (result i32) (array.len (local.get 0)))
  (func (export "struct") (param structref) (result structref) (local.get 0))
  (func (export "churn") (param i32)
    (loop $again
      (drop (array.new_default $bytes (i32.const 1000)))
      (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
))";

/// Engines of each collector, with a small heap that is verified.
class GcTest : public ::testing::TestWithParam<Collector> {
 protected:
  static Engine makeEngine() {
    Config config;
    config.collector(GetParam()).maxGcHeapSize(32 << 20);
    good(config.set("C", "gc-verify"));
    return makeTestEngine(config);
  }
  ValType type(std::string_view name) { return good(module.type(module.findType(name).value())); }
  Func func(std::string_view name) { return good(instance.func(name)); }
  StructRef node(int32_t value, const AnyRef& next = {}) {
    return good(StructRef::make(store, type("node"), {Value(next), value}));
  }
  bool frees() const { return GetParam() != Collector::Null; }

  Engine engine = makeEngine();
  Module module = good(Module::compileText(engine, kModule));
  Store store{engine};
  Instance instance = good(Instance::make(store, module, {}));
};

INSTANTIATE_TEST_SUITE_P(Collectors, GcTest,
                         ::testing::Values(Collector::Generational, Collector::Copying, Collector::Null),
                         [](const auto& info) {
                           return std::string(info.param == Collector::Copying ? "Copying"
                                              : info.param == Collector::Null  ? "Null"
                                                                               : "Generational");
                         });

// -- Structs ---------------------------------------------------------------------------------------------------------

TEST_P(GcTest, StructsGoToWasmAndBack) {
  const StructRef list = node(1, node(2, node(3)));
  good(store.gc());
  EXPECT_EQ(good(func("sum").call({Value(list)}))[0].i32(), 6);
  EXPECT_EQ(good(list.get(1)).i32(), 1);
  const StructRef second = good(list.get(0)).anyref().asStruct();
  EXPECT_EQ(good(second.get(1)).i32(), 2);
  good(second.set(1, 20));
  EXPECT_EQ(good(func("sum").call({Value(list)}))[0].i32(), 24);
  const AnyRef made = good(func("make").call({Value(7)}))[0].anyref();
  good(second.set(0, made));
  EXPECT_EQ(good(func("sum").call({Value(list)}))[0].i32(), 28);
  EXPECT_EQ(made.type(), type("node"));
  EXPECT_TRUE(good(second.get(0)).anyref().isSame(made));
  EXPECT_EQ(list.size(), 2u);
}

TEST_P(GcTest, FieldsOfEveryKind) {
  const Func host = Func::wrap(store, [](int32_t a) { return a; });
  const ExternRef object = good(ExternRef::make(store, std::make_shared<int>(5)));
  V128 vector;
  for (uint8_t i = 0; i < 16; ++i) vector.bytes[i] = i;
  const StructRef leaf = good(StructRef::make(store, type("leaf"),
                                              {Value(AnyRef()), -1, 0x1ff, -2, int64_t{1} << 40, 1.5f, -0.0, vector,
                                               Value(host), object, AnyRef::i31(store, 9)}));
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(good(leaf.get(1)).i32(), -1);
    EXPECT_EQ(good(leaf.get(2)).i32(), 0xff) << "packed: the low bits";
    EXPECT_EQ(good(leaf.get(3)).i32(), 0xfffe) << "zero-extended";
    EXPECT_EQ(good(leaf.get(4)).i64(), int64_t{1} << 40);
    EXPECT_EQ(good(leaf.get(5)).f32(), 1.5f);
    EXPECT_TRUE(std::signbit(good(leaf.get(6)).f64()));
    EXPECT_EQ(good(leaf.get(7)).v128(), vector);
    EXPECT_EQ(good(leaf.get(8)).func(), host);
    EXPECT_EQ(*good(leaf.get(9)).externref().get<int>(), 5);
    EXPECT_EQ(good(leaf.get(10)).anyref().asI31(), 9u);
    good(store.gc());
  }
  good(leaf.set(10, leaf));
  good(leaf.set(8, Func()));
  good(store.gc());
  EXPECT_TRUE(good(leaf.get(10)).anyref().isSame(leaf)) << "a cycle";
  EXPECT_FALSE(good(leaf.get(8)).func());
  const StructRef zeros = good(StructRef::makeDefault(store, type("leaf")));
  EXPECT_TRUE(good(zeros.get(0)).isNull());
  EXPECT_EQ(good(zeros.get(4)).i64(), 0);
  EXPECT_EQ(good(zeros.get(7)).v128(), V128());
}

TEST_P(GcTest, MisusedStructsGiveErrors) {
  const StructRef list = node(1);
  const auto expectError = [](const Error& error, std::string_view part) {
    EXPECT_EQ(error.kind, ErrorKind::Usage);
    EXPECT_CONTAINS(error.message, part);
  };
  const ValType nodeType = type("node");
  expectError(bad(list.get(2)), "there is no field 2; the struct has 2");
  expectError(bad(list.set(2, 1)), "there is no field 2");
  expectError(bad(list.set(1, 1.0f)), "f32 given, i32 expected");
  expectError(bad(list.set(0, AnyRef::i31(store, 1))), "type mismatch");
  expectError(bad(list.set(0, ExternRef())), "type mismatch");
  expectError(bad(good(StructRef::makeDefault(store, type("leaf"))).set(4, int64_t{1})), "field 4 is immutable");
  expectError(bad(StructRef::make(store, nodeType, {Value(1)})), "1 fields given, 2 expected");
  expectError(bad(StructRef::make(store, nodeType, {Value(1), Value(1)})), "field 0: type mismatch");
  expectError(bad(StructRef::make(store, type("bytes"), {})), "not a struct type");
  expectError(bad(StructRef::make(store, ValType::ref(HeapKind::Struct, false), {})), "not a struct type");
  expectError(bad(StructRef::make(store, ValType::i32(), {})), "not a struct type");
  expectError(bad(StructRef::make(store, ValType::inGroup(0, false), {})), "another engine");
  expectError(bad(StructRef::from(AnyRef())), "the reference is null");
  expectError(bad(StructRef::from(AnyRef::i31(store, 1))), "the object is (ref i31), not (ref struct)");
  expectError(bad(StructRef::from(list, type("leaf"))), "not " + type("leaf").toString());
  expectError(bad(StructRef().get(0)), "the reference is null");
  expectError(bad(StructRef().set(0, 1)), "the reference is null");
  EXPECT_EQ(StructRef().size(), 0u);
  EXPECT_TRUE(AnyRef::i31(store, 1).asStruct().isNull());
  EXPECT_TRUE(good(ExternRef::make(store, std::make_shared<int>(1))).toAny().asStruct().isNull());

  Engine otherEngine = makeEngine();
  const Module otherModule = good(Module::compileText(otherEngine, kModule));
  Store foreign(otherEngine), sibling(engine);
  expectError(bad(StructRef::makeDefault(foreign, nodeType)), "another engine");
  expectError(bad(StructRef::from(list, good(otherModule.type(0)))), "another engine");
  const StructRef theirs = good(StructRef::makeDefault(sibling, nodeType));
  expectError(bad(list.set(0, theirs)), "belongs to another store");
  expectError(bad(StructRef::make(store, nodeType, {Value(theirs), 1})), "belongs to another store");
  EXPECT_FALSE(list.isSame(theirs));
  EXPECT_EQ(good(list.get(1)).i32(), 1) << "as it was";
}

TEST_P(GcTest, ReferencesOfADeadStoreAreHarmless) {
  auto store = std::make_unique<Store>(engine);
  const StructRef object = good(StructRef::makeDefault(*store, type("node")));
  const ArrayRef array = good(ArrayRef::makeDefault(*store, type("bytes"), 10));
  const Weak<StructRef> weak(object);
  store.reset();
  EXPECT_FALSE(object.isAlive());
  std::vector<uint8_t> bytes(4);
  for (const Error& error :
       {bad(object.get(0)), bad(object.set(1, 1)), bad(array.get(0)), bad(array.set(0, 1)), bad(array.fill(0, 1, 1)),
        bad(array.read(0, std::span(bytes))), bad(StructRef::from(object)), bad(ArrayRef::from(array))}) {
    EXPECT_EQ(error.kind, ErrorKind::Usage);
    EXPECT_CONTAINS(error.message, "store of this handle is gone");
  }
  EXPECT_EQ(object.size() + array.size(), 0u);
  EXPECT_TRUE(object.asStruct().isNull());
  EXPECT_FALSE(object.isA(type("node")));
  EXPECT_TRUE(weak.isGone());
  EXPECT_TRUE(weak.lock().isNull());
  const StructRef copy = object;
  const Weak<StructRef> weakCopy = weak, none(object);
}

TEST_P(GcTest, AStoreThatGoesWhileReferencesAreHeldSaysSo) {
  std::vector<std::string> messages;
  Config config = engine.config();
  config.logger(LogLevel::Warning, [&](LogLevel, std::string_view text) { messages.emplace_back(text); });
  const Engine logging = good(Engine::make(config));
  AnyRef left;
  {
    Store tidy(logging);
  }
  {
    Store inner(logging);
    left = AnyRef::i31(inner, 1);
    const AnyRef copy = left;
    const Weak<AnyRef> weak(left);
  }
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_CONTAINS(messages[0], "a store goes while the host holds 1 references");
}

// -- Arrays ----------------------------------------------------------------------------------------------------------

TEST_P(GcTest, ArraysGoToWasmAndBack) {
  const ArrayRef bytes = good(ArrayRef::make(store, type("bytes"), 5, Value(0x141)));
  EXPECT_EQ(good(func("length").call({Value(bytes)}))[0].i32(), 5);
  EXPECT_EQ(good(bytes.get(4)).i32(), 0x41);
  good(bytes.set(0, -1));
  EXPECT_EQ(good(bytes.get(0)).i32(), 0xff);
  good(bytes.fill(1, 3, 7));
  std::array<uint8_t, 5> out;
  good(bytes.read(0, std::span(out)));
  EXPECT_EQ(out, (std::array<uint8_t, 5>{0xff, 7, 7, 7, 0x41}));
  const std::string_view text = "hello";
  const ArrayRef copy = good(ArrayRef::makeOf(store, type("bytes"), std::span<const char>(text)));
  good(copy.write(1, std::span<const char>("u", 1)));
  good(store.gc());
  std::string back(5, ' ');
  good(copy.read(0, std::span<char>(back)));
  EXPECT_EQ(back, "hullo");
  const ArrayRef nodes = good(ArrayRef::make(store, type("nodes"), {Value(node(1)), Value(AnyRef()), Value(node(3))}));
  good(nodes.set(1, node(2)));
  good(store.gc());
  for (uint32_t i = 0; i < 3; ++i)
    EXPECT_EQ(good(good(nodes.get(i)).anyref().asStruct().get(1)).i32(), static_cast<int32_t>(i + 1));
  good(nodes.fill(0, 3, good(nodes.get(2))));
  EXPECT_TRUE(good(nodes.get(0)).anyref().isSame(good(nodes.get(2)).anyref()));
  EXPECT_EQ(good(ArrayRef::makeDefault(store, type("nodes"), 0)).size(), 0u);
  EXPECT_TRUE(bytes.asStruct().isNull());
  EXPECT_EQ(AnyRef(bytes).asArray().size(), 5u);
}

TEST_P(GcTest, MisusedArraysGiveErrors) {
  const ArrayRef bytes = good(ArrayRef::makeDefault(store, type("bytes"), 10));
  const ArrayRef frozen = good(ArrayRef::make(store, type("frozen"), 3, 1));
  const ArrayRef nodes = good(ArrayRef::makeDefault(store, type("nodes"), 3));
  std::vector<uint8_t> small(4), large(11);
  std::vector<uint32_t> words(2);
  const auto expectError = [](const Error& error, std::string_view part) {
    EXPECT_EQ(error.kind, ErrorKind::Usage);
    EXPECT_CONTAINS(error.message, part);
  };
  expectError(bad(bytes.get(10)), "element 10 is not inside an array of 10");
  expectError(bad(bytes.set(~0u, 1)), "not inside");
  expectError(bad(bytes.fill(5, 6, 1)), "6 elements from 5 on are not inside an array of 10");
  expectError(bad(bytes.fill(~0u, ~0u, 1)), "not inside");
  expectError(bad(bytes.read(0, std::span(large))), "not inside");
  expectError(bad(bytes.write(8, std::span<const uint8_t>(small))), "not inside");
  expectError(bad(bytes.read(0, std::span(words))), "elements have 1 bytes, not 4");
  expectError(bad(nodes.read(0, std::span(words))), "references");
  expectError(bad(frozen.set(0, 1)), "immutable");
  expectError(bad(frozen.fill(0, 1, 1)), "immutable");
  expectError(bad(frozen.write(0, std::span<const uint32_t>(words))), "immutable");
  expectError(bad(bytes.set(0, int64_t{1})), "i64 given, i32 expected");
  expectError(bad(nodes.set(0, bytes)), "type mismatch");
  expectError(bad(ArrayRef::make(store, type("node"), 1, 1)), "not an array type");
  expectError(bad(ArrayRef::makeDefault(store, type("fixed"), 1)), "no default value");
  expectError(bad(ArrayRef::make(store, type("fixed"), 1, AnyRef())), "null given");
  expectError(bad(ArrayRef::makeOf(store, type("nodes"), std::span<const uint32_t>(words))), "references");
  expectError(bad(ArrayRef::from(node(1))), "not (ref array)");
  expectError(bad(ArrayRef().get(0)), "null");
  for (const uint32_t length : {std::numeric_limits<uint32_t>::max(), 1u << 31, 40u << 20}) {
    const Error error = bad(ArrayRef::makeDefault(store, type("bytes"), length));
    EXPECT_EQ(error.kind, ErrorKind::Limit);
    EXPECT_CONTAINS(error.message, "the store's heap can have no array of this size");
  }
  EXPECT_EQ(good(bytes.get(0)).i32(), 0) << "the store works on";
}

TEST_P(GcTest, AFullHeapIsALimitErrorAndPassesAway) {
  std::vector<ArrayRef> kept;
  Result<ArrayRef> made;
  while ((made = ArrayRef::makeDefault(store, type("bytes"), 100'000))) kept.push_back(*made);
  EXPECT_EQ(made.error().kind, ErrorKind::Limit);
  EXPECT_CONTAINS(made.error().message, "no room for another array");
  EXPECT_GT(kept.size(), 100u);
  kept.clear();
  if (frees()) good(ArrayRef::makeDefault(store, type("bytes"), 100'000));
}

// -- Types -----------------------------------------------------------------------------------------------------------

TEST_P(GcTest, TypeTestsAreThoseOfWasm) {
  const StructRef leaf = good(StructRef::makeDefault(store, type("leaf"))), base = node(1);
  const ArrayRef bytes = good(ArrayRef::makeDefault(store, type("bytes"), 1));
  const AnyRef number = AnyRef::i31(store, 1), null;
  const ExternRef host = good(ExternRef::make(store, std::make_shared<int>(1)));
  const auto abstract = [](HeapKind kind) { return ValType::ref(kind, false); };
  EXPECT_TRUE(leaf.isA(type("node")) && leaf.isA(type("leaf")) && !base.isA(type("leaf")));
  EXPECT_TRUE(leaf.isA(abstract(HeapKind::Struct)) && leaf.isA(abstract(HeapKind::Eq)) && !leaf.isA(type("bytes")));
  EXPECT_TRUE(bytes.isA(type("bytes")) && bytes.isA(ValType::anyref()) && !bytes.isA(abstract(HeapKind::Struct)));
  EXPECT_TRUE(number.isA(abstract(HeapKind::I31)) && number.isA(abstract(HeapKind::Eq)));
  EXPECT_FALSE(number.isA(type("node")) || number.isA(ValType::externref()) || number.isA(ValType::i32()));
  EXPECT_TRUE(host.isA(ValType::externref()) && !host.isA(ValType::anyref()) && host.toAny().isA(ValType::anyref()));
  EXPECT_FALSE(host.toAny().isA(abstract(HeapKind::Eq)));
  EXPECT_TRUE(null.isA(ValType::anyref()) && !null.isA(abstract(HeapKind::Any)));
  EXPECT_EQ(leaf.type(), type("leaf"));
  EXPECT_EQ(Value(leaf).toString(), type("leaf").toString());
  EXPECT_EQ(good(StructRef::from(leaf, type("node"))).type(), type("leaf"));
  EXPECT_EQ(AnyRef::i31(store, 0x7fffffff).asI31Signed(), -1);
  EXPECT_FALSE(leaf.asI31Signed());
}

TEST_P(GcTest, TypesAreTakenApart) {
  EXPECT_EQ(module.typeCount(), 12u);
  EXPECT_EQ(bad(module.type(12)).kind, ErrorKind::Usage);
  EXPECT_EQ(module.findType("bytes"), 2u);
  EXPECT_FALSE(module.findType("none"));
  const TypeDefinition leaf = good(engine.definition(type("leaf")));
  EXPECT_EQ(leaf.kind, CompositeKind::Struct);
  EXPECT_TRUE(leaf.isFinal);
  EXPECT_EQ(leaf.super, type("node"));
  ASSERT_EQ(leaf.fields.size(), 11u);
  EXPECT_EQ(leaf.fields[2], FieldType::i8(true));
  EXPECT_EQ(leaf.fields[3], FieldType::i16(true));
  EXPECT_EQ(leaf.fields[4], (FieldType{ValType::i64()}));
  const ValType nodeType = type("node");
  EXPECT_EQ(leaf.fields[0], (FieldType{ValType::concrete(nodeType.engineId(), nodeType.typeId(), true), true}));
  EXPECT_EQ(good(engine.definition(type("bytes"))).kind, CompositeKind::Array);
  EXPECT_EQ(good(engine.definition(*func("sum").type().defined)).kind, CompositeKind::Func);
  EXPECT_EQ(bad(engine.definition(ValType::anyref())).kind, ErrorKind::Usage);
}

TEST_P(GcTest, TypesTheHostDefinesAreTheModules) {
  TypeDefinition node = TypeDefinition::structOf({{ValType::inGroup(0, true), true}, {ValType::i32(), true}});
  node.isFinal = false;
  TypeDefinition leaf = good(engine.definition(type("leaf")));
  leaf.super = ValType::inGroup(0, false);
  leaf.fields[0].value = ValType::inGroup(0, true);
  const TypeDefinition group[] = {node, leaf};
  const std::vector<ValType> types = good(engine.define(group));
  EXPECT_EQ(types[0], type("node"));
  EXPECT_EQ(types[1], type("leaf"));
  EXPECT_NE(good(engine.define(node)), types[0]) << "alone, it is another group";
  EXPECT_EQ(good(engine.define(TypeDefinition::arrayOf(FieldType::i8(true)))), type("bytes"));

  // In a store without any module of it.
  Store fresh(engine);
  const ValType pairType = good(engine.define(TypeDefinition::structOf({{ValType::anyref(), true}, {ValType::i64()}})));
  const StructRef pair = good(StructRef::make(fresh, pairType, {Value(AnyRef::i31(fresh, 4)), int64_t{5}}));
  good(fresh.gc());
  EXPECT_EQ(good(pair.get(0)).anyref().asI31(), 4u);
  EXPECT_EQ(good(engine.define(std::span<const TypeDefinition>())).size(), 0u);
}

TEST_P(GcTest, WhatNoModuleCouldDefineIsRefused) {
  const auto error = [&](TypeDefinition definition) {
    const Error found = bad(engine.define(definition));
    EXPECT_EQ(found.kind, ErrorKind::Usage);
    return found.message;
  };
  EXPECT_CONTAINS(error(TypeDefinition::structOf({{ValType::inGroup(1, true)}})), "there is no member 1");
  TypeDefinition array = TypeDefinition::arrayOf({});
  array.fields.clear();
  EXPECT_CONTAINS(error(array), "one element type");
  EXPECT_CONTAINS(error(TypeDefinition::structOf({{ValType::f32(), true, FieldType::Packing::I8}})), "is an i32");
  EXPECT_CONTAINS(error(TypeDefinition::structOf(std::vector<FieldType>(10'001))), "at most 10000 fields");
  TypeDefinition sub = TypeDefinition::structOf({{ValType::i32(), true}});
  sub.super = type("node");
  EXPECT_CONTAINS(error(sub), "does not match its supertype");
  sub.super = type("leaf");
  EXPECT_CONTAINS(error(sub), "supertype is final");
  sub.super = ValType::inGroup(0, false);
  EXPECT_CONTAINS(error(sub), "before its subtypes");
  sub.super = ValType::anyref();
  EXPECT_CONTAINS(error(sub), "a defined type");
  const Engine other = makeEngine();
  EXPECT_EQ(bad(other.define(TypeDefinition::arrayOf({type("node")}))).kind, ErrorKind::Usage);
  Config config;
  good(config.feature("gc", false));
  EXPECT_CONTAINS(bad(good(Engine::make(config)).define(TypeDefinition::arrayOf({}))).message, "gc is off");
}

// -- Calls -----------------------------------------------------------------------------------------------------------

TEST_P(GcTest, TypedCallsAndHostFunctionsTakeStructs) {
  auto same = good(instance.typed<StructRef(StructRef)>("struct"));
  const StructRef object = node(5);
  EXPECT_TRUE(good(same(object)).isSame(object));
  EXPECT_TRUE(good(same(StructRef())).isNull());
  EXPECT_EQ(
      good(good(instance.typed<int32_t(ArrayRef)>("length"))(good(ArrayRef::makeDefault(store, type("bytes"), 7)))), 7);
  const Func host = Func::wrap(store, [](Caller& caller, StructRef in) -> Result<StructRef> {
    if (auto collected = caller.gc(); !collected) return fail(collected.error());
    if (auto set = in.set(1, 6); !set) return fail(set.error());
    return in;
  });
  EXPECT_EQ(good(good(host.call({Value(object)}))[0].anyref().asStruct().get(1)).i32(), 6);
}

TEST_P(GcTest, ObjectsMadeAndKeptInHostFunctionsSurvive) {
  std::vector<StructRef> kept;
  Linker linker(engine);
  good(linker.func("host", "make", [&](Caller& caller, int32_t value) -> Result<AnyRef> {
    auto made = StructRef::make(caller, type("node"), {Value(AnyRef()), value});
    if (!made) return fail(made.error());
    kept.push_back(*made);
    return *made;
  }));
  const Module calls = good(Module::compileText(engine, R"((module
    (import "host" "make" (func $make (param i32) (result anyref)))
    (type $bytes (array (mut i8)))
    (func (export "run") (param $n i32) (local $last anyref)
      (loop $again
        (local.set $last (call $make (local.get $n)))
        (drop (array.new_default $bytes (i32.const 100)))
        (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))  )"));
  const Instance running = good(linker.instantiate(store, calls));
  good(good(running.typed<void(int32_t)>("run"))(5000));
  good(store.gc());
  ASSERT_EQ(kept.size(), 5000u);
  for (int32_t i = 0; i < 5000; ++i) EXPECT_EQ(good(kept[static_cast<size_t>(i)].get(1)).i32(), 5000 - i);
}

// -- Collections -----------------------------------------------------------------------------------------------------

TEST_P(GcTest, WeakReferencesEndWithTheirObjects) {
  StructRef held = node(3);
  const Weak<StructRef> weak(held), lost(node(4)), none;
  const Weak<AnyRef> number(AnyRef::i31(store, 8));
  Weak<ExternRef> object;
  auto data = std::make_shared<int>(1);
  const std::weak_ptr<int> watch = data;
  object = Weak<ExternRef>(good(ExternRef::make(store, std::move(data))));
  good(store.gc());
  EXPECT_EQ(good(weak.lock().get(1)).i32(), 3) << "it has moved";
  EXPECT_TRUE(weak.lock().isSame(held));
  EXPECT_EQ(lost.isGone(), frees());
  EXPECT_EQ(lost.lock().isNull(), frees());
  EXPECT_EQ(object.isGone(), frees());
  EXPECT_EQ(watch.expired(), frees());
  EXPECT_EQ(number.lock().asI31(), 8u) << "no object: it stays";
  EXPECT_TRUE(none.isGone() && none.lock().isNull());
  const Weak<StructRef> copy = weak;
  held = StructRef();
  good(store.gc());
  EXPECT_EQ(weak.isGone() && copy.isGone(), frees());
  // Their numbers are used again.
  for (int i = 0; i < 100'000; ++i) const Weak<AnyRef> passing(AnyRef::i31(store, 1));
  for (int i = 0; i < 10'000; ++i) const Weak<StructRef> passing(weak.isGone() ? node(1) : weak.lock());
}

/// A destructor runs where the store may be used: it makes an object, calls wasm and collects.
TEST_P(GcTest, DestructorsOfHostObjectsMayUseTheStore) {
  struct Finalized {
    std::function<void()> then;
    ~Finalized() { then(); }
  };
  int count = 0;
  const auto then = [&] {
    if (!instance.isAlive()) return;  // what is left goes with the store
    ++count;
    EXPECT_EQ(good(func("sum").call({Value(node(4))}))[0].i32(), 4);
    good(store.gc());
  };
  for (int i = 0; i < 3; ++i) (void)good(ExternRef::make(store, std::make_shared<Finalized>(then)));
  good(store.gc());
  EXPECT_EQ(count, frees() ? 3 : 0);
  (void)good(ExternRef::make(store, std::make_shared<Finalized>(then)));
  if (frees()) {
    good(good(instance.typed<void(int32_t)>("churn"))(100'000));
    EXPECT_EQ(count, 3) << "not while wasm runs";
    good(func("make").call({Value(1)}));
    EXPECT_EQ(count, 4);
  }
}

TEST_P(GcTest, StatisticsTellWhatHappened) {
  Store fresh(engine);
  EXPECT_EQ(fresh.gcStatistics().allocatedBytes, 0u);
  EXPECT_TRUE(fresh.gcTypeTotals().empty());
  good(fresh.gc());

  const AnyRef list = node(1, node(2));
  const StructRef other = good(StructRef::makeDefault(store, type("leaf")));
  if (frees()) good(good(instance.typed<void(int32_t)>("churn"))(50'000));
  good(store.gc());
  const GcStatistics statistics = store.gcStatistics();
  EXPECT_EQ(statistics.full.count >= 1, true);
  EXPECT_GE(statistics.full.longest, statistics.full.p50);
  EXPECT_EQ(statistics.young.count > 0, GetParam() == Collector::Generational);
  uint64_t pauses = 0;
  for (const GcPauses::Class& each : statistics.full.histogram) pauses += each.count;
  EXPECT_EQ(pauses, statistics.full.count);
  EXPECT_GE(statistics.allocatedBytes, frees() ? 50'000'000u : 16u);
  EXPECT_LE(statistics.heapBytes, 32u << 20);
  EXPECT_GE(statistics.peakHeapBytes, statistics.liveBytes);
  EXPECT_LT(statistics.survivalRate(), 0.5);
  EXPECT_EQ(statistics.hostReferences, 2u);
  const std::vector<GcTypeTotal> totals = store.gcTypeTotals();
  ASSERT_EQ(totals.size(), 2u);
  EXPECT_EQ(totals[0].name, "$leaf");
  EXPECT_EQ(totals[1].name, "$node");
  EXPECT_EQ(totals[1].objects, 2u);
  EXPECT_EQ(totals[1].bytes, 2u * 16);
  const std::string snapshot = good(store.gcHeapSnapshot());
  EXPECT_CONTAINS(snapshot, "\"node_count\":4");
  EXPECT_CONTAINS(snapshot, "\"$next\"");
}

TEST_P(GcTest, ManyReferencesOfTheHostAreFollowed) {
  std::vector<StructRef> kept;
  for (int i = 0; i < 20'000; ++i) {
    kept.push_back(node(i));
    if (i % 3 == 0) kept[static_cast<size_t>(i) / 2] = node(-1);
  }
  if (frees()) good(func("churn").call({50'000}));
  int right = 0;
  for (int i = 0; i < 20'000; ++i) {
    const int value = good(kept[static_cast<size_t>(i)].get(1)).i32();
    right += value == i || (value == -1 && i < 10'000);
  }
  EXPECT_EQ(right, 20'000);
  good(store.gc());
  EXPECT_EQ(good(kept[19'999].get(1)).i32(), 19'999);
}

struct HeapLimiter final : ResourceLimiter {
  bool gcHeapGrowing(uint64_t current, uint64_t desired) override {
    EXPECT_LT(current, desired);
    largest = std::max(largest, desired);
    return desired <= most;
  }
  uint64_t most = 12 << 20, largest = 0;
};

TEST_P(GcTest, TheLimiterIsAskedBeforeTheHeapGrows) {
  const auto limiter = std::make_shared<HeapLimiter>();
  Store own(store.engine());
  own.setLimiter(limiter);
  const Instance made = good(Instance::make(own, module, {}));
  const ValType bytes = type("bytes");
  std::vector<ArrayRef> kept;
  const auto fill = [&] {
    while (kept.size() < 1000) {
      auto array = ArrayRef::makeDefault(own, bytes, 100'000);
      if (!array) return array.error().kind;
      kept.push_back(*array);
    }
    return ErrorKind::Internal;
  };
  EXPECT_EQ(fill(), ErrorKind::Limit);
  EXPECT_GT(limiter->largest, limiter->most);
  EXPECT_LE(own.gcStatistics().heapBytes, limiter->most);
  EXPECT_LE(kept.size(), 125u);
  const size_t before = kept.size();
  limiter->most = 24 << 20;
  EXPECT_EQ(fill(), ErrorKind::Limit);
  EXPECT_GT(kept.size(), before + 30);
  limiter->most = 0;
  Store none(store.engine());
  none.setLimiter(limiter);
  EXPECT_EQ(bad(ExternRef::make(none, std::make_shared<int>(1))).kind, ErrorKind::Limit);
}

TEST_P(GcTest, TypesWithTheSameNameAreToldApart) {
  const Module again = good(Module::compileText(engine, R"((module (type $node (struct (field i64))) (type (struct))
    (func (export "f") (result anyref) (struct.new_default $node)) (func (export "g") (result anyref) (struct.new 1))))"));
  const Instance second = good(Instance::make(store, again, {}));
  const AnyRef kept[] = {node(1), good(good(second.func("f")).call({}))[0].anyref(),
                         good(good(second.func("g")).call({}))[0].anyref(),
                         good(ExternRef::make(store, std::make_shared<int>(1))).toAny()};
  std::vector<std::string> names;
  for (const GcTypeTotal& total : store.gcTypeTotals()) names.push_back(total.name);
  std::sort(names.begin(), names.end());
  ASSERT_EQ(names.size(), 4u);
  EXPECT_TRUE(names[0] == "$node" && names[1] == "$node (type 0)" && names[2] == "host object");
  EXPECT_EQ(names[3], "type 1");
}

}  // namespace
}  // namespace wasmrun::test
