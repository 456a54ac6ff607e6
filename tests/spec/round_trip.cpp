// Prints every module of the scripts in a folder, parses the text, and says which ones come back as another module.
//
//   round_trip FOLDER        exit code 0 if all come back, 1 if not, 77 (skipped) if there is no such folder
//
// Modules that do not parse or are not valid are passed over: most of them are there because they are not.
#include "text/round_trip.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "text/encode.h"
#include "text/script_parser.h"
#include "wasm/decoder.h"
#include "wasm/module_bytes.h"

using namespace wasmrun;

namespace {

struct Totals {
  size_t scripts = 0;
  size_t modules = 0;
  size_t failures = 0;
};

/// The bytes of a module that a script holds, if they can be had.
std::optional<std::vector<u8>> bytesOf(const text::SourceText& source, const script::ModuleSource& module) {
  using Form = script::ModuleSource::Form;
  if (module.form == Form::Binary) return text::moduleStrings(source, module);
  std::vector<u8> quoted;
  if (module.form == Form::Quote) quoted = text::moduleStrings(source, module);
  const text::SourceText inner(std::string_view(reinterpret_cast<const char*>(quoted.data()), quoted.size()));
  auto encoded = module.form == Form::Quote ? text::encodeModule(inner, inner.range())
                                            : text::encodeModule(source, {module.begin, module.end});
  if (!encoded) return std::nullopt;
  return std::move(encoded->bytes);
}

const script::ModuleDefinition* moduleOf(const script::Command& command) {
  if (const auto* failure = std::get_if<script::AssertFailure>(&command.what)) {
    return std::get_if<script::ModuleDefinition>(&failure->what);
  }
  return std::get_if<script::ModuleDefinition>(&command.what);
}

void checkScript(const std::filesystem::path& path, Totals& totals) {
  std::ifstream in(path, std::ios::binary);
  const std::string contents((std::istreambuf_iterator<char>(in)), {});
  const text::SourceText source(contents, path.string());
  const auto commands = text::parseScript(source);
  if (!commands) {
    std::printf("%s\n", commands.error().toString().c_str());
    totals.failures++;
    return;
  }
  totals.scripts++;
  wasm::TypeRegistry registry;
  for (const script::Command& command : *commands) {
    const script::ModuleDefinition* definition = moduleOf(command);
    if (!definition) continue;
    auto bytes = bytesOf(source, definition->source);
    if (!bytes) continue;
    const auto module = wasm::decodeModule(registry, text::everyFeature(), wasm::ownBytes(std::move(*bytes)), {1});
    if (!module) continue;
    totals.modules++;
    const std::string failure = text::roundTripFailure(**module);
    if (failure.empty()) continue;
    totals.failures++;
    std::printf("%s:\n%s\n", source.describe(definition->source.begin).c_str(), failure.c_str());
  }
}

}  // namespace

int main(int argc, char** argv) {
  constexpr int kSkipped = 77;
  if (argc != 2) return std::fprintf(stderr, "usage: round_trip FOLDER\n"), 2;
  if (!std::filesystem::is_directory(argv[1])) return std::printf("no folder %s\n", argv[1]), kSkipped;
  std::vector<std::filesystem::path> scripts;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[1])) {
    if (entry.path().extension() == ".wast") scripts.push_back(entry.path());
  }
  std::sort(scripts.begin(), scripts.end());
  Totals totals;
  for (const auto& path : scripts) checkScript(path, totals);
  std::printf("%zu scripts, %zu valid modules, %zu failures\n", totals.scripts, totals.modules, totals.failures);
  if (totals.modules == 0) std::printf("nothing was tried\n");
  return totals.failures == 0 && totals.modules > 0 ? 0 : 1;
}
