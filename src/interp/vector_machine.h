// Chooses the machine's vector operations: namespace machine has all of portable's, by their names.
#pragma once

#if defined(__x86_64__)
#include "interp/x64/vector_machine.h"
#elif defined(__aarch64__)
#include "interp/a64/vector_machine.h"
#else
#include "interp/vector_portable.h"
namespace wasmrun::interp::machine {
using namespace portable;
}
#endif
