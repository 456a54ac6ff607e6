// PerfMap: /tmp/perf-PID.map, in which `perf report` finds names for code made at run time.
//
// One line a symbol: address and size in hexadecimal, and the name. Simple, and enough for names; addresses that
// modules used one after the other stay ambiguous, which jit_dump.h solves.
#pragma once

#include "code/code_observer.h"
#include "platform/profile_file.h"

namespace wasmrun::code {

class PerfMap : public CodeObserver {
 public:
  /// Io error if the file cannot be made.
  static Result<std::unique_ptr<CodeObserver>> make();

  void published(const FunctionRecord& record, std::span<const CodeSymbol> symbols) override;
  void released(const FunctionRecord&) override {}

 private:
  explicit PerfMap(platform::ProfileFile& file) : file_(file) {}
  platform::ProfileFile& file_;
};

}  // namespace wasmrun::code
