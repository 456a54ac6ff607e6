// ByteReader: reads a byte range front to back, LEB128 included, and remembers the first error and where it was.
//
// Reads never fail on the spot: they return 0 and set the error, so that a decoder checks once per construct instead of
// once per byte. After an error every further read returns 0 and the position stays at the end, so loops end.
#pragma once

#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "support/int.h"
#include "support/result.h"

namespace wasmrun::support {

class ByteReader {
 public:
  /// `bytes` must outlive the reader; `baseOffset` is the offset in the module of its first byte.
  explicit ByteReader(std::span<const u8> bytes, u64 baseOffset = 0)
      : begin_(bytes.data()), p_(bytes.data()), end_(bytes.data() + bytes.size()), base_(baseOffset) {}

  bool ok() const { return message_ == nullptr; }
  bool atEnd() const { return p_ == end_; }
  u64 offset() const { return base_ + static_cast<u64>(p_ - begin_); }
  size_t remaining() const { return static_cast<size_t>(end_ - p_); }
  const u8* position() const { return p_; }
  const u8* end() const { return end_; }

  /// Continues at `p`, which lies in the range: for loops that keep the position in a register.
  void seek(const u8* p) { p_ = p; }

  u8 readByte() {
    if (p_ == end_) [[unlikely]]
      return failRead(kUnexpectedEnd), u8{0};
    return *p_++;
  }
  u8 peekByte() const { return p_ == end_ ? u8{0} : *p_; }

  u32 readU32() { return readLeb<u32, 32>(); }
  u64 readU64() { return readLeb<u64, 64>(); }
  i32 readI32() { return readLeb<i32, 32>(); }
  i64 readI64() { return readLeb<i64, 64>(); }
  /// The 33-bit signed number of heap types and block types.
  i64 readI33() { return readLeb<i64, 33>(); }

  template <class T>
  T readFixed() {
    T value{};
    if (remaining() < sizeof(T)) [[unlikely]]
      return failRead(kUnexpectedEnd), value;
    std::memcpy(&value, p_, sizeof(T));
    p_ += sizeof(T);
    return value;
  }

  std::span<const u8> readBytes(size_t count) {
    if (remaining() < count) [[unlikely]]
      return failRead(kLengthOutOfBounds), std::span<const u8>();
    const std::span<const u8> bytes(p_, count);
    p_ += count;
    return bytes;
  }

  /// Records an error at the current position unless there is one already, and ends the input.
  void failRead(const char* message) {
    if (message_ == nullptr) message_ = message, errorOffset_ = offset();
    p_ = end_;
  }

  const char* errorMessage() const { return message_; }
  u64 errorOffset() const { return errorOffset_; }
  Error error() const { return Error{ErrorKind::Malformed, message_, errorOffset_, 0, 0}; }

  static constexpr const char* kUnexpectedEnd = "unexpected end of section or function";
  static constexpr const char* kLengthOutOfBounds = "length out of bounds";
  static constexpr const char* kTooLong = "integer representation too long";
  static constexpr const char* kTooLarge = "integer too large";

 private:
  /// LEB128 of at most `kBits` bits (spec: binary/values). Unused bits of the last byte must repeat the sign, or be
  /// zero.
  template <class T, u32 kBits>
  T readLeb() {
    constexpr bool kSigned = std::signed_integral<T>;
    if (p_ != end_ && *p_ < 0x80) [[likely]] {
      const u8 byte = *p_++;
      if constexpr (kSigned)
        return static_cast<T>(static_cast<i8>(byte << 1) >> 1);
      else
        return byte;
    }
    return readLongLeb<T, kBits>();
  }

  template <class T, u32 kBits>
  [[gnu::noinline]] T readLongLeb() {
    constexpr bool kSigned = std::signed_integral<T>;
    constexpr u32 kMaxBytes = (kBits + 6) / 7;
    constexpr u32 kLastBits = kBits - (kMaxBytes - 1) * 7;
    u64 value = 0;
    for (u32 i = 0; i < kMaxBytes; ++i) {
      if (p_ == end_) return failRead(kUnexpectedEnd), T{0};
      const u8 byte = *p_;
      value |= static_cast<u64>(byte & 0x7f) << (7 * i);
      const bool last = i + 1 == kMaxBytes;
      if (last && (byte & 0x80)) return failRead(kTooLong), T{0};
      if (last && kLastBits < 7) {
        const u8 top = static_cast<u8>((byte & 0x7f) >> (kSigned ? kLastBits - 1 : kLastBits));
        const u8 ones = static_cast<u8>(0x7f >> (kSigned ? kLastBits - 1 : kLastBits));
        if (top != 0 && !(kSigned && top == ones)) return failRead(kTooLarge), T{0};
      }
      ++p_;
      if (!(byte & 0x80)) {
        const u32 bits = 7 * (i + 1);
        if (kSigned && bits < 64 && (byte & 0x40)) value |= ~u64{0} << bits;
        return static_cast<T>(value);
      }
    }
    std::unreachable();
  }

  const u8* begin_;
  const u8* p_;
  const u8* end_;
  u64 base_;
  const char* message_ = nullptr;
  u64 errorOffset_ = 0;
};

}  // namespace wasmrun::support
