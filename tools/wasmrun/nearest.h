// The name somebody probably meant.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace wasmrun::cli {

/// The candidate with the fewest letters added, left out, replaced or swapped with their neighbour; empty when none is
/// near: more than a third of the letters (at least one, at most four) would have to change. The first of equals.
std::string_view nearest(std::string_view written, std::span<const std::string_view> candidates);

/// "; did you mean 'NAME'?", or nothing when no candidate is near.
std::string didYouMean(std::string_view written, std::span<const std::string_view> candidates);

}  // namespace wasmrun::cli
