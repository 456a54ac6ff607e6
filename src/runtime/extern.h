// Extern: anything that is imported or exported (spec: exec/runtime, external values).
#pragma once

#include <cstddef>

#include "support/int.h"
#include "wasm/types.h"

namespace wasmrun::runtime {

struct Func;
struct Table;
struct Memory;
struct Global;
struct Tag;

/// A pointer and its kind; the store owns what it points to. Empty (no pointer) stands for a missing import.
class Extern {
 public:
  Extern() = default;
  explicit Extern(Func* func) : kind_(wasm::ExternKind::Func), pointer_(func) {}
  explicit Extern(Table* table) : kind_(wasm::ExternKind::Table), pointer_(table) {}
  explicit Extern(Memory* memory) : kind_(wasm::ExternKind::Memory), pointer_(memory) {}
  explicit Extern(Global* global) : kind_(wasm::ExternKind::Global), pointer_(global) {}
  explicit Extern(Tag* tag) : kind_(wasm::ExternKind::Tag), pointer_(tag) {}

  bool isEmpty() const { return pointer_ == nullptr; }
  /// Meaningful if not empty.
  wasm::ExternKind kind() const { return kind_; }

  // The object, or null if this is of another kind.
  Func* func() const { return as<Func>(wasm::ExternKind::Func); }
  Table* table() const { return as<Table>(wasm::ExternKind::Table); }
  Memory* memory() const { return as<Memory>(wasm::ExternKind::Memory); }
  Global* global() const { return as<Global>(wasm::ExternKind::Global); }
  Tag* tag() const { return as<Tag>(wasm::ExternKind::Tag); }

 private:
  template <class T>
  T* as(wasm::ExternKind kind) const {
    return kind_ == kind ? static_cast<T*>(pointer_) : nullptr;
  }
  wasm::ExternKind kind_ = wasm::ExternKind::Func;
  void* pointer_ = nullptr;
};

}  // namespace wasmrun::runtime
