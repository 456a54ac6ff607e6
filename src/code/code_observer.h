// CodeObserver: whoever wants to know of machine code as it comes and goes: profilers, debuggers.
#pragma once

#include <span>
#include <string>

#include "code/function_record.h"

namespace wasmrun::code {

/// A function, or one of the stubs.
struct CodeSymbol {
  const u8* begin = nullptr;
  u64 size = 0;
  std::string name;
};

/// Called under a lock of the code space, on any thread. Code that nobody observes costs nothing.
class CodeObserver {
 public:
  virtual ~CodeObserver() = default;
  /// `record`'s code is executable, and nobody has called it yet. `symbols` are the names in it, by address.
  virtual void published(const FunctionRecord& record, std::span<const CodeSymbol> symbols) = 0;
  /// `record`'s code is about to go; nobody runs it any more.
  virtual void released(const FunctionRecord& record) = 0;
};

}  // namespace wasmrun::code
