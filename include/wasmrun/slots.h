// Slots: how C++ values travel to and from wasm.
//
// Every call between host and wasm goes through an array of 8-byte slots owned by the caller: arguments from its start,
// two slots for a v128, results written over them from its start again. The array has max(argument slots, result slots)
// places, at least one. An i32 or f32 is in the low half; who writes zeroes the high half, who reads ignores it.
// References are in the engine's own encoding, valid until something collects: only the functions here make and read
// it.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "wasmrun/gc.h"
#include "wasmrun/value.h"

namespace wasmrun::detail {

// -- Supplied by the library -----------------------------------------------------------------------------------------
/// Writes a reference's encoding into `slot`; false, writing nothing, when it is of another store or its store is gone.
/// Cannot collect.
WASMRUN_API bool handleToSlot(StoreImpl* store, const Handle& function, uint64_t* slot) noexcept;
WASMRUN_API bool refToSlot(StoreImpl* store, const Ref& ref, uint64_t* slot) noexcept;
/// Roots the reference in a slot and gives it a handle.
WASMRUN_API Func slotToFunc(StoreImpl* store, const uint64_t* slot);
WASMRUN_API ExternRef slotToExternRef(StoreImpl* store, const uint64_t* slot);
WASMRUN_API AnyRef slotToAnyRef(StoreImpl* store, const uint64_t* slot);
WASMRUN_API ExnRef slotToExnRef(StoreImpl* store, const uint64_t* slot);
/// The slot holds null or a struct (or array).
WASMRUN_API StructRef slotToStructRef(StoreImpl* store, const uint64_t* slot);
WASMRUN_API ArrayRef slotToArrayRef(StoreImpl* store, const uint64_t* slot);

// -- One C++ type ----------------------------------------------------------------------------------------------------
/// How a C++ type is a wasm type. Specialized for each type that typed calls and host functions may use.
template <class T>
struct Slot {
  static constexpr bool kIsWasmType = false;
};

/// Numbers in one slot.
template <class T, class Bits>
struct NumberSlot {
  static constexpr bool kIsWasmType = true;
  static constexpr size_t kCount = 1;
  static bool write(StoreImpl*, T value, uint64_t* slot) noexcept {
    *slot = std::bit_cast<Bits>(value);
    return true;
  }
  static T read(StoreImpl*, const uint64_t* slot) noexcept { return std::bit_cast<T>(static_cast<Bits>(*slot)); }
};

template <std::integral T>
  requires(sizeof(T) == 4)
struct Slot<T> : NumberSlot<T, uint32_t> {
  static constexpr ValType kType = ValType::i32();
};
template <std::integral T>
  requires(sizeof(T) == 8)
struct Slot<T> : NumberSlot<T, uint64_t> {
  static constexpr ValType kType = ValType::i64();
};
template <>
struct Slot<float> : NumberSlot<float, uint32_t> {
  static constexpr ValType kType = ValType::f32();
};
template <>
struct Slot<double> : NumberSlot<double, uint64_t> {
  static constexpr ValType kType = ValType::f64();
};

/// bool is an i32: 0 or 1 when written, anything but 0 is true when read.
template <>
struct Slot<bool> {
  static constexpr bool kIsWasmType = true;
  static constexpr size_t kCount = 1;
  static constexpr ValType kType = ValType::i32();
  static bool write(StoreImpl*, bool value, uint64_t* slot) noexcept {
    *slot = value;
    return true;
  }
  static bool read(StoreImpl*, const uint64_t* slot) noexcept { return static_cast<uint32_t>(*slot) != 0; }
};

template <>
struct Slot<V128> {
  static constexpr bool kIsWasmType = true;
  static constexpr size_t kCount = 2;
  static constexpr ValType kType = ValType::v128();
  static bool write(StoreImpl*, V128 value, uint64_t* slot) noexcept {
    std::memcpy(slot, value.bytes.data(), 16);
    return true;
  }
  static V128 read(StoreImpl*, const uint64_t* slot) noexcept {
    V128 value;
    std::memcpy(value.bytes.data(), slot, 16);
    return value;
  }
};

/// References, through the library.
template <class T, auto Write, auto Read>
struct RefSlot {
  static constexpr bool kIsWasmType = true;
  static constexpr size_t kCount = 1;
  static bool write(StoreImpl* store, const T& value, uint64_t* slot) noexcept { return Write(store, value, slot); }
  static T read(StoreImpl* store, const uint64_t* slot) { return Read(store, slot); }
};

template <>
struct Slot<Func> : RefSlot<Func, handleToSlot, slotToFunc> {
  static constexpr ValType kType = ValType::funcref();
};
template <>
struct Slot<ExternRef> : RefSlot<ExternRef, refToSlot, slotToExternRef> {
  static constexpr ValType kType = ValType::externref();
};
template <>
struct Slot<AnyRef> : RefSlot<AnyRef, refToSlot, slotToAnyRef> {
  static constexpr ValType kType = ValType::anyref();
};
template <>
struct Slot<StructRef> : RefSlot<StructRef, refToSlot, slotToStructRef> {
  static constexpr ValType kType = ValType::ref(HeapKind::Struct, true);
};
template <>
struct Slot<ArrayRef> : RefSlot<ArrayRef, refToSlot, slotToArrayRef> {
  static constexpr ValType kType = ValType::ref(HeapKind::Array, true);
};
template <>
struct Slot<ExnRef> : RefSlot<ExnRef, refToSlot, slotToExnRef> {
  static constexpr ValType kType = ValType::exnref();
};

template <class T>
concept WasmType = Slot<std::remove_cvref_t<T>>::kIsWasmType;

// -- A row of C++ types ----------------------------------------------------------------------------------------------
/// Several values in a row of slots.
template <WasmType... Ts>
struct SlotRow {
  static constexpr size_t kCount = (size_t{0} + ... + Slot<Ts>::kCount);

  static std::vector<ValType> types() { return {Slot<Ts>::kType...}; }

  /// The first slot of the I-th value.
  template <size_t I>
  static constexpr size_t offset() {
    constexpr size_t kCounts[] = {Slot<Ts>::kCount..., 0};
    size_t sum = 0;
    for (size_t i = 0; i < I; i++) sum += kCounts[i];
    return sum;
  }

  static bool write(StoreImpl* store, uint64_t* slots, const Ts&... values) noexcept {
    return [&]<size_t... I>(std::index_sequence<I...>) {
      return (true && ... && Slot<Ts>::write(store, values, slots + offset<I>()));
    }(std::index_sequence_for<Ts...>());
  }

  /// Calls `use` with the values read.
  template <class Use>
  static decltype(auto) read(StoreImpl* store, const uint64_t* slots, Use&& use) {
    return [&]<size_t... I>(std::index_sequence<I...>) -> decltype(auto) {
      return std::forward<Use>(use)(Slot<Ts>::read(store, slots + offset<I>())...);
    }(std::index_sequence_for<Ts...>());
  }
};

/// The results of a function as one C++ type: void, a value, or a tuple of values.
template <class R>
struct Returned {
  static_assert(WasmType<R>, "a result is void, a wasm type, or a std::tuple of wasm types");
  using Row = SlotRow<R>;
  static bool write(StoreImpl* store, uint64_t* slots, const R& value) { return Row::write(store, slots, value); }
  static R read(StoreImpl* store, const uint64_t* slots) { return Slot<R>::read(store, slots); }
};
template <>
struct Returned<void> {
  using Row = SlotRow<>;
};
template <class... Ts>
struct Returned<std::tuple<Ts...>> {
  using Row = SlotRow<Ts...>;
  static bool write(StoreImpl* store, uint64_t* slots, const std::tuple<Ts...>& values) {
    return std::apply([&](const Ts&... each) { return Row::write(store, slots, each...); }, values);
  }
  static std::tuple<Ts...> read(StoreImpl* store, const uint64_t* slots) {
    return Row::read(store, slots, [](Ts... each) { return std::tuple<Ts...>(std::move(each)...); });
  }
};

/// Places that a call of this signature needs.
template <class Params, class Results>
inline constexpr size_t kCallSlots = Params::kCount > Results::kCount ? Params::kCount
                                                                      : (Results::kCount > 0 ? Results::kCount : 1);

}  // namespace wasmrun::detail
