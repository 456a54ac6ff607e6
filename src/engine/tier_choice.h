// The tiers of an engine, by its options; and what became of functions in them. Made per architecture (x64/, a64/).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/options.h"
#include "interp/interpreter.h"
#include "runtime/tier_hooks.h"

namespace wasmrun::engine {

/// How functions get machine code: option tier-up.
struct TierUp {
  enum class Mode : u8 {
    Off,     ///< never
    Hot,     ///< when they have run long enough, in the background
    Random,  ///< at points that `seed` chooses, at once: for tests
  };
  Mode mode = Mode::Hot;
  u64 seed = 0;
};

/// Reads "off", "hot" or "random:SEED". Usage error for anything else.
Result<TierUp> parseTierUp(std::string_view text);

/// Who is told of machine code: option profile.
enum class Profile : u8 { Off, PerfMap, JitDump };

/// Reads "off", "perfmap" or "jitdump". Usage error for anything else.
Result<Profile> parseProfile(std::string_view text);

/// How an engine's functions are interpreted; without a policy.
interp::InterpreterOptions interpreterOptions(const Options& options);

/// The hooks of an engine. Unsupported error for a pinned tier that this machine or build does not have; Limit error
/// when there is no memory for its code; Io error when `profile`'s file cannot be made.
Result<std::unique_ptr<const runtime::TierHooks>> makeTierHooks(const Options& options, const TierUp& tierUp,
                                                                Profile profile);

/// What machine code there is of a module.
struct MachineTotals {
  u64 functions = 0;     ///< that have machine code
  u64 bodyBytes = 0;     ///< of wasm, of those
  u64 codeBytes = 0;     ///< of machine code
  u64 compileNanos = 0;  ///< spent on it by all threads together
  u64 refused = 0;       ///< functions that the compiler left to the interpreter
  u64 loopEntries = 0;   ///< running loops that were continued in machine code
  u64 queued = 0;        ///< functions that wait for a compile thread now
  u64 background = 0;    ///< functions that compile threads made machine code of
  u64 ageNanos = 0;      ///< since code for the module was first asked for, if it may have machine code
};
/// `code`: what makeTierHooks' hooks prepared. Any thread.
MachineTotals machineTotals(const runtime::ModuleCode& code);

/// What functions did in one tier (runtime/work_profile.h): one of them, or all of a module's together.
struct WorkFigures {
  u64 calls = 0;
  u64 loopIterations = 0;
  u64 sampledNanos = 0;
  u64 enteredAt = 0;  ///< as FunctionTiering's times. Not for all together

  void add(const WorkFigures& more);
};
struct ProfileFigures {
  WorkFigures interp, baseline;
  u64 hostNanos = 0;  ///< sampled in host functions that they called

  void add(const ProfileFigures& more);
};
/// Zeros without a profile. Any thread.
ProfileFigures profileFigures(const runtime::ModuleCode& code, wasm::DefinedFuncIndex index);
ProfileFigures profileTotals(const wasm::Module& module, const runtime::ModuleCode& code);

/// One function on its way up. Times are nanoseconds since code for the module was first asked for; 0: not yet.
struct FunctionTiering {
  wasm::DefinedFuncIndex index;
  std::string_view tier;      ///< what runs it: "interp" or "baseline"; "none": it was never called
  std::string_view promoted;  ///< why it was compiled: "first call", "calls", "loop" or "chance"; empty if it was not
  u64 queuedAt = 0;
  u64 compiledAt = 0;
  u64 compileNanos = 0;
  u64 codeBytes = 0;
  u64 loopEnteredAt = 0;  ///< a running loop was continued in machine code for the first time
  u64 loopEntries = 0;    ///< how often that was
  std::string held;       ///< why it has no machine code; empty if it has
  ProfileFigures work;
};
/// Of those of `module` that were called, by index. `code`: what makeTierHooks' hooks prepared for it, with `options`.
/// Any thread.
std::vector<FunctionTiering> functionTierings(const wasm::Module& module, runtime::ModuleCode& code,
                                              const Options& options);
/// Of one of them, called or not.
FunctionTiering functionTiering(wasm::DefinedFuncIndex index, runtime::ModuleCode& code, const Options& options);

}  // namespace wasmrun::engine
