// FuncCode: the code of one function of a module, whatever tiers have made of it; shared by its instances in all
// stores.
//
// `machine` and `*jumpSlot` are what machine code calls: a thunk into the stub `lazy` until there is machine code of
// the function. `threaded` is what the interpreter goes on at; with machine code there, a word that enters it.
// Publishing better code is storing these three, each on its own: every mix of old and new is right.
#pragma once

#include <atomic>
#include <memory>

#include "runtime/func.h"
#include "runtime/memory.h"
#include "runtime/work_profile.h"
#include "wasm/module.h"

namespace wasmrun::code {
class FunctionRecord;
}

namespace wasmrun::runtime {

class ModuleCode;

/// Where the way of a function through the tiers has come to.
enum class TierState : u8 {
  Interpreted,  ///< counts its work
  Queued,       ///< for the compiler
  Compiled,     ///< there is machine code
  Refused,      ///< the compiler cannot: it stays interpreted
};

struct FuncCode {
  // -- Read by running code
  std::atomic<const u64*> threaded{nullptr};  ///< the first word; its handler finds this FuncCode in the accumulator
  std::atomic<const void*> machine{nullptr};  ///< null until the module gets machine code for the first time
  /// Bytes of body that may still be executed before somebody asks for better code. Approximate: threads that run the
  /// function at once lose updates.
  std::atomic<i64> work{INT64_MAX};
  ModuleCode* module = nullptr;
  std::atomic<const void*>* jumpSlot = nullptr;  ///< direct calls read it: in the module's jump table; may be null
  std::atomic<const code::FunctionRecord*> record{nullptr};  ///< of its machine code, if there is some
  CallShape shape;
  std::atomic<TierState> tier{TierState::Interpreted};
  wasm::DefinedFuncIndex index;
  u32 bodyBytes = 0;

  bool hasMachineCode() const { return record.load(std::memory_order_acquire) != nullptr; }
};

/// Why a function is thought hot.
enum class Heat : u8 {
  Calls,  ///< its `work` has run out
  Loop,   ///< a poll found it in a loop
};

/// Who decides when functions get machine code. Any thread.
class TierPolicy {
 public:
  virtual ~TierPolicy() = default;
  /// `code` is to run for the first time. True if it has machine code now.
  virtual bool firstCall(FuncCode& code) = 0;
  /// Sets `work` anew.
  virtual void hot(FuncCode& code, Heat heat) = 0;
  /// Where to enter the machine code of the loop whose opcode is at `wasmOffset` in the module; null if there is none.
  virtual const void* loopEntry(const FuncCode& code, u32 wasmOffset) = 0;
  /// Back-edges and calls that the interpreter runs before it looks around.
  virtual i64 pollInterval() = 0;
};

/// The code of a module's functions for instances whose memory 0 has one strategy. Any thread.
class ModuleCode {
 public:
  /// What another tier keeps with it.
  class Attachment {
   public:
    virtual ~Attachment() = default;
  };

  virtual ~ModuleCode() = default;
  virtual FuncCode& code(wasm::DefinedFuncIndex index) = 0;

  // Set before the module is used.
  std::unique_ptr<Attachment> attachment;  ///< null if there never is any
  std::unique_ptr<WorkProfile> profile;    ///< null unless statistics are wanted
};

}  // namespace wasmrun::runtime
