// FrameWalk: the native frames of machine code, from where it was left outwards to where C++ entered it, by their
// return addresses (docs/ABI-x64.md).
//
//   higher   | return address into C++      |  enter's own frame
//            | return address into enter    |  function A    sp of A points here
//            | return address into A        |  callOther     A's call
//            | A's instance                 |
//            | return address into callOther|  function B    sp of B
//   lower    | return address into B        |  what left: the stub of a builtin    <- NativeExit::sp
#pragma once

#include "code/code_map.h"

namespace wasmrun::code {

/// How machine code was left.
struct NativeExit {
  /// The word that holds the return address of whoever left: the call's that went to C++, a trap's or a poll's. After a
  /// fault, that of the function whose instruction faulted.
  const u64* sp = nullptr;
  u64* frame = nullptr;         ///< FRAME at that time
  void* instance = nullptr;     ///< INSTANCE at that time
  const u8* faultPc = nullptr;  ///< the instruction that faulted, if one did
};

/// Stands on a wasm function, or at the end. Reads the native stack, which must not change while frames are stepped
/// over. One thread; signal handlers too.
class FrameWalk {
 public:
  /// On the innermost function.
  FrameWalk(const CodeMap& map, const NativeExit& exit);

  bool atEnd() const { return record_ == nullptr; }
  /// To the function that called this one, in this activation.
  void next();

  const FunctionRecord& record() const { return *record_; }
  /// Where in it: a call's site, or an access's for a function that faulted.
  const Site& site() const { return site_; }
  /// Its slot 0.
  u64* frame() const { return frame_; }
  void* instance() const { return instance_; }
  /// What `rsp` is while the function runs: the word with its own return address. A landing pad is entered with it.
  const u64* sp() const { return sp_; }

 private:
  void step();

  const CodeMap& map_;
  const FunctionRecord* record_ = nullptr;
  Site site_;
  const u64* sp_;
  u64* frame_;
  void* instance_;
};

}  // namespace wasmrun::code
