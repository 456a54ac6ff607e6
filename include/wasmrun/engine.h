// Engine: what all modules and stores of a program share.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wasmrun/config.h"
#include "wasmrun/handle.h"
#include "wasmrun/types.h"

namespace wasmrun {

/// Numbers about an engine, a module or a store at one moment. Names are stable, lower case with dots
/// ("interp.functions_translated"); new ones may come.
struct Statistics {
  struct Entry {
    std::string name;
    uint64_t value;
    std::string_view unit;  ///< "", "bytes", "ns"; static lifetime
    std::string_view help;  ///< one line; static lifetime
  };
  std::vector<Entry> entries;

  /// Appends the other's entries.
  WASMRUN_API void append(const Statistics& other);
  /// A table, one entry a line, with units and help.
  WASMRUN_API std::string toText() const;
  /// One JSON object, {"name": value, ...}, with a newline at its end.
  WASMRUN_API std::string toJson() const;
};

/// Version of the library, "1.2.3". Static lifetime.
WASMRUN_API std::string_view version() noexcept;

/// Compiled-code space, canonical types, background threads and options, shared by modules and stores.
///
/// A counted handle: copies mean the same engine, which lives until the last copy, module and store are gone. All of it
/// may be used by any number of threads at once. A moved-from Engine may only be assigned to or destroyed.
///
/// Running out of memory ends the process: an engine's making sets a std::new_handler that says "wasmrun: out of
/// memory" and aborts, unless the program has set one. (A std::bad_alloc would leave the library's locks and lists as
/// they were in the middle of things, since it is built without exceptions.)
class WASMRUN_API Engine {
 public:
  /// An engine with the default options. Cannot fail.
  Engine();
  /// An engine with these options. Usage error for combinations that exclude each other, Unsupported for a tier this
  /// build does not have, Limit when a resource asked for by number, or a thread to watch a timeout, cannot be had.
  static Result<Engine> make(const Config& config);

  /// The options it was made with.
  const Config& config() const noexcept;

  /// Interrupts every store of this engine that is running wasm now: their calls trap with Interrupted within
  /// microseconds, host functions in between return first (a WASI call that waits is only cut short in stores that have
  /// a deadline or have given out an interruptHandle). Stores that are idle are not affected; one whose call ends at
  /// that very moment may keep the interruption for its next. Not async-signal-safe: InterruptHandle is.
  void interruptAll() const noexcept;

  /// Writes out a type that names defined types: "(type 17 (sub (func (param i32))))". Usage error for a type of
  /// another engine.
  Result<std::string> describe(const ValType& type) const;
  /// Takes a defined type apart, one that a ValType names or FuncType::defined. Usage error for other types, and those
  /// of another engine.
  Result<TypeDefinition> definition(const ValType& type) const;
  /// Defines the types of a recursive group, and gives references to them (not null), in their order. Types that a
  /// module of this engine defines with an equal group are the same. Members refer to each other by ValType::inGroup.
  /// Usage error, naming the member, for what no module could define, and when the proposal gc is off.
  Result<std::vector<ValType>> define(std::span<const TypeDefinition> group) const;
  /// The same for a group of one.
  Result<ValType> define(const TypeDefinition& type) const;
  /// Subtyping between two types of this engine (spec: valid/matching). False for types of other engines.
  bool matches(const ValType& sub, const ValType& super) const noexcept;

  /// Counts over everything the engine has done.
  Statistics statistics() const;

 private:
  friend struct detail::Access;
  explicit Engine(std::shared_ptr<detail::EngineImpl> impl) noexcept;
  std::shared_ptr<detail::EngineImpl> impl_;
};

}  // namespace wasmrun
