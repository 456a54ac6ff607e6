// ExportTable: exports by name.
#pragma once

#include <bit>
#include <span>
#include <string_view>
#include <vector>

#include "support/hash.h"
#include "wasm/module.h"

namespace wasmrun::wasm {

/// Open addressing with a seeded hash: constant time whatever names a module has. Holds indexes into the export list.
class ExportTable {
 public:
  /// Makes room for `count` exports; the table is empty after.
  void reset(size_t count) { slots_.assign(count == 0 ? 0 : std::bit_ceil(2 * count), Slot{}); }

  /// Adds exports[index]; false if an export before has its name. At most as many as `reset` made room for.
  bool insert(std::span<const Export> exports, u32 index) {
    Slot& slot = slotOf(exports, exports[index].name);
    if (slot.index != kEmpty) return false;
    slot = {index, static_cast<u32>(support::hashOf(exports[index].name) >> 32)};
    return true;
  }

  const Export* find(std::span<const Export> exports, std::string_view name) const {
    if (slots_.empty()) return nullptr;
    const Slot& slot = const_cast<ExportTable*>(this)->slotOf(exports, name);
    return slot.index == kEmpty ? nullptr : &exports[slot.index];
  }

 private:
  static constexpr u32 kEmpty = ~u32{0};
  struct Slot {
    u32 index = kEmpty;
    u32 tag = 0;  // the hash's upper half: most other names are told apart without a look at them
  };

  /// The slot with `name`, or the empty one where it belongs.
  Slot& slotOf(std::span<const Export> exports, std::string_view name) {
    const u64 hash = support::hashOf(name);
    for (size_t at = hash & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
      Slot& slot = slots_[at];
      if (slot.index == kEmpty || (slot.tag == hash >> 32 && exports[slot.index].name == name)) return slot;
    }
  }

  std::vector<Slot> slots_;
};

}  // namespace wasmrun::wasm
