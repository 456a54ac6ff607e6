#include "api/wasi_functions.h"

#include "api/store_impl.h"
#include "api/wasi_config.h"
#include "runtime/builtins.h"
#include "runtime/instance.h"
#include "wasmrun/error.h"

namespace wasmrun::detail {

WasiState::WasiState() = default;
WasiState::~WasiState() = default;

Result<void> WasiState::configure(runtime::ExecContext& store, std::unique_ptr<WasiConfigImpl> config) {
  WASMRUN_TRY_ASSIGN(auto context, wasi::WasiContext::create(config->wasi));
  context->setStop({store.interrupt, runtime::ExecContext::kStops, store.wakeEvent});
  context_ = std::move(context);
  config_ = std::move(config);
  return {};
}

// -- Functions -------------------------------------------------------------------------------------------------------

static Result<wasm::TypeId> typeOf(wasm::TypeRegistry& registry, const wasi::WasiFunction& row) {
  wasm::ValType params[16];
  CHECK(row.parameters.size() <= std::size(params), "no WASI function has more parameters");
  for (size_t i = 0; i < row.parameters.size(); ++i)
    params[i] = row.parameters[i] == wasi::ParameterType::I32 ? wasm::kI32 : wasm::kI64;
  const wasm::ValType result = wasm::kI32;
  return registry.internFunc({params, row.parameters.size()}, {&result, row.returnsErrno ? size_t{1} : 0});
}

Result<runtime::Func*> WasiState::function(StoreImpl& store, const wasi::WasiFunction& row) {
  const auto rows = wasi::wasiFunctions();
  if (!bindings_) bindings_ = std::make_unique<Binding[]>(rows.size());
  Binding& binding = bindings_[static_cast<size_t>(&row - rows.data())];
  if (binding.func) return binding.func;
  WASMRUN_TRY_ASSIGN(const wasm::TypeId type, typeOf(store.engine->engine->registry(), row));
  binding = {&store, &row, store.store->makeHostFunc(type, &enter, &binding, nullptr)};
  return binding.func;
}

/// The memory the caller exports as "memory" is what the guest's pointers point into; without one, its memory 0.
wasi::GuestMemory WasiState::memoryOf(runtime::Instance* caller) {
  if (caller != lastCaller_) {
    lastCaller_ = caller;
    lastMemory_ = nullptr;
    if (caller) {
      lastMemory_ = runtime::findExport(*caller, "memory").memory();
      if (!lastMemory_ && !caller->module->memories.empty()) lastMemory_ = caller->memories[0];
    }
  }
  if (!lastMemory_) return {nullptr, 0};
  const std::span<u8> bytes = lastMemory_->bytes();
  return {reinterpret_cast<std::byte*>(bytes.data()), bytes.size()};
}

runtime::CallStatus WasiState::enter(runtime::ExecContext& context, runtime::Func& callee, u64* slots) {
  const Binding& binding = *static_cast<Binding*>(callee.hostData);
  WasiState& state = binding.store->wasi;
  if (!state.context_) [[unlikely]]
    return failHostFunction(*binding.store,
                            failTrap("this store has no WASI state: StoreRef::setWasi gives it one").error());
  wasi::WasiOutcome outcome = binding.row->call(*state.context_, state.memoryOf(context.caller), slots);
  while (outcome.kind == wasi::WasiOutcome::Kind::Stopped) [[unlikely]] {
    if (const auto kind = context.takeInterrupt(); kind != runtime::TrapKind::None)
      return runtime::beginTrap(context, kind);
    // Somebody took the request back meanwhile; nothing has happened yet.
    outcome = binding.row->call(*state.context_, state.memoryOf(context.caller), slots);
  }
  if (outcome.kind == wasi::WasiOutcome::Kind::Exit) [[unlikely]] {
    context.pending = runtime::Pending{};
    context.pending.exitCode = static_cast<i32>(outcome.value);
    return runtime::CallStatus::Exit;
  }
  if (binding.row->returnsErrno) slots[0] = outcome.value;
  return runtime::CallStatus::Ok;
}

}  // namespace wasmrun::detail
