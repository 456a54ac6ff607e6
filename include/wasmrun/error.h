// Error and Result: how everything in wasmrun reports what went wrong, inside the library and out of it.
//
// Nothing throws. A function that can fail returns Result<T>; its error says what kind of failure it is, where in the
// module it is, and, for a failure during execution, carries the trap, the exit code or the exception and a backtrace.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wasmrun/export.h"

namespace wasmrun {

class Exception;

/// What kind of thing went wrong. Callers choose their way on by it.
enum class ErrorKind : uint8_t {
  Malformed,    ///< compile: bytes or text that do not parse
  Invalid,      ///< compile: parses, but breaks a validation rule
  Limit,        ///< over an implementation limit (the JS-API's) or refused by a resource limiter
  Unsupported,  ///< valid, but a switched-off proposal or something not built yet
  Link,         ///< a missing or mismatching import, an instantiation that cannot be done
  Io,           ///< a file or device
  Usage,        ///< a caller's wrong argument: unknown name, wrong type, a handle whose store is gone
  Internal,     ///< our own mistake, found and reported instead of aborting
  Trap,         ///< execution: a trap; see Error::trap(), backtrace()
  Exit,         ///< execution: the guest asked to end (WASI proc_exit); see Error::exitCode()
  Exception,    ///< execution: a wasm exception nobody caught; see Error::exception()
};

/// "malformed", "invalid", "limit" ...: one lower-case word, for messages and JSON. Static lifetime.
WASMRUN_API std::string_view kindName(ErrorKind kind) noexcept;

/// Whether the module's bytes themselves are wrong.
constexpr bool isCompileError(ErrorKind kind) { return kind == ErrorKind::Malformed || kind == ErrorKind::Invalid; }

/// Why wasm execution stopped. The rows are in traps.def.
enum class TrapKind : uint8_t {
#define WASMRUN_TRAP(name, specText, longText) name,
#include "wasmrun/traps.def"
#undef WASMRUN_TRAP
};

/// The spec's text of a trap ("integer divide by zero"). Static lifetime.
constexpr std::string_view specText(TrapKind kind) {
  constexpr std::string_view kTexts[] = {
#define WASMRUN_TRAP(name, specText, longText) specText,
#include "wasmrun/traps.def"
#undef WASMRUN_TRAP
  };
  return kTexts[static_cast<uint8_t>(kind)];
}

/// A trap in words, as printed after "wasm trap: ". Static lifetime.
constexpr std::string_view longText(TrapKind kind) {
  constexpr std::string_view kTexts[] = {
#define WASMRUN_TRAP(name, specText, longText) longText,
#include "wasmrun/traps.def"
#undef WASMRUN_TRAP
  };
  return kTexts[static_cast<uint8_t>(kind)];
}

/// A place in source text, from the module's DWARF sections.
struct SourceLocation {
  std::string file;
  uint32_t line = 0;    ///< 1-based, 0 unknown
  uint32_t column = 0;  ///< 1-based, 0 unknown
  /// The function that the text belongs to, if it was inlined into the frame's: as the DWARF sections have it
  /// (mangled).
  std::string inlinedFunction;
};

/// One activation of a wasm function, innermost first in a backtrace.
struct Frame {
  std::string moduleName;                 ///< the name section's, or empty
  std::string functionName;               ///< the name section's, as written there (mangled), or empty
  uint32_t functionIndex = 0;             ///< in the module's function index space, imports first
  uint64_t moduleOffset = 0;              ///< bytes from the start of the module to the instruction
  uint64_t functionOffset = 0;            ///< bytes from the start of the function's body to the instruction
  std::vector<SourceLocation> locations;  ///< innermost inlined function first; empty without DWARF
  std::string_view tier = {};             ///< what ran it: "interp" or "baseline". Static lifetime
};

/// The memory access that trapped.
struct MemoryFault {
  /// Effective address in the linear memory, bytes; saturates at 2^64-1. Of an access that is partly in bounds, machine
  /// code that leaves the check to the machine knows the first byte that is not.
  uint64_t address = 0;
  uint64_t memorySize = 0;  ///< bytes of that memory when it happened
};

/// What an error of execution or of text input has beyond a message.
struct ErrorDetail {
  std::optional<TrapKind> trap;
  std::optional<MemoryFault> fault;            ///< set for memory traps whose address is known
  std::optional<uint32_t> exitCode;            ///< set for ErrorKind::Exit
  std::shared_ptr<const Exception> exception;  ///< set for ErrorKind::Exception
  std::vector<Frame> backtrace;                ///< innermost first; the middle may be left out when very deep
  uint64_t framesLeftOut = 0;                  ///< how many frames `backtrace` does not show
  std::string fileName;                        ///< text input: what the text is called; may be empty
  std::string excerpt;                         ///< text input: the line, and under it a caret at the column
};

/// What went wrong, where, and why. A plain value: copy it, keep it, hand it to another thread (its exception() stays
/// bound to the store's thread).
struct Error {
  static constexpr uint64_t kNoOffset = ~uint64_t{0};

  ErrorKind kind = ErrorKind::Internal;
  std::string message;                        ///< starts with the spec's message text where the spec has one
  uint64_t offset = kNoOffset;                ///< bytes from the start of the module, or kNoOffset
  uint32_t line = 0;                          ///< 1-based line of text input, or 0
  uint32_t column = 0;                        ///< 1-based column in bytes, or 0
  std::shared_ptr<const ErrorDetail> detail;  ///< set for errors during execution and in text only

  /// The trap's code, if execution trapped.
  std::optional<TrapKind> trap() const { return detail ? detail->trap : std::nullopt; }
  /// The guest's exit code, if it asked to end.
  std::optional<uint32_t> exitCode() const { return detail ? detail->exitCode : std::nullopt; }
  /// The uncaught exception, or null.
  const Exception* exception() const { return detail ? detail->exception.get() : nullptr; }
  /// The address of a memory trap and the memory's size.
  std::optional<MemoryFault> memoryFault() const { return detail ? detail->fault : std::nullopt; }
  /// The wasm frames, innermost first; empty for errors outside of execution.
  std::span<const Frame> backtrace() const {
    return detail ? std::span<const Frame>(detail->backtrace) : std::span<const Frame>();
  }

  /// The whole error in words: message, place, memory fault, trap, and the backtrace in Wasmtime's layout; for text,
  /// "file:line:column: message" with the line and a caret. Several lines, the last without a newline.
  WASMRUN_API std::string toString() const;
};

/// A value, or why there is none.
template <class T>
using Result = std::expected<T, Error>;

/// `return fail(ErrorKind::Invalid, "type mismatch", offset);`
inline std::unexpected<Error> fail(ErrorKind kind, std::string message, uint64_t offset = Error::kNoOffset) {
  return std::unexpected<Error>(Error{kind, std::move(message), offset, 0, 0, nullptr});
}

/// Passes an error of another Result type on.
inline std::unexpected<Error> fail(Error error) { return std::unexpected<Error>(std::move(error)); }

/// From a host function: `return failTrap("no such sprite");` ends the guest's calls with a trap. The runtime adds the
/// backtrace. A trap cannot be caught by wasm.
inline std::unexpected<Error> failTrap(std::string message, TrapKind kind = TrapKind::Host) {
  auto detail = std::make_shared<ErrorDetail>();
  detail->trap = kind;
  return std::unexpected<Error>(Error{ErrorKind::Trap, std::move(message), Error::kNoOffset, 0, 0, std::move(detail)});
}

/// From a host function: ends the guest as if it had called WASI's proc_exit(code).
inline std::unexpected<Error> failExit(uint32_t code) {
  auto detail = std::make_shared<ErrorDetail>();
  detail->exitCode = code;
  return std::unexpected<Error>(
      Error{ErrorKind::Exit, "exit with code " + std::to_string(code), Error::kNoOffset, 0, 0, std::move(detail)});
}

/// Whether a backtrace says what ran each frame.
enum class ShowTiers : bool { No, Yes };

/// A backtrace in Wasmtime's layout, each line indented by `indent` spaces and ended by a newline:
///
///        0:     0x2a - app!crash
///                        at /src/app.c:7:3
///        1:     0x31 - app!_start
///
/// With tiers, a frame's line ends in " [baseline]" or " [interp]".
WASMRUN_API std::string formatBacktrace(std::span<const Frame> frames, uint32_t indent = 0,
                                        ShowTiers tiers = ShowTiers::No);

}  // namespace wasmrun
