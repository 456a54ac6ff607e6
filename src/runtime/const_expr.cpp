#include "runtime/const_expr.h"

#include <cstring>
#include <vector>

#include "gc/ref.h"

namespace wasmrun::runtime {

namespace {

using wasm::Opcode;

struct Cell {
  u64 slots[2] = {};
};

/// The value of an operator without operands.
Cell leaf(Instance& instance, const wasm::ConstOp& op) {
  Cell cell;
  switch (op.opcode) {
    case Opcode::GlobalGet: {
      const wasm::GlobalIndex index(op.index);
      const u64* const from = instance.globalCell(index);
      std::memcpy(cell.slots, from, instance.module->globals[index.value].type.type.slots() * sizeof(u64));
      break;
    }
    case Opcode::RefFunc: cell.slots[0] = reinterpret_cast<u64>(&instance.func(wasm::FuncIndex(op.index))); break;
    case Opcode::RefNull: break;
    case Opcode::V128Const: std::memcpy(cell.slots, op.v128, sizeof(cell.slots)); break;
    default: cell.slots[0] = op.bits; break;
  }
  return cell;
}

u64 binary(Opcode opcode, u64 a, u64 b) {
  switch (opcode) {
    case Opcode::I32Add: return static_cast<u32>(a + b);
    case Opcode::I32Sub: return static_cast<u32>(a - b);
    case Opcode::I32Mul: return static_cast<u32>(a * b);
    case Opcode::I64Add: return a + b;
    case Opcode::I64Sub: return a - b;
    default: return a * b;
  }
}

/// Does one operator on the stack of values so far.
void step(Instance& instance, const wasm::ConstOp& op, std::vector<Cell>& stack) {
  switch (op.opcode) {
    case Opcode::I32Add:
    case Opcode::I32Sub:
    case Opcode::I32Mul:
    case Opcode::I64Add:
    case Opcode::I64Sub:
    case Opcode::I64Mul: {
      const u64 b = stack.back().slots[0];
      stack.pop_back();
      stack.back().slots[0] = binary(op.opcode, stack.back().slots[0], b);
      break;
    }
    case Opcode::RefI31: stack.back().slots[0] = gc::Ref::i31(static_cast<u32>(stack.back().slots[0])).slot(); break;
    case Opcode::AnyConvertExtern:
    case Opcode::ExternConvertAny: break;  // one encoding for both hierarchies
    default: stack.push_back(leaf(instance, op)); break;
  }
}

}  // namespace

void evaluate(Instance& instance, const wasm::ConstExpr& expr, u64* result) {
  Cell value;
  if (expr.ops.size() == 1) {
    value = leaf(instance, expr.ops[0]);
  } else {
    std::vector<Cell> stack;
    for (const wasm::ConstOp& op : expr.ops) step(instance, op, stack);
    CHECK(stack.size() == 1, "a valid constant expression has one value");
    value = stack[0];
  }
  std::memcpy(result, value.slots, sizeof(value.slots));
}

u64 evaluate(Instance& instance, const wasm::ConstExpr& expr) {
  u64 result[2];
  evaluate(instance, expr, result);
  return result[0];
}

}  // namespace wasmrun::runtime
