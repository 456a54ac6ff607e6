// WASI error numbers, and how the calls of this folder pass them on.
#pragma once

#include <expected>
#include <string_view>
#include <utility>

#include "support/int.h"

namespace wasmrun::wasi {

/// An error number of preview 1. `NotCapable` means a missing right; a path that leaves its directory gives `Perm`.
enum class Errno : u16 {
#define WASI_ERRNO(name, number, host) name = number,
#include "wasi/errno.def"
#undef WASI_ERRNO
};

/// The WASI number for a host `errno` value; `Io` for one that WASI has no word for.
Errno errnoFromHost(int hostErrno);

/// The number's name as errno.def has it, for tests and traces.
std::string_view errnoName(Errno error);

template <class T>
using Fallible = std::expected<T, Errno>;

/// An error on its way out: converts to Errno, and to any Fallible<T>.
struct Failure {
  Errno error;
  operator Errno() const { return error; }
  template <class T>
  operator Fallible<T>() const {
    return std::unexpected(error);
  }
};

}  // namespace wasmrun::wasi

/// `WASI_TRY(expr);` leaves the function with expr's error, unless it is Success. expr is an Errno.
#define WASI_TRY(expr)                                                                           \
  do {                                                                                           \
    if (const ::wasmrun::wasi::Errno tried_ = (expr); tried_ != ::wasmrun::wasi::Errno::Success) \
      return ::wasmrun::wasi::Failure{tried_};                                                   \
  } while (0)

/// `WASI_ASSIGN(const u32 x, expr);` the same for a Fallible, with its value moved into the target.
#define WASI_CONCAT2(a, b) a##b
#define WASI_CONCAT(a, b) WASI_CONCAT2(a, b)
#define WASI_ASSIGN(target, expr) WASI_ASSIGN_AS(WASI_CONCAT(tried_, __LINE__), target, expr)
#define WASI_ASSIGN_AS(name, target, expr)                  \
  auto name = (expr);                                       \
  if (!name) return ::wasmrun::wasi::Failure{name.error()}; \
  target = *std::move(name)
