#include "wasmrun/func.h"

#include <array>

#include "api/access.h"
#include "api/instantiation.h"
#include "api/store_impl.h"
#include "api/types.h"
#include "api/values.h"
#include "runtime/backtrace.h"
#include "runtime/builtins.h"
#include "support/text.h"

namespace wasmrun {

using detail::StoreImpl;
using support::concat;

// -- Calls -----------------------------------------------------------------------------------------------------------

namespace detail {

static bool noteFailure(StoreImpl& store, runtime::CallStatus status) {
  store.failed = status;
  ++store.failures;
  return false;
}

bool callSlots(StoreImpl* store, void* function, uint64_t* slots) noexcept {
  auto& func = *static_cast<runtime::Func*>(function);
  runtime::ExecContext& context = *store->context;
  // A plain increment: only this thread writes it, and who reads it elsewhere wants no more than a hint.
  const u32 depth = store->depth.load(std::memory_order_relaxed);
  store->depth.store(depth + 1, std::memory_order_relaxed);
  ++store->calls;
  // A host function that is called by a host function has no calling instance.
  runtime::Instance* const caller = std::exchange(context.caller, nullptr);
  const runtime::CallStatus status = func.slotEntry(context, func, slots);
  context.caller = caller;
  store->depth.store(depth, std::memory_order_relaxed);
  if (status == runtime::CallStatus::Ok) [[likely]]
    return true;
  return noteFailure(*store, status);
}

static std::shared_ptr<const Exception> exceptionOf(StoreImpl& store, u32 reference) {
  const u64 slot = reference;
  auto exception = Exception::from(slotToExnRef(&store, &slot));
  return exception ? std::make_shared<const Exception>(std::move(*exception)) : nullptr;
}

Error withException(StoreImpl& store, Error error) {
  if (error.kind != ErrorKind::Exception) return error;
  auto detail = std::make_shared<ErrorDetail>(*error.detail);
  detail->exception = exceptionOf(store, std::exchange(store.context->pending.exceptionRef, 0));
  error.detail = std::move(detail);
  return error;
}

Error takeError(const StoreLink* link) {
  StoreImpl& store = *link->store;
  return withException(store, runtime::takeError(*store.context, store.failed));
}

}  // namespace detail

// -- Func ------------------------------------------------------------------------------------------------------------

static const runtime::Func& funcOf(const Handle& handle) {
  return *static_cast<const runtime::Func*>(detail::Access::entity(handle));
}

Func Func::makeRaw(StoreRef store, detail::HostFunc host) {
  StoreImpl& impl = *detail::Access::impl(store);
  FuncType type{host.params, host.results};
  auto definition = std::make_shared<detail::HostDefinition>(std::move(host), std::move(type));
  auto made = detail::makeHostFunction(impl, std::move(definition));
  CHECK(made, "the signatures of C++ callables are within all limits");
  return detail::Access::handle<Func>(impl.link, *made);
}

Result<Func> Func::make(StoreRef store, const FuncType& type, Dynamic callable) {
  if (!callable) return fail(ErrorKind::Usage, "there is no callable to make a function of");
  StoreImpl& impl = *detail::Access::impl(store);
  auto host = detail::makeDynamic(type, std::move(callable));
  WASMRUN_TRY_ASSIGN(runtime::Func* const made,
                     detail::makeHostFunction(impl, std::make_shared<detail::HostDefinition>(std::move(host), type)));
  return detail::Access::handle<Func>(impl.link, made);
}

FuncType Func::type() const {
  StoreImpl* const store = detail::Access::store(*this);
  return store ? detail::toPublic(*store->engine, funcOf(*this).type) : FuncType();
}

std::string Func::name() const {
  if (!detail::Access::store(*this)) return {};
  const runtime::Func& func = funcOf(*this);
  if (func.isHost()) return "<host function>";
  const wasm::Module& module = *func.instance->module;
  const std::string_view moduleName = module.moduleName(), name = module.funcName(func.index);
  const std::string shown = name.empty() ? concat("<wasm function ", func.index.value, '>') : std::string(name);
  return moduleName.empty() ? shown : concat(moduleName, '!', shown);
}

Result<std::vector<Value>> Func::call(std::span<const Value> args) const {
  StoreImpl* const store = detail::Access::store(*this);
  if (!store) return fail(detail::deadHandle(link_));
  store->releaseDeadHostObjects();
  const FuncType callee = type();
  std::vector<u64> slots(detail::callSlotCount(callee.params, callee.results));
  WASMRUN_TRY(detail::valuesToSlots(*store, "argument", callee.params, args, slots.data()));
  if (!detail::callSlots(store, entity_, slots.data())) return fail(detail::takeError(link_));
  return detail::valuesFromSlots(*store, callee.results, slots.data());
}

static std::string signatureText(std::span<const ValType> params, std::span<const ValType> results) {
  return ExternType(FuncType{{params.begin(), params.end()}, {results.begin(), results.end()}}).toString();
}

/// Whether `sub` matches `super`, pairwise.
static bool matchAll(const StoreImpl& store, std::span<const wasm::ValType> sub, std::span<const wasm::ValType> super) {
  if (sub.size() != super.size()) return false;
  for (size_t i = 0; i < sub.size(); ++i)
    if (!store.registry().isSubtype(sub[i], super[i])) return false;
  return true;
}

static std::vector<wasm::ValType> ownTypes(const StoreImpl& store, std::span<const ValType> types) {
  std::vector<wasm::ValType> own;
  own.reserve(types.size());
  for (const ValType& type : types) own.push_back(*detail::fromPublic(*store.engine, type));
  return own;
}

Result<void> Func::checkSignature(std::span<const ValType> params, std::span<const ValType> results) const {
  StoreImpl* const store = detail::Access::store(*this);
  if (!store) return fail(detail::deadHandle(link_));
  const wasm::FuncType& own = store->registry().get(funcOf(*this).type).func;
  if (matchAll(*store, ownTypes(*store, params), own.params) &&
      matchAll(*store, own.results, ownTypes(*store, results)))
    return {};
  const FuncType actual = type();
  return fail(ErrorKind::Link, concat("function ", name(), " is ", signatureText(actual.params, actual.results),
                                      ", not ", signatureText(params, results)));
}

// -- Caller ----------------------------------------------------------------------------------------------------------

static runtime::Instance* instanceOf(void* instance) { return static_cast<runtime::Instance*>(instance); }

Instance Caller::instance() const { return detail::Access::handle<Instance>(impl_->link, instance_); }

Memory Caller::memory(std::string_view exportName) const {
  if (!instance_) return Memory();
  const runtime::Extern item = runtime::findExport(*instanceOf(instance_), exportName);
  return item.isEmpty() ? Memory() : detail::Access::handle<Memory>(impl_->link, item.memory());
}

Memory Caller::memory() const {
  if (!instance_ || instanceOf(instance_)->module->memories.empty()) return Memory();
  return detail::Access::handle<Memory>(impl_->link, instanceOf(instance_)->memories[0]);
}

std::vector<Frame> Caller::backtrace() const {
  const u32 limit = impl_->store->options().maxBacktrace;
  return limit == 0 ? std::vector<Frame>() : runtime::symbolize(runtime::captureBacktrace(*impl_->context, limit));
}

}  // namespace wasmrun
