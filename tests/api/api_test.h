// What the API's tests share: modules made on the spot, and results that must be good or bad.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "../unit/runtime/module_builder.h"
#include "wasmrun/wasmrun.h"

namespace wasmrun::test {

using runtime::test::Bytes;
using runtime::test::i32Const;
using runtime::test::LimitsSpec;
using runtime::test::ModuleBuilder;
using runtime::test::operator+;
using runtime::test::kAnyRefByte;
using runtime::test::kExnRefByte;
using runtime::test::kExternRefByte;
using runtime::test::kFuncRefByte;
using runtime::test::kI32Byte;
using runtime::test::kI64Byte;
using runtime::test::kV128Byte;

// Kinds of exports in the binary format.
inline constexpr u8 kFuncExport = 0, kTableExport = 1, kMemoryExport = 2, kGlobalExport = 3, kTagExport = 4;

// Bodies. An import of ModuleBuilder comes from the module "m".
inline const Bytes kAdd{0x20, 0, 0x20, 1, 0x6a};
inline const Bytes kSpin{0x03, 0x40, 0x0c, 0, 0x0b};
inline const Bytes kUnreachable{0x00};
inline const Bytes kNothing{0x01};
inline Bytes getLocal(u8 index) { return {0x20, index}; }
inline Bytes callFunc(u8 index) { return {0x10, index}; }

/// The value of a result that must be good; ends the test program if it is not, saying why.
template <class T>
T good(Result<T> result) {
  if (!result) {
    ADD_FAILURE() << result.error().toString();
    std::abort();
  }
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

/// The error of a result that must be bad.
template <class T>
Error bad(const Result<T>& result) {
  if (!result) return result.error();
  ADD_FAILURE() << "there is no error";
  return Error{ErrorKind::Internal, "no error"};
}

inline bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

#define EXPECT_CONTAINS(text, part) \
  EXPECT_TRUE(::wasmrun::test::contains(text, part)) << "in: " << (text) << "\nmissing: " << (part)

/// An engine with this configuration, of the tier that the environment variable WASMRUN_TEST_TIER names, if it is set.
inline Engine makeTestEngine(Config config = {}) {
  if (const char* const tier = std::getenv("WASMRUN_TEST_TIER")) good(config.set("O", std::string("tier=") + tier));
  return good(Engine::make(config));
}

/// An engine with one store and a linker.
class ApiTest : public ::testing::Test {
 protected:
  Module compile(const ModuleBuilder& builder) { return good(Module::compile(engine, builder.build())); }
  Instance instantiate(const ModuleBuilder& builder) { return good(linker.instantiate(store, compile(builder))); }

  Engine engine = makeTestEngine();
  Store store{engine};
  Linker linker{engine};
};

}  // namespace wasmrun::test
