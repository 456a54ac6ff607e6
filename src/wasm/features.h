// The set of switched-on proposals.
#pragma once

#include <bitset>
#include <optional>
#include <string_view>

#include "support/int.h"

namespace wasmrun::wasm {

enum class Feature : u8 {
#define WASMRUN_FEATURE(name, option, on, help) name,
#include "wasm/features.def"
};

struct FeatureInfo {
  Feature feature;
  std::string_view option;  ///< as `-W` spells it
  bool onByDefault;
  std::string_view help;
};

inline constexpr FeatureInfo kFeatures[] = {
#define WASMRUN_FEATURE(name, option, on, help) {Feature::name, option, on, help},
#include "wasm/features.def"
};
inline constexpr size_t kFeatureCount = std::size(kFeatures);

/// A value; `Features()` has the defaults of features.def.
class Features {
 public:
  constexpr Features() {
    for (const FeatureInfo& info : kFeatures)
      if (info.onByDefault) bits_ |= bit(info.feature);
  }
  constexpr bool has(Feature feature) const { return (bits_ & bit(feature)) != 0; }
  constexpr void set(Feature feature, bool on) { bits_ = on ? bits_ | bit(feature) : bits_ & ~bit(feature); }
  friend constexpr bool operator==(Features, Features) = default;

 private:
  static constexpr u32 bit(Feature feature) { return u32{1} << static_cast<u32>(feature); }
  static_assert(kFeatureCount <= 32);
  u32 bits_ = 0;
};

/// The feature that `-W option` names, or nothing.
constexpr std::optional<Feature> findFeature(std::string_view option) {
  for (const FeatureInfo& info : kFeatures)
    if (info.option == option) return info.feature;
  return std::nullopt;
}

}  // namespace wasmrun::wasm
