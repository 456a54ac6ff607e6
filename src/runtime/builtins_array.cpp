// Builtins of arrays. Spec: exec/instructions, array.*.
#include "gc/array_ops.h"
#include "runtime/builtins.h"
#include "runtime/fields.h"
#include "runtime/store.h"

namespace wasmrun::runtime {

namespace {

u32 low(u64 slot) { return static_cast<u32>(slot); }

/// Whether [from, from + count) lies within `size`.
bool isWithin(u64 from, u64 count, u64 size) { return count <= size && from <= size - count; }

/// None if `ref` is an array that has the elements [from, from + count).
TrapKind checkRange(const gc::Heap& heap, gc::Ref ref, u32 from, u32 count) {
  if (ref.isNull()) return TrapKind::NullArrayReference;
  return isWithin(from, count, heap.at(ref).length) ? TrapKind::None : TrapKind::ArrayOutOfBounds;
}

u8* elementAt(const gc::Heap& heap, const gc::Layout& layout, gc::Ref array, u32 index) {
  return heap.at(array).bytes() + gc::kElementsOffset + (u64{index} << layout.elementLog2);
}

/// What array.fill and array.new fill with.
gc::ElementBits encode(Store& store, const gc::Layout& layout, const u64* slots) {
  gc::ElementBits bits;
  encodeField(store, layout.element, slots, bits.words);
  return bits;
}

u64 segmentSize(const Instance& instance, wasm::ElemIndex elem) {
  return instance.isDropped(elem) ? 0 : instance.module->elements[elem.value].size();
}

std::span<const u8> dataOf(const Instance& instance, wasm::DataIndex data) {
  return instance.isDropped(data) ? std::span<const u8>() : instance.module->data[data.value].bytes;
}

void setFromSegment(Instance& instance, gc::Ref array, const gc::Layout& layout, u32 to, wasm::ElemIndex elem, u32 from,
                    u32 count) {
  if (count == 0) return;
  gc::Heap& heap = *instance.store->heap();
  u8* place = elementAt(heap, layout, array, to);
  for (u32 i = 0; i < count; ++i, place += u64{1} << layout.elementLog2) {
    const u64 value = elementValue(instance, elem, from + i);
    writeField(*instance.store, place, layout.element, &value);
  }
  if (layout.element == gc::Storage::Ref)
    heap.wroteRefs(array, gc::kElementsOffset + (u64{to} << layout.elementLog2), u64{count} << layout.elementLog2);
}

TrapKind memoryOutOfBounds(Instance& instance) {
  instance.context->pending = Pending{};
  return TrapKind::MemoryOutOfBounds;
}

TrapKind tableOutOfBounds(Instance& instance) {
  instance.context->pending = Pending{};
  return TrapKind::TableOutOfBounds;
}

}  // namespace

// -- Making ----------------------------------------------------------------------------------------------------------

TrapKind arrayNew(Instance& instance, wasm::TypeId type, u64* slots) {
  gc::Heap& heap = *instance.store->heap();
  const gc::Layout& layout = heap.layoutOf(type);
  const u32 length = low(slots[slotsOf(layout.element)]);
  const gc::AllocResult made = heap.allocateArray(layout, length);
  if (!made) return allocationTrap(*instance.store, made.error());
  gc::fillElements(heap, *made, 0, length, encode(*instance.store, layout, slots));
  slots[0] = made->slot();
  return TrapKind::None;
}

TrapKind arrayNewDefault(Instance& instance, wasm::TypeId type, u64* slots) {
  gc::Heap& heap = *instance.store->heap();
  const gc::AllocResult made = heap.allocateArrayZeroed(heap.layoutOf(type), low(slots[0]));
  if (!made) return allocationTrap(*instance.store, made.error());
  slots[0] = made->slot();
  return TrapKind::None;
}

TrapKind arrayNewFixed(Instance& instance, wasm::TypeId type, u32 length, u64* slots) {
  gc::Heap& heap = *instance.store->heap();
  const gc::Layout& layout = heap.layoutOf(type);
  const gc::AllocResult made = heap.allocateArray(layout, length);
  if (!made) return allocationTrap(*instance.store, made.error());
  u8* place = elementAt(heap, layout, *made, 0);
  const u64* from = slots;
  for (u32 i = 0; i < length; ++i, place += u64{1} << layout.elementLog2, from += slotsOf(layout.element))
    writeField(*instance.store, place, layout.element, from);
  if (layout.element == gc::Storage::Ref) heap.wroteRefs(*made, gc::kElementsOffset, u64{length} * sizeof(gc::Ref));
  slots[0] = made->slot();
  return TrapKind::None;
}

TrapKind arrayNewData(Instance& instance, wasm::TypeId type, wasm::DataIndex data, u64* slots) {
  gc::Heap& heap = *instance.store->heap();
  const gc::Layout& layout = heap.layoutOf(type);
  const u32 from = low(slots[0]), length = low(slots[1]);
  const std::span<const u8> bytes = dataOf(instance, data);
  const u64 size = u64{length} << layout.elementLog2;
  if (!isWithin(from, size, bytes.size())) return memoryOutOfBounds(instance);
  const gc::AllocResult made = heap.allocateArray(layout, length);
  if (!made) return allocationTrap(*instance.store, made.error());
  gc::setElements(heap, *made, 0, bytes.subspan(from, size));
  slots[0] = made->slot();
  return TrapKind::None;
}

TrapKind arrayNewElem(Instance& instance, wasm::TypeId type, wasm::ElemIndex elem, u64* slots) {
  gc::Heap& heap = *instance.store->heap();
  const gc::Layout& layout = heap.layoutOf(type);
  const u32 from = low(slots[0]), length = low(slots[1]);
  if (!isWithin(from, length, segmentSize(instance, elem))) return tableOutOfBounds(instance);
  const gc::AllocResult made = heap.allocateArray(layout, length);
  if (!made) return allocationTrap(*instance.store, made.error());
  setFromSegment(instance, *made, layout, 0, elem, from, length);
  slots[0] = made->slot();
  return TrapKind::None;
}

// -- Elements --------------------------------------------------------------------------------------------------------

TrapKind arrayFill(Instance& instance, wasm::TypeId type, const u64* slots) {
  gc::Heap& heap = *instance.store->heap();
  const gc::Layout& layout = heap.layoutOf(type);
  const gc::Ref array = gc::Ref::fromSlot(slots[0]);
  const u32 index = low(slots[1]), count = low(slots[2 + slotsOf(layout.element)]);
  const TrapKind trap = checkRange(heap, array, index, count);
  if (trap != TrapKind::None) return trap;
  gc::fillElements(heap, array, index, count, encode(*instance.store, layout, slots + 2));
  instance.context->chargeBulk(count);
  return TrapKind::None;
}

TrapKind arrayCopy(Instance& instance, const u64* slots) {
  gc::Heap& heap = *instance.store->heap();
  const gc::Ref to = gc::Ref::fromSlot(slots[0]), from = gc::Ref::fromSlot(slots[2]);
  const u32 toIndex = low(slots[1]), fromIndex = low(slots[3]), count = low(slots[4]);
  if (to.isNull() || from.isNull()) return TrapKind::NullArrayReference;
  for (const TrapKind trap : {checkRange(heap, to, toIndex, count), checkRange(heap, from, fromIndex, count)})
    if (trap != TrapKind::None) return trap;
  gc::copyElements(heap, to, toIndex, from, fromIndex, count);
  instance.context->chargeBulk(count);
  return TrapKind::None;
}

TrapKind arrayInitData(Instance& instance, wasm::TypeId type, wasm::DataIndex data, const u64* slots) {
  gc::Heap& heap = *instance.store->heap();
  const gc::Ref array = gc::Ref::fromSlot(slots[0]);
  const u32 to = low(slots[1]), from = low(slots[2]), count = low(slots[3]);
  const TrapKind trap = checkRange(heap, array, to, count);
  if (trap != TrapKind::None) return trap;
  const std::span<const u8> bytes = dataOf(instance, data);
  const u64 size = u64{count} << heap.layoutOf(type).elementLog2;
  if (!isWithin(from, size, bytes.size())) return memoryOutOfBounds(instance);
  gc::setElements(heap, array, to, bytes.subspan(from, size));
  instance.context->chargeBulk(count);
  return TrapKind::None;
}

TrapKind arrayInitElem(Instance& instance, wasm::TypeId type, wasm::ElemIndex elem, const u64* slots) {
  gc::Heap& heap = *instance.store->heap();
  const gc::Ref array = gc::Ref::fromSlot(slots[0]);
  const u32 to = low(slots[1]), from = low(slots[2]), count = low(slots[3]);
  const TrapKind trap = checkRange(heap, array, to, count);
  if (trap != TrapKind::None) return trap;
  if (!isWithin(from, count, segmentSize(instance, elem))) return tableOutOfBounds(instance);
  setFromSegment(instance, array, heap.layoutOf(type), to, elem, from, count);
  instance.context->chargeBulk(count);
  return TrapKind::None;
}

}  // namespace wasmrun::runtime
