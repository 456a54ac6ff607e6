// Hello: compile a module, make an instance of it, call a function. Prints "40 + 2 = 42".
#include <cstdio>

#include "wasmrun/wasmrun.h"

// (module
//   (func (export "add") (param i32 i32) (result i32)
//     (i32.add (local.get 0) (local.get 1))))
static const uint8_t kModule[] = {
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x07, 0x01, 0x60, 0x02, 0x7f,
    0x7f, 0x01, 0x7f, 0x03, 0x02, 0x01, 0x00, 0x07, 0x07, 0x01, 0x03, 0x61, 0x64, 0x64,
    0x00, 0x00, 0x0a, 0x09, 0x01, 0x07, 0x00, 0x20, 0x00, 0x20, 0x01, 0x6a, 0x0b,
};

static wasmrun::Result<void> run() {
  wasmrun::Engine engine;
  auto module = wasmrun::Module::compile(engine, kModule);
  if (!module) return fail(module.error());

  wasmrun::Store store(engine);
  auto instance = wasmrun::Instance::make(store, *module, {});
  if (!instance) return fail(instance.error());

  auto add = instance->typed<int32_t(int32_t, int32_t)>("add");  // checks the signature, once
  if (!add) return fail(add.error());
  auto sum = (*add)(40, 2);
  if (!sum) return fail(sum.error());
  std::printf("40 + 2 = %d\n", *sum);
  return {};
}

int main() {
  auto result = run();
  if (!result) std::fprintf(stderr, "error: %s\n", result.error().toString().c_str());
  return result ? 0 : 1;
}
