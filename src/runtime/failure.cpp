// How execution fails: what is noted where it begins, and the error that comes of it.
#include "runtime/builtins.h"
#include "runtime/exception.h"
#include "runtime/store.h"
#include "support/text.h"

namespace wasmrun::runtime {

namespace {

void takeBacktrace(ExecContext& context) {
  const u32 limit = context.store->options().maxBacktrace;
  if (limit != 0) context.pending.backtrace = std::make_unique<Backtrace>(captureBacktrace(context, limit));
}

bool isTableTrap(TrapKind kind) {
  return kind == TrapKind::TableOutOfBounds || kind == TrapKind::UndefinedElement ||
         kind == TrapKind::UninitializedElement || kind == TrapKind::IndirectCallTypeMismatch;
}

std::string trapText(const Pending& pending) {
  std::string text(trapMessage(pending.trap));
  // The official suite wants an uninitialized element's number right behind the words.
  if (pending.hasAddress && pending.trap == TrapKind::UninitializedElement)
    text += support::concat(" ", pending.address, " of a table of ", pending.memorySize);
  else if (pending.hasAddress && isTableTrap(pending.trap))
    text += support::concat(": element ", pending.address, " of a table of ", pending.memorySize);
  return text;
}

Error trapError(Pending& pending) {
  Error error{ErrorKind::Trap, trapText(pending), Error::kNoOffset, 0, 0, nullptr};
  if (pending.hostError) error = std::move(*pending.hostError);
  auto detail = error.detail ? std::make_shared<ErrorDetail>(*error.detail) : std::make_shared<ErrorDetail>();
  if (!detail->trap) detail->trap = toPublic(pending.trap);
  if (pending.hasAddress && pending.trap == TrapKind::MemoryOutOfBounds)
    detail->fault = MemoryFault{pending.address, pending.memorySize};
  if (pending.backtrace && detail->backtrace.empty()) {
    detail->backtrace = symbolize(*pending.backtrace);
    detail->framesLeftOut = pending.backtrace->leftOut;
  }
  error.detail = std::move(detail);
  return error;
}

Error exitError(const Pending& pending) { return failExit(static_cast<u32>(pending.exitCode)).error(); }

Error exceptionError(const Pending& pending) {
  auto detail = std::make_shared<ErrorDetail>();
  if (pending.backtrace) {
    detail->backtrace = symbolize(*pending.backtrace);
    detail->framesLeftOut = pending.backtrace->leftOut;
  }
  return Error{ErrorKind::Exception, "uncaught exception", Error::kNoOffset, 0, 0, std::move(detail)};
}

}  // namespace

TrapKind memoryFault(Instance& instance, wasm::MemoryIndex memory, u64 address, u64 size) {
  Pending& pending = instance.context->pending;
  pending = Pending{};
  pending.trap = TrapKind::MemoryOutOfBounds;
  pending.hasAddress = true;
  pending.address = address;
  pending.accessSize = size;
  pending.memorySize = instance.memories[memory.value]->byteSize();
  pending.memoryIndex = memory.value;
  return TrapKind::MemoryOutOfBounds;
}

TrapKind tableFault(Instance& instance, TrapKind kind, const Table& table, u64 index) {
  Pending& pending = instance.context->pending;
  pending = Pending{};
  pending.trap = kind;
  pending.hasAddress = true;
  pending.address = index;
  pending.memorySize = table.size;
  return kind;
}

CallStatus beginTrap(ExecContext& context, TrapKind kind) {
  // Details noted for this trap stay; those of an earlier failure that nobody took do not.
  const bool noted = context.pending.trap == kind && !context.pending.backtrace;
  if (!noted) context.pending = Pending{};
  context.pending.trap = kind;
  takeBacktrace(context);
  return CallStatus::Trap;
}

CallStatus beginUncaught(ExecContext& context, u32 exceptionRef) {
  // On its way outwards through the tiers: the backtrace is of where it began.
  const bool noted = context.pending.exceptionRef == exceptionRef && context.pending.backtrace != nullptr;
  if (noted) return CallStatus::Exception;
  context.pending = Pending{};
  context.pending.exceptionRef = exceptionRef;
  takeBacktrace(context);
  return CallStatus::Exception;
}

CallStatus failHostCall(ExecContext& context, Error error) {
  context.pending = Pending{};
  if (error.kind == ErrorKind::Exit) {
    context.pending.exitCode = static_cast<i32>(error.exitCode().value_or(0));
    return CallStatus::Exit;
  }
  context.pending.trap = fromPublic(error.trap().value_or(wasmrun::TrapKind::Host));
  if (error.backtrace().empty()) takeBacktrace(context);
  context.pending.hostError = std::make_unique<Error>(std::move(error));
  return CallStatus::Trap;
}

Error takeError(ExecContext& context, CallStatus status) {
  Pending pending = std::exchange(context.pending, Pending{});
  switch (status) {
    case CallStatus::Trap: return trapError(pending);
    case CallStatus::Exit: return exitError(pending);
    case CallStatus::Exception: context.pending.exceptionRef = pending.exceptionRef; return exceptionError(pending);
    case CallStatus::Ok: break;
  }
  CHECK(false, "only failed calls have an error");
  std::unreachable();
}

}  // namespace wasmrun::runtime
