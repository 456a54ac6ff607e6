// Fuzz target: a generated module behaves the same in every tier. The bytes are the generator's choices.
#include <cstdio>
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
    {"mixed, stressed", wasmrunTranscriptShipped, "tier-up=random:#,gc-stress=y"},
#endif
};

std::string transcript(const Tier& tier, const std::vector<uint8_t>& module, bool fuel) {
  std::string options = tier.options, text;
  if (const size_t mark = options.find('#'); mark != options.npos)
    options.replace(mark, 1, std::to_string(module.size() * 31 + module.back()));
  const auto append = [](void* to, const char* piece, size_t size) {
    static_cast<std::string*>(to)->append(piece, size);
  };
  tier.run(module.data(), module.size(), options.c_str(), fuel, append, &text);
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

/// What the first tier does, after making sure that the others do the same.
std::string compare(std::span<const Tier> tiers, const std::vector<uint8_t>& module, bool fuel) {
  const std::string expected = transcript(tiers[0], module, fuel);
  for (const Tier& tier : tiers.subspan(1)) {
    const std::string got = transcript(tier, module, fuel);
    if (got == expected) continue;
    report(tiers[0], tier, module, expected, got);
    CHECK(false, "tiers agree");
  }
  return expected;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  wasmrun::fuzz::Choices choices(std::span(data, size));
  const std::vector<uint8_t> module = wasmrun::fuzz::generateModule(choices, {.objects = true, .anyNans = false});
  const std::string counted = compare(kInterpreters, module, true);
  // How deep calls nest is a tier's own.
  if (counted.find("call stack exhausted") != counted.npos) return 0;
  compare(kCounting, module, true);
  if (counted.find("all fuel consumed") == counted.npos) compare(kFree, module, false);
  return 0;
}
