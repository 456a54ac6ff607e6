// Fuzz target: a generated module behaves the same in every tier. The bytes are the generator's choices.
#include <cstdio>
#include <span>
#include <string>

#include "module_generator.h"
#include "support/check.h"
#include "tiers/transcript.h"

namespace {

/// What is compared, with the first. Another tier is another row.
struct Tier {
  const char* name;
  WriteTranscript* run;
  const char* option;  ///< value of -O tier
};
constexpr Tier kTiers[] = {
    {"interpreter", wasmrunTranscriptShipped, "interp"},
    {"interpreter, computed goto", wasmrunTranscriptComputedGoto, "interp"},
};

std::string transcript(const Tier& tier, const std::vector<uint8_t>& module) {
  std::string text;
  const auto append = [](void* to, const char* piece, size_t size) {
    static_cast<std::string*>(to)->append(piece, size);
  };
  tier.run(module.data(), module.size(), tier.option, append, &text);
  return text;
}

/// Leaves the module and both transcripts for whoever looks into it.
void report(const Tier& tier, const std::vector<uint8_t>& module, const std::string& expected, const std::string& got) {
  const auto write = [](const char* name, const void* data, size_t size) {
    if (FILE* const file = std::fopen(name, "wb")) std::fwrite(data, 1, size, file), std::fclose(file);
  };
  write("different.wasm", module.data(), module.size());
  write("different.expected", expected.data(), expected.size());
  write("different.got", got.data(), got.size());
  std::fprintf(stderr, "%s differs from %s: see different.wasm, .expected and .got\n", tier.name, kTiers[0].name);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  wasmrun::fuzz::Choices choices(std::span(data, size));
  const std::vector<uint8_t> module = wasmrun::fuzz::generateModule(choices, {.objects = true, .anyNans = false});
  const std::string expected = transcript(kTiers[0], module);
  for (const Tier& tier : std::span(kTiers).subspan(1)) {
    const std::string got = transcript(tier, module);
    if (got == expected) continue;
    report(tier, module, expected, got);
    CHECK(false, "tiers agree");
  }
  return 0;
}
