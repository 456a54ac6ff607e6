// The host module that the scripts of the official test suite import from.
#pragma once

#include "wasmrun/linker.h"

namespace wasmrun::cli {

/// Takes lines that spectest's functions print, from the threads of a script as well. Null: nothing is printed.
using PrintSink = void (*)(std::string_view line);

/// Defines `spectest` for one store: functions print, print_i32 and so on, global_i32 and its like with 666, a table of
/// 10 to 20 elements, table64, a memory of 1 to 2 pages.
Result<void> defineSpectest(Linker& linker, StoreRef store, PrintSink print);

}  // namespace wasmrun::cli
