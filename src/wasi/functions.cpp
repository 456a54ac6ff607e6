#include "wasi/functions.h"

#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>

#include "wasi/calls.h"
#include "wasi/stop_signal.h"

namespace wasmrun::wasi {

namespace {

WasiOutcome outcome(Errno error) {
  if (error == kStopped) [[unlikely]]
    return {WasiOutcome::Kind::Stopped, 0};
  return {WasiOutcome::Kind::Errno, static_cast<u32>(error)};
}
WasiOutcome outcome(ExitRequest exit) { return {WasiOutcome::Kind::Exit, exit.code}; }

template <class Parameter>
constexpr ParameterType typeOf() {
  static_assert(std::is_same_v<Parameter, u32> || std::is_same_v<Parameter, u64>);
  return std::is_same_v<Parameter, u32> ? ParameterType::I32 : ParameterType::I64;
}

/// Makes a row of the table from a function's C++ type.
template <auto function>
struct Adapter;

template <class Return, class... Parameters, Return (*function)(WasiContext&, GuestMemory, Parameters...)>
struct Adapter<function> {
  static constexpr std::array<ParameterType, sizeof...(Parameters)> kParameters{typeOf<Parameters>()...};

  static WasiOutcome call(WasiContext& context, GuestMemory memory, const u64* arguments) {
    return unpack(context, memory, arguments, std::index_sequence_for<Parameters...>());
  }

  static constexpr WasiFunction row(std::string_view name) {
    return {name, kParameters, std::is_same_v<Return, Errno>, &call};
  }

 private:
  template <size_t... index>
  static WasiOutcome unpack(WasiContext& context, GuestMemory memory, [[maybe_unused]] const u64* arguments,
                            std::index_sequence<index...>) {
    return outcome(function(context, memory, static_cast<Parameters>(arguments[index])...));
  }
};

constexpr WasiFunction kFunctions[] = {
#define WASI_FUNCTION(Result, name, function, ...) Adapter<&calls::function>::row(#name),
#include "wasi/functions.def"
#undef WASI_FUNCTION
};

static_assert(std::ranges::is_sorted(kFunctions, {}, &WasiFunction::name), "functions.def is sorted by name");

}  // namespace

std::span<const WasiFunction> wasiFunctions() { return kFunctions; }

const WasiFunction* findWasiFunction(std::string_view name) {
  const auto* found = std::ranges::lower_bound(kFunctions, name, {}, &WasiFunction::name);
  return found != std::end(kFunctions) && found->name == name ? found : nullptr;
}

}  // namespace wasmrun::wasi
