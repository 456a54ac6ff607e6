#include "code/perf_map.h"

#include <charconv>

#include "support/text.h"

namespace wasmrun::code {

namespace {

std::string hex(u64 number) {
  char digits[16];
  const auto [end, error] = std::to_chars(digits, digits + sizeof(digits), number, 16);
  return std::string(digits, end);
}

/// A name that ends where the line does.
std::string oneLine(std::string name) {
  for (char& c : name)
    if (static_cast<u8>(c) < ' ') c = '?';
  return name;
}

}  // namespace

Result<std::unique_ptr<CodeObserver>> PerfMap::make() {
  const std::string path = support::concat("/tmp/perf-", platform::processId(), ".map");
  WASMRUN_TRY_ASSIGN(platform::ProfileFile* const file, platform::ProfileFile::ofProcess(path));
  return std::unique_ptr<CodeObserver>(new PerfMap(*file));
}

void PerfMap::published(const FunctionRecord&, std::span<const CodeSymbol> symbols) {
  std::string lines;
  for (const CodeSymbol& symbol : symbols)
    support::appendTo(lines, support::concat(hex(reinterpret_cast<u64>(symbol.begin)), ' ', hex(symbol.size), ' ',
                                             oneLine(symbol.name), '\n'));
  file_.append({reinterpret_cast<const u8*>(lines.data()), lines.size()});
}

}  // namespace wasmrun::code
