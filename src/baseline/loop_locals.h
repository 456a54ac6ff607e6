// LoopLocals: which locals each loop of a function uses most, found by a walk over the body before it is compiled.
//
// A loop counts into a small table (the frequent-items sketch of Misra and Gries): a local that has no place takes one
// from all the others. So the work is linear, whatever the number of locals and the depth of loops. A loop's counts go
// to the loop around it, which they weigh more in. Code that is never reached counts like other code.
#pragma once

#include <span>
#include <vector>

#include "wasm/module.h"

namespace wasmrun::baseline {

class LoopLocals {
 public:
  static constexpr u32 kMost = 16;      ///< locals of a loop
  static constexpr u32 kDeepest = 100;  ///< loops in loops; those below have none, and count for the one around them

  struct Use {
    u32 local;
    u32 count;
    bool isWritten;  ///< in the loop; false only if it surely is not
  };

  explicit LoopLocals(const wasm::Module& module) : module_(module) {}

  /// Walks over a body that has been validated.
  void read(wasm::DefinedFuncIndex index);
  /// Of the loop whose opcode is at `offset` in the module: its locals, the most used first. Loops of a body are asked
  /// for in their order; any may be left out.
  std::span<const Use> ofLoop(u32 offset);

 private:
  static constexpr u32 kNone = ~u32{0};
  struct Table {
    u32 number;  ///< the loop's
    u32 used = 0;
    bool isFull = false;  ///< something was thrown out: what is written is not known
    Use uses[kMost];
  };

  void openLoop(u32 offset);
  void close();
  void count(u32 local, bool isWritten) {
    if (!tables_.empty()) add(tables_.back(), {local, 1, isWritten});
  }
  u32 find(const Table& table, u32 local);
  void add(Table& table, Use use);

  const wasm::Module& module_;
  static constexpr u32 kHints = 64;
  u8 hints_[kHints] = {};      ///< by a local's lowest bits: where it was found last
  std::vector<u32> open_;      ///< open constructs: a loop's number, or kNone
  std::vector<Table> tables_;  ///< of open loops
  struct Loop {
    u32 offset;
    u32 begin, end;  ///< in uses_
  };
  std::vector<Loop> loops_;
  size_t next_ = 0;  ///< loop that has not been asked for
  std::vector<Use> uses_;
};

}  // namespace wasmrun::baseline
