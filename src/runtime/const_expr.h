// Evaluation of constant expressions (spec: exec/modules).
#pragma once

#include "runtime/instance.h"
#include "runtime/trap.h"
#include "wasm/module.h"

namespace wasmrun::runtime {

/// Whether evaluating `expr` makes objects, and so may collect and may fail.
bool makesObjects(const wasm::ConstExpr& expr);

/// Writes the value of `expr` to the two slots of `result`; types of one slot leave the second 0. Functions exist and
/// globals that it reads have their values. May collect if it makes objects, and traps if there is no room for them.
TrapKind evaluate(Instance& instance, const wasm::ConstExpr& expr, u64* result);

/// The first slot of one that makes no objects: all types but v128.
u64 evaluateNoObjects(Instance& instance, const wasm::ConstExpr& expr);

}  // namespace wasmrun::runtime
