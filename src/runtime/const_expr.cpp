#include "runtime/const_expr.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "runtime/builtins.h"
#include "runtime/collected.h"
#include "runtime/fields.h"
#include "runtime/store.h"

namespace wasmrun::runtime {

namespace {

using wasm::Opcode;

bool makesObject(Opcode opcode) { return opcode >= Opcode::StructNew && opcode <= Opcode::ArrayNewFixed; }

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

/// A value, and what a collector needs to know of it.
struct Leaf {
  u64 slots[2] = {};
  u32 count = 1;
  bool isCollected = false;
};

/// The value of an operator without operands.
Leaf leafOf(Instance& instance, const wasm::ConstOp& op) {
  Leaf leaf;
  switch (op.opcode) {
    case Opcode::GlobalGet: {
      const wasm::GlobalIndex index(op.index);
      const wasm::ValType type = instance.module->globals[index.value].type.type;
      leaf.count = type.slots();
      leaf.isCollected = isCollected(instance.module->registry(), type);
      std::memcpy(leaf.slots, instance.globalCell(index), leaf.count * sizeof(u64));
      break;
    }
    case Opcode::RefFunc: leaf.slots[0] = reinterpret_cast<u64>(&instance.func(wasm::FuncIndex(op.index))); break;
    case Opcode::RefNull: break;
    case Opcode::V128Const:
      leaf.count = 2;
      std::memcpy(leaf.slots, op.v128, sizeof(leaf.slots));
      break;
    default: leaf.slots[0] = op.bits; break;
  }
  return leaf;
}

/// One evaluation: a stack of values, which are roots.
class Evaluation final : gc::RootSource {
 public:
  explicit Evaluation(Instance& instance) : instance_(instance), heap_(instance.store->heap()) {
    if (heap_ != nullptr) heap_->addRoots(*this);
  }
  ~Evaluation() {
    if (heap_ != nullptr) heap_->removeRoots(*this);
  }
  Evaluation(const Evaluation&) = delete;
  Evaluation& operator=(const Evaluation&) = delete;

  TrapKind run(const wasm::ConstExpr& expr, u64* result) {
    for (const wasm::ConstOp& op : expr.ops) {
      const TrapKind trap = step(op);
      if (trap != TrapKind::None) return trap;
    }
    CHECK(!slots_.empty() && slots_.size() <= 2, "a valid constant expression has one value");
    std::copy(slots_.begin(), slots_.end(), result);
    return TrapKind::None;
  }

 private:
  void visitRoots(gc::RootVisitor& visitor, gc::RootSet) override {
    for (const u32 slot : references_) visitor.slot(slots_[slot]);
  }

  TrapKind step(const wasm::ConstOp& op) {
    switch (op.opcode) {
      case Opcode::I32Add:
      case Opcode::I32Sub:
      case Opcode::I32Mul:
      case Opcode::I64Add:
      case Opcode::I64Sub:
      case Opcode::I64Mul: {
        const u64 b = slots_.back();
        slots_.pop_back();
        slots_.back() = binary(op.opcode, slots_.back(), b);
        return TrapKind::None;
      }
      case Opcode::RefI31: slots_.back() = gc::Ref::i31(static_cast<u32>(slots_.back())).slot(); return TrapKind::None;
      case Opcode::AnyConvertExtern:
      case Opcode::ExternConvertAny: return TrapKind::None;  // one encoding for both hierarchies
      default: break;
    }
    if (makesObject(op.opcode)) return make(op);
    const Leaf leaf = leafOf(instance_, op);
    if (leaf.isCollected) references_.push_back(static_cast<u32>(slots_.size()));
    slots_.insert(slots_.end(), leaf.slots, leaf.slots + leaf.count);
    return TrapKind::None;
  }

  TrapKind make(const wasm::ConstOp& op) {
    const u32 operands = operandSlots(op);
    const u32 first = static_cast<u32>(slots_.size()) - operands;
    if (operands == 0) slots_.push_back(0);
    const wasm::TypeId type(op.index);
    const TrapKind trap = call(op, type, slots_.data() + first);
    slots_.resize(first + 1);
    while (!references_.empty() && references_.back() >= first) references_.pop_back();
    references_.push_back(first);
    return trap;
  }

  u32 operandSlots(const wasm::ConstOp& op) const {
    const gc::Layout& layout = heap_->layoutOf(wasm::TypeId(op.index));
    switch (op.opcode) {
      case Opcode::StructNew: {
        u32 slots = 0;
        for (const gc::FieldPlace place : layout.fields) slots += slotsOf(place.storage);
        return slots;
      }
      case Opcode::StructNewDefault: return 0;
      case Opcode::ArrayNew: return slotsOf(layout.element) + 1;
      case Opcode::ArrayNewDefault: return 1;
      default: return slotsOf(layout.element) * op.count;
    }
  }

  TrapKind call(const wasm::ConstOp& op, wasm::TypeId type, u64* slots) {
    switch (op.opcode) {
      case Opcode::StructNew: return structNew(instance_, type, slots);
      case Opcode::StructNewDefault: return structNewDefault(instance_, type, slots);
      case Opcode::ArrayNew: return arrayNew(instance_, type, slots);
      case Opcode::ArrayNewDefault: return arrayNewDefault(instance_, type, slots);
      default: return arrayNewFixed(instance_, type, op.count, slots);
    }
  }

  Instance& instance_;
  gc::Heap* const heap_;
  std::vector<u64> slots_;
  std::vector<u32> references_;  // slots that a collector follows, in order
};

}  // namespace

bool makesObjects(const wasm::ConstExpr& expr) {
  return std::ranges::any_of(expr.ops, [](const wasm::ConstOp& op) { return makesObject(op.opcode); });
}

TrapKind evaluate(Instance& instance, const wasm::ConstExpr& expr, u64* result) {
  if (expr.ops.size() == 1 && !makesObject(expr.ops[0].opcode)) {
    std::memcpy(result, leafOf(instance, expr.ops[0]).slots, 2 * sizeof(u64));
    return TrapKind::None;
  }
  result[1] = 0;
  return Evaluation(instance).run(expr, result);
}

u64 evaluateNoObjects(Instance& instance, const wasm::ConstExpr& expr) {
  u64 result[2];
  const TrapKind trap = evaluate(instance, expr, result);
  CHECK(trap == TrapKind::None, "only what makes objects can fail");
  return result[0];
}

}  // namespace wasmrun::runtime
