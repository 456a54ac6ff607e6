// Modules assembled in a test and run through the public API by the interpreter.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "../runtime/module_builder.h"
#include "wasmrun/wasmrun.h"

namespace wasmrun::interp::test {

using namespace runtime::test;

inline constexpr u8 kF64Byte = 0x7c;
inline constexpr u8 kEmptyBlock = 0x40;

// -- Instructions ----------------------------------------------------------------------------------------------------

/// Instructions without immediates.
enum Op : u8 {
  Unreachable = 0x00,
  Nop = 0x01,
  Else = 0x05,
  ThrowRef = 0x0a,
  End = 0x0b,
  Return = 0x0f,
  CatchAll = 0x19,
  Drop = 0x1a,
  Select = 0x1b,
  I32Eqz = 0x45,
  I32Eq = 0x46,
  I32Ne = 0x47,
  I32LtS = 0x48,
  I32LtU = 0x49,
  I32GtS = 0x4a,
  I64Eqz = 0x50,
  I64LtS = 0x53,
  F32Eq = 0x5b,
  F64Eq = 0x61,
  F64Ne = 0x62,
  F64Lt = 0x63,
  F64Gt = 0x64,
  F64Le = 0x65,
  F64Ge = 0x66,
  I32Add = 0x6a,
  I32Sub = 0x6b,
  I32Mul = 0x6c,
  I32DivS = 0x6d,
  I32And = 0x71,
  I64Add = 0x7c,
  I64Sub = 0x7d,
  I64Mul = 0x7e,
  F32Add = 0x92,
  F64Add = 0xa0,
  F64Mul = 0xa2,
  I64ExtendI32U = 0xad,
  F64ConvertI32S = 0xb7,
  RefIsNull = 0xd1,
};

/// A piece of code.
struct Part {
  Part(Op op) : bytes{op} {}
  Part(Bytes code) : bytes(std::move(code)) {}
  Bytes bytes;
};

inline Bytes code(std::initializer_list<Part> parts) {
  Bytes all;
  for (const Part& part : parts) append(all, part.bytes);
  return all;
}

inline Bytes withIndex(u8 opcode, u64 index) {
  Bytes out{opcode};
  appendU64(out, index);
  return out;
}
inline Bytes get(u32 local) { return withIndex(0x20, local); }
inline Bytes set(u32 local) { return withIndex(0x21, local); }
inline Bytes tee(u32 local) { return withIndex(0x22, local); }
inline Bytes globalSet(u32 global) { return withIndex(0x24, global); }
inline Bytes br(u32 depth) { return withIndex(0x0c, depth); }
inline Bytes brIf(u32 depth) { return withIndex(0x0d, depth); }
/// The last is the default.
inline Bytes brTable(const std::vector<u32>& depths) {
  Bytes out = withIndex(0x0e, depths.size() - 1);
  for (const u32 depth : depths) appendU64(out, depth);
  return out;
}
inline Bytes call(u32 func) { return withIndex(0x10, func); }
inline Bytes callIndirect(u32 type) { return withIndex(0x11, type) + Bytes{0}; }
inline Bytes returnCall(u32 func) { return withIndex(0x12, func); }
inline Bytes returnCallIndirect(u32 type) { return withIndex(0x13, type) + Bytes{0}; }
inline Bytes callRef(u32 type) { return withIndex(0x14, type); }
inline Bytes returnCallRef(u32 type) { return withIndex(0x15, type); }
inline Bytes throwTag(u32 tag) { return withIndex(0x08, tag); }
inline Bytes catchTag(u32 tag) { return withIndex(0x07, tag); }
inline Bytes rethrow(u32 depth) { return withIndex(0x09, depth); }
inline Bytes delegate(u32 depth) { return withIndex(0x18, depth); }
inline Bytes f32Const(float value) {
  const u32 bits = std::bit_cast<u32>(value);
  Bytes out{0x43};
  for (u32 i = 0; i < 4; ++i) out.push_back(static_cast<u8>(bits >> 8 * i));
  return out;
}
inline Bytes f64Const(double value) {
  const u64 bits = std::bit_cast<u64>(value);
  Bytes out{0x44};
  for (u32 i = 0; i < 8; ++i) out.push_back(static_cast<u8>(bits >> 8 * i));
  return out;
}
/// `type`: of the result, one byte.
inline Bytes block(u8 type) { return {0x02, type}; }
inline Bytes loop(u8 type) { return {0x03, type}; }
inline Bytes ifBlock(u8 type) { return {0x04, type}; }
inline Bytes tryBlock(u8 type) { return {0x06, type}; }
/// With a function type.
inline Bytes blockOf(u32 type) { return withIndex(0x02, type); }
inline Bytes loopOf(u32 type) { return withIndex(0x03, type); }
inline Bytes ifOf(u32 type) { return withIndex(0x04, type); }
inline Bytes load32(u32 offset = 0) { return Bytes{0x28} + withIndex(2, offset); }
inline Bytes store32(u32 offset = 0) { return Bytes{0x36} + withIndex(2, offset); }
inline Bytes memorySize() { return {0x3f, 0}; }
inline Bytes memoryGrow() { return {0x40, 0}; }

struct CatchSpec {
  enum Kind : u8 { Catch, CatchRef, CatchAll, CatchAllRef } kind;
  u32 tag;  ///< Catch and CatchRef
  u32 depth;
};
inline Bytes tryTable(u8 type, std::initializer_list<CatchSpec> clauses) {
  Bytes out{0x1f, type};
  appendU64(out, clauses.size());
  for (const CatchSpec& clause : clauses) {
    out.push_back(clause.kind);
    if (clause.kind == CatchSpec::Catch || clause.kind == CatchSpec::CatchRef) appendU64(out, clause.tag);
    appendU64(out, clause.depth);
  }
  return out;
}

// -- Running ---------------------------------------------------------------------------------------------------------

/// A call's outcome as text: results in a row, or "trap: ..." with the spec's text, or "exception".
inline std::string outcomeText(const Result<std::vector<wasmrun::Value>>& outcome) {
  if (!outcome) {
    const Error& error = outcome.error();
    if (error.trap()) return "trap: " + std::string(specText(*error.trap()));
    if (error.kind != ErrorKind::Exception) return error.toString();
    std::string text = "exception";
    for (const wasmrun::Value& value : error.exception()->payload()) text += " " + value.toString();
    return text;
  }
  std::string text;
  for (const wasmrun::Value& value : *outcome) text += (text.empty() ? "" : " ") + value.toString();
  return text;
}

inline Config allFeatures() {
  Config config;
  for (const wasmrun::FeatureInfo& feature : Config::features()) EXPECT_TRUE(config.feature(feature.name, true));
  config.tier(Tier::Interpreter).threads(1);
  return config;
}

class InterpTest : public ::testing::Test {
 protected:
  explicit InterpTest(const Config& config = allFeatures()) : engine(*Engine::make(config)), store(engine) {}

  using Values = std::vector<wasmrun::Value>;

  Module compile(const ModuleBuilder& builder) {
    auto module = Module::compile(engine, builder.build());
    if (!module) {
      ADD_FAILURE() << module.error().toString();
      std::abort();
    }
    return *module;
  }

  Instance instantiate(const ModuleBuilder& builder, const std::vector<Extern>& imports = {}) {
    auto instance = Instance::make(store, compile(builder), imports);
    if (!instance) {
      ADD_FAILURE() << instance.error().toString();
      std::abort();
    }
    return *instance;
  }

  static std::string run(const Instance& instance, std::string_view name, const Values& args = {}) {
    auto func = instance.func(name);
    return func ? outcomeText(func->call(args)) : func.error().toString();
  }

  /// The outcome of one function.
  std::string runCode(const Bytes& params, const Bytes& results, const Bytes& locals, const Bytes& body,
                      const Values& args = {}) {
    ModuleBuilder builder;
    builder.memory({1, {}});
    builder.exportItem("f", 0, builder.func(builder.type(params, results), body, locals));
    return run(instantiate(builder), "f", args);
  }

  Engine engine;
  Store store;
};

}  // namespace wasmrun::interp::test
