// A function as text: its signature, locals and code, an instruction a line.
#pragma once

#include "text/piece_writer.h"
#include "text/printed_module.h"

namespace wasmrun::text {

struct FunctionLayout {
  u32 indent = 0;        ///< columns before each line
  bool offsets = false;  ///< each line begins with a comment that says where in the module it comes from
};

/// Prints a defined function, as a field of a module. What it prints is linear in its body and the size of the types
/// that it names: past a depth of 40 constructs nothing is indented further.
void printFunction(const PrintedModule& module, wasm::DefinedFuncIndex func, FunctionLayout layout,
                   PieceWriter& writer);

/// ` $id (;7;) (type 3) (param $x i32) (result i32)`: what stands behind the word func, of a defined function or an
/// import. `locals`: the function's.
void printSignature(const PrintedModule& module, wasm::FuncIndex func, const IdSpace& locals, std::string& out);

}  // namespace wasmrun::text
