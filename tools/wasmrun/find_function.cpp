#include "find_function.h"

#include <charconv>
#include <vector>

#include "nearest.h"
#include "text.h"

namespace wasmrun::cli {

Result<uint32_t> findFunction(const Module& module, const std::string& text) {
  uint32_t index = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (problem == std::errc() && end == text.data() + text.size()) {
    if (index < module.functionCount()) return index;
    return fail(ErrorKind::Usage, "no function " + text + ": the module has " + std::to_string(module.functionCount()) +
                                      ", counted from 0");
  }
  if (auto found = module.findFunction(text)) return *found;
  std::vector<std::string> names;
  for (uint32_t i = 0; i < module.functionCount(); i++) {
    if (auto function = module.function(i)) names.push_back(std::move(function->name));
  }
  std::vector<std::string_view> views(names.begin(), names.end());
  return fail(ErrorKind::Usage, "no function is named '" + escaped(text) + "'" + didYouMean(text, views));
}

}  // namespace wasmrun::cli
