// Value: one wasm value of any type; the references that it may hold; exceptions.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "wasmrun/handle.h"
#include "wasmrun/store.h"
#include "wasmrun/types.h"

namespace wasmrun {

class ArrayRef;
class ExternRef;
class Func;
class StructRef;
template <class T>
class Weak;

/// A 128-bit vector: 16 bytes, lane 0 first, lanes little-endian, as in linear memory.
struct V128 {
  std::array<uint8_t, 16> bytes{};
  friend bool operator==(const V128&, const V128&) = default;
};

/// A rooted reference to a managed object: while it exists the object stays, wherever the collector moves it. Null by
/// default. Same thread and lifetime rules as all handles (handle.h).
class WASMRUN_API Ref {
 public:
  /// Null.
  Ref() noexcept = default;
  Ref(const Ref& other) noexcept;
  Ref(Ref&& other) noexcept : link_(std::exchange(other.link_, nullptr)), root_(std::exchange(other.root_, 0)) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(link_, other.link_);
    std::swap(root_, other.root_);
    return *this;
  }
  ~Ref();

  bool isNull() const noexcept { return root_ == 0; }
  explicit operator bool() const noexcept { return root_ != 0; }
  /// Whether it is not null and its store still lives.
  bool isAlive() const noexcept { return link_ && link_->store; }
  /// The object's actual type: of a struct or an array, the defined one. A null or dead reference gives
  /// `(ref null none)`.
  ValType type() const noexcept;
  /// Whether it is of a type, as wasm's ref.test finds out: null is of every nullable type. False for a dead reference,
  /// and for types of other engines.
  bool isA(const ValType& type) const noexcept;
  /// Same object (spec: ref.eq, but for all references).
  bool isSame(const Ref& other) const noexcept;

 protected:
  friend struct detail::Access;
  template <class T>
  friend class Weak;
  Ref(detail::StoreLink* link, uint64_t root) noexcept : link_(link), root_(root) { detail::retain(link_); }

  detail::StoreLink* link_ = nullptr;
  uint64_t root_ = 0;  // number in the store's root table, shared by copies
};

/// Anything under `any`: i31, structs, arrays, and externalised host objects brought in by any.convert_extern.
class WASMRUN_API AnyRef : public Ref {
 public:
  using Ref::Ref;
  AnyRef() noexcept = default;
  /// An i31 reference; the top bit of `value` is dropped.
  static AnyRef i31(StoreRef store, uint32_t value);
  /// The payload, zero-extended, if this is an i31.
  std::optional<uint32_t> asI31() const noexcept;
  /// The payload, sign-extended, if this is an i31.
  std::optional<int32_t> asI31Signed() const noexcept;
  /// The same object, if it is a struct, else null; StructRef::from says what is wrong. See gc.h.
  StructRef asStruct() const;
  /// The same object, if it is an array, else null.
  ArrayRef asArray() const;
  /// The same object under `extern`, as wasm's extern.convert_any gives it.
  ExternRef toExtern() const;
};

/// A reference to an object of the host.
class WASMRUN_API ExternRef : public Ref {
 public:
  using Ref::Ref;
  ExternRef() noexcept = default;
  /// Hands an object to wasm. The store's share in it goes when no wasm or host reference is left and the collector has
  /// found out: not while wasm runs, but in one of the next calls of the API that make objects, of Func::call or of
  /// StoreRef::gc; at the latest with the store. So the object's destructor is its finalizer. It may use the store, but
  /// not when that goes. Limit error when the heap is full.
  template <class T>
  static Result<ExternRef> make(StoreRef store, std::shared_ptr<T> object) {
    return makeRaw(store, std::move(object), &detail::kTypeKey<T>);
  }
  /// The object, or null if this is null or dead, not a T (the exact type), or not the host's.
  template <class T>
  std::shared_ptr<T> get() const noexcept {
    return std::static_pointer_cast<T>(getRaw(&detail::kTypeKey<T>));
  }
  /// The same object under `any`, as wasm's any.convert_extern gives it.
  AnyRef toAny() const;

 private:
  static Result<ExternRef> makeRaw(StoreRef store, std::shared_ptr<void> object, const void* key);
  std::shared_ptr<void> getRaw(const void* key) const noexcept;
};

/// A reference to a caught exception. Exception (below) looks inside.
class WASMRUN_API ExnRef : public Ref {
 public:
  using Ref::Ref;
  ExnRef() noexcept = default;
};

/// One value of any type. A plain value, though the references in it obey their store's rules.
class WASMRUN_API Value {
 public:
  /// i32 0.
  Value() noexcept = default;
  /// An i32 from integers of up to 4 bytes, an i64 from those of 8; the bits count, not the sign.
  template <std::integral T>
  Value(T value) noexcept {
    if constexpr (sizeof(T) == 8) {
      type_ = ValType::i64();
      data_ = static_cast<int64_t>(value);
    } else {
      data_ = static_cast<int32_t>(value);
    }
  }
  Value(float value) noexcept : type_(ValType::f32()), data_(value) {}
  Value(double value) noexcept : type_(ValType::f64()), data_(value) {}
  Value(V128 value) noexcept : type_(ValType::v128()), data_(value) {}
  Value(const Func& value) noexcept;
  Value(ExternRef value) noexcept : type_(ValType::externref()), data_(Ref(std::move(value))) {}
  Value(AnyRef value) noexcept : type_(ValType::anyref()), data_(Ref(std::move(value))) {}
  Value(ExnRef value) noexcept : type_(ValType::exnref()), data_(Ref(std::move(value))) {}

  /// The default value of a type: zero or null. A type without one (a non-null reference) gives null of its nullable
  /// form.
  static Value zero(const ValType& type);
  /// Reads a value as the command line takes it: decimal, 0x or negative integers (signed or unsigned range), floats as
  /// the text format writes them (nan, inf, nan:0x.. and hex floats too), v128 as one 0x number or four i32 separated
  /// by commas, "null" for references. Usage error naming the text and the type.
  static Result<Value> parse(const ValType& type, std::string_view text);

  /// The static type: for references, the type it was made or read with, not the object's.
  const ValType& type() const noexcept { return type_; }
  ValKind kind() const noexcept { return type_.kind(); }

  // Each gives the value if it is of that type, else zero or null: check kind() first, or know the signature.
  int32_t i32() const noexcept { return get<int32_t>(); }
  int64_t i64() const noexcept { return get<int64_t>(); }
  float f32() const noexcept { return get<float>(); }
  double f64() const noexcept { return get<double>(); }
  V128 v128() const noexcept { return get<V128>(); }
  Func func() const noexcept;
  ExternRef externref() const noexcept;
  AnyRef anyref() const noexcept;
  ExnRef exnref() const noexcept;
  /// Whether it is a null reference.
  bool isNull() const noexcept;

  /// As parse() reads it: integers signed, floats the shortest that reads back, v128 as 0x, references as "null",
  /// "func <name>", "extern", "(ref 17)".
  std::string toString() const;

 private:
  friend struct detail::Access;
  template <class T>
  T get() const noexcept {
    const T* value = std::get_if<T>(&data_);
    return value ? *value : T{};
  }

  ValType type_;
  std::variant<int32_t, int64_t, float, double, V128, Handle, Ref> data_;  // Handle: a function
};

/// What can be thrown: names a tag and the types of its payload. A handle (handle.h).
class WASMRUN_API Tag : public Handle {
 public:
  using Handle::Handle;
  Tag() noexcept = default;
  /// A new tag. Usage error when the type has results or is of another engine.
  static Result<Tag> make(StoreRef store, const TagType& type);
  /// Its type; empty when the store is gone.
  TagType type() const;
};

/// A wasm exception seen from the host: its tag, payload and reference.
class WASMRUN_API Exception {
 public:
  /// A new exception, not thrown yet. Usage error when the payload does not fit the tag.
  static Result<Exception> make(StoreRef store, const Tag& tag, std::span<const Value> payload);
  /// Looks inside a reference; Usage error when it is null or its store is gone.
  static Result<Exception> from(const ExnRef& ref);

  const Tag& tag() const noexcept { return tag_; }
  std::span<const Value> payload() const noexcept { return payload_; }
  const ExnRef& ref() const noexcept { return ref_; }

  /// From a host function: `return exception.thrown();` throws it into the calling wasm code.
  std::unexpected<Error> thrown() const;

 private:
  friend struct detail::Access;
  Exception(Tag tag, std::vector<Value> payload, ExnRef ref)
      : tag_(std::move(tag)), payload_(std::move(payload)), ref_(std::move(ref)) {}
  Tag tag_;
  std::vector<Value> payload_;
  ExnRef ref_;
};

}  // namespace wasmrun
