// Evaluation of constant expressions (spec: exec/modules).
#pragma once

#include "runtime/instance.h"
#include "wasm/module.h"

namespace wasmrun::runtime {

/// Writes the value of `expr` to the two slots of `result`; types of one slot leave the second 0. Functions exist and
/// globals that it reads have their values. No GC objects (PreparedModule refuses those).
void evaluate(Instance& instance, const wasm::ConstExpr& expr, u64* result);

/// The first slot alone: all types but v128.
u64 evaluate(Instance& instance, const wasm::ConstExpr& expr);

}  // namespace wasmrun::runtime
