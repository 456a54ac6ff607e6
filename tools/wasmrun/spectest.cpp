#include "spectest.h"

#include "wasmrun/extern.h"

namespace wasmrun::cli {

static constexpr std::string_view kModule = "spectest";

/// A function that prints its arguments.
static Result<void> definePrint(Linker& linker, std::string_view name, std::vector<ValType> params, PrintSink print) {
  auto function = [name = std::string(name), print](Caller&, std::span<const Value> args,
                                                    std::span<Value>) -> Result<void> {
    if (!print) return {};
    std::string line = name;
    for (const Value& arg : args) line += " " + arg.toString();
    print(line);
    return {};
  };
  return linker.dynamicFunc(kModule, name, {.params = std::move(params), .results = {}}, std::move(function));
}

static Result<void> defineFunctions(Linker& linker, PrintSink print) {
  const ValType i32 = ValType::i32(), i64 = ValType::i64(), f32 = ValType::f32(), f64 = ValType::f64();
  const std::pair<std::string_view, std::vector<ValType>> functions[] = {
      {"print", {}},        {"print_i32", {i32}},          {"print_i64", {i64}},          {"print_f32", {f32}},
      {"print_f64", {f64}}, {"print_i32_f32", {i32, f32}}, {"print_f64_f64", {f64, f64}},
  };
  for (const auto& [name, params] : functions) {
    if (auto defined = definePrint(linker, name, params, print); !defined) return defined;
  }
  return {};
}

static Result<void> defineGlobals(Linker& linker, StoreRef store) {
  const std::pair<std::string_view, Value> globals[] = {
      {"global_i32", int32_t{666}},
      {"global_i64", int64_t{666}},
      {"global_f32", 666.6f},
      {"global_f64", 666.6},
  };
  for (const auto& [name, value] : globals) {
    auto global = Global::make(store, {.value = value.type()}, value);
    if (!global) return fail(std::move(global).error());
    if (auto defined = linker.define(kModule, name, *global); !defined) return defined;
  }
  return {};
}

static Result<void> defineTable(Linker& linker, StoreRef store, std::string_view name, bool is64) {
  const TableType type{.element = ValType::funcref(), .limits = {10, 20}, .is64 = is64};
  auto table = Table::make(store, type, Value::zero(type.element));
  if (!table) return fail(std::move(table).error());
  return linker.define(kModule, name, *table);
}

Result<void> defineSpectest(Linker& linker, StoreRef store, PrintSink print) {
  if (auto defined = defineFunctions(linker, print); !defined) return defined;
  if (auto defined = defineGlobals(linker, store); !defined) return defined;
  if (auto defined = defineTable(linker, store, "table", false); !defined) return defined;
  if (auto defined = defineTable(linker, store, "table64", true); !defined) return defined;
  auto memory = Memory::make(store, {.limits = {1, 2}});
  if (!memory) return fail(std::move(memory).error());
  return linker.define(kModule, "memory", *memory);
}

}  // namespace wasmrun::cli
