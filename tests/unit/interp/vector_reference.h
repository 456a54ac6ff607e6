// What the vector instructions give, lane by lane, written from the spec's text (exec/numerics) without the
// interpreter's code.
#pragma once

#include <array>
#include <cstring>
#include <string_view>
#include <vector>

#include "support/int.h"

namespace wasmrun::interp::testing {

/// 16 bytes; scalars lie in the first ones.
struct Bytes {
  std::array<u8, 16> bytes{};

  template <class T>
  T lane(u32 i) const {
    T value;
    std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof value);
    return value;
  }
  template <class T>
  void setLane(u32 i, T value) {
    std::memcpy(bytes.data() + i * sizeof(T), &value, sizeof value);
  }
  template <class T>
  static Bytes splat(T value) {
    Bytes result;
    for (u32 i = 0; i < 16 / sizeof(T); ++i) result.setLane(i, value);
    return result;
  }
  bool operator==(const Bytes&) const = default;
};

/// The results that the spec allows.
struct Expected {
  std::vector<Bytes> anyOf;  ///< empty: there is no reference for the instruction
  /// Width of float lanes whose NaNs may be any of a class: canonical if all NaN operands of the lane are, else
  /// arithmetic. 0: bits count.
  u32 nanLaneBytes = 0;
  /// Each lane of this width may be that of another alternative.
  u32 choiceBytes = 16;
};

struct Operands {
  Bytes a, b, c;
  u32 lane = 0;                ///< of extract_lane and replace_lane
  std::array<u8, 16> lanes{};  ///< of shuffle
};

/// `text` is the instruction's name in the text format. Instructions that access memory have no reference here.
Expected expected(std::string_view text, const Operands& operands);

/// Whether `result`, of which `size` bytes count, is one of `expected`.
bool allowed(const Expected& expected, const Operands& operands, const Bytes& result, u32 size);

}  // namespace wasmrun::interp::testing
