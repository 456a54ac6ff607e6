#include "engine/feature_rules.h"

namespace wasmrun::engine {

namespace {

using wasm::Feature;

struct Rule {
  Feature feature;
  Feature buildsOn;
};

// What is built on comes before what builds on it, so that one walk forward spreads "off" and one backward "on".
constexpr Rule kRules[] = {
    {Feature::ReferenceTypes, Feature::BulkMemory}, {Feature::RelaxedSimd, Feature::Simd},
    {Feature::Exceptions, Feature::ReferenceTypes}, {Feature::FunctionReferences, Feature::ReferenceTypes},
    {Feature::Gc, Feature::FunctionReferences},
};

}  // namespace

void switchFeature(wasm::Features& features, wasm::Feature feature, bool on) {
  features.set(feature, on);
  if (on) {
    for (auto rule = std::rbegin(kRules); rule != std::rend(kRules); ++rule)
      if (features.has(rule->feature)) features.set(rule->buildsOn, true);
  } else {
    for (const Rule& rule : kRules)
      if (!features.has(rule.buildsOn)) features.set(rule.feature, false);
  }
}

}  // namespace wasmrun::engine
