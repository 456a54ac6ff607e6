// LoopLocals: which locals each loop of a function uses most, found by reading the body once before it is compiled.
//
// A loop counts into a small table (the frequent-items sketch of Misra and Gries): a local that has no place takes one
// from all the others. So the work is linear, whatever the number of locals and the depth of loops. A loop's counts go
// to the loop around it, which they weigh more in.
#pragma once

#include <span>
#include <vector>

#include "wasm/function_reader.h"

namespace wasmrun::baseline {

class LoopLocals : public wasm::NullSink {
 public:
  static constexpr bool kActive = true;
  static constexpr u32 kMost = 16;  ///< locals of a loop

  struct Use {
    u32 local;
    u32 count;
    bool isWritten;  ///< in the loop; false only if it surely is not
  };

  LoopLocals(const wasm::Module& module, wasm::ReaderScratch& scratch) : reader_(module, scratch, *this) {}

  /// Reads a body that has been validated.
  void read(wasm::DefinedFuncIndex index);
  /// Of the loop whose opcode is the `number`th of a loop in live code: its locals, the most used first.
  std::span<const Use> ofLoop(u32 number) const {
    return std::span(uses_).subspan(loops_[number].begin, loops_[number].end - loops_[number].begin);
  }

  // -- Sink events
  void block(const wasm::Control&) { open(kNone); }
  void ifBegin(const wasm::Control&) { open(kNone); }
  void tryTable(const wasm::Control&, std::span<const wasm::CatchClause>) { open(kNone); }
  void tryBegin(const wasm::Control&) { open(kNone); }
  void loop(const wasm::Control&);
  void delegateEnd(const wasm::Control&, u32, bool, bool) { close(); }
  void end(const wasm::Control&, bool, bool) { close(); }
  void localGet(wasm::LocalIndex index, wasm::ValType) { count(index.value, false); }
  void localSet(wasm::LocalIndex index, wasm::ValType) { count(index.value, true); }
  void localTee(wasm::LocalIndex index, wasm::ValType) { count(index.value, true); }

 private:
  static constexpr u32 kNone = ~u32{0};
  struct Table {
    u32 number;  ///< the loop's
    u32 used = 0;
    bool isFull = false;  ///< something was thrown out: what is written is not known
    Use uses[kMost];
  };

  void open(u32 loop) { open_.push_back(loop); }
  void close();
  void count(u32 local, bool isWritten) {
    if (!tables_.empty()) add(tables_.back(), {local, 1, isWritten});
  }
  static void add(Table& table, Use use);

  wasm::FunctionReader<LoopLocals> reader_;
  std::vector<u32> open_;      ///< open constructs: a loop's number, or kNone
  std::vector<Table> tables_;  ///< of open loops
  struct Range {
    u32 begin, end;
  };
  std::vector<Range> loops_;
  std::vector<Use> uses_;
};

}  // namespace wasmrun::baseline
