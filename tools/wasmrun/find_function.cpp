#include "find_function.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <vector>

#include "demangle.h"
#include "text.h"
#include "wasmrun/nearest_name.h"

namespace wasmrun::cli {

std::string shownFunction(const std::string& name, uint32_t index) {
  return name.empty() ? "func " + std::to_string(index) : escaped(demangled(name));
}

// -- One module ------------------------------------------------------------------------------------------------------

static std::optional<uint32_t> asIndex(const Module& module, std::string_view text) {
  uint32_t index = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), index);
  bool isNumber = problem == std::errc() && end == text.data() + text.size();
  return isNumber && index < module.functionCount() ? std::optional(index) : std::nullopt;
}

static std::vector<std::string> namesOf(const Module& module) {
  std::vector<std::string> names;
  for (uint32_t i = 0; i < module.functionCount(); i++) {
    auto function = module.function(i);
    names.push_back(function ? std::move(function->name) : "");
  }
  return names;
}

/// By names as the module has them; if none is so, as they are shown.
static std::set<uint32_t> named(const Module& module, const std::string& text) {
  std::set<uint32_t> found;
  const std::vector<std::string> names = namesOf(module);
  for (uint32_t i = 0; i < names.size(); i++) {
    if (names[i] == text && !text.empty()) found.insert(i);
  }
  for (const ExportType& item : module.exports()) {
    if (item.type.kind() == ExternKind::Func && item.name == text) found.insert(item.index);
  }
  if (!found.empty()) return found;
  for (uint32_t i = 0; i < names.size(); i++) {
    if (shownFunction(names[i], i) == text) found.insert(i);
  }
  return found;
}

// -- All modules -----------------------------------------------------------------------------------------------------

using Found = std::vector<FoundFunction>;

static void addNamed(const RunModule& module, const std::string& text, Found& found) {
  for (uint32_t index : named(module.module, text)) found.push_back({&module, index});
}

static void addAny(const RunModule& module, const std::string& text, Found& found) {
  if (auto index = asIndex(module.module, text))
    found.push_back({&module, *index});
  else
    addNamed(module, text, found);
}

static bool isDefined(const FoundFunction& found) {
  auto function = found.module->module.function(found.index);
  return function && !function->imported;
}

/// Without imports, which have the names of what they import, where one of them is defined.
static Found definedOf(Found found) {
  if (std::ranges::any_of(found, isDefined)) std::erase_if(found, [](const auto& one) { return !isDefined(one); });
  return found;
}

static Found search(std::span<const RunModule> modules, const std::string& text) {
  Found found;
  addAny(modules[0], text, found);
  if (asIndex(modules[0].module, text) || std::ranges::any_of(found, isDefined)) return definedOf(std::move(found));
  for (const RunModule& module : modules.subspan(1)) addNamed(module, text, found);
  if (!found.empty()) return definedOf(std::move(found));
  const size_t mark = text.find('!');
  for (const RunModule& module : modules) {
    const std::string_view name = module.name.empty() ? module.module.name() : module.name;
    if (mark != std::string::npos && std::string_view(text).substr(0, mark) == name)
      addAny(module, text.substr(mark + 1), found);
  }
  return definedOf(std::move(found));
}

static std::string several(const Found& found, const std::string& text) {
  constexpr size_t kMostShown = 10;
  std::string message = "'" + escaped(text) + "' names " + std::to_string(found.size()) + " functions: ";
  for (size_t i = 0; i < found.size() && i < kMostShown; i++) {
    if (i != 0) message += i + 1 == found.size() ? " and " : ", ";
    const std::string& module = found[i].module->name;
    message += (module.empty() ? "" : escaped(module) + "!") + std::to_string(found[i].index);
  }
  if (found.size() > kMostShown) message += " and " + std::to_string(found.size() - kMostShown) + " more";
  return message + "; give an index";
}

static std::string none(std::span<const RunModule> modules, const std::string& text) {
  if (!text.empty() && text.find_first_not_of("0123456789") == std::string::npos)
    return "no function " + text + ": the module has " + std::to_string(modules[0].module.functionCount()) +
           ", counted from 0, and none is named so";
  std::vector<std::string> names;
  for (const RunModule& module : modules) {
    const std::string prefix = module.name.empty() ? "" : module.name + "!";
    for (const std::string& name : namesOf(module.module)) {
      if (!name.empty()) names.push_back(prefix + name);
    }
  }
  std::vector<std::string_view> views(names.begin(), names.end());
  return "no function is named '" + escaped(text) + "'" + didYouMean(text, views);
}

Result<FoundFunction> findFunction(std::span<const RunModule> modules, const std::string& text) {
  const Found found = search(modules, text);
  if (found.size() == 1) return found[0];
  return fail(ErrorKind::Usage, found.empty() ? none(modules, text) : several(found, text));
}

Result<uint32_t> findFunction(const Module& module, const std::string& text) {
  const RunModule alone{"", module};
  auto found = findFunction(std::span(&alone, 1), text);
  if (!found) return fail(std::move(found).error());
  return found->index;
}

}  // namespace wasmrun::cli
