// Handlers of instructions on objects: the same access with its operands in every place that they can be in, traps on
// null, casts, and what is made where there is no room.
#include <algorithm>

#include "interp_test.h"

namespace wasmrun::interp::test {
namespace {

/// Runs on every collector, and with objects moved at every allocation.
class Objects : public ::testing::TestWithParam<const char*> {
 protected:
  Objects() : engine(*Engine::make(configOf(GetParam()))), store(engine) {}

  static Config configOf(std::string_view name) {
    Config config = allFeatures();
    const bool isStressed = name == "stress";
    EXPECT_TRUE(config.set("C", "collector=" + std::string(isStressed ? "generational" : name)));
    EXPECT_TRUE(config.set("C", isStressed ? "gc-stress=y" : "gc-stress=n"));
    EXPECT_TRUE(config.set("C", "gc-verify=y"));
    EXPECT_TRUE(config.set("W", "max-gc-heap-size=16777216"));
    return config;
  }

  Instance instantiate(const std::string& text) {
    auto module = Module::compileText(engine, text);
    if (!module) {
      ADD_FAILURE() << module.error().toString();
      std::abort();
    }
    return *Instance::make(store, *module, {});
  }

  static std::string run(const Instance& instance, const std::string& name,
                         const std::vector<wasmrun::Value>& args = {}) {
    auto func = instance.func(name);
    return func ? outcomeText(func->call(args)) : func.error().toString();
  }

  Engine engine;
  Store store;
};
INSTANTIATE_TEST_SUITE_P(Collectors, Objects, ::testing::Values("generational", "copying", "null", "stress"),
                         [](const auto& info) { return std::string(info.param); });

/// `text` with each %x replaced by what stands for x.
std::string fill(std::string text, const std::vector<std::pair<char, std::string>>& parts) {
  for (const auto& [letter, part] : parts) {
    const char name[] = {'%', letter, 0};
    for (size_t at = 0; (at = text.find(name, at)) != std::string::npos; at += part.size()) text.replace(at, 2, part);
  }
  return text;
}

// -- Places of operands ----------------------------------------------------------------------------------------------

/// A field's or element's type, and a value of it: as a constant, from local $v, computed there.
struct Stored {
  std::string storage, type;
  std::string constant;
  std::string computed;
  std::string get;  ///< "", "_s", "_u"
  std::string expected;
};

const std::vector<Stored> kStored = {
    {"i8", "i32", "(i32.const 0x1fe)", "(i32.add (local.get $v) (i32.const 0))", "_s", "-2"},
    {"i8", "i32", "(i32.const 0x1fe)", "(i32.add (local.get $v) (i32.const 0))", "_u", "254"},
    {"i16", "i32", "(i32.const 0x1fffd)", "(i32.add (local.get $v) (i32.const 0))", "_s", "-3"},
    {"i16", "i32", "(i32.const 0x1fffd)", "(i32.add (local.get $v) (i32.const 0))", "_u", "65533"},
    {"i32", "i32", "(i32.const -5)", "(i32.add (local.get $v) (i32.const 0))", "", "-5"},
    {"i64", "i64", "(i64.const -6)", "(i64.add (local.get $v) (i64.const 0))", "", "-6"},
    {"i64", "i64", "(i64.const 0x123456789abc)", "(i64.add (local.get $v) (i64.const 0))", "", "20015998343868"},
    {"f32", "f32", "(f32.const 1.5)", "(f32.mul (local.get $v) (f32.const 1))", "", "1.5"},
    {"f64", "f64", "(f64.const 2.25)", "(f64.mul (local.get $v) (f64.const 1))", "", "2.25"},
    {"f64", "f64", "(f64.const 0)", "(f64.mul (local.get $v) (f64.const 1))", "", "0"},
};

/// The access `write`, then `read`, with all combinations of places. %o: the object; %i: an index; %v: the value.
std::string everyPlace(const Stored& stored, const std::string& types, const std::string& object,
                       const std::string& write, const std::string& read, std::vector<std::string>& names) {
  std::string text = types + "(type $holder (struct (field (ref null $object))))";
  // Where the object, the index, the value come from, and where what is read goes.
  const std::string objects[] = {"(local.get $o)", "(struct.get $holder 0 (local.get $h))",
                                 "(local.tee $o (struct.get $holder 0 (local.get $h)))"};
  const std::string indexes[] = {"(i32.const 3)", "(local.get $i)", "(i32.sub (local.get $j) (i32.const 1))"};
  const std::string values[] = {"(local.get $v)", stored.constant, stored.computed};
  const std::string results[] = {"%r", "(local.set $v %r) (local.get $v)",
                                 "(local.set $o (local.get $o)) (local.tee $w %r)"};
  const bool hasIndex = write.find("%i") != std::string::npos;
  for (const std::string& o : objects)
    for (const std::string& i : hasIndex ? std::span(indexes) : std::span(indexes, 1))
      for (const std::string& v : values)
        for (const std::string& r : results) {
          names.push_back("f" + std::to_string(names.size()));
          text += fill(
              "(func (export \"%n\") (result %t) (local $o (ref null $object)) (local $h (ref null $holder))"
              " (local $v %t) (local $w %t) (local $i i32) (local $j i32)"
              " (local.set $o %c) (local.set $h (struct.new $holder (local.get $o)))"
              " (local.set $v %k) (local.set $i (i32.const 3)) (local.set $j (i32.const 4)) %x %y)",
              {{'n', names.back()},
               {'c', object},
               {'k', stored.constant},
               {'x', fill(write, {{'o', o}, {'i', i}, {'v', v}})},
               {'y', fill(r, {{'r', fill(read, {{'o', o}, {'i', i}})}})},
               {'t', stored.type}});
        }
  return text;
}

TEST_P(Objects, FieldsOfAllTypesWithOperandsAnywhere) {
  for (const Stored& stored : kStored) {
    std::vector<std::string> names;
    const std::string types =
        "(type $object (struct (field (mut i8)) (field (mut " + stored.storage + ")) (field (mut i16))))";
    const Instance instance =
        instantiate(everyPlace(stored, types, "(struct.new_default $object)", "(struct.set $object 1 %o %v)",
                               "(struct.get" + stored.get + " $object 1 %o)", names));
    for (const std::string& name : names) EXPECT_EQ(run(instance, name), stored.expected) << stored.storage << name;
  }
}

TEST_P(Objects, ElementsOfAllTypesWithOperandsAnywhere) {
  for (const Stored& stored : kStored) {
    std::vector<std::string> names;
    const std::string types = "(type $object (array (mut " + stored.storage + ")))";
    const Instance instance =
        instantiate(everyPlace(stored, types, "(array.new_default $object (i32.const 4))",
                               "(array.set $object %o %i %v)", "(array.get" + stored.get + " $object %o %i)", names));
    for (const std::string& name : names) EXPECT_EQ(run(instance, name), stored.expected) << stored.storage << name;
  }
}

TEST_P(Objects, ReferencesAndVectorsInObjects) {
  const Instance instance = instantiate(R"(
    (type $f (func (result i32)))
    (type $box (struct (field i32)))
    (type $all (struct (field (mut eqref)) (field (mut (ref null $f))) (field (mut v128)) (field (mut externref))))
    (type $refs (array (mut anyref)))
    (type $funcs (array (mut (ref null $f))))
    (type $vectors (array (mut v128)))
    (func $seven (type $f) (i32.const 7))
    (elem declare func $seven)
    (func $make (result (ref $all))
      (struct.new $all (struct.new $box (i32.const 5)) (ref.func $seven) (v128.const i64x2 11 13)
        (extern.convert_any (ref.i31 (i32.const 17)))))
    (func (export "struct") (result i32 i32 i64 i32) (local $a (ref null $all))
      (local.set $a (struct.new_default $all))
      (struct.set $all 0 (local.get $a) (struct.new $box (i32.const 5)))
      (struct.set $all 1 (local.get $a) (ref.func $seven))
      (struct.set $all 2 (local.get $a) (v128.const i64x2 11 13))
      (struct.set $all 3 (local.get $a) (extern.convert_any (ref.i31 (i32.const 17))))
      (struct.get $box 0 (ref.cast (ref $box) (struct.get $all 0 (local.get $a))))
      (call_ref $f (struct.get $all 1 (local.get $a)))
      (i64x2.extract_lane 1 (struct.get $all 2 (local.get $a)))
      (i31.get_u (ref.cast (ref i31) (any.convert_extern (struct.get $all 3 (local.get $a))))))
    (func (export "new") (result i32 i32 i64 i32)
      (struct.get $box 0 (ref.cast (ref $box) (struct.get $all 0 (call $make))))
      (call_ref $f (struct.get $all 1 (call $make)))
      (i64x2.extract_lane 1 (struct.get $all 2 (call $make)))
      (i31.get_u (ref.cast (ref i31) (any.convert_extern (struct.get $all 3 (call $make))))))
    (func (export "arrays") (result i32 i32 i64 i32)
      (local $r (ref null $refs)) (local $g (ref null $funcs)) (local $v (ref null $vectors))
      (local.set $r (array.new_default $refs (i32.const 3)))
      (local.set $g (array.new_default $funcs (i32.const 3)))
      (local.set $v (array.new $vectors (v128.const i64x2 3 5) (i32.const 3)))
      (array.set $refs (local.get $r) (i32.const 1) (struct.new $box (i32.const 5)))
      (array.set $refs (local.get $r) (i32.const 2) (ref.null any))
      (array.set $funcs (local.get $g) (i32.const 2) (ref.func $seven))
      (array.set $funcs (local.get $g) (i32.const 1) (ref.null $f))
      (array.set $vectors (local.get $v) (i32.const 2) (v128.const i64x2 11 13))
      (struct.get $box 0 (ref.cast (ref $box) (array.get $refs (local.get $r) (i32.const 1))))
      (call_ref $f (array.get $funcs (local.get $g) (i32.const 2)))
      (i64x2.extract_lane 1 (array.get $vectors (local.get $v) (i32.const 2)))
      (i32.add (ref.is_null (array.get $refs (local.get $r) (i32.const 2)))
        (ref.is_null (array.get $funcs (local.get $g) (i32.const 1))))))");
  EXPECT_EQ(run(instance, "struct"), "5 7 13 17");
  EXPECT_EQ(run(instance, "new"), "5 7 13 17");
  EXPECT_EQ(run(instance, "arrays"), "5 7 13 2");
}

TEST_P(Objects, AccessesAndSmallObjectsNeedNoCall) {
  auto module = Module::compileText(engine, R"(
    (type $s (struct (field (mut i32)) (field (mut eqref)) (field (mut i8)) (field (mut funcref)) (field (mut f64))))
    (type $a (array (mut eqref)))
    (func (param $s (ref null $s)) (param $a (ref null $a)) (param $e eqref) (result eqref)
      (struct.set $s 0 (local.get $s) (i32.add (struct.get $s 0 (local.get $s)) (struct.get_s $s 2 (local.get $s))))
      (struct.set $s 1 (local.get $s) (array.get $a (local.get $a) (i32.const 3)))
      (struct.set $s 3 (local.get $s) (struct.get $s 3 (ref.as_non_null (local.get $s))))
      (struct.set $s 4 (local.get $s) (f64.add (struct.get $s 4 (local.get $s)) (f64.const 1)))
      (array.set $a (local.get $a) (array.len (local.get $a)) (ref.i31 (i32.const 3)))
      (drop (struct.new $s (i32.const 1) (local.get $e) (i32.const 2) (ref.func 0) (f64.const 3)))
      (drop (struct.new_default $s))
      (drop (array.new $a (local.get $e) (i32.const 3)))
      (drop (array.new_default $a (i32.const 3)))
      (drop (array.new_fixed $a 2 (local.get $e) (local.get $s)))
      (drop (i32.add (i31.get_u (ref.cast (ref i31) (local.get $e))) (ref.test (ref null $s) (local.get $e))))
      (block $l (result eqref) (br_on_cast $l eqref (ref struct) (br_on_cast_fail $l eqref (ref $a) (local.get $e)))))
    (elem declare func 0))");
  ASSERT_TRUE(module) << module.error().toString();
  auto code = module->dump(0, "interp");
  ASSERT_TRUE(code) << code.error().toString();
  EXPECT_EQ(code->find("CallSlow"), std::string::npos) << *code;
}

// -- Making ----------------------------------------------------------------------------------------------------------

TEST_P(Objects, StructsOfManyShapesGetEachFieldsValue) {
  // Fields of words, with constants in some places; then one of another width in between.
  for (const char* odd : {"i32", "i64", "i8"})
    for (u32 count = 1; count <= 8; ++count)
      for (u32 constants = 0; constants < 1u << std::min(count, 5u); ++constants) {
        std::string fields, values, sum = "(i32.const 0)";
        for (u32 i = 0; i < count; ++i) {
          const bool isOdd = i == count / 2;
          const std::string type = isOdd ? odd : "i32", stack = isOdd && type == "i64" ? "i64" : "i32";
          fields += "(field " + type + ")";
          const std::string number = std::to_string(i + 1);
          values += constants >> i & 1 ? "(" + stack + ".const " + number + ")"
                    : stack == "i64"   ? "(i64.extend_i32_u (i32.add (local.get $p) (i32.const " + number + ")))"
                                       : "(i32.add (local.get $p) (i32.const " + number + "))";
          std::string read =
              "(struct.get" + std::string(type == "i8" ? "_u" : "") + " $s " + std::to_string(i) + " (local.get $o))";
          if (stack == "i64") read = "(i32.wrap_i64 " + read + ")";
          sum = "(i32.add (i32.mul " + sum + " (i32.const 10)) " + read + ")";
        }
        const Instance instance =
            instantiate("(type $s (struct " + fields +
                        ")) (func (export \"f\") (param $p i32) (result i32) (local $o (ref null $s))" +
                        "(local.set $o (struct.new $s " + values + "))" + sum + ")");
        EXPECT_EQ(run(instance, "f", {wasmrun::Value(0)}), std::string("12345678").substr(0, count))
            << odd << constants;
      }
}

TEST_P(Objects, ArraysOfGivenElementsGetEachOne) {
  for (const char* type : {"i8", "i16", "i32", "i64"})
    for (u32 count : {1u, 2u, 3u, 4u, 5u, 9u})
      for (u32 constants = 0; constants < 1u << std::min(count, 4u); ++constants) {
        const std::string stack = std::string(type) == "i64" ? "i64" : "i32";
        const std::string unpack = std::string(type) == "i8" || std::string(type) == "i16" ? "_u" : "";
        std::string values, sum = "(" + stack + ".const 0)";
        for (u32 i = 0; i < count; ++i) {
          const std::string number = std::to_string(i + 1);
          values += constants >> i & 1 ? "(" + stack + ".const " + number + ")"
                                       : "(" + stack + ".add (local.get $p) (" + stack + ".const " + number + "))";
          sum = "(" + stack + ".add (" + stack + ".mul " + sum + " (" + stack + ".const 10)) (array.get" + unpack +
                " $a (local.get $o) (i32.const " + std::to_string(i) + ")))";
        }
        const Instance instance = instantiate(
            fill("(type $a (array %y)) (func (export \"f\") (result i32 %t) (local $o (ref null $a)) (local $p %t)"
                 "(local.set $o (array.new_fixed $a %n %v)) (array.len (local.get $o)) %s)",
                 {{'y', type}, {'t', stack}, {'n', std::to_string(count)}, {'v', values}, {'s', sum}}));
        EXPECT_EQ(run(instance, "f"), std::to_string(count) + " " + std::string("123456789").substr(0, count));
      }
}

TEST_P(Objects, ArraysOfManyLengthsAreFilledToTheirEnd) {
  for (const char* type : {"i8", "i16", "i32", "i64", "f64"}) {
    const std::string name = type, stack = name == "i8" || name == "i16" ? "i32" : name;
    const std::string unpack = stack != name ? "_u" : "";
    const Instance instance =
        instantiate(fill("(type $a (array (mut %y)))"
                         // How many elements are what they should be.
                         "(func $count (param $a (ref $a)) (param $v %t) (result i32) (local $i i32) (local $n i32)"
                         " (block $end (loop $next (br_if $end (i32.ge_u (local.get $i) (array.len (local.get $a))))"
                         "  (local.set $n (i32.add (local.get $n) (%t.eq (array.get%u $a (local.get $a) (local.get "
                         "$i)) (local.get $v))))"
                         "  (local.set $i (i32.add (local.get $i) (i32.const 1))) (br $next)))"
                         " (local.get $n))"
                         "(func (export \"new\") (param $n i32) (result i32 i32) (local $b (ref null $a))"
                         " (call $count (array.new $a (%t.const 77) (local.get $n)) (%t.const 77))"
                         " (call $count (array.new_default $a (i32.add (local.get $n) (i32.const 1))) (%t.const 0)))"
                         "(func (export \"constant\") (result i32 i32)"
                         " (call $count (array.new $a (%t.const 77) (i32.const 5)) (%t.const 77))"
                         " (call $count (array.new_default $a (i32.const 5)) (%t.const 0)))",
                         {{'y', name}, {'t', stack}, {'u', unpack}}));
    for (const u32 length : {0, 1, 2, 3, 7, 8, 15, 16, 30, 31, 60, 61, 120, 121, 5000}) {
      const std::string expected = std::to_string(length) + " " + std::to_string(length + 1);
      EXPECT_EQ(run(instance, "new", {wasmrun::Value(static_cast<i32>(length))}), expected) << type;
    }
    EXPECT_EQ(run(instance, "constant"), "5 5");
  }
}

// -- Traps -----------------------------------------------------------------------------------------------------------

TEST_P(Objects, NullTrapsWithItsOwnKind) {
  const Instance instance = instantiate(R"(
    (type $s (struct (field (mut i32)) (field (mut eqref))))
    (type $a (array (mut i32)))
    (type $r (array (mut eqref)))
    (func (export "struct.get") (result i32) (struct.get $s 0 (ref.null $s)))
    (func (export "struct.get of local") (result i32) (local $s (ref null $s)) (struct.get $s 0 (local.get $s)))
    (func (export "struct.set") (local $s (ref null $s)) (struct.set $s 0 (local.get $s) (i32.const 1)))
    (func (export "struct.set of reference") (local $s (ref null $s))
      (struct.set $s 1 (local.get $s) (ref.i31 (i32.const 1))))
    (func (export "array.get") (local $a (ref null $a)) (drop (array.get $a (local.get $a) (i32.const 0))))
    (func (export "array.set") (local $a (ref null $a)) (array.set $a (local.get $a) (i32.const 0) (i32.const 0)))
    (func (export "array.set of reference") (local $a (ref null $r))
      (array.set $r (local.get $a) (i32.const 0) (ref.null eq)))
    (func (export "array.len") (result i32) (local $a (ref null $a)) (array.len (local.get $a)))
    (func (export "i31.get_s") (result i32) (local $i i31ref) (i31.get_s (local.get $i)))
    (func (export "i31.get_u") (result i32) (local $i i31ref) (i31.get_u (local.get $i)))
    (func (export "ref.as_non_null") (result eqref) (local $e eqref) (ref.as_non_null (local.get $e)))
    (func (export "ref.as_non_null of func") (result funcref) (local $e funcref) (ref.as_non_null (local.get $e)))
    (func (export "ref.cast") (result eqref) (local $e eqref) (ref.cast (ref $s) (local.get $e)))
    (func (export "ref.cast i31") (result eqref) (local $e eqref) (ref.cast (ref i31) (local.get $e)))
    (func (export "ref.cast struct") (result eqref) (local $e eqref) (ref.cast (ref struct) (local.get $e)))
    (func (export "array.get beyond") (result i32)
      (array.get $a (array.new_default $a (i32.const 3)) (i32.const 3)))
    (func (export "array.set beyond")
      (array.set $a (array.new_default $a (i32.const 3)) (i32.const -1) (i32.const 0))))");
  const std::pair<const char*, const char*> kTraps[] = {
      {"struct.get", "null structure reference"},
      {"struct.get of local", "null structure reference"},
      {"struct.set", "null structure reference"},
      {"struct.set of reference", "null structure reference"},
      {"array.get", "null array reference"},
      {"array.set", "null array reference"},
      {"array.set of reference", "null array reference"},
      {"array.len", "null array reference"},
      {"i31.get_s", "null i31 reference"},
      {"i31.get_u", "null i31 reference"},
      {"ref.as_non_null", "null reference"},
      {"ref.as_non_null of func", "null reference"},
      {"ref.cast", "cast failure"},
      {"ref.cast i31", "cast failure"},
      {"ref.cast struct", "cast failure"},
      {"array.get beyond", "out of bounds array access"},
      {"array.set beyond", "out of bounds array access"},
  };
  for (const auto& [name, trap] : kTraps) EXPECT_EQ(run(instance, name), std::string("trap: ") + trap) << name;
}

TEST_P(Objects, AFailedAllocationLeavesTheStoreUsable) {
  const Instance instance = instantiate(R"(
    (type $bytes (array (mut i8)))
    (type $longs (array (mut i64)))
    (type $list (struct (field (mut (ref null $list))) (field (ref null $bytes))))
    (global $kept (mut (ref null $list)) (ref.null $list))
    (func (export "large") (param i32) (result i32) (array.len (array.new_default $longs (local.get 0))))
    (func (export "filled") (param i32) (result i32) (array.len (array.new $longs (i64.const 1) (local.get 0))))
    (func (export "fill") (loop $next
      (global.set $kept (struct.new $list (global.get $kept) (array.new_default $bytes (i32.const 1000))))
      (br $next)))
    (func (export "forget") (global.set $kept (ref.null $list)))
    (func (export "small") (result i32)
      (array.len (struct.get $list 1 (struct.new $list (ref.null $list) (array.new_default $bytes (i32.const 9)))))))");
  const auto length = [](u32 value) { return std::vector{wasmrun::Value(static_cast<i32>(value))}; };
  for (const char* name : {"large", "filled"}) {
    EXPECT_EQ(run(instance, name, length(0xffff'ffff)), "trap: allocation size too large");
    EXPECT_EQ(run(instance, name, length(0x2000'0000)), "trap: allocation size too large");
    EXPECT_EQ(run(instance, name, length(100)), "100");
  }
  if (GetParam() == std::string("stress")) return;  // a full heap of moving objects takes long
  EXPECT_EQ(run(instance, "fill"), "trap: gc heap exhausted");
  EXPECT_EQ(run(instance, "forget"), "");
  if (GetParam() == std::string("null")) return;
  EXPECT_EQ(run(instance, "small"), "9");
}

// -- References and collections --------------------------------------------------------------------------------------

TEST_P(Objects, YoungObjectsThatOldOnesReferToAreKept) {
  const Instance instance = instantiate(R"(
    (type $box (struct (field i32)))
    (type $cell (struct (field i64) (field (mut (ref null $box)))))
    (type $cells (array (mut (ref null $box))))
    (func (export "f") (param $rounds i32) (result i32)
      (local $cell (ref $cell)) (local $cells (ref $cells)) (local $i i32) (local $at i32) (local $bad i32)
      (local.set $cell (struct.new_default $cell))
      (local.set $cells (array.new_default $cells (i32.const 3000)))
      (loop $next
        (local.set $at (i32.rem_u (i32.mul (local.get $i) (i32.const 7)) (i32.const 3000)))
        ;; What was written in the round before is still there.
        (if (local.get $i) (then
          (local.set $bad (i32.add (local.get $bad) (i32.ne (local.get $i)
            (struct.get $box 0 (struct.get $cell 1 (local.get $cell))))))
          (local.set $bad (i32.add (local.get $bad) (i32.ne (local.get $i)
            (struct.get $box 0 (array.get $cells (local.get $cells)
              (i32.rem_u (i32.mul (i32.sub (local.get $i) (i32.const 1)) (i32.const 7)) (i32.const 3000)))))))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (struct.set $cell 1 (local.get $cell) (struct.new $box (local.get $i)))
        (array.set $cells (local.get $cells) (local.get $at) (struct.new $box (local.get $i)))
        (drop (array.new_default $cells (i32.const 200)))
        (br_if $next (i32.lt_u (local.get $i) (local.get $rounds))))
      (local.get $bad)))");
  const i32 rounds = GetParam() == std::string("stress") ? 300 : GetParam() == std::string("null") ? 10'000 : 60'000;
  EXPECT_EQ(run(instance, "f", {wasmrun::Value(rounds)}), "0");
}

TEST_P(Objects, CastsAnswerTheSameInEveryForm) {
  // A chain of types deeper than the display's first part, a sibling, an array.
  std::string text = "(type $t0 (sub (struct (field i32))))";
  for (u32 i = 1; i <= 11; ++i)
    text +=
        fill("(type $t%i (sub $t%p (struct (field i32))))", {{'i', std::to_string(i)}, {'p', std::to_string(i - 1)}});
  text += R"((type $other (sub $t0 (struct (field i32) (field i32)))) (type $array (array i32))
    (func $make (param $k i32) (result anyref)
      (block $b0 (block $b1 (block $b2 (block $b3 (block $b4 (block $b5 (block $b6
        (br_table $b0 $b1 $b2 $b3 $b4 $b5 $b6 (local.get $k)))
        (return (any.convert_extern (extern.convert_any (ref.i31 (i32.const 0))))))
        (return (array.new_default $array (i32.const 0))))
        (return (struct.new $other (i32.const 0) (i32.const 0))))
        (return (struct.new $t11 (i32.const 0))))
        (return (struct.new $t3 (i32.const 0))))
        (return (ref.i31 (i32.const -1))))
      (ref.null any)))";
  struct Target {
    const char* type;
    const char* members;  ///< which of null, i31, t3, t11, other, array, i31 are of it
  };
  const Target targets[] = {
      {"(ref $t0)", "0011100"},       {"(ref null $t0)", "1011100"}, {"(ref $t3)", "0011000"},
      {"(ref null $t4)", "1001000"},  {"(ref $t8)", "0001000"},      {"(ref $t11)", "0001000"},
      {"(ref $other)", "0000100"},    {"(ref $array)", "0000010"},   {"(ref i31)", "0100001"},
      {"(ref null i31)", "1100001"},  {"(ref struct)", "0011100"},   {"(ref null array)", "1000010"},
      {"(ref eq)", "0111111"},        {"(ref null eq)", "1111111"},  {"(ref any)", "0111111"},
      {"(ref null none)", "1000000"}, {"(ref none)", "0000000"},
  };
  for (size_t i = 0; i < std::size(targets); ++i)
    text += fill(R"(
      (func (export "test%n") (param $k i32) (result i32) (local $r anyref)
        (local.set $r (call $make (local.get $k)))
        (i32.add (ref.test %t (local.get $r)) (ref.test %t (call $make (local.get $k)))))
      (func (export "if%n") (param $k i32) (result i32)
        (if (result i32) (ref.test %t (call $make (local.get $k))) (then (i32.const 2)) (else (i32.const 0))))
      (func (export "unless%n") (param $k i32) (result i32) (local $r anyref)
        (local.set $r (call $make (local.get $k)))
        (if (result i32) (i32.eqz (ref.test %t (local.get $r))) (then (i32.const 0)) (else (i32.const 2))))
      (func (export "loop%n") (param $k i32) (result i32) (local $r anyref) (local $n i32)
        (local.set $r (call $make (local.get $k)))
        (loop $next
          (local.set $n (i32.add (local.get $n) (i32.const 1)))
          (if (i32.eq (local.get $n) (i32.const 3)) (then (return (i32.const 2))))
          (br_if $next (ref.test %t (local.get $r))))
        (i32.const 0))
      (func (export "cast%n") (param $k i32) (result i32) (local $r anyref) (local $c anyref)
        (local.set $r (call $make (local.get $k)))
        (local.set $c (ref.cast %t (local.get $r)))
        (i32.add (ref.test %t (local.get $c)) (ref.test %t (ref.cast %t (call $make (local.get $k))))))
      (func (export "on%n") (param $k i32) (result i32) (local $r anyref)
        (block $yes (result %t)
          (local.set $r (br_on_cast $yes anyref %t (call $make (local.get $k))))
          (return (i32.const 0)))
        (drop) (i32.const 2))
      (func (export "onLocal%n") (param $k i32) (result i32) (local $r anyref)
        (local.set $r (call $make (local.get $k)))
        (drop (block $yes (result %t)
          (drop (br_on_cast $yes anyref %t (local.get $r)))
          (return (i32.const 0))))
        (i32.const 2))
      (func (export "fail%n") (param $k i32) (result i32) (local $r anyref)
        (local.set $r (call $make (local.get $k)))
        (drop (block $no (result anyref)
          (drop (br_on_cast_fail $no anyref %t (local.get $r)))
          (return (i32.const 2))))
        (i32.const 0)))",
                 {{'n', std::to_string(i)}, {'t', targets[i].type}});
  const Instance instance = instantiate(text);
  for (size_t i = 0; i < std::size(targets); ++i)
    for (i32 made = 0; made < 7; ++made) {
      const bool isMember = targets[i].members[made] == '1';
      const std::string number = std::to_string(i);
      for (const char* form : {"test", "if", "unless", "loop", "on", "onLocal", "fail"})
        EXPECT_EQ(run(instance, form + number, {wasmrun::Value(made)}), isMember ? "2" : "0")
            << form << " " << targets[i].type << " of " << made;
      EXPECT_EQ(run(instance, "cast" + number, {wasmrun::Value(made)}), isMember ? "2" : "trap: cast failure")
          << targets[i].type << " of " << made;
    }
}

TEST_P(Objects, NullBranchesCarryTheirOperands) {
  const Instance instance = instantiate(R"(
    (type $box (struct (field i32)))
    (func $maybe (param $k i32) (result (ref null $box))
      (if (result (ref null $box)) (local.get $k) (then (struct.new $box (local.get $k))) (else (ref.null $box))))
    (func (export "null") (param $k i32) (result i32)
      (block $null (result i32)
        (i32.const 100)
        (br_on_null $null (call $maybe (local.get $k)))
        (struct.get $box 0)
        (i32.add)))
    (func (export "nullOfLocal") (param $k i32) (result i32) (local $r (ref null $box))
      (local.set $r (call $maybe (local.get $k)))
      (block $null (return (struct.get $box 0 (br_on_null $null (local.get $r)))))
      (i32.const -1))
    (func (export "loop") (param $k i32) (result i32) (local $n i32)
      (loop $again
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (if (i32.eq (local.get $n) (i32.const 5)) (then (return (i32.const 5))))
        (drop (br_on_null $again (call $maybe (local.get $k)))))
      (i32.const 0))
    (func (export "nonNull") (param $k i32) (result i32)
      (struct.get $box 0
        (block $some (result (ref $box))
          (br_on_non_null $some (call $maybe (local.get $k)))
          (return (i32.const -1))))))");
  const auto with = [](i32 k) { return std::vector{wasmrun::Value(k)}; };
  EXPECT_EQ(run(instance, "null", with(0)), "100");
  EXPECT_EQ(run(instance, "null", with(3)), "103");
  EXPECT_EQ(run(instance, "nullOfLocal", with(0)), "-1");
  EXPECT_EQ(run(instance, "nullOfLocal", with(3)), "3");
  EXPECT_EQ(run(instance, "loop", with(0)), "5");
  EXPECT_EQ(run(instance, "loop", with(3)), "0");
  EXPECT_EQ(run(instance, "nonNull", with(0)), "-1");
  EXPECT_EQ(run(instance, "nonNull", with(3)), "3");
}

}  // namespace
}  // namespace wasmrun::interp::test
