// TierHooks: what the runtime asks of the tiers above it. Declared here, filled in by engine.
#pragma once

#include "gc/layout.h"
#include "gc/roots.h"
#include "runtime/backtrace.h"
#include "runtime/func.h"
#include "wasm/module.h"

namespace wasmrun::runtime {

/// All pointers are set. `moduleCode` is what prepareModule made: one a module, shared by its instances in all stores.
struct TierHooks {
  /// Makes the code records of a validated module. It and `layouts`, of its struct and array types (null if it has
  /// none), outlive them. Any thread.
  void* (*prepareModule)(const wasm::Module& module, const gc::LayoutSet* layouts);
  /// No instance of the module is left. Any thread.
  void (*releaseModule)(void* moduleCode);
  /// The code record of a function, for Func::code. Any thread.
  void* (*codeOf)(void* moduleCode, wasm::DefinedFuncIndex func);
  /// For Func::slotEntry of every wasm function.
  SlotEntry slotEntry;
  /// Shows the active wasm frames, innermost first, through host frames down to the first call, until the visitor has
  /// enough. Called on the store's thread: while wasm runs (in a host function or builtin), or where a trap begins.
  void (*walkFrames)(const ExecContext& context, FrameVisitor& visitor);
  /// Shows every reference that a collector follows in the active wasm frames. The arguments of a host function that
  /// runs belong to no frame: it reads them before anything can collect. Called on the store's thread, where walkFrames
  /// may be.
  void (*visitRoots)(const ExecContext& context, gc::RootVisitor& visitor);
};

}  // namespace wasmrun::runtime
