#include "api/host_function.h"

#include "api/access.h"
#include "api/store_impl.h"
#include "api/types.h"
#include "api/values.h"
#include "runtime/builtins.h"
#include "support/text.h"

namespace wasmrun::detail {

// -- From wasm to the callable ---------------------------------------------------------------------------------------

namespace {

/// What a host function's Func has as its data.
struct HostRecord {
  StoreImpl* store;
  HostEntry entry;
  void* env;
  std::shared_ptr<const HostDefinition> definition;
};

runtime::CallStatus enterHost(runtime::ExecContext& context, runtime::Func& callee, u64* slots) {
  const HostRecord& record = *static_cast<HostRecord*>(callee.hostData);
  Caller caller = Access::caller(record.store, context.caller);
  if (record.entry(caller, slots, record.env)) [[likely]]
    return runtime::CallStatus::Ok;
  return record.store->failed;
}

}  // namespace

/// An exception goes on as one, if it is of this store; nothing else that fails can be caught by wasm.
runtime::CallStatus failHostFunction(StoreImpl& store, Error error) {
  runtime::ExecContext& context = *store.context;
  if (error.kind == ErrorKind::Exception && error.exception()) {
    u64 slot = 0;
    if (!refToSlot(&store, error.exception()->ref(), &slot)) return failHostFunction(store, foreignReference(nullptr));
    context.pending = runtime::Pending{};
    context.pending.exceptionRef = static_cast<u32>(slot);
    return runtime::CallStatus::Exception;
  }
  if (error.kind != ErrorKind::Exit) error.kind = ErrorKind::Trap;
  return runtime::failHostCall(context, std::move(error));
}

void setHostError(Caller& caller, Error error) {
  StoreImpl& store = *Access::impl(caller);
  store.failed = failHostFunction(store, std::move(error));
}

// -- Making ----------------------------------------------------------------------------------------------------------

Result<runtime::Func*> makeHostFunction(StoreImpl& store, std::shared_ptr<const HostDefinition> definition) {
  WASMRUN_TRY_ASSIGN(const wasm::TypeId type, internFuncType(*store.engine, definition->type));
  const HostFunc& host = definition->host;
  auto* const record = new HostRecord{&store, host.entry, host.env.get(), std::move(definition)};
  return store.store->makeHostFunc(type, &enterHost, record, [](void* data) { delete static_cast<HostRecord*>(data); });
}

Result<runtime::Func*> HostFunctionCache::get(StoreImpl& store,
                                              const std::shared_ptr<const HostDefinition>& definition) {
  const auto known = functions_.find(definition.get());
  if (known != functions_.end()) return known->second;
  WASMRUN_TRY_ASSIGN(runtime::Func* const made, makeHostFunction(store, definition));
  functions_.emplace(definition.get(), made);
  return made;
}

// -- Types known at run time -----------------------------------------------------------------------------------------

namespace {

struct DynamicFunction {
  FuncType type;
  Func::Dynamic callable;

  Result<void> run(Caller& caller, u64* slots) const {
    StoreImpl& store = *Access::impl(caller);
    std::vector<Value> args = valuesFromSlots(store, type.params, slots);
    std::vector<Value> results;
    results.reserve(type.results.size());
    for (const ValType& result : type.results) results.push_back(Value::zero(result));
    WASMRUN_TRY(callable(caller, args, results));
    return valuesToSlots(store, "result", type.results, results, slots);
  }
};

}  // namespace

HostFunc makeDynamic(const FuncType& type, Func::Dynamic callable) {
  HostFunc host;
  host.env = std::make_shared<DynamicFunction>(DynamicFunction{type, std::move(callable)});
  host.entry = [](Caller& caller, uint64_t* slots, void* env) -> bool {
    auto done = static_cast<DynamicFunction*>(env)->run(caller, slots);
    if (!done) setHostError(caller, std::move(done).error());
    return done.has_value();
  };
  return host;
}

}  // namespace wasmrun::detail
