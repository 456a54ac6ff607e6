#include "wasm/const_expr_reader.h"

#include <cstring>

namespace wasmrun::wasm {

namespace {

/// Turns the reader's events into ConstOps. Events that no constant expression has stay NullSink's.
struct ConstExprSink : NullSink {
  static constexpr bool kActive = true;
  std::vector<ConstOp>& ops;
  std::vector<FuncIndex>& referenced;

  ConstExprSink(std::vector<ConstOp>& ops, std::vector<FuncIndex>& referenced) : ops(ops), referenced(referenced) {}

  ConstOp& add(Opcode opcode) {
    ConstOp op{};
    op.opcode = opcode;
    return ops.emplace_back(op);
  }

  static Opcode constOpcode(ValType type) {
    switch (type.kind()) {
      case TypeKind::I32: return Opcode::I32Const;
      case TypeKind::I64: return Opcode::I64Const;
      case TypeKind::F32: return Opcode::F32Const;
      default: return Opcode::F64Const;
    }
  }

  void constant(ValType type, u64 bits) { add(constOpcode(type)).bits = bits; }
  void constantV128(const u8* bytes) { std::memcpy(add(Opcode::V128Const).v128, bytes, 16); }
  void globalGet(GlobalIndex index, ValType) { add(Opcode::GlobalGet).index = index.value; }
  void refNull(HeapType heap) { add(Opcode::RefNull).index = heap.bits(); }
  void refFunc(FuncIndex func) {
    add(Opcode::RefFunc).index = func.value;
    referenced.push_back(func);
  }
  void simple(Opcode opcode) { add(opcode); }
  void gc(Opcode opcode, const GcImmediates& immediates) {
    ConstOp& op = add(opcode);
    op.index = immediates.type.value;
    op.count = immediates.index;
  }
};

}  // namespace

Result<void> readConstExpr(support::ByteReader& reader, const Module& module, ValType expected, ReaderScratch& scratch,
                           std::vector<ConstOp>& ops, std::vector<FuncIndex>& referenced) {
  ConstExprSink sink(ops, referenced);
  return FunctionReader<ConstExprSink, ReaderMode::ConstantExpression>(module, scratch, sink)
      .readConstant(reader, expected);
}

}  // namespace wasmrun::wasm
