// Limits: a loop without end is stopped three ways (fuel, deadline, another thread), and a trap is taken apart.
// Prints one line for each stop, then the faulting address and the backtrace.
#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <string>
#include <thread>

#include "wasmrun/wasmrun.h"

using wasmrun::Error;
using wasmrun::Result;

// (module
//   (memory 1)
//   (func (export "spin") (loop $again (br $again)))
//   (func $load (param i32) (result i32) (i32.load (local.get 0)))
//   (func $crash (export "crash") (drop (call $load (i32.const 65536)))))
static const uint8_t kModule[] = {
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x09, 0x02, 0x60, 0x00, 0x00, 0x60, 0x01, 0x7f, 0x01, 0x7f,
    0x03, 0x04, 0x03, 0x00, 0x01, 0x00, 0x05, 0x03, 0x01, 0x00, 0x01, 0x07, 0x10, 0x02, 0x04, 0x73, 0x70, 0x69, 0x6e,
    0x00, 0x00, 0x05, 0x63, 0x72, 0x61, 0x73, 0x68, 0x00, 0x02, 0x0a, 0x1b, 0x03, 0x07, 0x00, 0x03, 0x40, 0x0c, 0x00,
    0x0b, 0x0b, 0x07, 0x00, 0x20, 0x00, 0x28, 0x02, 0x00, 0x0b, 0x09, 0x00, 0x41, 0x80, 0x80, 0x04, 0x10, 0x01, 0x1a,
    0x0b, 0x00, 0x1e, 0x04, 0x6e, 0x61, 0x6d, 0x65, 0x01, 0x0e, 0x02, 0x01, 0x04, 0x6c, 0x6f, 0x61, 0x64, 0x02, 0x05,
    0x63, 0x72, 0x61, 0x73, 0x68, 0x02, 0x07, 0x03, 0x00, 0x00, 0x01, 0x00, 0x02, 0x00,
};

/// The error of a call that must not come back with a value.
static Result<Error> stopped(const Result<void>& outcome) {
  if (outcome) return fail(wasmrun::ErrorKind::Internal, "the call returned");
  return outcome.error();
}

static Result<void> report(const char* how, const Result<void>& outcome) {
  auto error = stopped(outcome);
  if (!error) return fail(error.error());
  if (!error->trap()) return fail(*error);
  std::printf("%s: %s\n", how, std::string(longText(*error->trap())).c_str());
  return {};
}

static Result<void> run() {
  wasmrun::Config config;
  config.fuel(1'000'000);
  auto engine = wasmrun::Engine::make(config);
  if (!engine) return fail(engine.error());
  auto module = wasmrun::Module::compile(*engine, kModule);
  if (!module) return fail(module.error());
  wasmrun::Store store(*engine);
  auto instance = wasmrun::Instance::make(store, *module, {});
  if (!instance) return fail(instance.error());
  auto spin = instance->typed<void()>("spin");
  if (!spin) return fail(spin.error());

  // Fuel: the config gave the store a million instructions.
  if (auto told = report("fuel", (*spin)()); !told) return told;
  if (auto set = store.setFuel(INT64_MAX); !set) return set;

  // A deadline.
  store.setTimeout(std::chrono::milliseconds(20));
  if (auto told = report("timeout", (*spin)()); !told) return told;
  store.setDeadline(std::nullopt);

  // Another thread. Whether it comes before or after the call starts, the call stops.
  std::thread other([handle = store.interruptHandle()] { handle.interrupt(); });
  auto outcome = (*spin)();
  other.join();
  if (auto told = report("interrupt", outcome); !told) return told;

  // A trap: its kind, where it hit the memory, and who called whom.
  auto crash = instance->typed<void()>("crash");
  if (!crash) return fail(crash.error());
  auto error = stopped((*crash)());
  if (!error) return fail(error.error());
  if (auto told = report("crash", std::unexpected(*error)); !told) return told;
  if (auto fault = error->memoryFault()) {
    std::printf("address 0x%" PRIx64 ", memory of 0x%" PRIx64 " bytes\n", fault->address, fault->memorySize);
  }
  std::printf("%s", formatBacktrace(error->backtrace(), 2).c_str());
  return {};
}

int main() {
  auto result = run();
  if (!result) std::fprintf(stderr, "error: %s\n", result.error().toString().c_str());
  return result ? 0 : 1;
}
