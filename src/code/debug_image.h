// A piece of machine code as the object file of a debugger: symbols, and how to unwind.
#pragma once

#include "code/byte_image.h"
#include "code/code_observer.h"

namespace wasmrun::code {

/// A relocatable ELF file for `record`'s code, which it describes where it lies and does not contain: .symtab with
/// `symbols`, and .eh_frame where the machine has rules.
ByteImage debugImage(const FunctionRecord& record, std::span<const CodeSymbol> symbols);

}  // namespace wasmrun::code
