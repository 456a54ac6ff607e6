// Decoding in tests.
#pragma once

#include <gtest/gtest.h>

#include "module_writer.h"
#include "wasm/decoder.h"
#include "wasm/module_bytes.h"

namespace wasmrun::wasm {

inline Features allFeatures() {
  Features features;
  for (const FeatureInfo& info : kFeatures) features.set(info.feature, true);
  return features;
}

inline Features without(std::initializer_list<Feature> off) {
  Features features = allFeatures();
  for (const Feature feature : off) features.set(feature, false);
  return features;
}

/// A registry and the modules decoded with it.
struct Decoding {
  TypeRegistry registry;

  Result<std::shared_ptr<const Module>> decode(Bytes bytes, Features features = allFeatures(), u32 threads = 1) {
    return decodeModule(registry, features, ownBytes(std::move(bytes)), {threads});
  }
  std::shared_ptr<const Module> valid(Bytes bytes, Features features = allFeatures()) {
    auto module = decode(std::move(bytes), features);
    EXPECT_TRUE(module) << module.error().message << " at " << module.error().offset;
    return module ? *module : nullptr;
  }
};

/// "malformed @12: unexpected end...", or "" for a valid module.
inline std::string errorOf(const Bytes& bytes, Features features = allFeatures()) {
  Decoding decoding;
  const auto module = decoding.decode(bytes, features);
  if (module) return "";
  static constexpr const char* kKinds[] = {"malformed", "invalid", "limit", "unsupported"};
  const size_t kind = static_cast<size_t>(module.error().kind);
  return std::string(kind < 4 ? kKinds[kind] : "other") + " @" + std::to_string(module.error().offset) + ": " +
         module.error().message;
}

/// Expects an error whose text starts with `prefix`.
inline void expectError(const Bytes& bytes, const std::string& prefix, Features features = allFeatures()) {
  EXPECT_EQ(errorOf(bytes, features).substr(0, prefix.size()), prefix);
}

}  // namespace wasmrun::wasm
