#include "run_config.h"

#include <algorithm>
#include <vector>

#include "text.h"
#include "wasmrun/nearest_name.h"

namespace wasmrun::cli {

/// Whether somebody may have meant a switch; other words are prose.
static bool resemblesSwitch(std::string_view word) {
  std::vector<std::string_view> names;
  for (const OptionInfo& option : Config::options()) {
    if (option.kind == OptionKind::Flag) names.push_back(option.name);
  }
  for (const FeatureInfo& feature : Config::features()) names.push_back(feature.name);
  return !nearestName(word, names).empty();
}

static Result<void> applyWord(std::string_view word, Config& config) {
  size_t equals = std::min(word.find('='), word.size());
  std::string_view name = word.substr(0, equals);
  if (name == "gc-heap-limit") name = "max-gc-heap-size";
  auto set = config.set("", std::string(name) + std::string(word.substr(equals)));
  if (set) return set;
  Error error = std::move(set).error();
  error.message.insert(0, "RUN-CONFIG: '" + shortened(word, 200) + "': ");
  return fail(std::move(error));
}

Result<void> applyRunConfig(std::string_view script, Config& config) {
  constexpr std::string_view kMark = "RUN-CONFIG";
  std::string_view line = script.substr(0, script.find_first_of("\r\n"));
  size_t mark = line.find(kMark);
  if (!line.starts_with(";;") || mark == std::string_view::npos) return {};
  line.remove_prefix(mark + kMark.size());
  for (bool isBehindComma = false, isLast = false; !line.empty() && !isLast;) {
    size_t space = std::min(line.find_first_of(" \t"), line.size());
    std::string_view word = line.substr(0, space);
    line.remove_prefix(std::min(space + 1, line.size()));
    size_t end = word.find_last_not_of(":,");
    if (end == std::string_view::npos) continue;
    bool endsInComma = word.ends_with(',');
    isLast = word.ends_with(':');
    word = word.substr(0, end + 1);
    bool mayBeProse = isBehindComma && word.find('=') == std::string_view::npos;
    if (word.starts_with('(') || (mayBeProse && !resemblesSwitch(word))) return {};
    if (auto applied = applyWord(word, config); !applied) return applied;
    isBehindComma = endsInComma;
  }
  return {};
}

}  // namespace wasmrun::cli
