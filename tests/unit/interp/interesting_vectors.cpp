#include "interesting_vectors.h"

#include <random>

namespace wasmrun::interp::testing {

std::vector<Bytes> interestingVectors() {
  std::vector<Bytes> all;
  for (const u64 lane : std::initializer_list<u64>{
           0x0000000000000000u, 0xffffffffffffffffu, 0x8080808080808080u, 0x7f7f7f7f7f7f7f7fu, 0x0101010101010101u,
           0x8000800080008000u, 0x7fff7fff7fff7fffu, 0x8000000080000000u, 0x7fffffff7fffffffu, 0x8000000000000000u,
           0x7fffffffffffffffu, 0x0001000000ff00ffu, 0x0f1e2d3c4b5a6978u})
    all.push_back(Bytes::splat<u64>(lane));
  // Floats: zeros, denormals, limits, halves, the borders of integer types, infinities, NaNs of all kinds.
  const std::vector<u32> f32s = {0x00000000, 0x80000000, 0x00000001, 0x807fffff, 0x3f000000, 0xbf000000, 0x3fc00000,
                                 0x40200000, 0xbfc00000, 0x3effffff, 0x4effffff, 0x4f000000, 0xcf000000, 0xcf000001,
                                 0x4f7fffff, 0x4f800000, 0x4b000001, 0x4affffff, 0x4b7fffff, 0xcafffffe, 0x7f7fffff,
                                 0xff7fffff, 0x7f800000, 0xff800000, 0x7fc00000, 0xffc00000, 0x7f800001, 0xffa00000,
                                 0x7fc12345, 0x7fffffff, 0x3f800000, 0xbf800000};
  const std::vector<u64> f64s = {
      0x0000000000000000, 0x8000000000000000, 0x0000000000000001, 0x800fffffffffffff, 0x3fe0000000000000,
      0xbfe0000000000000, 0x3ff8000000000000, 0x4004000000000000, 0x3fdfffffffffffff, 0x41dfffffffc00000,
      0x41dfffffffe00000, 0x41e0000000000000, 0xc1e0000000000000, 0xc1e0000000200000, 0xc1e0000000100000,
      0x41efffffffe00000, 0x41effffffff00000, 0x41f0000000000000, 0x4330000000000001, 0x432fffffffffffff,
      0x47efffffe0000000, 0x47efffffefffffff, 0x47effffff0000000, 0x36a0000000000000, 0x7fefffffffffffff,
      0x7ff0000000000000, 0xfff0000000000000, 0x7ff8000000000000, 0xfff8000000000000, 0x7ff0000000000001,
      0xfff4000000000000, 0x7ff8123456789abc, 0xbff0000000000000, 0xbfefffffffffffff};
  for (size_t i = 0; i < f32s.size(); ++i) {
    Bytes bytes;
    for (u32 lane = 0; lane < 4; ++lane) bytes.setLane(lane, f32s[(i + lane * 7) % f32s.size()]);
    all.push_back(bytes);
  }
  for (size_t i = 0; i < f64s.size(); ++i) {
    Bytes bytes;
    for (u32 lane = 0; lane < 2; ++lane) bytes.setLane(lane, f64s[(i + lane * 11) % f64s.size()]);
    all.push_back(bytes);
  }
  std::mt19937_64 random(1);
  for (u32 i = 0; i < 60; ++i) {
    Bytes bytes;
    for (u32 lane = 0; lane < 2; ++lane) bytes.setLane(lane, static_cast<u64>(random()));
    // Small lane numbers, for swizzles and shift counts.
    if (i % 4 == 0)
      for (u8& byte : bytes.bytes) byte &= 0x1f;
    all.push_back(bytes);
  }
  return all;
}

}  // namespace wasmrun::interp::testing
