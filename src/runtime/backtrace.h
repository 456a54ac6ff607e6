// Backtrace: which wasm functions were active when execution failed, kept as numbers; names and source lines are found
// when somebody asks.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "support/int.h"
#include "wasm/types.h"
#include "wasmrun/error.h"

namespace wasmrun::runtime {

struct ExecContext;
struct Instance;

/// An active function.
struct FrameRecord {
  const Instance* instance = nullptr;
  wasm::FuncIndex func;
  u64 moduleOffset = 0;   ///< of the instruction being executed; of the call, in outer frames
  std::string_view tier;  ///< as Frame::tier
};

/// Receives the active wasm frames of a store, innermost first.
class FrameVisitor {
 public:
  virtual ~FrameVisitor() = default;
  /// False ends the walk.
  virtual bool frame(const FrameRecord& frame) = 0;
};

struct Backtrace {
  std::vector<FrameRecord> frames;  ///< innermost first; if frames were left out, they lie in the middle of these
  u64 leftOut = 0;
};

/// Walks the context's frames by its store's TierHooks and keeps at most `limit`: the innermost half and the outermost.
Backtrace captureBacktrace(const ExecContext& context, u32 limit);

/// Adds function names, and source locations if the modules have DWARF. The backtrace's store still lives.
std::vector<wasmrun::Frame> symbolize(const Backtrace& backtrace);

}  // namespace wasmrun::runtime
