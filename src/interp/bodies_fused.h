// The body of several handlers in one, and the way from a handler's number to its body.
#pragma once

#include <tuple>

#include "interp/bodies_atomic.h"
#include "interp/bodies_gc.h"
#include "interp/bodies_vector.h"
#include "interp/families.h"

namespace wasmrun::interp {

template <HandlerId kId>
struct BodyOf;
#define WASMRUN_HANDLERS(name, ...) \
  template <>                       \
  struct BodyOf<HandlerId::name> {  \
    using Type = __VA_ARGS__;       \
  };
#include "interp/handlers.def"

/// Executes bodies one after the other, the last at `r.pc` in the end. Returns where to continue, or kNext.
template <class First, class... Rest>
WASMRUN_INLINE const Word* runInSequence(Regs& r) {
  const Word* next = First::run(r);
  if constexpr (sizeof...(Rest) != 0) {
    if (next != kNext) return next;
    r.pc += instructionWords(First::kText.text);
    return runInSequence<Rest...>(r);
  } else {
    return next;
  }
}

/// Several handlers as one: each goes on to the one behind it, unless it jumps, calls or traps.
template <class... Bodies>
struct Fused {
  using Last = std::tuple_element_t<sizeof...(Bodies) - 1, std::tuple<Bodies...>>;
  static constexpr auto kText = Last::kText;
  WASMRUN_INLINE static const Word* run(Regs& r) { return runInSequence<Bodies...>(r); }
};

template <HandlerId... kIds>
using FusedHandlers = Fused<typename BodyOf<kIds>::Type...>;

}  // namespace wasmrun::interp
