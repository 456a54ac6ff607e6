// Options: the values behind options.def, read and written by name.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "engine/option_values.h"
#include "support/result.h"
#include "wasm/features.h"
#include "wasmrun/config.h"

namespace wasmrun::engine {

/// The C++ type of an option's value: a word is a string, the rest are numbers (a flag is 0 or 1).
template <OptionKind kind>
struct OptionValue {
  using Type = u64;
};
template <>
struct OptionValue<OptionKind::Word> {
  using Type = std::string;
};

/// A plain value.
struct Options {
  /// The defaults of options.def.
  Options();

#define WASMRUN_OPTION(group, name, kind, initial, field, help) OptionValue<OptionKind::kind>::Type field;
#include "engine/options.def"
#undef WASMRUN_OPTION

  wasm::Features features;
  bool fuelAccounting = false;  ///< without an initial `fuel`

  bool hasFuel() const { return fuel != kUnset || fuelAccounting; }
  /// Stores say from time to time where they are (engine/sampler.h).
  bool isSampled() const { return sampleInterval != kUnset && sampleInterval != 0; }
};

/// The rows of options.def, in their order.
std::span<const OptionInfo> optionTable();

/// Reads `name[=value]` into an option or feature of `group` ("" searches all). Usage error for an unknown name, naming
/// the nearest, and for a value that does not read. `options` is as before then.
Result<void> setOption(Options& options, std::string_view group, std::string_view nameAndValue);

/// The value as setOption reads it, empty if not set. Usage error for an unknown name.
Result<std::string> getOption(const Options& options, std::string_view group, std::string_view name);

}  // namespace wasmrun::engine
