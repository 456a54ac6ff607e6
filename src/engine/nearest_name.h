// The name somebody probably meant.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace wasmrun::engine {

/// The candidate that takes the fewest insertions, deletions, replacements and swaps of neighbours to become `wanted`;
/// empty when even that one is too different. Names longer than 64 bytes are not compared.
std::string_view nearestName(std::string_view wanted, std::span<const std::string_view> candidates);

/// "; did you mean NAME?", or nothing.
std::string didYouMean(std::string_view wanted, std::span<const std::string_view> candidates);

}  // namespace wasmrun::engine
