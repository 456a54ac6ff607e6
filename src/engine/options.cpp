#include "engine/options.h"

#include <vector>

#include "engine/feature_rules.h"
#include "support/text.h"
#include "wasmrun/nearest_name.h"

namespace wasmrun::engine {

namespace {

using support::concat;

constexpr OptionInfo kTable[] = {
#define WASMRUN_OPTION(group, name, kind, initial, field, help) {*#group, name, OptionKind::kind, initial, help},
#include "engine/options.def"
#undef WASMRUN_OPTION
};

/// Where a row's value is: exactly one of the two.
struct Place {
  u64 Options::* number = nullptr;
  std::string Options::* word = nullptr;

  constexpr Place(u64 Options::* field) : number(field) {}
  constexpr Place(std::string Options::* field) : word(field) {}
};

constexpr Place kPlaces[] = {
#define WASMRUN_OPTION(group, name, kind, initial, field, help) &Options::field,
#include "engine/options.def"
#undef WASMRUN_OPTION
};

u64 initialNumber(OptionKind kind, std::string_view text) {
  if (text.empty()) return kUnset;
  const auto value = parseNumber(kind, text);
  CHECK(value, "a default in options.def reads as its kind");
  return *value;
}

bool isInGroup(char group, std::string_view wanted) { return wanted.empty() || wanted == std::string_view(&group, 1); }

/// The row of an option, or the length of the table.
size_t findRow(std::string_view group, std::string_view name) {
  size_t row = 0;
  while (row < std::size(kTable) && !(kTable[row].name == name && isInGroup(kTable[row].group, group))) ++row;
  return row;
}

std::optional<wasm::Feature> findFeatureIn(std::string_view group, std::string_view name) {
  return isInGroup('W', group) ? wasm::findFeature(name) : std::nullopt;
}

std::unexpected<Error> unknownOption(std::string_view group, std::string_view name) {
  std::vector<std::string_view> names;
  for (const OptionInfo& row : kTable)
    if (isInGroup(row.group, group)) names.push_back(row.name);
  if (isInGroup('W', group))
    for (const wasm::FeatureInfo& feature : wasm::kFeatures) names.push_back(feature.option);
  const std::string shown = group.empty() ? support::quoted(name) : concat('-', group, ' ', name);
  return fail(ErrorKind::Usage, concat("unknown option ", shown, didYouMean(name, names)));
}

std::unexpected<Error> badValue(std::string_view name, std::string_view value, OptionKind kind,
                                NumberFault fault = NumberFault::DoesNotRead) {
  const std::string shown = concat("option ", name, ": ", support::quoted(value));
  if (fault == NumberFault::TooLarge)
    return fail(ErrorKind::Usage, concat(shown, " is too large, the most is ", formatNumber(kind, kUnset - 1)));
  return fail(ErrorKind::Usage, concat(shown, " is not ", describeKind(kind)));
}

/// The number that stands after the name's equals sign, if there is one.
std::expected<u64, NumberFault> readNumber(OptionKind kind, bool hasValue, std::string_view value) {
  if (hasValue && value.empty()) return std::unexpected(NumberFault::DoesNotRead);
  return parseNumber(kind, value);
}

}  // namespace

std::span<const OptionInfo> optionTable() { return kTable; }

Options::Options() {
  for (size_t row = 0; row < std::size(kTable); ++row) {
    if (kPlaces[row].word)
      this->*kPlaces[row].word = kTable[row].initial;
    else
      this->*kPlaces[row].number = initialNumber(kTable[row].kind, kTable[row].initial);
  }
}

Result<void> setOption(Options& options, std::string_view group, std::string_view nameAndValue) {
  const size_t equals = nameAndValue.find('=');
  const bool hasValue = equals != std::string_view::npos;
  const std::string_view name = nameAndValue.substr(0, equals);
  const std::string_view value = hasValue ? nameAndValue.substr(equals + 1) : std::string_view();

  if (name.empty())
    return fail(ErrorKind::Usage, concat("an option without a name in ", support::quoted(nameAndValue)));
  if (const std::optional<wasm::Feature> feature = findFeatureIn(group, name)) {
    const auto on = readNumber(OptionKind::Flag, hasValue, value);
    if (!on) return badValue(name, value, OptionKind::Flag);
    switchFeature(options.features, *feature, *on != 0);
    return {};
  }
  const size_t row = findRow(group, name);
  if (row == std::size(kTable)) return unknownOption(group, name);
  const OptionKind kind = kTable[row].kind;
  if (!hasValue && kind != OptionKind::Flag)
    return fail(ErrorKind::Usage, concat("option ", name, " needs a value: ", name, "=", describeKind(kind)));
  if (kPlaces[row].word) {
    options.*kPlaces[row].word = value;
    return {};
  }
  const auto number = readNumber(kind, hasValue, value);
  if (!number) return badValue(name, value, kind, number.error());
  options.*kPlaces[row].number = *number;
  return {};
}

Result<std::string> getOption(const Options& options, std::string_view group, std::string_view name) {
  if (const std::optional<wasm::Feature> feature = findFeatureIn(group, name))
    return formatNumber(OptionKind::Flag, options.features.has(*feature) ? 1 : 0);
  const size_t row = findRow(group, name);
  if (row == std::size(kTable)) return unknownOption(group, name);
  if (kPlaces[row].word) return options.*kPlaces[row].word;
  return formatNumber(kTable[row].kind, options.*kPlaces[row].number);
}

}  // namespace wasmrun::engine
