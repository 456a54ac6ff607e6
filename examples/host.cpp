// Host functions: lambdas as imports, with the caller's memory, several results, and failure.
// Prints "hello from wasm", "17 / 5 = 3 rest 2" and the trap of a division by zero.
#include <cstdio>
#include <string>
#include <tuple>

#include "wasmrun/wasmrun.h"

using wasmrun::Caller;
using wasmrun::Result;

// (module
//   (import "env" "print" (func $print (param i32 i32)))
//   (import "env" "divmod" (func $divmod (param i64 i64) (result i64 i64)))
//   (memory (export "memory") 1)
//   (data (i32.const 8) "hello from wasm")
//   (func (export "run") (param i64 i64) (result i64 i64)
//     (call $print (i32.const 8) (i32.const 15))
//     (call $divmod (local.get 0) (local.get 1))))
static const uint8_t kModule[] = {
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x0d, 0x02, 0x60, 0x02, 0x7f, 0x7f, 0x00, 0x60,
    0x02, 0x7e, 0x7e, 0x02, 0x7e, 0x7e, 0x02, 0x1a, 0x02, 0x03, 0x65, 0x6e, 0x76, 0x05, 0x70, 0x72, 0x69,
    0x6e, 0x74, 0x00, 0x00, 0x03, 0x65, 0x6e, 0x76, 0x06, 0x64, 0x69, 0x76, 0x6d, 0x6f, 0x64, 0x00, 0x01,
    0x03, 0x02, 0x01, 0x01, 0x05, 0x03, 0x01, 0x00, 0x01, 0x07, 0x10, 0x02, 0x06, 0x6d, 0x65, 0x6d, 0x6f,
    0x72, 0x79, 0x02, 0x00, 0x03, 0x72, 0x75, 0x6e, 0x00, 0x02, 0x0a, 0x10, 0x01, 0x0e, 0x00, 0x41, 0x08,
    0x41, 0x0f, 0x10, 0x00, 0x20, 0x00, 0x20, 0x01, 0x10, 0x01, 0x0b, 0x0b, 0x15, 0x01, 0x00, 0x41, 0x08,
    0x0b, 0x0f, 0x68, 0x65, 0x6c, 0x6c, 0x6f, 0x20, 0x66, 0x72, 0x6f, 0x6d, 0x20, 0x77, 0x61, 0x73, 0x6d,
};

using Pair = std::tuple<int64_t, int64_t>;

static Result<void> run() {
  wasmrun::Engine engine;
  auto module = wasmrun::Module::compile(engine, kModule);
  if (!module) return fail(module.error());

  // A function that looks into its caller's memory: an error of readString ends the guest's call.
  wasmrun::Linker linker(engine);
  auto defined = linker.func("env", "print", [](Caller& caller, uint32_t at, uint32_t count) -> Result<void> {
    auto text = caller.memory().readString(at, count);
    if (!text) return fail(text.error());
    std::printf("%s\n", text->c_str());
    return {};
  });
  if (!defined) return fail(defined.error());

  // A function with two results that may fail, and a capture.
  int calls = 0;
  defined = linker.func("env", "divmod", [&calls](int64_t a, int64_t b) -> Result<Pair> {
    calls++;
    if (b == 0) return wasmrun::failTrap("divmod by zero");
    return Pair(a / b, a % b);
  });
  if (!defined) return fail(defined.error());

  wasmrun::Store store(engine);
  auto instance = linker.instantiate(store, *module);
  if (!instance) return fail(instance.error());
  auto divide = instance->typed<Pair(int64_t, int64_t)>("run");
  if (!divide) return fail(divide.error());

  auto good = (*divide)(17, 5);
  if (!good) return fail(good.error());
  std::printf("17 / 5 = %d rest %d\n", static_cast<int>(std::get<0>(*good)), static_cast<int>(std::get<1>(*good)));

  auto bad = (*divide)(17, 0);
  if (bad) return fail(wasmrun::ErrorKind::Internal, "the division by zero went through");
  std::printf("after %d calls: %s\n", calls, bad.error().message.c_str());
  return {};
}

int main() {
  auto result = run();
  if (!result) std::fprintf(stderr, "error: %s\n", result.error().toString().c_str());
  return result ? 0 : 1;
}
