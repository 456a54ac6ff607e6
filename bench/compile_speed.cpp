// Measures what makes code: MB/s of function bodies on one thread, and how much code comes out. Not installed, not a
// test.
//
//   bench_compile_speed TIER FILE [rounds]              median and least of the rounds; TIER is interp (translating to
//                                                       threaded code) or baseline
//   bench_compile_speed baseline FILE --function N OUT  the code of defined function N to the file OUT, as raw bytes
//
// Time is the processor's, so that a busy machine counts little. The code is not run: calls lead nowhere.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "baseline/compiler.h"
#include "interp/translator.h"
#include "platform/mapped_file.h"
#include "runtime/prepared_module.h"
#include "wasm/decoder.h"
#include "wasm/module_bytes.h"

namespace {

using namespace wasmrun;

/// Makes code of a function. Returns its size in bytes; nothing if the compiler refuses it.
using Compile = std::function<std::optional<u64>(wasm::DefinedFuncIndex)>;

struct Round {
  double seconds = 0;
  u64 bodyBytes = 0;
  u64 codeBytes = 0;
  u32 refused = 0;  ///< functions
};

Round compileAll(const Compile& compile, const wasm::Module& module) {
  Round round;
  const std::clock_t begin = std::clock();
  for (u32 i = 0; i < module.bodies.size(); ++i) {
    if (const std::optional<u64> codeBytes = compile(wasm::DefinedFuncIndex(i))) {
      round.bodyBytes += module.bodies[i].size;
      round.codeBytes += *codeBytes;
    } else {
      ++round.refused;
    }
  }
  round.seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  return round;
}

int measure(const Compile& compile, const wasm::Module& module, int rounds) {
  std::vector<Round> all;
  for (int i = 0; i < rounds; ++i) all.push_back(compileAll(compile, module));
  std::ranges::sort(all, {}, &Round::seconds);
  const Round& median = all[all.size() / 2];
  const double megabytes = static_cast<double>(median.bodyBytes) / 1e6;
  std::printf("%.1f MB of bodies: %.1f ms (least %.1f), %.1f MB/s (most %.1f); %.1f MB of code, %.2f a byte\n",
              megabytes, median.seconds * 1e3, all.front().seconds * 1e3, megabytes / median.seconds,
              megabytes / all.front().seconds, static_cast<double>(median.codeBytes) / 1e6,
              static_cast<double>(median.codeBytes) / static_cast<double>(median.bodyBytes));
  if (median.refused != 0) std::printf("refused, since the code would be too large: %u functions\n", median.refused);
  return 0;
}

int writeFunction(baseline::Compiler& compiler, const wasm::Module& module, u32 index, const char* path) {
  if (index >= module.bodies.size())
    return std::fprintf(stderr, "the module defines %zu functions\n", module.bodies.size()), 2;
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
  const std::string_view tier = argc < 3 ? "" : argv[1];
  const bool writes = argc == 6 && tier == "baseline" && std::string_view(argv[3]) == "--function";
  const int rounds = argc < 4 ? 5 : writes ? 1 : std::atoi(argv[3]);
  if ((tier != "interp" && tier != "baseline") || rounds < 1 || (argc > 4 && !writes))
    return std::fprintf(stderr, "usage: %s interp|baseline FILE [rounds | --function N OUT]\n", argv[0]), 2;
  auto file = platform::MappedFile::open(argv[2]);
  if (!file) return std::fprintf(stderr, "%s\n", file.error().message.c_str()), 1;
  wasm::TypeRegistry registry;
  const auto decoded = wasm::decodeModule(registry, wasm::Features(), wasm::holdBytes(std::move(*file)), {1});
  if (!decoded) return std::fprintf(stderr, "%s\n", decoded.error().message.c_str()), 1;
  const wasm::Module& module = **decoded;
  const auto layouts = runtime::layoutsOf(module);

  if (tier == "interp") {
    interp::ModuleCode code(module, layouts.get(), {});
    interp::Translator translator(code, {});
    const auto translate = [&](wasm::DefinedFuncIndex index) {
      return u64{sizeof(interp::Word)} * translator.translate(index).words.size();
    };
    return measure(translate, module, rounds);
  }
  const auto features = masm::detectCpuFeatures();
  if (!features) return std::fprintf(stderr, "%s\n", features.error().message.c_str()), 1;
  const masm::Stubs stubs;
  std::vector<code::JumpSlot> slots(module.bodies.size());
  const baseline::Environment environment{module, stubs, slots, layouts.get(), true};
  baseline::Compiler compiler(environment, *features);
  if (writes) return writeFunction(compiler, module, static_cast<u32>(std::atoi(argv[4])), argv[5]);
  const auto compile = [&](wasm::DefinedFuncIndex index) -> std::optional<u64> {
    const auto compiled = compiler.compile(index, {});
    return compiled ? std::optional<u64>(compiled->code.size()) : std::nullopt;
  };
  return measure(compile, module, rounds);
}
