// The body of two handlers in one, and the way from a handler's number to its body.
#pragma once

#include "interp/bodies_atomic.h"
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

/// First goes on to the instruction behind it, unless it traps; that is Second.
template <class First, class Second>
struct Fused {
  WASMRUN_INLINE static const Word* run(Regs& r) {
    const Word* second = r.pc + instructionWords(First::kText.text);
    const Word* next = First::run(r);
    if (next != second) [[unlikely]]
      return next;
    r.pc = second;
    return Second::run(r);
  }
};

}  // namespace wasmrun::interp
