// Types and heaps for the tests of src/gc/.
#pragma once

#include <gtest/gtest.h>

#include <random>

#include "gc/heap.h"

namespace wasmrun::gc {

inline wasm::ValType refTo(wasm::TypeId id, bool nullable = true) {
  return wasm::ValType::ref(wasm::HeapType(id), nullable);
}
inline wasm::TypeId member(u32 position) { return wasm::TypeId(wasm::SubType::kGroupMember + position); }

inline wasm::SubType structType(std::vector<wasm::ValType> fields, wasm::TypeId super = {}) {
  wasm::SubType type;
  type.kind = wasm::CompositeKind::Struct;
  type.isFinal = false;
  type.super = super;
  for (const wasm::ValType field : fields) type.fields.push_back({field, true});
  return type;
}
inline wasm::SubType arrayType(wasm::ValType element) {
  wasm::SubType type = structType({element});
  type.kind = wasm::CompositeKind::Array;
  return type;
}

/// One recursive group with an object type of each sort, and its layouts.
struct TestTypes {
  enum : u32 { Node, Derived, Anys, Nodes, Bytes, Shorts, Longs, Vectors, Funcs, Pair, Wide, Tag, kCount };

  TestTypes() {
    using namespace wasm;
    std::vector<SubType> group(kCount);
    group[Node] = structType({refTo(member(Node)), kAnyRef, kI32, TypeKind::I8, kExternRef, kI64});
    group[Derived] = structType({refTo(member(Node)), kAnyRef, kI32, TypeKind::I8, kExternRef, kI64, TypeKind::I16,
                                 ValType::ref(HeapType::Eq, true), kV128, kFuncRef, ValType::ref(HeapType::I31, true)},
                                member(Node));
    group[Anys] = arrayType(kAnyRef);
    group[Nodes] = arrayType(refTo(member(Node)));
    group[Bytes] = arrayType(TypeKind::I8);
    group[Shorts] = arrayType(TypeKind::I16);
    group[Longs] = arrayType(kI64);
    group[Vectors] = arrayType(kV128);
    group[Funcs] = arrayType(kFuncRef);
    group[Pair] = structType({kAnyRef, kAnyRef});
    group[Wide] = structType(std::vector<ValType>(3000, kAnyRef));
    group[Tag].params = {kI32, kAnyRef, kI64, kExternRef};
    first = *registry.intern(group);
    std::vector<TypeId> ids;
    for (u32 i = 0; i < kCount; ++i) ids.push_back(id(i));
    layouts = std::make_shared<LayoutSet>(registry, ids);
  }
  ~TestTypes() {
    layouts.reset();
    registry.release(first);
  }
  wasm::TypeId id(u32 type) const { return wasm::TypeId(first.value + type); }
  const Layout& layout(u32 type) const { return layouts->layouts()[type]; }

  wasm::TypeRegistry registry;
  wasm::TypeId first;
  std::shared_ptr<const LayoutSet> layouts;
};

/// A heap with those types, and slots that are roots.
struct TestHeap : RootSource {
  TestHeap(const TestTypes& types, const HeapOptions& options, size_t rootCount = 16)
      : types(types), roots(rootCount), heap(std::move(*Heap::make(options))) {
    EXPECT_TRUE(heap->addTypes(types.layouts));
    heap->addRoots(*this);
  }
  ~TestHeap() { heap->removeRoots(*this); }

  void visitRoots(RootVisitor& visitor, RootSet) override { visitor.slots(roots); }

  Ref root(size_t i) const { return Ref::fromSlot(roots[i]); }
  void setRoot(size_t i, Ref ref) { roots[i] = ref.slot(); }
  const Layout& layout(u32 type) const { return types.layout(type); }
  u32 field(u32 type, u32 index) const { return layout(type).fields[index].offset; }
  Ref make(u32 type) {
    const AllocResult ref = heap->allocateZeroed(layout(type));
    EXPECT_TRUE(ref);
    return ref.value_or(Ref());
  }
  Ref makeArray(u32 type, u32 length) {
    const AllocResult ref = heap->allocateArrayZeroed(layout(type), length);
    EXPECT_TRUE(ref);
    return ref.value_or(Ref());
  }
  static u32 element(u32 index) { return kElementsOffset + index * 4; }

  const TestTypes& types;
  std::vector<u64> roots;
  std::unique_ptr<Heap> heap;
};

/// Why an allocation failed, if it did.
inline std::optional<AllocFailure> failureOf(const AllocResult& result) {
  return result ? std::nullopt : std::optional(result.error());
}

inline const char* nameOf(CollectorKind kind) {
  switch (kind) {
    case CollectorKind::Null: return "null";
    case CollectorKind::Copying: return "copying";
    case CollectorKind::Generational: return "generational";
  }
  return "";
}

constexpr u64 kMiB = u64{1} << 20;

}  // namespace wasmrun::gc
