// JitDump: ./jit-PID.dump, which holds the code itself with names and times (the format of Linux's
// tools/perf/Documentation/jitdump-specification.txt):
//
//   perf record -k mono wasmrun run --profile=jitdump app.wasm
//   perf inject --jit -i perf.data -o perf.jit.data
//   perf report -i perf.jit.data        and perf annotate, down to instructions
#pragma once

#include "code/code_observer.h"
#include "platform/profile_file.h"

namespace wasmrun::code {

class JitDump : public CodeObserver {
 public:
  /// Io error if the file cannot be made in the current folder.
  static Result<std::unique_ptr<CodeObserver>> make();

  void published(const FunctionRecord& record, std::span<const CodeSymbol> symbols) override;
  /// Addresses that are used again have a later load: times tell them apart.
  void released(const FunctionRecord&) override {}

 private:
  explicit JitDump(platform::ProfileFile& file) : file_(file) {}
  platform::ProfileFile& file_;
};

}  // namespace wasmrun::code
