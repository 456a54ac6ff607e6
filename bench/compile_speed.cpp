// Measures the baseline compiler: MB/s of function bodies on one thread, and what comes out. Not installed, not a test.
//
//   bench_baseline_speed FILE [rounds]          median and least of the rounds; what is not compiled yet, by opcode
//   bench_baseline_speed FILE --function N OUT  the code of defined function N to the file OUT, as raw bytes
//
// Time is the processor's, so that a busy machine counts little. The code is not run: calls lead nowhere.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string_view>
#include <vector>

#include "baseline/compiler.h"
#include "platform/mapped_file.h"
#include "runtime/prepared_module.h"
#include "wasm/decoder.h"
#include "wasm/module_bytes.h"

namespace {

using namespace wasmrun;

struct Round {
  double seconds = 0;
  u64 bodyBytes = 0;
  u64 codeBytes = 0;
  u32 tooLarge = 0;  ///< functions
};

Round compileAll(baseline::Compiler& compiler, const wasm::Module& module) {
  Round round;
  const std::clock_t begin = std::clock();
  for (u32 i = 0; i < module.bodies.size(); ++i) {
    const auto compiled = compiler.compile(wasm::DefinedFuncIndex(i), {});
    if (compiled) {
      round.bodyBytes += module.bodies[i].size;
      round.codeBytes += compiled->code.size();
    } else {
      ++round.tooLarge;
    }
  }
  round.seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  return round;
}

int writeFunction(baseline::Compiler& compiler, u32 index, const char* path) {
  const auto compiled = compiler.compile(wasm::DefinedFuncIndex(index), {});
  if (!compiled) return std::fprintf(stderr, "not compiled\n"), 1;
  std::FILE* file = std::fopen(path, "wb");
  if (file == nullptr) return std::perror(path), 1;
  std::fwrite(compiled->code.data(), 1, compiled->code.size(), file);
  std::fclose(file);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return std::fprintf(stderr, "usage: %s FILE [rounds | --function N OUT]\n", argv[0]), 2;
  auto file = platform::MappedFile::open(argv[1]);
  if (!file) return std::fprintf(stderr, "%s\n", file.error().message.c_str()), 1;
  wasm::TypeRegistry registry;
  const auto module = wasm::decodeModule(registry, wasm::Features(), wasm::holdBytes(std::move(*file)), {1});
  if (!module) return std::fprintf(stderr, "%s\n", module.error().message.c_str()), 1;
  bool supported = false;
  const masm::CpuFeatures features = masm::CpuFeatures::detect(supported);
  if (!supported) return std::fprintf(stderr, "no machine code on this machine\n"), 1;
  const masm::Stubs stubs;
  std::vector<code::JumpSlot> slots((*module)->bodies.size());
  const auto layouts = runtime::layoutsOf(**module);
  const baseline::Environment environment{**module, stubs, slots, layouts.get(), true};
  baseline::Compiler compiler(environment, features);
  if (argc > 4 && std::string_view(argv[2]) == "--function")
    return writeFunction(compiler, static_cast<u32>(std::atoi(argv[3])), argv[4]);

  const int rounds = argc > 2 ? std::max(1, std::atoi(argv[2])) : 5;
  std::vector<Round> all;
  for (int i = 0; i < rounds; ++i) all.push_back(compileAll(compiler, **module));
  std::ranges::sort(all, {}, &Round::seconds);
  const Round& median = all[all.size() / 2];
  const double megabytes = static_cast<double>(median.bodyBytes) / 1e6;
  std::printf("%.1f MB of bodies: %.1f ms (least %.1f), %.1f MB/s (most %.1f); %.1f MB of code, %.2f a byte\n",
              megabytes, median.seconds * 1e3, all.front().seconds * 1e3, megabytes / median.seconds,
              megabytes / all.front().seconds, static_cast<double>(median.codeBytes) / 1e6,
              static_cast<double>(median.codeBytes) / static_cast<double>(median.bodyBytes));
  if (median.tooLarge != 0) std::printf("not compiled, too large: %u functions\n", median.tooLarge);
  return 0;
}
