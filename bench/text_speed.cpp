// Measures the text format: MB/s of reading a module's tokens, and of encoding it as binary. Not installed, not a test.
//
//   bench_text_speed FILE [rounds]
//
// One thread; the least of the rounds in processor time, which other work on the machine disturbs least.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <limits>

#include "platform/mapped_file.h"
#include "text/encode.h"

namespace {

using namespace wasmrun;

/// The least processor time of `work`, in seconds.
template <class Work>
double least(int rounds, Work work) {
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < rounds; ++i) {
    const std::clock_t begin = std::clock();
    work();
    best = std::min(best, static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC);
  }
  return best;
}

u64 countTokens(std::string_view text) {
  text::Lexer lexer(text);
  for (u64 count = 0;; ++count) {
    const text::TokenKind kind = lexer.nextSkippingAnnotations().kind;
    if (kind == text::TokenKind::End || kind == text::TokenKind::Error) return count;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s FILE [rounds]\n", argv[0]);
    return 2;
  }
  const int rounds = argc > 2 ? std::max(1, std::atoi(argv[2])) : 5;
  auto file = platform::MappedFile::open(argv[1]);
  if (!file) {
    std::fprintf(stderr, "%s\n", file.error().message.c_str());
    return 1;
  }
  const std::string_view contents(reinterpret_cast<const char*>(file->bytes().data()), file->bytes().size());
  const text::SourceText source(contents, argv[1]);
  u64 tokens = 0;
  size_t size = 0;
  const double reading = least(rounds, [&] { tokens = countTokens(contents); });
  const double encoding = least(rounds, [&] {
    const auto encoded = text::encodeModule(source, source.range());
    if (!encoded) std::fprintf(stderr, "%s\n", encoded.error().toString().c_str()), std::exit(1);
    size = encoded->bytes.size();
  });
  const double megabytes = static_cast<double>(contents.size()) / 1e6;
  std::printf("%.1f MB, %llu tokens: read at %.0f MB/s, encoded at %.0f MB/s as %zu bytes\n", megabytes,
              static_cast<unsigned long long>(tokens), megabytes / reading, megabytes / encoding, size);
  return 0;
}
