#include "run_config.h"

namespace wasmrun::cli {

static Result<void> applyWord(std::string_view word, Config& config) {
  while (word.ends_with(':') || word.ends_with(',')) word.remove_suffix(1);
  size_t equals = word.find('=');
  if (equals == std::string_view::npos) return {};
  std::string_view name = word.substr(0, equals);
  if (name == "gc-heap-limit") name = "max-gc-heap-size";
  auto set = config.set("", std::string(name) + std::string(word.substr(equals)));
  if (set) return set;
  Error error = std::move(set).error();
  error.message.insert(0, "RUN-CONFIG: ");
  return fail(std::move(error));
}

Result<void> applyRunConfig(std::string_view script, Config& config) {
  constexpr std::string_view kMark = "RUN-CONFIG";
  std::string_view line = script.substr(0, script.find_first_of("\r\n"));
  size_t mark = line.find(kMark);
  if (!line.starts_with(";;") || mark == std::string_view::npos) return {};
  line.remove_prefix(mark + kMark.size());
  while (!line.empty()) {
    size_t space = line.find(' ');
    if (auto applied = applyWord(line.substr(0, space), config); !applied) return applied;
    line.remove_prefix(space == std::string_view::npos ? line.size() : space + 1);
  }
  return {};
}

}  // namespace wasmrun::cli
