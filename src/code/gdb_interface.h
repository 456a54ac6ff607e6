// GdbInterface: tells GDB and LLDB of machine code (GDB manual, "JIT Compilation Interface"): names in backtraces, and
// unwinding through frames of machine code into C++ and back. Slow with many functions, since the debugger stops for
// each.
#pragma once

#include "code/code_observer.h"

namespace wasmrun::code {

/// Removes what it registered when it goes.
class GdbInterface : public CodeObserver {
 public:
  GdbInterface();
  ~GdbInterface() override;

  void published(const FunctionRecord& record, std::span<const CodeSymbol> symbols) override;
  void released(const FunctionRecord& record) override;

 private:
  struct Registrations;
  std::unique_ptr<Registrations> registrations_;
};

}  // namespace wasmrun::code
