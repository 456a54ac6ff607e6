// Names of C++ and Rust functions as their sources have them.
#pragma once

#include <string>

namespace wasmrun::cli {

/// The readable form of a name that a C++ or Rust compiler mangled (`_Z...`, Rust's hash at the end dropped); any other
/// name as it is. Names that are very long, or would become so, stay mangled.
std::string demangled(const std::string& name);

}  // namespace wasmrun::cli
