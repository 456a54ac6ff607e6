// How the values of options are written: numbers with unit letters, durations, yes and no.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "support/int.h"
#include "wasmrun/config.h"

namespace wasmrun::engine {

/// The number options that are not set have.
inline constexpr u64 kUnset = ~u64{0};

enum class NumberFault : u8 { DoesNotRead, TooLarge };

/// The value of `text` in the kind's unit (Flag: 0 or 1; Duration: nanoseconds). TooLarge if it is not below kUnset.
/// Not for Word.
std::expected<u64, NumberFault> parseNumber(OptionKind kind, std::string_view text);

/// Text that parseNumber reads as `value`, in the largest unit that divides it; empty for kUnset.
std::string formatNumber(OptionKind kind, u64 value);

/// How a value of this kind is written, for messages: "a number of bytes, with K, M, G or T for powers of 1024".
std::string_view describeKind(OptionKind kind);

}  // namespace wasmrun::engine
