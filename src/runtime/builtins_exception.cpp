// Builtins of exceptions.
#include "runtime/builtins.h"
#include "runtime/store.h"

namespace wasmrun::runtime {

u32 makeException(ExecContext& context, Tag& tag, const u64* payload) {
  return context.store->makeException(tag, payload);
}

const Exception& exceptionOf(const ExecContext& context, u32 ref) { return context.store->exceptions().get(ref); }

}  // namespace wasmrun::runtime
