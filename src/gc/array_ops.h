// Operations on many elements of an array, with the barriers they need. Bounds are the caller's: spec:
// exec/instructions, array.fill, array.copy, array.init_*.
#pragma once

#include <span>

#include "gc/heap.h"

namespace wasmrun::gc {

/// An element's bits, as in memory: the first bytes count.
struct ElementBits {
  u64 words[2] = {};
};

/// Sets `count` elements from `index` on.
void fillElements(Heap& heap, Ref array, u32 index, u32 count, const ElementBits& value);

/// Copies between arrays whose elements are stored the same way; they may be one array, and the ranges may overlap.
void copyElements(Heap& heap, Ref to, u32 toIndex, Ref from, u32 fromIndex, u32 count);

/// Sets elements that are not references to consecutive bytes of `bytes`, which are of any alignment; there are as many
/// as the elements take.
void setElements(Heap& heap, Ref array, u32 index, std::span<const u8> bytes);

/// Sets elements to references from slots, of any hierarchy but func.
void setElementsFromSlots(Heap& heap, Ref array, u32 index, std::span<const u64> slots);

}  // namespace wasmrun::gc
