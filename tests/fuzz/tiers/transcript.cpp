// Runs a module and writes down everything that can be seen of it. Compiled into each build of the engine that is
// compared; WASMRUN_TRANSCRIPT is the function's name there.
#include "transcript.h"

#include <array>
#include <bit>
#include <chrono>
#include <cstring>
#include <string>
#include <vector>

#include "support/check.h"
#include "support/text.h"
#include "wasmrun/wasmrun.h"

using namespace wasmrun;
using support::concat;
using support::Hex;

namespace {

constexpr int kRounds = 2;

Engine makeEngine(std::string_view options, bool fuel) {
  Config config;
  for (const FeatureInfo& feature : Config::features()) (void)config.feature(feature.name, true);
  config.maxWasmStack(64 << 10).maxMemorySize(4 << 20).maxTableElements(1000).threads(1);
  if (fuel) config.fuel(kTranscriptFuel);
  while (!options.empty()) {
    const std::string_view option = options.substr(0, options.find(','));
    options.remove_prefix(std::min(options.size(), option.size() + 1));
    CHECK(config.set("", option), "options are spelled right");
  }
  auto engine = Engine::make(config);
  CHECK(engine, "these options go together");
  return *engine;
}

class Transcript {
 public:
  explicit Transcript(const Engine& engine) : store_(engine) { store_.setTimeout(std::chrono::seconds(10)); }

  std::string run(const Module& module) {
    std::vector<Extern> imports;
    for (const ImportType& import : module.imports()) imports.push_back(makeImport(import.type));
    const auto instance = Instance::make(store_, module, imports);
    if (!instance) {
      error("instantiation", instance.error());
      return std::move(text_);
    }
    for (int round = 0; round < kRounds; ++round)
      for (const NamedExtern& item : instance->exports())
        if (const Func* const func = item.item.function()) call(item.name, *func, round);
    for (const NamedExtern& item : instance->exports()) state(item);
    return std::move(text_);
  }

 private:
  void line(const std::string& text) { text_ += text, text_ += '\n'; }

  void error(const std::string& what, const Error& error) { line(concat(what, ": ", error.toString())); }

  Extern makeImport(const ExternType& type) {
    if (type.kind() == ExternKind::Global) {
      const auto global = Global::make(store_, *type.global(), argument(type.global()->value, 3));
      CHECK(global, "imported globals are of types that the host can make");
      return *global;
    }
    const auto nothing = [this](Caller&, std::span<const Value> args, std::span<Value>) -> Result<void> {
      line("  host" + values(args));
      return {};
    };
    const auto func = Func::make(store_, *type.function(), nothing);
    CHECK(func, "host functions can be made of any type");
    return *func;
  }

  /// The only references without null that generated modules ask the host for are of i31.
  Value argument(const ValType& type, uint32_t seed) {
    switch (type.kind()) {
      case ValKind::I32: return Value(seed * 0x01010101u);
      case ValKind::I64: return Value(uint64_t{seed} << (seed % 40));
      case ValKind::F32: return Value(static_cast<float>(seed) - 2.5f);
      case ValKind::F64: return Value(static_cast<double>(seed) / 3);
      case ValKind::V128: return Value::zero(type);
      default: return type.isNullable() ? Value::zero(type) : Value(AnyRef::i31(store_, seed));
    }
  }

  void call(std::string_view name, const Func& func, int round) {
    std::vector<Value> args;
    for (const ValType& type : func.type().params)
      args.push_back(argument(type, static_cast<uint32_t>(args.size()) * 7 + static_cast<uint32_t>(round) * 3 + 1));
    (void)store_.setFuel(kTranscriptFuel);
    line(concat(name, values(args)));
    if (const auto results = func.call(args); results)
      line("  =" + values(*results));
    else
      error("  failed", results.error());
    if (const auto fuel = store_.fuel()) line(concat("  fuel ", *fuel));
  }

  static std::string values(std::span<const Value> values) {
    std::string text;
    for (const Value& value : values) text += ' ' + bits(value);
    return text;
  }

  /// To the bit; of references, what kind they are.
  static std::string bits(const Value& value) {
    switch (value.kind()) {
      case ValKind::I32: return concat(Hex{static_cast<uint32_t>(value.i32())});
      case ValKind::I64: return concat(Hex{static_cast<uint64_t>(value.i64())});
      case ValKind::F32: return concat(Hex{std::bit_cast<uint32_t>(value.f32())});
      case ValKind::F64: return concat(Hex{std::bit_cast<uint64_t>(value.f64())});
      case ValKind::V128: {
        const auto halves = std::bit_cast<std::array<uint64_t, 2>>(value.v128().bytes);
        return concat(Hex{halves[0]}, ':', Hex{halves[1]});
      }
      default: return value.isNull() ? "null" : concat("ref ", value.toString());
    }
  }

  void state(const NamedExtern& item) {
    if (const Global* const global = item.item.global()) {
      line(concat(item.name, ' ', bits(*global->get())));
    } else if (const Memory* const memory = item.item.memory()) {
      line(concat(item.name, ' ', memory->size(), " bytes, ", Hex{hash(memory->data())}));
    } else if (const Table* const table = item.item.table()) {
      std::string elements;
      for (uint64_t i = 0; i < table->size(); ++i) elements += ' ' + bits(*table->get(i));
      line(concat(item.name, elements));
    }
  }

  static uint64_t hash(std::span<const uint8_t> bytes) {
    uint64_t hash = 0xcbf29ce484222325;
    for (; bytes.size() >= 8; bytes = bytes.subspan(8)) {
      uint64_t word;
      std::memcpy(&word, bytes.data(), 8);
      hash = (hash ^ word) * 0x100000001b3;
      hash ^= hash >> 29;
    }
    for (const uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001b3;
    return hash;
  }

  Store store_;
  std::string text_;
};

}  // namespace

extern "C" WASMRUN_API void WASMRUN_TRANSCRIPT(const uint8_t* bytes, size_t size, const char* options, bool fuel,
                                               void (*write)(void* to, const char* text, size_t size), void* to) {
  const Engine engine = makeEngine(options, fuel);
  const auto module = Module::compile(engine, std::span(bytes, size));
  const std::string text = module ? Transcript(engine).run(*module) : module.error().toString();
  write(to, text.data(), text.size());
}
