// Objects of wasm seen from the host: structs and arrays, made, read and written; references that keep nothing alive.
//
// How long an object lives. A Ref of any kind is a root: the object stays while one exists, be it in a local variable
// (a scope's root) or in a member of the host's own objects (a persistent one); copies share the root, and each may be
// destroyed on any thread. A cycle through wasm objects is no leak; one through the host is: an object that refers to a
// host object (ExternRef) whose C++ object holds a Ref back to it. There a Weak breaks it. Roots that are left when the
// store goes read as dead afterwards; the store logs a warning with their number.
//
// What moves. Objects do, references do not care: nothing here hands out an address. Whatever makes an object may
// collect.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "wasmrun/value.h"

namespace wasmrun {

// -- Structs ---------------------------------------------------------------------------------------------------------
/// A reference to a struct. Its type comes from a module (Module::type, an import's or export's) or from
/// Engine::define. All that can fail gives a Usage error for a null or dead reference.
class WASMRUN_API StructRef : public AnyRef {
 public:
  using AnyRef::AnyRef;
  /// Null.
  StructRef() noexcept = default;

  /// A new struct with a value for each field. Usage error when `type` is no struct type of the store's engine, or the
  /// values do not fit the fields; Limit error when the heap is full. May collect.
  static Result<StructRef> make(StoreRef store, const ValType& type, std::span<const Value> fields);
  static Result<StructRef> make(StoreRef store, const ValType& type, std::initializer_list<Value> fields) {
    return make(store, type, std::span(fields.begin(), fields.size()));
  }
  /// A new struct of zeros and nulls. Errors as make; Usage error, too, when a field has no such value.
  static Result<StructRef> makeDefault(StoreRef store, const ValType& type);
  /// The same object, if it is a struct of type `type` (any struct by default). Usage error, saying what it is, if not.
  static Result<StructRef> from(const AnyRef& ref, const ValType& type = ValType::ref(HeapKind::Struct, false));

  /// Number of fields; 0 for a null or dead reference.
  uint32_t size() const noexcept;
  /// A field's value; of fields of 8 and 16 bits, zero-extended. Usage error when there is no such field.
  Result<Value> get(uint32_t field) const;
  /// Writes a field; of fields of 8 and 16 bits, the low bits count. Usage error when there is no such field, it is
  /// immutable, or the value does not fit.
  Result<void> set(uint32_t field, const Value& value) const;
};

// -- Arrays ----------------------------------------------------------------------------------------------------------
/// A reference to an array. Types and errors as StructRef's.
class WASMRUN_API ArrayRef : public AnyRef {
 public:
  using AnyRef::AnyRef;
  /// Null.
  ArrayRef() noexcept = default;

  /// A new array of `length` times the same value. Usage error when `type` is no array type of the store's engine or
  /// the value does not fit; Limit error when the heap has no room for it, whatever the length. May collect.
  static Result<ArrayRef> make(StoreRef store, const ValType& type, uint32_t length, const Value& initial);
  /// A new array of these values.
  static Result<ArrayRef> make(StoreRef store, const ValType& type, std::span<const Value> elements);
  static Result<ArrayRef> make(StoreRef store, const ValType& type, std::initializer_list<Value> elements) {
    return make(store, type, std::span(elements.begin(), elements.size()));
  }
  /// A new array of zeros or nulls. Usage error, too, when the elements have no such value.
  static Result<ArrayRef> makeDefault(StoreRef store, const ValType& type, uint32_t length);
  /// A new array of numbers, whose elements are as wide as T (vectors: V128). Usage error, too, for other element
  /// types.
  template <class T, size_t N>
    requires std::is_trivially_copyable_v<T>
  static Result<ArrayRef> makeOf(StoreRef store, const ValType& type, std::span<const T, N> numbers) {
    return makeRaw(store, type, std::as_bytes(numbers), sizeof(T));
  }
  /// The same object, if it is an array of type `type` (any array by default). Usage error, saying what it is, if not.
  static Result<ArrayRef> from(const AnyRef& ref, const ValType& type = ValType::ref(HeapKind::Array, false));

  /// Number of elements; 0 for a null or dead reference.
  uint32_t size() const noexcept;
  /// An element's value; of 8 and 16 bits, zero-extended. Usage error when there is no such element.
  Result<Value> get(uint32_t index) const;
  /// Usage error when there is no such element, elements are immutable, or the value does not fit.
  Result<void> set(uint32_t index, const Value& value) const;
  /// Sets `count` elements from `index` on. Errors as set; nothing is written then.
  Result<void> fill(uint32_t index, uint32_t count, const Value& value) const;

  /// Copies numbers out, from the element `index` on. Usage error when they are not all inside, or the elements are no
  /// numbers or vectors as wide as T.
  template <class T, size_t N>
    requires std::is_trivially_copyable_v<T>
  Result<void> read(uint32_t index, std::span<T, N> into) const {
    return readRaw(index, std::as_writable_bytes(into), sizeof(T));
  }
  /// Copies numbers in. Errors as read; Usage error, too, when elements are immutable. Nothing is written then.
  template <class T, size_t N>
    requires std::is_trivially_copyable_v<T>
  Result<void> write(uint32_t index, std::span<const T, N> numbers) const {
    return writeRaw(index, std::as_bytes(numbers), sizeof(T));
  }

 private:
  static Result<ArrayRef> makeRaw(StoreRef store, const ValType& type, std::span<const std::byte> bytes, size_t width);
  Result<void> readRaw(uint32_t index, std::span<std::byte> into, size_t width) const;
  Result<void> writeRaw(uint32_t index, std::span<const std::byte> bytes, size_t width) const;
};

// -- Weak references -------------------------------------------------------------------------------------------------
namespace detail {

/// What Weak<T> keeps: a weak root in the store's root table.
class WASMRUN_API WeakRoot {
 public:
  WeakRoot() noexcept = default;
  explicit WeakRoot(const Ref& ref);
  WeakRoot(const WeakRoot& other) noexcept;
  WeakRoot(WeakRoot&& other) noexcept
      : link_(std::exchange(other.link_, nullptr)), root_(std::exchange(other.root_, 0)) {}
  WeakRoot& operator=(WeakRoot other) noexcept {
    std::swap(link_, other.link_);
    std::swap(root_, other.root_);
    return *this;
  }
  ~WeakRoot();

  /// A new strong root of the object; 0 when it is gone.
  uint64_t lock() const;
  bool isGone() const noexcept;
  StoreLink* link() const noexcept { return link_; }

 private:
  StoreLink* link_ = nullptr;
  uint64_t root_ = 0;
};

}  // namespace detail

/// A reference that does not keep its object alive, and reads as null when the object is gone. T is ExternRef, AnyRef,
/// StructRef, ArrayRef or ExnRef. Copied and destroyed on any thread, used by the one that has the store.
template <class T>
class Weak {
 public:
  /// Refers to nothing.
  Weak() noexcept = default;
  /// Refers to what `ref` does; to nothing if that is null or dead.
  explicit Weak(const T& ref) : root_(ref) {}

  /// A reference that keeps the object, or null when there is none any more. An object that nothing else refers to may
  /// still be had until a collection has found that out.
  T lock() const {
    const uint64_t root = root_.lock();
    return root == 0 ? T() : T(root_.link(), root);
  }
  /// Whether lock() gives null.
  bool isGone() const noexcept { return root_.isGone(); }

 private:
  detail::WeakRoot root_;
};

}  // namespace wasmrun
