#include "wasm/branch_hints.h"

#include <algorithm>

#include "support/byte_reader.h"

namespace wasmrun::wasm {

using support::ByteReader;

BranchHints BranchHints::read(const Module& module) {
  for (const CustomSection& section : module.customSections) {
    if (section.name != "metadata.code.branch_hint") continue;
    BranchHints hints;
    if (hints.readSection(module, section.payload)) return hints;
  }
  return {};
}

bool BranchHints::readSection(const Module& module, std::span<const u8> payload) {
  ByteReader reader(payload);
  for (u32 functions = reader.readU32(); functions > 0; --functions) {
    const u32 index = reader.readU32();
    const u32 count = reader.readU32();
    if (!reader.ok() || index < module.importedFuncs || index >= module.funcTypes.size()) return false;
    if (!functions_.empty() && index <= functions_.back().index) return false;
    const u32 bodySize = module.bodies[index - module.importedFuncs].size;
    const u32 begin = static_cast<u32>(hints_.size());
    for (u32 i = 0; i < count; ++i) {
      const u32 offset = reader.readU32();
      const u32 size = reader.readU32();
      const u8 value = reader.readByte();
      if (!reader.ok() || size != 1 || value > 1 || offset >= bodySize) return false;
      if (i != 0 && offset <= hints_.back().bodyOffset) return false;
      hints_.push_back({offset, value == 1});
    }
    functions_.push_back({index, begin, static_cast<u32>(hints_.size())});
  }
  return reader.ok() && reader.atEnd();
}

std::span<const BranchHint> BranchHints::of(FuncIndex index) const {
  const auto found = std::ranges::lower_bound(functions_, index.value, {}, &Function::index);
  if (found == functions_.end() || found->index != index.value) return {};
  return std::span(hints_).subspan(found->begin, found->end - found->begin);
}

}  // namespace wasmrun::wasm
