// Fuzz target: a generated module behaves the same in every tier. The bytes are the generator's choices.
#include <cstdio>
#include <optional>
#include <span>
#include <string>

#include "module_generator.h"
#include "support/check.h"
#include "tiers/transcript.h"

namespace {

/// What is compared, with the first of its kind. Another tier is another row.
struct Tier {
  const char* name;
  WriteTranscript* run;
  const char* options;  ///< `#` is a number that depends on the module
};
/// Whose frames are the same in size too.
constexpr Tier kInterpreters[] = {
    {"interpreter, with fuel", wasmrunTranscriptShipped, "tier=interp"},
    {"interpreter, computed goto, with fuel", wasmrunTranscriptComputedGoto, "tier=interp"},
};
/// With fuel.
constexpr Tier kCounting[] = {
    {"interpreter, with fuel", wasmrunTranscriptShipped, "tier=interp"},
#if defined(__x86_64__)
    {"baseline, with fuel", wasmrunTranscriptShipped, "tier=baseline"},
    {"mixed, with fuel", wasmrunTranscriptShipped, "tier-up=random:#"},
#endif
};
/// Without: for modules that come to an end.
constexpr Tier kFree[] = {
    {"interpreter", wasmrunTranscriptShipped, "tier=interp"},
#if defined(__x86_64__)
    {"baseline", wasmrunTranscriptShipped, "tier=baseline"},
    {"baseline, checked addresses", wasmrunTranscriptShipped, "tier=baseline,memory-reservation=0"},
    {"mixed", wasmrunTranscriptShipped, "tier-up=random:#"},
    {"mixed, stressed, memories that move", wasmrunTranscriptShipped,
     "tier-up=random:#,gc-stress=y,memory-reservation=0"},
#endif
};

/// A generated module, and the number for options.
struct Input {
  std::vector<uint8_t> module;
  size_t number;
  bool anyNans;  ///< as in GeneratorOptions: then a difference says nothing yet
};

std::string transcript(const Tier& tier, const Input& input, bool fuel) {
  std::string options = tier.options, text;
  if (const size_t mark = options.find('#'); mark != options.npos)
    options.replace(mark, 1, std::to_string(input.number));
  const auto append = [](void* to, const char* piece, size_t size) {
    static_cast<std::string*>(to)->append(piece, size);
  };
  tier.run(input.module.data(), input.module.size(), options.c_str(), fuel, append, &text);
  return text;
}

/// Leaves the module and both transcripts for whoever looks into it.
void report(const Tier& first, const Tier& tier, const std::vector<uint8_t>& module, const std::string& expected,
            const std::string& got) {
  const auto write = [](const char* name, const void* data, size_t size) {
    if (FILE* const file = std::fopen(name, "wb")) std::fwrite(data, 1, size, file), std::fclose(file);
  };
  write("different.wasm", module.data(), module.size());
  write("different.expected", expected.data(), expected.size());
  write("different.got", got.data(), got.size());
  std::fprintf(stderr, "%s differs from %s: see different.wasm, .expected and .got\n", tier.name, first.name);
}

/// What the first tier does, if the others do the same.
std::optional<std::string> compare(std::span<const Tier> tiers, const Input& input, bool fuel) {
  std::string expected = transcript(tiers[0], input, fuel);
  for (const Tier& tier : tiers.subspan(1)) {
    const std::string got = transcript(tier, input, fuel);
    if (got == expected) continue;
    if (!input.anyNans) report(tiers[0], tier, input.module, expected, got);
    return std::nullopt;
  }
  return expected;
}

bool allAgree(const Input& input) {
  const std::optional<std::string> counted = compare(kInterpreters, input, true);
  if (!counted) return false;
  // How deep calls nest is a tier's own.
  if (counted->find("call stack exhausted") != counted->npos) return true;
  if (!compare(kCounting, input, true)) return false;
  return counted->find("all fuel consumed") != counted->npos || compare(kFree, input, false);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // If tiers differ, it may be in the bits of a NaN, which are theirs to choose.
  for (const bool anyNans : {true, false}) {
    wasmrun::fuzz::Choices choices(std::span(data, size));
    const size_t number = size == 0 ? 0 : size * 31 + data[size - 1];
    if (allAgree({wasmrun::fuzz::generateModule(choices, {.objects = true, .anyNans = anyNans}), number, anyNans}))
      return 0;
  }
  CHECK(false, "tiers agree");
}
