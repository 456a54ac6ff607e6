// Runs a fuzz target without a fuzzer: over changed copies of seeds, the same ones every time.
//
//   smoke_decode [rounds] [seed files...]        (default: 100000 rounds; modules come to the built-in ones)
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>

#include "text_changes.h"
#include "wasm/sample_modules.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

using wasmrun::u8;
using wasmrun::wasm::Bytes;

bool isText(const Bytes& seed) { return !seed.empty() && seed[0] != 0; }

/// The seeds are all text or all modules.
class Mutator {
 public:
  explicit Mutator(std::vector<Bytes> seeds) : seeds_(std::move(seeds)) {}

  /// A seed with one to eight changes. Most changes to text leave it text.
  Bytes next() {
    Bytes bytes = seeds_[below(seeds_.size())];
    const bool areText = isText(bytes);
    for (size_t changes = 1 + below(8); changes > 0; --changes) {
      if (areText && below(40) != 0) {
        wasmrun::test::changeText(bytes, seeds_[below(seeds_.size())], random_);
      } else {
        change(bytes);
      }
    }
    return bytes;
  }

 private:
  size_t below(size_t limit) { return limit == 0 ? 0 : random_() % limit; }

  void change(Bytes& bytes) {
    const size_t at = below(bytes.size());
    const size_t length = std::min(1 + below(16), bytes.size() - at);
    const auto place = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    static constexpr u8 kTelling[] = {0x00, 0x01, 0x0b, 0x3f, 0x40, 0x7f, 0x80, 0xff};
    switch (below(bytes.empty() ? 1 : 7)) {
      case 0: bytes.insert(place, length + 1, static_cast<u8>(random_())); break;
      case 1: *place = static_cast<u8>(random_()); break;
      case 2: *place ^= static_cast<u8>(1 << below(8)); break;
      case 3: *place = kTelling[below(std::size(kTelling))]; break;
      case 4: bytes.erase(place, place + static_cast<std::ptrdiff_t>(length)); break;
      case 5: bytes.resize(at); break;
      default: splice(bytes, at, length); break;
    }
  }

  /// Puts a piece of some seed over bytes [at, at + length).
  void splice(Bytes& bytes, size_t at, size_t length) {
    const Bytes& other = seeds_[below(seeds_.size())];
    const size_t from = below(other.size());
    for (size_t i = 0; i < length && from + i < other.size(); ++i) bytes[at + i] = other[from + i];
  }

  std::mt19937_64 random_{2026};
  std::vector<Bytes> seeds_;
};

}  // namespace

int main(int argc, char** argv) {
  const long rounds = argc > 1 ? std::atol(argv[1]) : 100'000;
  std::vector<Bytes> seeds;
  for (int i = 2; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  if (seeds.empty() || !isText(seeds[0])) {
    seeds.push_back(wasmrun::wasm::everythingModule());
    seeds.push_back(wasmrun::wasm::programModule());
  }
  for (const Bytes& seed : seeds) LLVMFuzzerTestOneInput(seed.data(), seed.size());
  Mutator mutator(std::move(seeds));
  for (long i = 0; i < rounds; ++i) {
    const Bytes bytes = mutator.next();
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  }
  std::printf("%ld inputs\n", rounds);
}
