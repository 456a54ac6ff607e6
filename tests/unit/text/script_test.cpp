#include <gtest/gtest.h>

#include "text/script_parser.h"

namespace wasmrun::text {
namespace {

using script::Number;
using script::Reference;

std::vector<script::Command> parsed(std::string_view text) {
  auto commands = parseScript(SourceText(text));
  EXPECT_TRUE(commands.has_value()) << (commands ? "" : commands.error().message);
  return commands ? *std::move(commands) : std::vector<script::Command>();
}

/// "line:column: message" of a text that is no script.
std::string errorOf(std::string_view text) {
  auto commands = parseScript(SourceText(text));
  if (commands) return "no error";
  EXPECT_EQ(commands.error().kind, ErrorKind::Malformed);
  return std::to_string(commands.error().line) + ":" + std::to_string(commands.error().column) + ": " +
         commands.error().message;
}

template <class T>
T only(std::string_view text) {
  auto commands = parsed(text);
  EXPECT_EQ(commands.size(), 1u) << text;
  const T* what = commands.size() == 1 ? std::get_if<T>(&commands[0].what) : nullptr;
  EXPECT_NE(what, nullptr) << text;
  return what ? *what : T();
}

/// What a module's range covers.
std::string_view sourceOf(std::string_view text, const script::ModuleDefinition& definition) {
  return text.substr(definition.source.begin, definition.source.end - definition.source.begin);
}

/// A value as a result, written out again.
std::string rewritten(const std::string& value) {
  const auto assertion = only<script::AssertReturn>("(assert_return (invoke \"f\") " + value + ")");
  std::string text;
  for (const script::Expected& expected : assertion.results)
    for (const script::Value& arm : expected) text += script::toString(arm);
  return text;
}

// -- Commands --------------------------------------------------------------------------------------------------------

TEST(Script, NothingIsAScript) {
  EXPECT_TRUE(parsed("").empty());
  EXPECT_TRUE(parsed(" ;; a comment\n (; another (; inside ;) ;) (@note (\"a\"))").empty());
}

TEST(Script, ModulesAreRangesOfTheText) {
  const std::string_view text = "(; first ;) (module $m (func (export \")\") (; ) ;) (unknown words))) ;; end";
  const auto definition = only<script::ModuleDefinition>(text);
  EXPECT_EQ(definition.id, "m");
  EXPECT_TRUE(definition.instantiates);
  EXPECT_EQ(definition.source.form, script::ModuleSource::Form::Text);
  EXPECT_EQ(sourceOf(text, definition), "(module $m (func (export \")\") (; ) ;) (unknown words)))");
}

TEST(Script, DefinitionsAreRangesOfTheirFields) {
  const std::string_view text = "(module definition $m (func) (memory 1))";
  const auto definition = only<script::ModuleDefinition>(text);
  EXPECT_FALSE(definition.instantiates);
  EXPECT_EQ(definition.id, "m");
  EXPECT_EQ(sourceOf(text, definition), "(func) (memory 1)");
  const std::string_view empty = "(module definition)";
  EXPECT_EQ(sourceOf(empty, only<script::ModuleDefinition>(empty)), "");
}

TEST(Script, BinaryAndQuotedModules) {
  const std::string_view text = R"((module definition $"m" binary "\00asm" (@a "not this") "\01\00\00\00"))";
  const auto binary = only<script::ModuleDefinition>(text);
  EXPECT_EQ(binary.source.form, script::ModuleSource::Form::Binary);
  EXPECT_EQ(moduleStrings(SourceText(text), binary.source), (std::vector<u8>{0, 'a', 's', 'm', 1, 0, 0, 0}));
  const std::string_view quote = R"x((module quote "(func" (;;) ")"))x";
  const auto quoted = only<script::ModuleDefinition>(quote);
  EXPECT_EQ(quoted.source.form, script::ModuleSource::Form::Quote);
  EXPECT_EQ(moduleStrings(SourceText(quote), quoted.source), (std::vector<u8>{'(', 'f', 'u', 'n', 'c', ')'}));
  EXPECT_EQ(errorOf("(module binary 1)"), "1:16: unexpected token 1; expected a string");
}

TEST(Script, BareFieldsAreOneModule) {
  const std::string_view text = ";; a module\n(func) (memory 1) (this is (not looked at";
  const auto definition = only<script::ModuleDefinition>(text);
  EXPECT_EQ(definition.source.form, script::ModuleSource::Form::Fields);
  EXPECT_EQ(sourceOf(text, definition), text);
  EXPECT_EQ(errorOf("(module) (func)"), "1:11: unexpected token func; expected a command");
}

TEST(Script, InstancesAndNames) {
  const auto instance = only<script::ModuleInstance>("(module instance $i $m)");
  EXPECT_EQ(instance.id, "i");
  EXPECT_EQ(instance.module, "m");
  EXPECT_EQ(only<script::ModuleInstance>("(module instance)").module, "");
  const auto registration = only<script::Register>(R"((register "a\00b" $"i"))");
  EXPECT_EQ(registration.name, std::string("a\0b", 3));
  EXPECT_EQ(registration.instance, "i");
}

TEST(Script, AnnotationsMayStandAnywhere) {
  const std::string_view text = "((@a) module (@b (c)) $m (@d))";
  EXPECT_EQ(sourceOf(text, only<script::ModuleDefinition>(text)), text);
  const auto get = only<script::Action>("(@x)((@a)get(@b)\"g\"(@c))");
  EXPECT_EQ(get.kind, script::Action::Kind::Get);
  EXPECT_EQ(get.name, "g");
}

TEST(Script, Assertions) {
  auto commands = parsed(
      "(assert_trap (invoke $m \"f\" (i32.const 1)) \"unreachable\")\n"
      "(assert_trap (module (func)) \"out\")"
      "(assert_unlinkable (module instance $i $m) \"unknown\")"
      "(assert_exception (invoke \"f\"))");
  ASSERT_EQ(commands.size(), 4u);
  EXPECT_EQ(commands[1].keyword, "assert_trap");
  EXPECT_EQ(commands[1].offset, 58u);
  const auto& trap = std::get<script::AssertFailure>(commands[0].what);
  EXPECT_EQ(trap.outcome, script::Outcome::Trap);
  EXPECT_EQ(trap.message, "unreachable");
  EXPECT_EQ(std::get<script::Action>(trap.what).args.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<script::ModuleDefinition>(std::get<script::AssertFailure>(commands[1].what).what));
  EXPECT_TRUE(std::holds_alternative<script::ModuleInstance>(std::get<script::AssertFailure>(commands[2].what).what));
  EXPECT_EQ(std::get<script::AssertFailure>(commands[3].what).message, "");
}

TEST(Script, ComponentsAreSkippedWhole) {
  EXPECT_EQ(parsed("(component (x \")\")) (assert_invalid (component (y)) \"z\") (module)").size(), 3u);
}

TEST(Script, ThreadsAreRangesOfCommands) {
  auto commands = parsed("(thread $a (shared (module $m)) (invoke \"f\") (thread $b (wait $x)) (wait $b)) (wait $a)");
  ASSERT_EQ(commands.size(), 6u);
  const auto& outer = std::get<script::Thread>(commands[0].what);
  EXPECT_EQ(outer.shared, std::vector<std::string>{"m"});
  EXPECT_EQ(outer.begin, 1u);
  EXPECT_EQ(outer.end, 5u);
  const auto& inner = std::get<script::Thread>(commands[2].what);
  EXPECT_EQ(inner.begin, 3u);
  EXPECT_EQ(inner.end, 4u);
}

// -- Values ----------------------------------------------------------------------------------------------------------

TEST(Script, ValuesRoundTrip) {
  for (const char* value : {"(i32.const -1)",
                            "(i64.const -9223372036854775808)",
                            "(f32.const 0.1)",
                            "(f64.const -0)",
                            "(f32.const inf)",
                            "(f64.const -inf)",
                            "(f32.const nan)",
                            "(f32.const -nan)",
                            "(f64.const nan:0x123)",
                            "(f32.const nan:canonical)",
                            "(f64.const nan:arithmetic)",
                            "(v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 -1)",
                            "(v128.const i16x8 -32768 1 2 3 4 5 6 7)",
                            "(v128.const i64x2 -1 1)",
                            "(v128.const f32x4 nan:canonical 0 nan:arithmetic nan:0x7fffff)",
                            "(v128.const f64x2 nan:canonical 1.5)",
                            "(ref.null)",
                            "(ref.null func)",
                            "(ref.extern 7)",
                            "(ref.extern)",
                            "(ref.host 0)",
                            "(ref.func)",
                            "(ref.i31)",
                            "(ref)"}) {
    EXPECT_EQ(rewritten(value), value);
  }
  EXPECT_EQ(rewritten("(i32.const 0xffff_ffff)"), "(i32.const -1)");
  EXPECT_EQ(rewritten("(f32.const 0x1p-149)"), "(f32.const 1e-45)");
}

TEST(Script, VectorsLieAsInMemory) {
  const auto assertion = only<script::AssertReturn>("(assert_return (invoke \"f\") (v128.const i32x4 1 2 3 4))");
  const auto& number = std::get<Number>(assertion.results[0][0]);
  EXPECT_EQ(number.bytes, (std::array<uint8_t, 16>{1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0}));
  EXPECT_EQ(number.lane(2), 3u);
}

TEST(Script, EitherIsFlat) {
  EXPECT_EQ(rewritten("(either (i32.const 1) (either (i32.const 2)) (i32.const 3))"),
            "(i32.const 1)(i32.const 2)(i32.const 3)");
  EXPECT_EQ(errorOf("(assert_return (invoke \"f\") (either))"), "1:29: an `either` without a value");
}

TEST(Script, PatternsAreNoArguments) {
  EXPECT_EQ(errorOf("(invoke \"f\" (f32.const nan:canonical))"),
            "1:24: unexpected token nan:canonical; expected a number");
  EXPECT_EQ(errorOf("(invoke \"f\" (either (i32.const 1)))"), "1:14: unexpected token either; expected a constant");
}

// -- Errors ----------------------------------------------------------------------------------------------------------

TEST(Script, ErrorsSayWhereAndWhat) {
  EXPECT_EQ(errorOf("\n (frobnicate)"), "2:3: unknown operator frobnicate; expected a command");
  EXPECT_EQ(errorOf("(module"), "1:1: unexpected end: this parenthesis is never closed");
  EXPECT_EQ(errorOf("(module) )"), "1:10: unexpected token ); expected a command");
  EXPECT_EQ(errorOf("(thread $t (module)"), "1:20: unexpected token: the text ends here; expected a command");
  EXPECT_EQ(errorOf("(assert_return (module) (i32.const 1))"), "1:16: unexpected token (; expected an action");
  EXPECT_EQ(errorOf("(invoke \"f\" (i32.const 4294967296))"), "1:24: constant out of range");
  EXPECT_EQ(errorOf("(assert_trap (invoke \"f\"))"), "1:26: unexpected token ); expected a message in quotes");
  EXPECT_EQ(errorOf("(input \"other.wast\")"), "1:2: the command 'input' is not supported");
  EXPECT_EQ(errorOf("(script $s (module))"), "1:2: the command 'script' is not supported");
}

TEST(Script, EveryPrefixIsAScriptOrAnError) {
  const std::string_view text =
      "((@a) module $m (func)) (module binary \"\\00\") (register \"n\" $m) (thread $t (shared (module $m)) "
      "(assert_return (invoke $m \"f\" (v128.const f32x4 0 1 2 3) (ref.extern 1)) (either (ref.null) (f32.const "
      "nan:canonical)))) (wait $t) (assert_invalid (module quote \"\") \"x\")";
  for (size_t size = 0; size <= text.size(); size++) (void)parseScript(SourceText(text.substr(0, size)));
}

TEST(Script, DeepNestingIsNoRecursion) {
  constexpr size_t kDepth = 200'000;
  std::string text;
  for (size_t i = 0; i < kDepth; i++) text += "(thread $t ";
  text += std::string(kDepth, ')');
  EXPECT_EQ(parsed(text).size(), kDepth);
  text = "(assert_return (invoke \"f\") ";
  for (size_t i = 0; i < kDepth; i++) text += "(either ";
  text += "(ref)" + std::string(kDepth, ')') + ")";
  EXPECT_EQ(parsed(text).size(), 1u);
  text = "(module " + std::string(kDepth, '(') + std::string(kDepth, ')') + ")";
  EXPECT_EQ(parsed(text).size(), 1u);
}

}  // namespace
}  // namespace wasmrun::text
