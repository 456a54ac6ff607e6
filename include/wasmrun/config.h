// Config: the options of an engine, by method and by name.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "wasmrun/error.h"
#include "wasmrun/export.h"

namespace wasmrun {

namespace detail {
struct ConfigImpl;
struct Access;  // the library's way into public objects
}  // namespace detail

/// The code that runs functions.
enum class Tier : uint8_t {
  Auto,         ///< functions begin in a tier that suits them and climb as they get hot
  Interpreter,  ///< threaded interpreter: needs no executable memory and no signal handler
  Baseline,     ///< single-pass JIT
  Optimizing,   ///< SSA JIT
};

/// What finds the objects that are not needed any more.
enum class Collector : uint8_t {
  Generational,  ///< new objects often and quickly, all of them rarely: the one to use
  Copying,       ///< all objects each time, to the other half of the heap
  Null,          ///< frees nothing: for programs that end before they fill the heap
};

/// How an option's value is written.
enum class OptionKind : uint8_t {
  Flag,      ///< `y`, `n`, `true`, `false`, `1`, `0`; no value means yes
  Count,     ///< decimal number, optionally with K, M, G (powers of 1000)
  Bytes,     ///< decimal or 0x number, optionally with K, M, G, T (powers of 1024)
  Duration,  ///< decimal number with ns, us, ms, s, m or h; none means seconds
  Word,      ///< text
};

/// One row of the options table. Help, completions and man page are made from these. Static lifetime.
struct OptionInfo {
  char group;                ///< 'W', 'C', 'O' or 'D': the command line's letter
  std::string_view name;     ///< lower case with dashes
  OptionKind kind;           ///< how the value reads
  std::string_view initial;  ///< the default as one would write it; empty: not set
  std::string_view help;     ///< one line, no final period
};

/// One proposal that can be switched. Also an option of group W under the same name, kind Flag. Static lifetime.
struct FeatureInfo {
  std::string_view name;  ///< "simd", "tail-call", "memory64" ...
  bool initial;           ///< on by default
  bool standard;          ///< part of Wasm 3.0
  std::string_view help;  ///< one line, no final period
};

/// How much an engine's message matters.
enum class LogLevel : uint8_t { Error, Warning, Info, Debug, Trace };

/// The options of an engine. A plain value: copies are independent; an Engine keeps its own copy. One thread at a time.
///
/// Every option is reached by name with set(); those that programs use most have a method. Setters that can be wrong
/// return Result; the others take any value of their type, and Engine::make says which combination cannot be had.
///
///     Config config;
///     config.tier(Tier::Interpreter).fuel(1'000'000).maxWasmStack(512 << 10);
///     if (auto set = config.set("W", "simd=n"); !set) return report(set.error());
class WASMRUN_API Config {
 public:
  Config();
  Config(const Config& other);
  Config(Config&& other) noexcept;
  Config& operator=(const Config& other);
  Config& operator=(Config&& other) noexcept;
  ~Config();

  // -- By name -------------------------------------------------------------------------------------------------------
  /// All options except features, in the table's order.
  static std::span<const OptionInfo> options() noexcept;
  /// All features, in the table's order.
  static std::span<const FeatureInfo> features() noexcept;

  /// Sets one option as the command line's `-W name[=value]` does. `group` is "W", "C", "O" or "D" ("" searches
  /// all).
  /// Usage error for an unknown name (naming the nearest one) or a value that does not read.
  Result<void> set(std::string_view group, std::string_view nameAndValue);
  /// The option's present value as set() would read it, empty when not set. Usage error for an unknown name.
  Result<std::string> get(std::string_view group, std::string_view name) const;

  /// Switches a proposal. On brings the proposals that it builds on, off takes those that build on it. Usage error for
  /// an unknown name, naming the nearest.
  Result<void> feature(std::string_view name, bool on);
  /// Whether the proposal is on; false for unknown names.
  bool hasFeature(std::string_view name) const noexcept;

  // -- By method -----------------------------------------------------------------------------------------------------
  /// Pins a tier. Engine::make gives Unsupported for one this build does not have.
  Config& tier(Tier tier);
  /// Stack in bytes that wasm calls of a store may use before they trap with CallStackExhausted.
  Config& maxWasmStack(uint64_t bytes);
  /// Switches fuel accounting on and gives every new store this much, at most 2^63-1; see StoreRef::setFuel.
  Config& fuel(uint64_t units);
  /// Switches fuel accounting alone; new stores start with none and trap until they get some.
  Config& fuelAccounting(bool on);
  /// Wall-clock time a store may spend from its making on; see StoreRef::setDeadline.
  Config& timeout(std::chrono::nanoseconds time);
  /// Largest size in bytes of one linear memory.
  Config& maxMemorySize(uint64_t bytes);
  /// Largest number of elements of one table.
  Config& maxTableElements(uint64_t elements);
  /// Memory in bytes that the objects of one store may take; making more than fit traps with HeapExhausted, or gives a
  /// Limit error to the host. Not set, it is 4 GiB: as much as references can address, and as a 32-bit linear memory
  /// may have. A heap takes what its objects need, and gives back what they leave; set this where programs are not
  /// trusted.
  Config& maxGcHeapSize(uint64_t bytes);
  /// The collector of all stores.
  Config& collector(Collector collector);
  /// Number of instances a store may make.
  Config& maxInstances(uint64_t count);
  /// Address space in bytes to keep for each 32-bit memory, so that it never moves; 0 keeps none. Unset, the engine
  /// takes 4 GiB where the system allows and falls back by itself where not.
  Config& memoryReservation(uint64_t bytes);
  /// Threads for validation and compilation: 0 one a processor, 1 the calling thread only.
  Config& threads(uint32_t count);
  /// Where the engine's messages go; by default nowhere. Called from any thread, one call at a time.
  Config& logger(LogLevel level, std::function<void(LogLevel, std::string_view)> sink);

 private:
  friend struct detail::Access;
  std::unique_ptr<detail::ConfigImpl> impl_;
};

}  // namespace wasmrun
