// How values go between frame slots and the fields and elements of objects.
#pragma once

#include "gc/layout.h"
#include "support/int.h"

namespace wasmrun::runtime {

class Store;

/// Frame slots that a field's value takes.
constexpr u32 slotsOf(gc::Storage storage) { return storage == gc::Storage::Bits128 ? 2 : 1; }

/// Reads the field at `place` into slots; packed ones are extended to 32 bits, with their sign if `isSigned`.
void readField(const Store& store, const u8* place, gc::Storage storage, bool isSigned, u64* slots);

/// Writes slots to the field at `place`. The write barrier is the caller's.
void writeField(Store& store, u8* place, gc::Storage storage, const u64* slots);

/// What lies in memory for the value in slots: the first bytes of `bits` count, as many as the storage takes.
void encodeField(Store& store, gc::Storage storage, const u64* slots, u64 (&bits)[2]);

}  // namespace wasmrun::runtime
