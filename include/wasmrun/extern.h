// Memory, Table, Global: what instances share with each other and with the host.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "wasmrun/func.h"
#include "wasmrun/value.h"

namespace wasmrun {

/// A linear memory. A handle (handle.h); the bytes of a shared memory also live in other stores.
class WASMRUN_API Memory : public Handle {
 public:
  using Handle::Handle;
  Memory() noexcept = default;

  /// A new memory filled with zeros. Limit error when its minimum is refused or cannot be had, Usage error for bounds
  /// or a page size that no memory can have.
  static Result<Memory> make(StoreRef store, const MemoryType& type);
  /// A shared memory of another store of the same engine, seen from this one. Usage error when it is not shared.
  static Result<Memory> share(StoreRef store, const Memory& other);

  /// Its type; `limits.min` is the present size. Empty when the store is gone.
  MemoryType type() const;
  /// Present size in bytes.
  uint64_t size() const noexcept { return data().size(); }
  /// Present size in pages.
  uint64_t pages() const noexcept;
  /// Bytes a page.
  uint32_t pageSize() const noexcept;
  bool is64() const noexcept;
  bool isShared() const noexcept;

  /// The bytes. Valid until the memory grows (by wasm too: take it again after any call) or the store goes. Other
  /// threads write a shared memory at the same time: use std::atomic_ref there.
  std::span<uint8_t> data() const noexcept;

  /// `count` bytes at `address`. Usage error naming address, count and size when they are not all inside.
  Result<std::span<uint8_t>> slice(uint64_t address, uint64_t count) const;
  /// Copies out; `into.size()` bytes. Errors as slice.
  Result<void> read(uint64_t address, std::span<uint8_t> into) const;
  /// Copies in. Errors as slice; nothing is written then.
  Result<void> write(uint64_t address, std::span<const uint8_t> bytes) const;
  /// Copies `count` bytes out as text, whatever they are.
  Result<std::string> readString(uint64_t address, uint64_t count) const;

  /// A number, or a struct of numbers, in the host's byte order (which is wasm's on every host supported); any
  /// alignment.
  template <class T>
    requires std::is_trivially_copyable_v<T>
  Result<T> readAs(uint64_t address) const {
    auto bytes = slice(address, sizeof(T));
    if (!bytes) return fail(std::move(bytes).error());
    T value;
    std::memcpy(&value, bytes->data(), sizeof(T));
    return value;
  }
  template <class T>
    requires std::is_trivially_copyable_v<T>
  Result<void> writeAs(uint64_t address, const T& value) const {
    auto bytes = slice(address, sizeof(T));
    if (!bytes) return fail(std::move(bytes).error());
    std::memcpy(bytes->data(), &value, sizeof(T));
    return {};
  }

  /// Grows by `pages` pages of zeros and gives the size before, in pages. Limit error when the type's maximum, a limit
  /// or the system refuses; the memory is as before then.
  Result<uint64_t> grow(uint64_t pages) const;
};

/// A table of references. A handle (handle.h).
class WASMRUN_API Table : public Handle {
 public:
  using Handle::Handle;
  Table() noexcept = default;

  /// A new table filled with `initial`. Errors as Memory::make; Usage error when the value does not fit the element
  /// type.
  static Result<Table> make(StoreRef store, const TableType& type, const Value& initial);
  /// Its type; `limits.min` is the present size. Empty when the store is gone.
  TableType type() const;
  /// Present number of elements.
  uint64_t size() const noexcept;
  /// Usage error when there is no such element.
  Result<Value> get(uint64_t index) const;
  /// Usage error when there is no such element or the value does not fit.
  Result<void> set(uint64_t index, const Value& value) const;
  /// Grows by `count` elements of `initial` and gives the size before. Errors as Memory::grow; Usage error when the
  /// value does not fit.
  Result<uint64_t> grow(uint64_t count, const Value& initial) const;
};

/// A global variable. A handle (handle.h).
class WASMRUN_API Global : public Handle {
 public:
  using Handle::Handle;
  Global() noexcept = default;

  /// A new global. Usage error when the value does not fit the type.
  static Result<Global> make(StoreRef store, const GlobalType& type, const Value& initial);
  /// Its type; i32 when the store is gone.
  GlobalType type() const noexcept;
  /// Its value. Usage error when the store is gone.
  Result<Value> get() const;
  /// Usage error when it is immutable or the value does not fit.
  Result<void> set(const Value& value) const;
};

/// Anything imported or exported; alternatives are in ExternKind's order.
struct Extern : std::variant<Func, Table, Memory, Global, Tag> {
  using variant::variant;
  ExternKind kind() const noexcept { return static_cast<ExternKind>(index()); }
  const Func* function() const noexcept { return std::get_if<Func>(this); }
  const Table* table() const noexcept { return std::get_if<Table>(this); }
  const Memory* memory() const noexcept { return std::get_if<Memory>(this); }
  const Global* global() const noexcept { return std::get_if<Global>(this); }
  const Tag* tag() const noexcept { return std::get_if<Tag>(this); }
  /// Its present type; empty when the store is gone.
  WASMRUN_API ExternType type() const;
};

}  // namespace wasmrun
