// Error and Result: how everything that takes bytes, paths or options from outside reports what is wrong with them.
#pragma once

#include <expected>
#include <string>
#include <utility>

#include "support/int.h"

namespace wasmrun {

/// What kind of thing went wrong. The public API and the command line choose their exit path by it.
enum class ErrorKind : u8 {
  Malformed,    ///< bytes or text that do not parse
  Invalid,      ///< parses, but breaks a validation rule
  Limit,        ///< over an implementation limit (the JS-API's) or a resource limiter's
  Unsupported,  ///< valid, but a switched-off proposal or something not built yet
  Link,         ///< a missing or mismatching import, an instantiation that cannot be done
  Io,           ///< a file or device
  Usage,        ///< a caller's wrong argument
  Internal,     ///< our own mistake, found and reported instead of aborting
};

/// An error about input: what, where, and why.
struct Error {
  static constexpr u64 kNoOffset = ~u64{0};

  ErrorKind kind = ErrorKind::Internal;
  std::string message;        ///< starts with the spec's message text where the spec has one
  u64 offset = kNoOffset;     ///< bytes from the start of the module, or kNoOffset
  u32 line = 0;               ///< 1-based line of text input, or 0
  u32 column = 0;             ///< 1-based column in bytes, or 0
};

template <class T>
using Result = std::expected<T, Error>;

/// `return fail(ErrorKind::Invalid, "type mismatch", offset);`
inline std::unexpected<Error> fail(ErrorKind kind, std::string message, u64 offset = Error::kNoOffset) {
  return std::unexpected<Error>(Error{kind, std::move(message), offset, 0, 0});
}

/// Passes an error of another Result type on.
inline std::unexpected<Error> fail(Error error) { return std::unexpected<Error>(std::move(error)); }

}  // namespace wasmrun

/// `WASMRUN_TRY(expr);` leaves the function with expr's error, if it has one.
#define WASMRUN_TRY(expr)                                                      \
  do {                                                                         \
    if (auto tried_ = (expr); !tried_) [[unlikely]]                            \
      return ::std::unexpected<::wasmrun::Error>(std::move(tried_).error());   \
  } while (0)

/// `WASMRUN_TRY_ASSIGN(auto x, expr);` the same, with the value moved into `x`.
#define WASMRUN_TRY_CONCAT2(a, b) a##b
#define WASMRUN_TRY_CONCAT(a, b) WASMRUN_TRY_CONCAT2(a, b)
#define WASMRUN_TRY_ASSIGN(target, expr) WASMRUN_TRY_ASSIGN_AS(WASMRUN_TRY_CONCAT(tried_, __LINE__), target, expr)
#define WASMRUN_TRY_ASSIGN_AS(name, target, expr)                              \
  auto name = (expr);                                                          \
  if (!name) [[unlikely]]                                                      \
    return ::std::unexpected<::wasmrun::Error>(std::move(name).error());       \
  target = *std::move(name)
