// Evaluation of constant expressions (spec: exec/modules).
#pragma once

#include "runtime/instance.h"
#include "wasm/module.h"

namespace wasmrun::runtime {

/// Writes the value of `expr` to `result`: one slot, two for v128. Globals it reads have their values already.
void evaluate(Instance& instance, const wasm::ConstExpr& expr, u64* result);

/// The same for types that take one slot.
inline u64 evaluate(Instance& instance, const wasm::ConstExpr& expr) {
  u64 result[2] = {};
  evaluate(instance, expr, result);
  return result[0];
}

}  // namespace wasmrun::runtime
