#include "gc/layout.h"

#include <algorithm>

namespace wasmrun::gc {

Storage storageOf(const wasm::TypeRegistry& registry, wasm::ValType type) {
  switch (type.kind()) {
    case wasm::TypeKind::I8: return Storage::Bits8;
    case wasm::TypeKind::I16: return Storage::Bits16;
    case wasm::TypeKind::I32:
    case wasm::TypeKind::F32: return Storage::Bits32;
    case wasm::TypeKind::I64:
    case wasm::TypeKind::F64: return Storage::Bits64;
    case wasm::TypeKind::V128: return Storage::Bits128;
    default: break;
  }
  CHECK(type.isRef(), "a field has a storage type");
  return registry.topOf(type.heap()) == wasm::HeapType::Func ? Storage::Func : Storage::Ref;
}

// -- Placing fields --------------------------------------------------------------------------------------------------

u32 FieldPlacer::takeSmall(u32 log2) {
  u32 from = log2;
  while (from < 3 && free_[from] == 0) ++from;
  u32 offset;
  if (from < 3) {
    offset = std::exchange(free_[from], 0);
  } else {
    offset = end_;
    end_ += 8;
  }
  // The upper half of what is split stays free.
  while (from > log2) {
    --from;
    free_[from] = offset + (1u << from);
  }
  return offset;
}

FieldPlace FieldPlacer::place(Storage storage) {
  const u32 log2 = sizeLog2(storage);
  if (log2 < 3) return {takeSmall(log2), storage};
  return {std::exchange(end_, end_ + (1u << log2)), storage};
}

// -- LayoutSet -------------------------------------------------------------------------------------------------------

LayoutSet::LayoutSet(wasm::TypeRegistry& registry, std::span<const wasm::TypeId> types) : registry_(registry) {
  layouts_.reserve(types.size());
  held_.reserve(types.size());
  std::vector<wasm::ValType> fields;
  for (const wasm::TypeId id : types) {
    registry.retain(id);
    const wasm::TypeDef& def = registry.get(id);
    held_.push_back(wasm::TypeId(id.value - def.groupPosition));
    Layout& layout = layouts_.emplace_back();
    layout.type = typeWord(id);
    makeDisplay(layout, def);
    fields.assign(def.func.params.begin(), def.func.params.end());
    for (const wasm::FieldType& field : def.fields) fields.push_back(field.storage);
    if (def.kind == wasm::CompositeKind::Array) {
      layout.kind = ObjectKind::Array;
      layout.element = storageOf(registry, fields[0]);
      layout.elementLog2 = static_cast<u8>(sizeLog2(layout.element));
      layout.refTypes = arena_.copy(std::span<const wasm::ValType>(fields)).data();
    } else {
      layout.kind = def.kind == wasm::CompositeKind::Func ? ObjectKind::Exception : ObjectKind::Struct;
      makeFields(layout, fields, layout.kind == ObjectKind::Exception);
    }
    byType_.push_back(static_cast<u32>(byType_.size()));
  }
  std::ranges::sort(byType_, {}, [&](u32 position) { return layouts_[position].type; });
}

const Layout& LayoutSet::of(wasm::TypeId type) const {
  const auto typeAt = [&](u32 position) { return layouts_[position].type; };
  const auto found = std::ranges::lower_bound(byType_, typeWord(type), {}, typeAt);
  CHECK(found != byType_.end() && typeAt(*found) == typeWord(type), "a set has the layouts of its types");
  return layouts_[*found];
}

LayoutSet::~LayoutSet() {
  for (const wasm::TypeId first : held_) registry_.release(first);
}

void LayoutSet::makeFields(Layout& layout, std::span<const wasm::ValType> types, bool hasTag) {
  FieldPlacer placer;
  if (hasTag) placer.place(Storage::Bits32);
  const std::span<FieldPlace> places = arena_.make<FieldPlace>(types.size());
  std::vector<u32> refOffsets;
  std::vector<wasm::ValType> refTypes;
  for (size_t i = 0; i < types.size(); ++i) {
    places[i] = placer.place(storageOf(registry_, types[i]));
    if (places[i].storage != Storage::Ref) continue;
    // A gap of four bytes is taken by the next field of that size: there is never a reference behind it.
    DCHECK(refOffsets.empty() || refOffsets.back() < places[i].offset, "references lie in the order of their fields");
    refOffsets.push_back(places[i].offset);
    refTypes.push_back(types[i]);
  }
  layout.fields = places;
  layout.size = placer.size();
  layout.refCount = support::narrow<u32>(refOffsets.size());
  layout.refOffsets = arena_.copy(std::span<const u32>(refOffsets)).data();
  layout.refTypes = arena_.copy(std::span<const wasm::ValType>(refTypes)).data();
}

void LayoutSet::makeDisplay(Layout& layout, const wasm::TypeDef& def) {
  const std::span<u32> display = arena_.make<u32>(def.display.size());
  std::transform(def.display.begin(), def.display.end(), display.begin(), typeWord);
  std::copy_n(display.begin(), std::min<size_t>(display.size(), Layout::kShallow), layout.shallowDisplay);
  layout.display = display.data();
  layout.displaySize = support::narrow<u32>(display.size());
}

}  // namespace wasmrun::gc
