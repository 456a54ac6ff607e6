// What the public handles to engines and modules refer to.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "engine/engine.h"
#include "runtime/prepared_module.h"
#include "text/printed_module.h"
#include "wasmrun/config.h"
#include "wasmrun/engine.h"
#include "wasmrun/module.h"

namespace wasmrun::detail {

struct ConfigImpl {
  engine::Options options;
  std::function<void(LogLevel, std::string_view)> sink;  ///< of the engine's messages; may be empty
};

/// Any thread.
struct EngineImpl {
  EngineImpl(const Config& config, std::unique_ptr<engine::Engine> made) : config(config), engine(std::move(made)) {}
  ~EngineImpl();

  /// Keeps a defined type as long as the engine, because its number leaves the library: a ValType may outlive all
  /// modules that have the type, and must not come to mean another.
  void keepType(wasm::TypeId id);
  /// Whether keepType was called for the type, so that its number means something.
  bool isKept(wasm::TypeId id) const;

  // The stores there are, for interruptAll: a list through StoreImpl.
  void addStore(StoreImpl& store);
  void removeStore(StoreImpl& store);

  const Config config;
  const std::unique_ptr<engine::Engine> engine;

  mutable std::mutex storesMutex;
  StoreImpl* firstStore = nullptr;

 private:
  mutable std::mutex keptMutex_;
  std::set<u32> kept_;  // first ids of their groups
};

/// Any thread.
struct ModuleImpl {
  ModuleImpl(std::shared_ptr<EngineImpl> engine, engine::LoadedModule loaded)
      : engine(std::move(engine)), module(std::move(loaded.module)), nanos(loaded.nanos) {}

  /// The module made ready for instances: at the first call, for modules may be compiled only to be looked at.
  const std::shared_ptr<const runtime::PreparedModule>& prepare() const;
  /// The same without making it: null if nobody has asked.
  const runtime::PreparedModule* prepared() const { return isPrepared_.load() ? prepared_.get() : nullptr; }

  const std::vector<ImportType>& imports() const;
  const std::vector<ExportType>& exports() const;
  /// What printing its text needs; made at the first call.
  const text::PrintedModule& printed() const;

  const std::shared_ptr<EngineImpl> engine;  // before the module: its types are the engine's
  const std::shared_ptr<const wasm::Module> module;
  const u64 nanos;  ///< of decoding and validation

 private:
  mutable std::once_flag preparedOnce_, importsOnce_, exportsOnce_, printedOnce_;
  mutable std::shared_ptr<const runtime::PreparedModule> prepared_;
  mutable std::atomic<bool> isPrepared_{false};
  mutable std::vector<ImportType> imports_;
  mutable std::vector<ExportType> exports_;
  mutable std::optional<text::PrintedModule> printed_;
};

}  // namespace wasmrun::detail
