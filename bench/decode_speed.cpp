// Measures the way in: MB/s of decoding and validating a module. Not installed, not a test.
//
//   bench_decode_speed FILE [threads] [rounds]
//
// Prints the median and the least of the rounds for one thread, then for `threads` (default: all cores). On a busy
// machine the least is the more telling.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include "platform/mapped_file.h"
#include "wasm/decoder.h"
#include "wasm/module_bytes.h"

namespace {

using namespace wasmrun;

/// Seconds of one decoding, or a negative number.
double measure(const std::shared_ptr<const wasm::ModuleBytes>& bytes, u32 threads) {
  wasm::TypeRegistry registry;
  const auto begin = std::chrono::steady_clock::now();
  const auto module = wasm::decodeModule(registry, wasm::Features(), bytes, {threads});
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
  if (module) return taken.count();
  std::fprintf(stderr, "offset %llu: %s\n", static_cast<unsigned long long>(module.error().offset),
               module.error().message.c_str());
  return -1;
}

bool report(const std::shared_ptr<const wasm::ModuleBytes>& bytes, u32 threads, int rounds) {
  std::vector<double> seconds;
  for (int i = 0; i < rounds; ++i) {
    seconds.push_back(measure(bytes, threads));
    if (seconds.back() < 0) return false;
  }
  std::ranges::sort(seconds);
  const double median = seconds[seconds.size() / 2];
  const double megabytes = static_cast<double>(bytes->bytes().size()) / 1e6;
  std::printf("%u thread%s: %.2f ms (least %.2f), %.0f MB/s\n", threads, threads == 1 ? "" : "s", median * 1e3,
              seconds.front() * 1e3, megabytes / median);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s FILE [threads] [rounds]\n", argv[0]);
    return 2;
  }
  const u32 threads =
      argc > 2 ? static_cast<u32>(std::atoi(argv[2])) : std::max(1u, std::thread::hardware_concurrency());
  const int rounds = argc > 3 ? std::max(1, std::atoi(argv[3])) : 11;
  auto file = platform::MappedFile::open(argv[1]);
  if (!file) {
    std::fprintf(stderr, "%s\n", file.error().message.c_str());
    return 1;
  }
  const auto bytes = wasm::holdBytes(std::move(*file));
  return report(bytes, 1, rounds) && (threads == 1 || report(bytes, threads, rounds)) ? 0 : 1;
}
