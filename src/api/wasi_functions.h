// WASI functions of a store: every row of wasi/functions.def behind one slot entry, over the store's own state.
#pragma once

#include <memory>
#include <vector>

#include "runtime/func.h"
#include "support/result.h"
#include "wasi/context.h"
#include "wasi/functions.h"
#include "wasmrun/handle.h"

namespace wasmrun::runtime {
struct ExecContext;
struct Memory;
}  // namespace wasmrun::runtime

namespace wasmrun::detail {

struct WasiConfigImpl;

/// Belongs to its store.
class WasiState {
 public:
  WasiState();
  ~WasiState();

  /// Opens what the config names, for the store whose context is `store`. Errors as wasi::WasiContext::create; the
  /// state before stays then.
  Result<void> configure(runtime::ExecContext& store, std::unique_ptr<WasiConfigImpl> config);

  /// The store's function of that row, made at the first call.
  Result<runtime::Func*> function(StoreImpl& store, const wasi::WasiFunction& row);

 private:
  struct Binding {
    StoreImpl* store = nullptr;
    const wasi::WasiFunction* row = nullptr;
    runtime::Func* func = nullptr;
  };
  static runtime::CallStatus enter(runtime::ExecContext& context, runtime::Func& callee, u64* slots);
  wasi::GuestMemory memoryOf(runtime::Instance* caller);

  std::unique_ptr<wasi::WasiContext> context_;
  std::unique_ptr<WasiConfigImpl> config_;  // keeps descriptors that the context borrows
  std::unique_ptr<Binding[]> bindings_;     // one a row; null until the first is asked for
  runtime::Instance* lastCaller_ = nullptr;
  runtime::Memory* lastMemory_ = nullptr;  // of lastCaller_; null if it has none
};

}  // namespace wasmrun::detail
