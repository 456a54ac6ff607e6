#include "runtime/gc_objects.h"

#include <algorithm>

#include "support/text.h"
#include "wasm/function_reader.h"

namespace wasmrun::runtime {

namespace {

using wasm::Opcode;

bool needsObjects(Opcode opcode) { return opcode >= Opcode::StructNew && opcode <= Opcode::ArrayInitElem; }

std::unexpected<Error> unsupported(Opcode opcode, u64 offset) {
  return fail(ErrorKind::Unsupported,
              support::concat(wasm::info(opcode).text, " is not supported yet: needs GC objects"), offset);
}

/// Finds the first instruction of a body that needs objects.
struct ObjectSink : wasm::NullSink {
  static constexpr bool kActive = true;
  const wasm::FunctionReader<ObjectSink>* reader = nullptr;
  Opcode found = Opcode::kCount;
  u32 offset = 0;

  void gc(Opcode opcode, const wasm::GcImmediates&) { note(opcode); }
  void simple(Opcode opcode) { note(opcode); }
  void note(Opcode opcode) {
    if (found != Opcode::kCount || !needsObjects(opcode)) return;
    found = opcode;
    offset = reader->offset();
  }
};

Result<void> checkExpr(const wasm::ConstExpr& expr) {
  for (const wasm::ConstOp& op : expr.ops)
    if (needsObjects(op.opcode)) return unsupported(op.opcode, expr.offset);
  return {};
}

Result<void> checkConstants(const wasm::Module& module) {
  for (const wasm::Global& global : module.globals) WASMRUN_TRY(checkExpr(global.init));
  for (const wasm::Table& table : module.tables) WASMRUN_TRY(checkExpr(table.init));
  for (const wasm::ElementSegment& segment : module.elements)
    for (const wasm::ConstExpr& expr : segment.exprs) WASMRUN_TRY(checkExpr(expr));
  return {};
}

bool declaresObjects(const wasm::Module& module) {
  return std::any_of(module.types.begin(), module.types.end(),
                     [&](wasm::TypeId type) { return module.registry().get(type).kind != wasm::CompositeKind::Func; });
}

}  // namespace

Result<void> refuseGcObjects(const wasm::Module& module) {
  // All but array.len name a type of the module; array.len has nothing to measure without one.
  if (!declaresObjects(module)) return {};
  WASMRUN_TRY(checkConstants(module));
  wasm::ReaderScratch scratch;
  for (u32 i = 0; i < module.bodies.size(); ++i) {
    ObjectSink sink;
    wasm::FunctionReader<ObjectSink> reader(module, scratch, sink);
    sink.reader = &reader;
    WASMRUN_TRY(reader.readBody(wasm::DefinedFuncIndex(i)));
    if (sink.found != Opcode::kCount) return unsupported(sink.found, sink.offset);
  }
  return {};
}

}  // namespace wasmrun::runtime
