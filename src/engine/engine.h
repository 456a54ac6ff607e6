// Engine: what all modules and stores of a program share: options, canonical types, the tiers' hooks, the thread that
// watches deadlines, and the way of a module from bytes to validated.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

#include "engine/deadline_watcher.h"
#include "engine/options.h"
#include "engine/sampler.h"
#include "runtime/prepared_module.h"
#include "runtime/store.h"
#include "runtime/tier_hooks.h"
#include "text/source.h"
#include "wasm/module.h"
#include "wasm/type_registry.h"

namespace wasmrun::engine {

/// Takes messages; may be empty.
using LogSink = std::function<void(LogLevel, std::string_view)>;

/// What was done so far. Each number is on its own: relaxed order is enough.
struct Counters {
  std::atomic<u64> modules{0};      ///< decoded and validated
  std::atomic<u64> moduleBytes{0};  ///< of those
  std::atomic<u64> decodeNanos{0};  ///< wall-clock time of decoding and validating
  std::atomic<u64> stores{0};
  std::atomic<u64> instances{0};
};

/// A decoded and validated module, and how long that took.
struct LoadedModule {
  std::shared_ptr<const wasm::Module> module;
  u64 nanos = 0;
};

/// Any thread. Modules and stores made for it go before it.
class Engine {
 public:
  /// Usage error for values no option can have, or that exclude each other; Unsupported for a tier that is not built.
  static Result<std::unique_ptr<Engine>> make(const Options& options, LogSink sink);
  /// Logs what profiles lack, if anything could not be written.
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Different for each engine of the process; never 0.
  u32 id() const { return id_; }
  const Options& options() const { return options_; }
  bool hasFuel() const { return options_.hasFuel(); }
  wasm::TypeRegistry& registry() { return registry_; }
  const wasm::TypeRegistry& registry() const { return registry_; }
  const runtime::TierHooks& hooks() const { return *hooks_; }
  DeadlineWatcher& deadlines() { return deadlines_; }
  /// Null if stores are not sampled.
  Sampler* sampler() { return sampler_ ? &*sampler_ : nullptr; }
  Counters& counters() { return counters_; }
  const Counters& counters() const { return counters_; }

  /// What a new store gets, by the options.
  const runtime::StoreOptions& storeOptions() const { return storeOptions_; }

  // The way in. All three end in the one decoder and validator, and count the time of everything.
  /// Decodes and validates a module's binary.
  Result<LoadedModule> loadBinary(std::shared_ptr<const wasm::ModuleBytes> bytes);
  /// The same for the text of a module, or a part of a text: encodes it first. Errors have their place in the text.
  Result<LoadedModule> loadText(const text::SourceText& source, text::TextRange range);
  /// Either of them, told apart by what is in it (engine/module_text.h). `name`: what messages call a text.
  Result<LoadedModule> load(std::shared_ptr<const wasm::ModuleBytes> bytes, std::string name = {});

  /// Whether messages of this level go anywhere: asked before one is made.
  bool logs(LogLevel level) const { return logSink_ && logLevel_ && level <= *logLevel_; }
  void log(LogLevel level, std::string_view message);

 private:
  runtime::StoreOptions makeStoreOptions();
  void logCollection(const gc::CollectionRecord& record);
  void write(LogLevel level, std::string_view message);

  Engine(const Options& options, std::unique_ptr<const runtime::TierHooks> hooks, std::optional<LogLevel> level,
         LogSink sink);

  const u32 id_;
  const Options options_;
  const std::unique_ptr<const runtime::TierHooks> hooks_;
  wasm::TypeRegistry registry_;
  Counters counters_;
  DeadlineWatcher deadlines_;
  std::optional<Sampler> sampler_;
  const std::optional<LogLevel> logLevel_;  // of the least important message that is wanted
  const LogSink logSink_;
  const runtime::StoreOptions storeOptions_;  // after what it is made of
  std::mutex logMutex_;                       // one message at a time
};

}  // namespace wasmrun::engine
