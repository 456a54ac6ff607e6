// i8x16.shuffle by the machine's own patterns where the lanes are one of them, else by pshufb.
//
// Lanes are looked at in larger pieces if they come in such: a pattern of 32-bit pieces is one of 16-bit pieces too.
#include <array>
#include <cstring>
#include <optional>

#include "masm/x64/vector_emitter.h"

namespace wasmrun::masm {

namespace {

constexpr Fp kS = kFloatScratch;

/// What pieces of 2^log2 bytes become: piece i is the source's piece [i].
struct Pieces {
  u32 count;
  std::array<u8, 16> at;
};

/// Nothing if the lanes are not whole pieces.
std::optional<Pieces> piecesOf(const u8* lanes, u32 log2) {
  Pieces pieces{16u >> log2, {}};
  const u32 bytes = 1u << log2;
  for (u32 i = 0; i < pieces.count; ++i) {
    const u8* piece = lanes + i * bytes;
    if (piece[0] % bytes != 0) return std::nullopt;
    for (u32 k = 1; k < bytes; ++k)
      if (piece[k] != piece[0] + k) return std::nullopt;
    pieces.at[i] = static_cast<u8>(piece[0] >> log2);
  }
  return pieces;
}

FpOperand maskOf(const u8* lanes) {
  u64 halves[2];
  std::memcpy(halves, lanes, sizeof halves);
  return FpOperand::of(halves[0], halves[1]);
}

/// The immediate of pshufd and its like: four pieces of two bits, from `pieces` less `base`.
u32 immediateOf(const u8* pieces, u32 base) {
  u32 immediate = 0;
  for (u32 i = 0; i < 4; ++i) immediate |= ((pieces[i] - base) & 3u) << 2 * i;
  return immediate;
}

/// Whether pieces [begin, begin + 4) all are of those from `base` on.
bool areWithin(const Pieces& pieces, u32 begin, u32 base) {
  for (u32 i = begin; i < begin + 4; ++i)
    if (pieces.at[i] < base || pieces.at[i] >= base + 4) return false;
  return true;
}

bool areInPlace(const Pieces& pieces, u32 begin, u32 end) {
  for (u32 i = begin; i < end; ++i)
    if (pieces.at[i] != i) return false;
  return true;
}

/// The distance by which the bytes of `lanes` are rotated, of `modulo` bytes.
std::optional<u32> rotation(const u8* lanes, u32 modulo) {
  for (u32 i = 1; i < 16; ++i)
    if (lanes[i] != (lanes[0] + i) % modulo) return std::nullopt;
  return lanes[0];
}

// -- Two vectors -----------------------------------------------------------------------------------------------------

constexpr VectorInst kUnpackLow[] = {kPunpcklbw, kPunpcklwd, kPunpckldq, kPunpcklqdq};
constexpr VectorInst kUnpackHigh[] = {kPunpckhbw, kPunpckhwd, kPunpckhdq, kPunpckhqdq};

/// Pieces of both by turns, from `first` (of the first vector) and `second` on.
bool alternates(const Pieces& pieces, u32 first, u32 second) {
  for (u32 i = 0; i < pieces.count; i += 2)
    if (pieces.at[i] != first + i / 2 || pieces.at[i + 1] != second + i / 2) return false;
  return true;
}

bool emitUnpack(VectorEmitter& e, Fp to, Fp a, Fp b, const Pieces& pieces, u32 log2) {
  const u32 half = pieces.count / 2, other = pieces.count;
  if (alternates(pieces, 0, other)) return e.op(kUnpackLow[log2], to, a, b), true;
  if (alternates(pieces, other, 0)) return e.op(kUnpackLow[log2], to, b, a), true;
  if (alternates(pieces, half, other + half)) return e.op(kUnpackHigh[log2], to, a, b), true;
  if (alternates(pieces, other + half, half)) return e.op(kUnpackHigh[log2], to, b, a), true;
  return false;
}

/// Every other piece of 8 or 16 bits of both: all that is left where the pieces between them are made zero.
bool emitPack(VectorEmitter& e, Fp to, Fp a, Fp b, const Pieces& pieces, u32 log2) {
  const u32 first = pieces.at[0];
  if (first > 1) return false;
  for (u32 i = 0; i < pieces.count; ++i)
    if (pieces.at[i] != first + 2 * i) return false;
  if (first == 0) {
    const FpOperand mask = log2 == 0 ? splat16(0xff) : splat32(0xffff);
    e.op(kPand, kS, b, mask);
    e.op(kPand, to, a, mask);
  } else {
    const VectorInst shift = log2 == 0 ? kPsrlw : kPsrld;
    e.shift(shift, kS, b, 8u << log2);
    e.shift(shift, to, a, 8u << log2);
  }
  e.op(log2 == 0 ? kPackuswb : kPackusdw, to, to, kS);
  return true;
}

/// Every piece of 16 bits stays in its place.
bool emitBlend(VectorEmitter& e, Fp to, Fp a, Fp b, const Pieces& words) {
  u32 fromB = 0;
  for (u32 i = 0; i < 8; ++i) {
    if (words.at[i] % 8 != i) return false;
    if (words.at[i] >= 8) fromB |= 1u << i;
  }
  e.op(kPblendw, to, a, b, fromB);
  return true;
}

/// Two pieces of 32 bits from one vector, then two from the other.
bool emitShufps(VectorEmitter& e, Fp to, Fp a, Fp b, const Pieces& longs) {
  const bool lowIsB = longs.at[0] >= 4, highIsB = longs.at[2] >= 4;
  if ((longs.at[1] >= 4) != lowIsB || (longs.at[3] >= 4) != highIsB || lowIsB == highIsB) return false;
  e.op(kShufps, to, lowIsB ? b : a, highIsB ? b : a, immediateOf(longs.at.data(), 0));
  return true;
}

}  // namespace

void MacroAssembler::shuffle(Fp to, Fp a, Fp b, const u8* lanes) {
  VectorEmitter e(*this);
  for (u32 log2 = 4; log2-- > 0;) {
    const std::optional<Pieces> pieces = piecesOf(lanes, log2);
    if (!pieces) continue;
    if (emitUnpack(e, to, a, b, *pieces, log2)) return;
    if (log2 == 2 && emitShufps(e, to, a, b, *pieces)) return;
    if (log2 == 1 && emitBlend(e, to, a, b, *pieces)) return;
    if (log2 <= 1 && emitPack(e, to, a, b, *pieces, log2)) return;
  }
  if (const std::optional<u32> distance = rotation(lanes, 32)) {
    if (*distance < 16)
      e.op(kPalignr, to, b, a, *distance);
    else
      e.op(kPalignr, to, a, b, *distance - 16);
    return;
  }
  u8 fromA[16], fromB[16];
  for (u32 i = 0; i < 16; ++i) {
    fromA[i] = lanes[i] < 16 ? lanes[i] : 0x80;
    fromB[i] = lanes[i] < 16 ? 0x80 : static_cast<u8>(lanes[i] - 16);
  }
  e.op(kPshufb, kS, a, maskOf(fromA));
  e.op(kPshufb, to, b, maskOf(fromB));
  e.op(kPor, to, to, kS);
}

// -- One vector ------------------------------------------------------------------------------------------------------

void MacroAssembler::permute(Fp to, Fp a, const u8* lanes) {
  VectorEmitter e(*this);
  if (const std::optional<Pieces> longs = piecesOf(lanes, 2); longs && areWithin(*longs, 0, 0)) {
    const u32 immediate = immediateOf(longs->at.data(), 0);
    if (immediate != 0xe4) return e.unary(kPshufd, to, a, immediate);
    if (to != a) move(to, a);
    return;
  }
  if (const std::optional<Pieces> words = piecesOf(lanes, 1)) {
    if (areInPlace(*words, 4, 8) && areWithin(*words, 0, 0))
      return e.unary(kPshuflw, to, a, immediateOf(words->at.data(), 0));
    if (areInPlace(*words, 0, 4) && areWithin(*words, 4, 4))
      return e.unary(kPshufhw, to, a, immediateOf(words->at.data() + 4, 4));
  }
  if (const std::optional<u32> distance = rotation(lanes, 16); distance && *distance < 16)
    return e.op(kPalignr, to, a, a, *distance);
  e.op(kPshufb, to, a, maskOf(lanes));
}

}  // namespace wasmrun::masm
