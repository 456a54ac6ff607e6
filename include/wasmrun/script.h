// Script: the commands of a .wast file, the format of the official test suite, read into values that a program can run.
//
//     auto script = Script::parse(std::move(text));
//     if (!script) return fail(script.error());
//     for (const script::Command& command : script->commands()) {
//       if (const auto* definition = std::get_if<script::ModuleDefinition>(&command.what)) {
//         auto module = script->compile(engine, definition->source);
//
// Only what is needed to find the commands is read at first: modules stay text until they are compiled, so a script may
// hold modules that do not parse, and most scripts of the test suite do.
//
// The commands are those of the reference interpreter (interpreter/README.md in the WebAssembly/spec repository) and
// of the threads proposal; `script`, `input` and `output` are refused with an error. A script knows neither instances
// nor stores: the command line's `wast` is the program that runs one.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "wasmrun/error.h"
#include "wasmrun/export.h"

namespace wasmrun {

class Engine;
class Module;
namespace detail {
struct ScriptImpl;
}

namespace script {

/// A place in a script; both count from 1, columns in bytes.
struct Place {
  uint32_t line = 0;
  uint32_t column = 0;
};

// -- Values ----------------------------------------------------------------------------------------------------------

/// `(i32.const 1)`, `(v128.const f32x4 0 1 nan:canonical inf)`.
struct Number {
  enum class Shape : uint8_t { I32, I64, F32, F64, I8x16, I16x8, I32x4, I64x2, F32x4, F64x2 };
  /// What a float may be in an expected result: the very bits, or any NaN of a class (spec: syntax/values).
  enum class Nan : uint8_t { Exact, Canonical, Arithmetic };

  Shape shape = Shape::I32;
  std::array<uint8_t, 16> bytes{};  ///< lane 0 first, lanes little-endian; a scalar is lane 0 of one
  std::array<Nan, 4> nan{};         ///< of each lane of floats; where it is not Exact, the lane's bytes are 0

  bool isVector() const { return shape >= Shape::I8x16; }
  bool isFloat() const {
    return shape == Shape::F32 || shape == Shape::F64 || shape == Shape::F32x4 || shape == Shape::F64x2;
  }
  /// Bytes a lane.
  WASMRUN_API uint32_t laneSize() const;
  /// How many lanes; 1 for scalars.
  uint32_t laneCount() const { return isVector() ? 16 / laneSize() : 1; }
  /// The bits of a lane, zero-extended.
  WASMRUN_API uint64_t lane(uint32_t index) const;
};

/// `(ref.null func)`, `(ref.extern 7)`, `(ref.func)`: a reference, or in expected results a set of them.
struct Reference {
  bool isNull = false;
  std::string heap;  ///< "func", "extern", "host", "i31" ... as written; empty: any (`(ref)`, `(ref.null)`)
  std::optional<uint32_t> number;  ///< which one, of extern, host, func, i31; without it, in results, any but null
};

using Value = std::variant<Number, Reference>;

/// The value in the text format: "(f32.const nan:canonical)".
WASMRUN_API std::string toString(const Value& value);

/// What a result may be: one value, or the several arms of `(either ...)`; never empty.
using Expected = std::vector<Value>;

// -- Commands --------------------------------------------------------------------------------------------------------
// Ids are names without their `$`; an empty one means none was given, or, where something is named, the latest.

/// A module, as the script writes it; Script::compile takes it.
struct ModuleSource {
  enum class Form : uint8_t {
    Text,    ///< `(module ...)`
    Binary,  ///< `(module binary "...")`
    Quote,   ///< `(module quote "...")`: text in strings, for what the script's own syntax would not let through
    Fields,  ///< fields without `(module` around them, the whole script
  };
  Form form = Form::Text;
  uint32_t begin = 0;  ///< offset in the text
  uint32_t end = 0;    ///< offset behind it
};

/// `(module $id? ...)` and `(module definition $id? ...)`.
struct ModuleDefinition {
  std::string id;
  ModuleSource source;
  bool instantiates = true;  ///< makes an instance of the same id at once
};

/// `(module instance $id? $module?)`: one more instance of a definition.
struct ModuleInstance {
  std::string id;
  std::string module;
};

/// `(register "name" $instance?)`: what it exports can be imported from "name" from now on.
struct Register {
  std::string name;
  std::string instance;
};

/// `(invoke $instance? "name" value*)` or `(get $instance? "name")`.
struct Action {
  enum class Kind : uint8_t { Invoke, Get };
  Kind kind = Kind::Invoke;
  std::string instance;
  std::string name;
  std::vector<Value> args;
};

/// `(assert_return action expected*)`.
struct AssertReturn {
  Action action;
  std::vector<Expected> results;
};

/// How something is said to fail: `(assert_<outcome> ...)`.
enum class Outcome : uint8_t {
  Trap,
  Exhaustion,
  Exception,
  Suspension,
  Malformed,
  Invalid,
  MalformedCustom,
  InvalidCustom,
  Unlinkable,
};

/// Every assertion but assert_return: an action or a module that fails.
struct AssertFailure {
  Outcome outcome;
  std::variant<Action, ModuleDefinition, ModuleInstance> what;
  std::string message;  ///< the error's message starts with this
};

/// `(thread $id (shared (module $instance))* command*)`. Its commands follow it in Script::commands, and those of
/// threads within it are among them.
struct Thread {
  std::string id;
  std::vector<std::string> shared;  ///< instances of the script that the thread sees under the same ids
  size_t begin = 0;                 ///< index of its first command
  size_t end = 0;                   ///< index behind its last
};

/// `(wait $thread)`: until it has run all of its commands.
struct Wait {
  std::string thread;
};

/// `(component ...)`, or an assertion about one: of the component model, not for this engine.
struct Component {};

struct Command {
  std::string_view keyword;  ///< "assert_return"; static lifetime
  uint64_t offset = 0;       ///< of its parenthesis in the source
  std::variant<ModuleDefinition, ModuleInstance, Register, Action, AssertReturn, AssertFailure, Thread, Wait, Component>
      what;
};

}  // namespace script

/// A script. A counted handle to something immutable: copy it, share it between threads. A moved-from Script may only
/// be assigned to or destroyed.
class WASMRUN_API Script {
 public:
  /// Reads a script and keeps its text, whose bytes may be anything. `name` is how errors call it. Malformed error with
  /// line and column for what is no script, Limit error for one of 4 GiB or more.
  static Result<Script> parse(std::string text, std::string name = {});

  /// In the text's order; those of a thread follow the thread's.
  std::span<const script::Command> commands() const noexcept;
  /// Line and column of an offset in the text.
  script::Place place(uint32_t offset) const;
  /// Module::compile for a module of the script. Errors carry line and column in the script where it is written as
  /// text, line and column in what the strings say for Form::Quote, and the byte's offset for Form::Binary.
  Result<Module> compile(const Engine& engine, const script::ModuleSource& module) const;

 private:
  explicit Script(std::shared_ptr<const detail::ScriptImpl> impl) noexcept;
  std::shared_ptr<const detail::ScriptImpl> impl_;
};

}  // namespace wasmrun
