// Fuzz target: whatever bytes there are, compiled, instantiated with imports made up for it, and its exports called
// with little fuel, stack and memory. Every step ends in a result or in an error that says what happened; a finding is
// anything else, and a store that does not work after an error.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "support/check.h"
#include "wasmrun/wasmrun.h"

using namespace wasmrun;

namespace {

constexpr uint64_t kFuel = 20'000;
constexpr size_t kMostCalls = 8;
constexpr uint32_t kMostDumps = 4;

/// All features, small limits. `moves`: memories move as they grow, instead of lying in a reservation.
Engine makeEngine(bool moves) {
  Config config;
  for (const FeatureInfo& feature : Config::features()) {
    const auto set = config.feature(feature.name, true);
    CHECK(set, "all features go together");
  }
  config.fuel(kFuel).maxWasmStack(64 << 10).maxMemorySize(4 << 20).maxTableElements(10'000).maxInstances(16).threads(1);
  if (moves) config.memoryReservation(0);
  auto engine = Engine::make(config);
  CHECK(engine, "these options go together");
  return *engine;
}

void checkError(const Error& error) {
  CHECK(!error.message.empty(), "an error has a text");
  CHECK(error.kind != ErrorKind::Internal, "no mistakes of our own");
  CHECK(!error.toString().empty(), "an error with its backtrace has a text");
}

/// A value that the type takes, other at each call.
Value valueOf(const ValType& type, uint32_t seed) {
  switch (type.kind()) {
    case ValKind::I32: return Value(seed);
    case ValKind::I64: return Value(uint64_t{seed} << (seed % 40));
    case ValKind::F32: return Value(static_cast<float>(seed) - 2.5f);
    case ValKind::F64: return Value(static_cast<double>(seed) / 3);
    default: return Value::zero(type);
  }
}

Result<Extern> makeImport(StoreRef store, const ExternType& type) {
  switch (type.kind()) {
    case ExternKind::Func: {
      const auto nothing = [](Caller&, std::span<const Value>, std::span<Value>) -> Result<void> { return {}; };
      auto func = Func::make(store, *type.function(), nothing);
      if (!func) return fail(func.error());
      return *func;
    }
    case ExternKind::Table: {
      auto table = Table::make(store, *type.table(), Value::zero(type.table()->element));
      if (!table) return fail(table.error());
      return *table;
    }
    case ExternKind::Memory: {
      auto memory = Memory::make(store, *type.memory());
      if (!memory) return fail(memory.error());
      return *memory;
    }
    case ExternKind::Global: {
      auto global = Global::make(store, *type.global(), Value::zero(type.global()->value));
      if (!global) return fail(global.error());
      return *global;
    }
    case ExternKind::Tag: {
      auto tag = Tag::make(store, *type.tag());
      if (!tag) return fail(tag.error());
      return *tag;
    }
  }
  CHECK(false, "there are five sorts of imports");
}

Result<Instance> instantiate(StoreRef store, const Module& module) {
  std::vector<Extern> imports;
  for (const ImportType& import : module.imports()) {
    auto made = makeImport(store, import.type);
    if (!made) return fail(made.error());
    imports.push_back(*made);
  }
  return Instance::make(store, module, imports);
}

void callExports(StoreRef store, const Instance& instance) {
  size_t calls = 0;
  for (const NamedExtern& field : instance.exports()) {
    const Func* func = field.item.function();
    if (!func || calls++ == kMostCalls) continue;
    const FuncType type = func->type();
    std::vector<Value> args;
    for (const ValType& param : type.params) args.push_back(valueOf(param, static_cast<uint32_t>(args.size() + calls)));
    CHECK(store.setFuel(kFuel), "fuel is on");
    const auto results = func->call(args);
    if (results) {
      CHECK(results->size() == type.results.size(), "a call gives its results");
    } else {
      checkError(results.error());
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Engine kEngines[] = {makeEngine(false), makeEngine(true)};
  const auto module = Module::compile(kEngines[size % 2], std::span(data, size));
  if (!module) {
    checkError(module.error());
    return 0;
  }
  for (uint32_t i = 0; i < module->functionCount() && i < kMostDumps; ++i)
    if (const auto dump = module->dump(i, "interp"); !dump) checkError(dump.error());
  Store store(kEngines[size % 2]);
  store.setTimeout(std::chrono::milliseconds(100));  // for those that wait
  const auto instance = instantiate(store, *module);
  if (!instance) {
    checkError(instance.error());
  } else {
    callExports(store, *instance);
  }
  return 0;
}
