// StoreCall: an outermost call of a store, and what the calls of all stores on a thread share: the native stack. A host
// function may call into another store, and so on without end, each store at its first call.
#pragma once

#include "runtime/exec_context.h"

namespace wasmrun::runtime {

/// What outermost calls are on this thread's stack.
struct ThreadCalls {
  u32 stores = 0;                     ///< how many
  const void* nativeLimit = nullptr;  ///< how far they may use it (noteNativeLimit); null while nobody asked
  /// What that is unless little of the stack is left: known once somebody asked, until the thread ends.
  const void* usualLimit = nullptr;
  bool hasAlternateStack = false;  ///< faults of machine code can be handled
};
// Initial-exec: a load and an addition, in the shared library too.
[[gnu::tls_model("initial-exec")]] inline thread_local constinit ThreadCalls threadCalls;

/// Lives as long as a call from the host.
class StoreCall {
 public:
  explicit StoreCall(const ExecContext& context) : isOutermost_(context.activation == nullptr) {
    if (isOutermost_) ++threadCalls.stores;
  }
  ~StoreCall() {
    if (isOutermost_ && --threadCalls.stores == 0) threadCalls.nativeLimit = nullptr;
  }
  StoreCall(const StoreCall&) = delete;
  StoreCall& operator=(const StoreCall&) = delete;

  /// Whether no other call from the host is below it.
  bool isFirstOfThread() const { return isOutermost_ && threadCalls.stores == 1; }
  /// Whether no other call of its store is below it.
  bool isOutermost() const { return isOutermost_; }

 private:
  bool isOutermost_;
};

}  // namespace wasmrun::runtime
