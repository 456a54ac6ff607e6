// Operands for tests of vector instructions.
#pragma once

#include "vector_reference.h"

namespace wasmrun::interp::testing {

/// Operands at the edges of what lanes can be, and random ones.
std::vector<Bytes> interestingVectors();

}  // namespace wasmrun::interp::testing
