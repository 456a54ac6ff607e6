// Short names for the fixed-width integers, and the only way to narrow one.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "support/check.h"

namespace wasmrun {

using u8 = uint8_t;
using u16 = uint16_t;
using u32 = uint32_t;
using u64 = uint64_t;
using i8 = int8_t;
using i16 = int16_t;
using i32 = int32_t;
using i64 = int64_t;

namespace support {

/// `value` as a `To`; aborts when it does not fit. For numbers that earlier checks have bounded.
template <std::integral To, std::integral From>
constexpr To narrow(From value) {
  CHECK(std::in_range<To>(value), "a narrowed number fits its new type");
  return static_cast<To>(value);
}

}  // namespace support
}  // namespace wasmrun
