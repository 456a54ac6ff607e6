// Running out of memory ends the process, and says so (docs/RATIONALE.md, "Running out of memory").
#pragma once

namespace wasmrun::support {

/// From now on a `new` that fails writes "wasmrun: out of memory" to stderr and aborts; a std::new_handler that the
/// program has set stays instead. Any thread.
void endWhenOutOfMemory();

/// Ends the process as a `new` that fails does: for memory that comes from elsewhere and cannot be done without.
[[noreturn, gnu::cold]] void outOfMemory();

}  // namespace wasmrun::support
