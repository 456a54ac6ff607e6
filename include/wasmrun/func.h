// Func: functions of wasm and of the host; calling the one, making the other.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "wasmrun/slots.h"
#include "wasmrun/value.h"

namespace wasmrun {

class Caller;
class Instance;
class Memory;
template <class Signature>
class TypedFunc;

// -- Below the types -------------------------------------------------------------------------------------------------
namespace detail {

/// A host function as the runtime sees it. Reads its arguments from `slots`, writes its results there (slots.h). False:
/// it failed and has said why with setHostError.
using HostEntry = bool (*)(Caller& caller, uint64_t* slots, void* env);

/// Everything needed to make a host function in any store of an engine.
struct HostFunc {
  HostEntry entry = nullptr;
  std::shared_ptr<void> env;  ///< what `entry` gets; null for callables without state
  std::vector<ValType> params;
  std::vector<ValType> results;
};

/// Calls a function of a store that lives. `slots` as in slots.h. False: it failed and takeError says why. Never
/// unwinds across host frames: an error of an inner call comes back as that call's result.
WASMRUN_API bool callSlots(StoreImpl* store, void* function, uint64_t* slots) noexcept;
/// The error of the call that just gave false.
WASMRUN_API Error takeError(const StoreLink* link);
/// Leaves the error of a host function that is about to return false.
WASMRUN_API void setHostError(Caller& caller, Error error);
/// The error of a reference that is not of the store it is passed into; `link` is not used and may be null.
WASMRUN_API Error foreignReference(const StoreLink* link);

/// A callable's signature: Sig<F>::R, and its parameters as a tuple, without a leading Caller&.
template <class R, class... Args>
struct SignatureOf {
  using Result = R;
  using Params = std::tuple<std::remove_cvref_t<Args>...>;
  static constexpr bool kTakesCaller = false;
};
template <class R, class... Args>
struct SignatureOf<R, Caller&, Args...> {
  using Result = R;
  using Params = std::tuple<std::remove_cvref_t<Args>...>;
  static constexpr bool kTakesCaller = true;
};
template <class F>
struct Callable : Callable<decltype(&F::operator())> {};
template <class R, class... Args>
struct Callable<R (*)(Args...)> : SignatureOf<R, Args...> {};
template <class R, class... Args>
struct Callable<R (*)(Args...) noexcept> : SignatureOf<R, Args...> {};
template <class C, class R, class... Args>
struct Callable<R (C::*)(Args...)> : SignatureOf<R, Args...> {};
template <class C, class R, class... Args>
struct Callable<R (C::*)(Args...) const> : SignatureOf<R, Args...> {};
template <class C, class R, class... Args>
struct Callable<R (C::*)(Args...) noexcept> : SignatureOf<R, Args...> {};
template <class C, class R, class... Args>
struct Callable<R (C::*)(Args...) const noexcept> : SignatureOf<R, Args...> {};

/// R of Result<R>, else the type itself.
template <class R>
struct Unwrapped {
  using Type = R;
  static constexpr bool kMayFail = false;
};
template <class R>
struct Unwrapped<Result<R>> {
  using Type = R;
  static constexpr bool kMayFail = true;
};

template <class Params>
struct RowOf;
template <class... Ts>
struct RowOf<std::tuple<Ts...>> {
  using Row = SlotRow<Ts...>;
};

template <class F>
HostFunc makeHostFunc(F&& callable);
template <class R>
bool giveResult(Caller& caller, StoreImpl* store, uint64_t* slots, const R& value);

}  // namespace detail

// -- Func ------------------------------------------------------------------------------------------------------------
/// A function: exported from an instance, taken from a table, or made from C++. A handle (handle.h); the empty one is
/// also the null function reference.
class WASMRUN_API Func : public Handle {
 public:
  using Handle::Handle;
  Func() noexcept = default;

  /// Makes a host function of a callable. Its wasm type follows from its C++ type: parameters and results are 4- and
  /// 8-byte integers, bool, float, double, V128, Func, ExternRef, AnyRef, StructRef, ArrayRef, ExnRef; results are
  /// void, one of these or a std::tuple of them, or Result<> of any of that, to fail with failTrap, failExit or
  /// Exception::thrown. A first parameter `Caller&` gets at the calling instance and is no wasm parameter. The callable
  /// lives as long as the store. It must not throw: a C++ exception that leaves it ends the process.
  ///
  ///     Func log = Func::wrap(store, [](Caller& caller, uint32_t ptr, uint32_t len) -> Result<void> { ... });
  template <class F>
  static Func wrap(StoreRef store, F&& callable) {
    return makeRaw(store, detail::makeHostFunc(std::forward<F>(callable)));
  }

  /// A host function whose type is only known at run time. It finds `results` filled with zeros and must leave values
  /// of the right types there; others trap. It must not throw.
  using Dynamic = std::function<Result<void>(Caller& caller, std::span<const Value> args, std::span<Value> results)>;
  /// Usage error when the type is of another engine, or `callable` empty.
  static Result<Func> make(StoreRef store, const FuncType& type, Dynamic callable);

  /// Its type; empty when the store is gone.
  FuncType type() const;
  /// Its name section's name with the module's before it ("app!main"), or as much as there is; for messages.
  std::string name() const;

  /// Calls it. Usage error when number or types of the arguments are wrong; otherwise its results, or the Trap, Exit or
  /// Exception error that it ended with. The store stays usable after any of them.
  Result<std::vector<Value>> call(std::span<const Value> args) const;
  Result<std::vector<Value>> call(std::initializer_list<Value> args) const {
    return call(std::span<const Value>(args.begin(), args.size()));
  }

  /// Checks the signature once and gives a callable that does not check again. R is void, a wasm type or a std::tuple.
  /// Link error, naming both signatures, when it does not match: each argument type must match the parameter's and each
  /// result the C++ type's (Func stands for funcref, and so on, so a non-null parameter cannot be typed: use call()).
  ///
  ///     auto add = func.typed<int32_t(int32_t, int32_t)>();
  ///     Result<int32_t> sum = (*add)(1, 2);
  template <class Signature>
  Result<TypedFunc<Signature>> typed() const {
    if (auto checked = checkSignature(TypedFunc<Signature>::Params::types(), TypedFunc<Signature>::Results::types());
        !checked) {
      return fail(std::move(checked).error());
    }
    return TypedFunc<Signature>(*this);
  }

 private:
  static Func makeRaw(StoreRef store, detail::HostFunc host);
  Result<void> checkSignature(std::span<const ValType> params, std::span<const ValType> results) const;
  template <class Signature>
  friend class TypedFunc;
};

/// A function whose signature has been checked. Calling it writes the arguments to slots on the C++ stack and makes one
/// call into the library. A handle (handle.h).
template <class R, class... Args>
class TypedFunc<R(Args...)> {
 public:
  using Params = detail::SlotRow<std::remove_cvref_t<Args>...>;
  using Results = typename detail::Returned<R>::Row;

  /// As Func::call. The only Usage errors left are a store that is gone and a reference of another store.
  Result<R> operator()(Args... args) const {
    detail::StoreImpl* store = func_.link_ ? func_.link_->store : nullptr;
    if (!store) [[unlikely]]
      return failed(detail::deadHandle);
    uint64_t slots[detail::kCallSlots<Params, Results>];
    if (!Params::write(store, slots, args...)) [[unlikely]]
      return failed(detail::foreignReference);
    if (!detail::callSlots(store, func_.entity_, slots)) [[unlikely]]
      return failed(detail::takeError);
    if constexpr (std::is_void_v<R>) {
      return {};
    } else {
      return detail::Returned<R>::read(store, slots);
    }
  }

  /// The function without its C++ type.
  const Func& func() const noexcept { return func_; }

 private:
  friend class Func;
  explicit TypedFunc(const Func& func) noexcept : func_(func) {}
  /// Out of line, so that the way through operator() saves no registers for it.
  [[gnu::cold, gnu::noinline]] Result<R> failed(Error (*why)(const detail::StoreLink*)) const {
    return fail(why(func_.link_));
  }
  Func func_;
};

/// Where a host function was called from. Exists during that call only; do not keep it. Converts to StoreRef.
class WASMRUN_API Caller : public StoreRef {
 public:
  /// The calling instance; an empty handle when the host called the function itself.
  Instance instance() const;
  /// The memory the calling instance exports under that name, or an empty handle.
  Memory memory(std::string_view exportName) const;
  /// The calling instance's memory 0, exported or not, or an empty handle: what a C function's pointers point into.
  Memory memory() const;
  /// The wasm frames below, innermost first, at most the config's max-backtrace.
  std::vector<Frame> backtrace() const;

  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

 private:
  friend struct detail::Access;
  template <class F>
  friend detail::HostFunc detail::makeHostFunc(F&& callable);
  Caller(detail::StoreImpl* store, void* instance) noexcept : StoreRef(store), instance_(instance) {}
  detail::StoreImpl* impl() const noexcept { return impl_; }
  void* instance_;
};

// -- Making host functions -------------------------------------------------------------------------------------------
/// Writes a host function's results; false when one is a reference of another store.
template <class R>
bool detail::giveResult(Caller& caller, StoreImpl* store, uint64_t* slots, const R& value) {
  if (Returned<R>::write(store, slots, value)) [[likely]]
    return true;
  setHostError(caller, foreignReference(nullptr));
  return false;
}

template <class F>
detail::HostFunc detail::makeHostFunc(F&& callable) {
  using Fn = std::decay_t<F>;
  using Signature = Callable<Fn>;
  using Params = typename RowOf<typename Signature::Params>::Row;
  using Outcome = Unwrapped<typename Signature::Result>;
  using R = typename Outcome::Type;
  using Results = typename Returned<R>::Row;
  // A lambda without captures has no state to keep: it is made anew at each call, at no cost.
  constexpr bool kStateless = std::is_empty_v<Fn> && std::is_default_constructible_v<Fn>;

  HostFunc host;
  host.params = Params::types();
  host.results = Results::types();
  if constexpr (!kStateless) host.env = std::make_shared<Fn>(std::forward<F>(callable));
  host.entry = [](Caller& caller, uint64_t* slots, void* env) noexcept -> bool {
    StoreImpl* store = caller.impl();
    auto invoke = [&](Fn& function) {
      return Params::read(store, slots, [&](auto&&... args) {
        if constexpr (Signature::kTakesCaller) {
          return function(caller, std::move(args)...);
        } else {
          return function(std::move(args)...);
        }
      });
    };
    auto run = [&] {
      if constexpr (kStateless) {
        Fn function{};
        return invoke(function);
      } else {
        return invoke(*static_cast<Fn*>(env));
      }
    };
    if constexpr (Outcome::kMayFail) {
      auto outcome = run();
      if (!outcome) [[unlikely]] {
        setHostError(caller, std::move(outcome).error());
        return false;
      }
      if constexpr (std::is_void_v<R>) {
        return true;
      } else {
        return giveResult<R>(caller, store, slots, *outcome);
      }
    } else if constexpr (std::is_void_v<R>) {
      run();
      return true;
    } else {
      return giveResult<R>(caller, store, slots, run());
    }
  };
  return host;
}

}  // namespace wasmrun
