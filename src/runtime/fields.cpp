#include "runtime/fields.h"

#include <cstring>

#include "runtime/store.h"

namespace wasmrun::runtime {

namespace {

template <class T>
T load(const u8* place) {
  T value;
  std::memcpy(&value, place, sizeof value);
  return value;
}

}  // namespace

void readField(const Store& store, const u8* place, gc::Storage storage, bool isSigned, u64* slots) {
  switch (storage) {
    case gc::Storage::Bits8: slots[0] = isSigned ? static_cast<u32>(load<i8>(place)) : load<u8>(place); break;
    case gc::Storage::Bits16: slots[0] = isSigned ? static_cast<u32>(load<i16>(place)) : load<u16>(place); break;
    case gc::Storage::Bits32:
    case gc::Storage::Ref: slots[0] = load<u32>(place); break;
    case gc::Storage::Bits64: slots[0] = load<u64>(place); break;
    case gc::Storage::Bits128: std::memcpy(slots, place, 16); break;
    case gc::Storage::Func: slots[0] = reinterpret_cast<u64>(store.funcOf(load<u32>(place))); break;
  }
}

void encodeField(Store& store, gc::Storage storage, const u64* slots, u64 (&bits)[2]) {
  bits[0] = storage == gc::Storage::Func ? store.numberOf(reinterpret_cast<Func*>(slots[0])) : slots[0];
  bits[1] = storage == gc::Storage::Bits128 ? slots[1] : 0;
}

void writeField(Store& store, u8* place, gc::Storage storage, const u64* slots) {
  u64 bits[2];
  encodeField(store, storage, slots, bits);
  switch (gc::sizeLog2(storage)) {
    case 0: std::memcpy(place, bits, 1); break;
    case 1: std::memcpy(place, bits, 2); break;
    case 2: std::memcpy(place, bits, 4); break;
    case 3: std::memcpy(place, bits, 8); break;
    default: std::memcpy(place, bits, 16); break;
  }
}

}  // namespace wasmrun::runtime
