// Measures what calls cost, in nanoseconds: between the host and wasm, between the tiers, and of each kind within wasm.
// Not installed, not a test.
//
//   bench_call_costs [rounds]       the table; each figure is the median of the rounds, an empty loop taken away
//
// Calls within wasm are made by a loop; the loop without the call is measured as well and subtracted.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "wasmrun/wasmrun.h"

namespace {

using namespace wasmrun;

constexpr int kRepeats = 2'000'000;
constexpr int kStraightCalls = 2'000;

/// What can be called, and the exports that the host calls.
constexpr const char* kDefinitions = R"(
  (type $one (func (param i32) (result i32)))
  (import "host" "one" (func $host (param i32) (result i32)))
  (import "other" "one" (func $other (param i32) (result i32)))
  (table funcref (elem $callee))
  (elem declare func $callee)
  (global $ref (ref $one) (ref.func $callee))
  (func $callee (export "callee") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
  (func $tail (param i32) (result i32) (return_call $callee (local.get 0)))
  (func (export "nothing"))
  (func (export "host once") (param i32) (result i32) (call $host (local.get 0))))";

/// Each kind of call that wasm makes, with a row's title and the expression for one of $x.
struct Call {
  const char* title;
  const char* expression;
};
constexpr Call kCalls[] = {
    {"wasm>host", "call $host (local.get $x)"},
    {"direct", "call $callee (local.get $x)"},
    {"indirect", "call_indirect (type $one) (local.get $x) (i32.const 0)"},
    {"reference", "call_ref $one (local.get $x) (global.get $ref)"},
    {"tail", "call $tail (local.get $x)"},
    {"instance", "call $other (local.get $x)"},
};
constexpr Call kNoCall{"empty", "i32.add (local.get $x) (i32.const 1)"};

/// An export that makes so many calls as its argument says.
std::string loopText(const Call& call) {
  return std::string("(func (export \"") + call.title + "\") (param $n i32) (result i32) (local $x i32)\n" +
         "  (loop $again (local.set $x (" + call.expression + "))\n" +
         "    (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))\n  (local.get $x))\n";
}

std::string moduleText() {
  std::string text = std::string("(module") + kDefinitions + loopText(kNoCall);
  for (const Call& call : kCalls) text += loopText(call);
  return text + ")";
}

/// An embedder's mistake or ours: nothing to measure.
template <class T>
T need(Result<T> result) {
  if (!result) std::fprintf(stderr, "%s\n", result.error().toString().c_str()), std::exit(1);
  return std::move(*result);
}

double nanosOf(auto&& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count();
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

struct Bench {
  Engine engine;
  Store store;
  Instance instance;
};

Bench makeBench(const char* tier, const std::string& text) {
  Config config;
  if (auto set = config.set("O", std::string("tier=") + tier); !set) std::exit(1);
  Engine engine = need(Engine::make(config));
  Store store(engine);
  const Func one = Func::wrap(store, [](int32_t x) { return x + 1; });
  const Module other = need(Module::compileText(
      engine, R"((module (func (export "one") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))))"));
  const Instance otherInstance = need(Instance::make(store, other, {}));
  Linker linker(engine);
  (void)linker.define("host", "one", one);
  (void)linker.define("other", "one", need(otherInstance.func("one")));
  const Module module = need(Module::compileText(engine, text));
  Instance instance = need(linker.instantiate(store, module));
  return {std::move(engine), std::move(store), std::move(instance)};
}

/// A call of an export by the host.
double hostCall(Bench& bench, const char* name, int rounds) {
  const auto func = need(bench.instance.typed<int32_t(int32_t)>(name));
  std::vector<double> nanos;
  for (int round = 0; round < rounds; ++round)
    nanos.push_back(nanosOf([&] {
                      for (int i = 0; i < kRepeats; ++i) (void)need(func(i));
                    }) /
                    kRepeats);
  return median(nanos);
}

double hostCallOfNothing(Bench& bench, int rounds) {
  const auto func = need(bench.instance.typed<void()>("nothing"));
  std::vector<double> nanos;
  for (int round = 0; round < rounds; ++round)
    nanos.push_back(nanosOf([&] {
                      for (int i = 0; i < kRepeats; ++i)
                        if (!func()) std::exit(1);
                    }) /
                    kRepeats);
  return median(nanos);
}

double loopOf(Bench& bench, const char* name, int rounds) {
  const auto func = need(bench.instance.typed<int32_t(int32_t)>(name));
  (void)need(func(1));
  std::vector<double> nanos;
  for (int round = 0; round < rounds; ++round) nanos.push_back(nanosOf([&] { (void)need(func(kRepeats)); }) / kRepeats);
  return median(nanos);
}

void printTier(const char* tier, int rounds) {
  Bench bench = makeBench(tier, moduleText());
  std::printf("%-10s", tier);
  std::printf(" %9.1f", hostCallOfNothing(bench, rounds));
  for (const char* name : {"callee", "host once"}) std::printf(" %9.1f", hostCall(bench, name, rounds));
  const double empty = loopOf(bench, kNoCall.title, rounds);
  for (const Call& call : kCalls) std::printf(" %9.1f", loopOf(bench, call.title, rounds) - empty);
  std::printf("\n");
}

/// Code that is run once is interpreted; what it calls has machine code.
double interpreterToBaseline(int rounds) {
  std::string text = R"((module
    (import "host" "one" (func $host (param i32) (result i32))) (import "other" "one" (func (param i32) (result i32)))
    (func $callee (export "callee") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1))))";
  for (int round = 0; round < rounds; ++round) {
    text += "(func (export \"straight" + std::to_string(round) + "\") (param i32) (result i32) (local.get 0)";
    for (int i = 0; i < kStraightCalls; ++i) text += "(call $callee)";
    text += ")";
  }
  Bench bench = makeBench("auto", text + ")");
  (void)hostCall(bench, "callee", 1);
  std::vector<double> nanos;
  for (int round = 0; round < rounds; ++round) {
    const auto func = need(bench.instance.typed<int32_t(int32_t)>("straight" + std::to_string(round)));
    nanos.push_back(nanosOf([&] { (void)need(func(0)); }) / kStraightCalls);
  }
  return median(nanos);
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 7;
  std::printf("%-10s %9s %9s %9s", "", "nop", "host>wasm", "h>wasm>h");
  for (const Call& call : kCalls) std::printf(" %9s", call.title);
  std::printf("   ns a call\n");
  for (const char* tier : {"interp", "baseline"}) printTier(tier, rounds);
  std::printf("interpreter to baseline and back, with its share of translation: %.1f ns\n",
              interpreterToBaseline(rounds));
  return 0;
}
