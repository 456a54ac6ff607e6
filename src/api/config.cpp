#include "wasmrun/config.h"

#include <vector>

#include "api/impl.h"
#include "engine/feature_rules.h"
#include "support/text.h"
#include "wasmrun/nearest_name.h"

namespace wasmrun {

namespace {

/// Proposals that are on by default without being part of Wasm 3.0.
constexpr bool isStandard(const wasm::FeatureInfo& info) {
  return info.onByDefault && info.feature != wasm::Feature::LegacyExceptions && info.feature != wasm::Feature::Threads;
}

constexpr FeatureInfo kFeatureTable[] = {
#define WASMRUN_FEATURE(name, option, on, help) \
  {option, on, isStandard(wasm::kFeatures[static_cast<size_t>(wasm::Feature::name)]), help},
#include "wasm/features.def"
};

constexpr std::string_view kTierWords[] = {"auto", "interp", "baseline", "opt"};
constexpr std::string_view kCollectorWords[] = {"generational", "copying", "null"};
constexpr std::string_view kLevelWords[] = {"error", "warn", "info", "debug", "trace"};

}  // namespace

Config::Config() : impl_(std::make_unique<detail::ConfigImpl>()) {}
Config::Config(const Config& other) : impl_(std::make_unique<detail::ConfigImpl>(*other.impl_)) {}
Config::Config(Config&& other) noexcept = default;
Config& Config::operator=(const Config& other) {
  impl_ = std::make_unique<detail::ConfigImpl>(*other.impl_);
  return *this;
}
Config& Config::operator=(Config&& other) noexcept = default;
Config::~Config() = default;

// -- By name ---------------------------------------------------------------------------------------------------------

std::span<const OptionInfo> Config::options() noexcept { return engine::optionTable(); }
std::span<const FeatureInfo> Config::features() noexcept { return kFeatureTable; }

Result<void> Config::set(std::string_view group, std::string_view nameAndValue) {
  return engine::setOption(impl_->options, group, nameAndValue);
}

Result<std::string> Config::get(std::string_view group, std::string_view name) const {
  return engine::getOption(impl_->options, group, name);
}

Result<void> Config::feature(std::string_view name, bool on) {
  if (const auto feature = wasm::findFeature(name)) {
    engine::switchFeature(impl_->options.features, *feature, on);
    return {};
  }
  std::vector<std::string_view> names;
  for (const wasm::FeatureInfo& info : wasm::kFeatures) names.push_back(info.option);
  return fail(ErrorKind::Usage, support::concat("unknown feature ", support::quoted(name), didYouMean(name, names)));
}

bool Config::hasFeature(std::string_view name) const noexcept {
  const auto feature = wasm::findFeature(name);
  return feature && impl_->options.features.has(*feature);
}

// -- By method -------------------------------------------------------------------------------------------------------

Config& Config::tier(Tier tier) {
  impl_->options.tier = kTierWords[static_cast<size_t>(tier)];
  return *this;
}
Config& Config::maxWasmStack(uint64_t bytes) {
  impl_->options.maxWasmStack = bytes;
  return *this;
}
Config& Config::fuel(uint64_t units) {
  impl_->options.fuel = std::min(units, engine::kUnset - 1);
  return *this;
}
Config& Config::fuelAccounting(bool on) {
  impl_->options.fuelAccounting = on;
  if (!on) impl_->options.fuel = engine::kUnset;
  return *this;
}
Config& Config::timeout(std::chrono::nanoseconds time) {
  impl_->options.timeout = static_cast<u64>(std::max<int64_t>(time.count(), 0));
  return *this;
}
Config& Config::maxMemorySize(uint64_t bytes) {
  impl_->options.maxMemorySize = bytes;
  return *this;
}
Config& Config::maxTableElements(uint64_t elements) {
  impl_->options.maxTableElements = elements;
  return *this;
}
Config& Config::maxGcHeapSize(uint64_t bytes) {
  impl_->options.maxGcHeapSize = bytes;
  return *this;
}
Config& Config::collector(Collector collector) {
  impl_->options.collector = kCollectorWords[static_cast<size_t>(collector)];
  return *this;
}
Config& Config::maxInstances(uint64_t count) {
  impl_->options.maxInstances = count;
  return *this;
}
Config& Config::memoryReservation(uint64_t bytes) {
  impl_->options.memoryReservation = bytes;
  return *this;
}
Config& Config::threads(uint32_t count) {
  impl_->options.threads = count;
  return *this;
}
Config& Config::logger(LogLevel level, std::function<void(LogLevel, std::string_view)> sink) {
  impl_->options.logging = kLevelWords[static_cast<size_t>(level)];
  impl_->sink = std::move(sink);
  return *this;
}

}  // namespace wasmrun
