// Result inside the library: the public Error and Result (wasmrun/error.h), and the macros that pass errors on.
#pragma once

#include <expected>
#include <string>
#include <utility>

#include "support/int.h"
#include "wasmrun/error.h"

/// `WASMRUN_TRY(expr);` leaves the function with expr's error, if it has one.
#define WASMRUN_TRY(expr)                                                    \
  do {                                                                       \
    if (auto tried_ = (expr); !tried_) [[unlikely]]                          \
      return ::std::unexpected<::wasmrun::Error>(std::move(tried_).error()); \
  } while (0)

/// `WASMRUN_TRY_ASSIGN(auto x, expr);` the same, with the value moved into `x`.
#define WASMRUN_TRY_CONCAT2(a, b) a##b
#define WASMRUN_TRY_CONCAT(a, b) WASMRUN_TRY_CONCAT2(a, b)
#define WASMRUN_TRY_ASSIGN(target, expr) WASMRUN_TRY_ASSIGN_AS(WASMRUN_TRY_CONCAT(tried_, __LINE__), target, expr)
#define WASMRUN_TRY_ASSIGN_AS(name, target, expr)                        \
  auto name = (expr);                                                    \
  if (!name) [[unlikely]]                                                \
    return ::std::unexpected<::wasmrun::Error>(std::move(name).error()); \
  target = *std::move(name)
