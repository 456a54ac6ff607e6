// Memory: fill it from the host, let wasm work on it, grow it, meet its end. Prints "sum 5050", "pages 1 -> 2" and why
// a write past the end was refused.
#include <cstdio>

#include "wasmrun/wasmrun.h"

using wasmrun::Result;

// (module
//   (memory (export "memory") 1)
//   (func (export "sum") (param $at i32) (param $count i32) (result i32)
//     (local $sum i32)
//     (block $done
//       (loop $next
//         (br_if $done (i32.eqz (local.get $count)))
//         (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $at))))
//         (local.set $at (i32.add (local.get $at) (i32.const 4)))
//         (local.set $count (i32.sub (local.get $count) (i32.const 1)))
//         (br $next)))
//     (local.get $sum)))
static const uint8_t kModule[] = {
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x07, 0x01, 0x60, 0x02, 0x7f, 0x7f, 0x01, 0x7f, 0x03, 0x02,
    0x01, 0x00, 0x05, 0x03, 0x01, 0x00, 0x01, 0x07, 0x10, 0x02, 0x06, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 0x02, 0x00,
    0x03, 0x73, 0x75, 0x6d, 0x00, 0x00, 0x0a, 0x2d, 0x01, 0x2b, 0x01, 0x01, 0x7f, 0x02, 0x40, 0x03, 0x40, 0x20, 0x01,
    0x45, 0x0d, 0x01, 0x20, 0x02, 0x20, 0x00, 0x28, 0x02, 0x00, 0x6a, 0x21, 0x02, 0x20, 0x00, 0x41, 0x04, 0x6a, 0x21,
    0x00, 0x20, 0x01, 0x41, 0x01, 0x6b, 0x21, 0x01, 0x0c, 0x00, 0x0b, 0x0b, 0x20, 0x02, 0x0b,
};

static Result<void> run() {
  wasmrun::Engine engine;
  auto module = wasmrun::Module::compile(engine, kModule);
  if (!module) return fail(module.error());
  wasmrun::Store store(engine);
  auto instance = wasmrun::Instance::make(store, *module, {});
  if (!instance) return fail(instance.error());
  auto memory = instance->memory("memory");
  if (!memory) return fail(memory.error());
  auto sum = instance->typed<uint32_t(uint32_t, uint32_t)>("sum");
  if (!sum) return fail(sum.error());

  constexpr uint32_t kAt = 1024, kCount = 100;
  for (uint32_t i = 0; i < kCount; i++) {
    if (auto written = memory->writeAs<uint32_t>(kAt + 4 * i, i + 1); !written) return fail(written.error());
  }
  auto total = (*sum)(kAt, kCount);
  if (!total) return fail(total.error());
  std::printf("sum %u\n", *total);

  auto before = memory->grow(1);
  if (!before) return fail(before.error());
  std::printf("pages %d -> %d\n", static_cast<int>(*before), static_cast<int>(memory->pages()));

  // data() is all of the memory, without checks on the way; take it again after anything that may grow the memory.
  std::span<uint8_t> bytes = memory->data();
  bytes.back() = 1;

  auto past = memory->writeAs<uint32_t>(bytes.size() - 3, 0);
  if (past) return fail(wasmrun::ErrorKind::Internal, "a write past the end went through");
  std::printf("refused: %s\n", past.error().message.c_str());
  return {};
}

int main() {
  auto result = run();
  if (!result) std::fprintf(stderr, "error: %s\n", result.error().toString().c_str());
  return result ? 0 : 1;
}
