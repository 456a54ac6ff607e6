// Decodes and validates constant expressions (spec: valid/instructions, constant expressions) into postfix programs.
#pragma once

#include <vector>

#include "support/byte_reader.h"
#include "support/result.h"
#include "wasm/function_reader.h"
#include "wasm/module.h"

namespace wasmrun::wasm {

/// Reads one expression of type `expected`, up to and including its `end`, and appends its operators to `ops`. `module`
/// is decoded as far as the expression may refer to it: types, functions, memories, and the globals before it.
/// Functions named by ref.func are appended to `referenced`: they become declared functions. `scratch` is reused
/// between calls.
Result<void> readConstExpr(support::ByteReader& reader, const Module& module, ValType expected, ReaderScratch& scratch,
                           std::vector<ConstOp>& ops, std::vector<FuncIndex>& referenced);

}  // namespace wasmrun::wasm
