// The name somebody probably meant: for messages about names that there are not. wasmrun.h does without it: it is for
// command lines.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "wasmrun/export.h"

namespace wasmrun {

/// The candidate that takes the fewest letters added, left out, replaced or swapped with their neighbour to become
/// `written`; empty when none is near: more than a third of the letters (rounded up, at most four) would have to
/// change. The first of equals. Names longer than 64 bytes are not compared.
WASMRUN_API std::string_view nearestName(std::string_view written, std::span<const std::string_view> candidates);

/// "; did you mean 'NAME'?", or nothing when no candidate is near. What could drive a terminal is escaped.
WASMRUN_API std::string didYouMean(std::string_view written, std::span<const std::string_view> candidates);

}  // namespace wasmrun
