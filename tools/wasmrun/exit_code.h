// The exit codes of the command line that are not the guest's own.
#pragma once

namespace wasmrun::cli {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailure = 1;  ///< a file, a module or a system that does not do what was asked
inline constexpr int kExitUsage = 2;    ///< a command line that does not read
inline constexpr int kExitTrap = 134;   ///< the guest trapped or let an exception out: 128 + SIGABRT, as natively

}  // namespace wasmrun::cli
