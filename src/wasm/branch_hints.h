// Branch hints (branch-hinting proposal, custom section "metadata.code.branch_hint").
#pragma once

#include <span>
#include <vector>

#include "wasm/module.h"

namespace wasmrun::wasm {

/// Hints by function. A section that is malformed anywhere counts as absent, as the proposal says.
class BranchHints {
 public:
  static BranchHints read(const Module& module);
  /// Sorted by offset; empty if there are none.
  std::span<const BranchHint> of(FuncIndex index) const;

 private:
  struct Function {
    u32 index;
    u32 begin, end;  // in hints_
  };
  bool readSection(const Module& module, std::span<const u8> payload);

  std::vector<Function> functions_;  // sorted by index
  std::vector<BranchHint> hints_;
};

}  // namespace wasmrun::wasm
