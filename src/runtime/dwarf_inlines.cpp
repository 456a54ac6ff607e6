#include "runtime/dwarf_inlines.h"

#include <algorithm>
#include <utility>

#include "runtime/dwarf_entries.h"
#include "runtime/dwarf_lines.h"

namespace wasmrun::runtime {

using support::ByteReader;

namespace {

constexpr u64 kInlinedSubroutine = 0x1d;  // DW_TAG
constexpr u64 kEffortOfOneLookup = 100'000;

u64 effortFor(const DwarfSections& sections) {
  return 1000 + 2 * (sections.info.size() + sections.abbreviations.size() + sections.ranges.size() +
                     sections.rangeLists.size());
}

}  // namespace

DwarfInlines::DwarfInlines(const wasm::Module& module) : module_(&module) {
  const DwarfSections sections(module);
  if (sections.info.empty() || sections.codeSize == 0) return;
  codeStart_ = sections.codeStart;
  DwarfEntryReader entries(sections, effortFor(sections), false);
  for (u64 offset = 0; offset < sections.info.size();) {
    const DwarfUnitHeader unit = entries.readUnit(offset);
    if (unit.end <= offset) break;
    units_.push_back(offset);
    offset = unit.end;
    ByteReader reader(sections.info.subspan(unit.entries, unit.end - unit.entries));
    // How many inlined calls each open entry is in; children are closed by entries without a tag.
    std::vector<u32> depths{0};
    while (!reader.atEnd() && !entries.isTired()) {
      const DwarfEntry entry = entries.readEntry(reader, unit);
      if (!reader.ok()) break;
      if (entry.tag == 0) {
        if (depths.size() > 1) depths.pop_back();
        continue;
      }
      u32 depth = depths.back();
      if (entry.tag == kInlinedSubroutine) {
        ++depth;
        entries.forEachRange(entry, unit, [&](u64 begin, u64 end) {
          // Functions that the linker dropped have addresses 0 or past the end.
          if (begin == 0 || end > sections.codeSize) return;
          calls_.push_back({static_cast<u32>(begin), static_cast<u32>(end), static_cast<u32>(units_.size() - 1), depth,
                            entry.callLine, entry.callColumn, entry.callFile, entry.origin.value_or(~u64{0})});
        });
      }
      if (entry.hasChildren) depths.push_back(depth);
    }
  }
  std::sort(calls_.begin(), calls_.end(),
            [](const Call& a, const Call& b) { return std::pair(a.begin, a.depth) < std::pair(b.begin, b.depth); });
  for (const Call& call : calls_) lastEnd_.push_back(std::max(call.end, lastEnd_.empty() ? 0 : lastEnd_.back()));
}

std::vector<DwarfInlines::Inlined> DwarfInlines::find(u64 moduleOffset) const {
  std::vector<Inlined> found;
  if (calls_.empty() || moduleOffset < codeStart_) return found;
  const u64 address = moduleOffset - codeStart_;
  const auto after = std::upper_bound(calls_.begin(), calls_.end(), address,
                                      [](u64 wanted, const Call& call) { return wanted < call.begin; });
  std::vector<const Call*> around;
  for (size_t i = static_cast<size_t>(after - calls_.begin()); i-- > 0 && lastEnd_[i] > address;)
    if (address < calls_[i].end) around.push_back(&calls_[i]);
  std::sort(around.begin(), around.end(), [](const Call* a, const Call* b) { return a->depth > b->depth; });

  const DwarfSections sections(*module_);
  DwarfEntryReader entries(sections, kEffortOfOneLookup, true);
  for (const Call* call : around) {
    const DwarfUnitHeader unit = entries.readUnit(units_[call->unit]);
    Inlined inlined;
    inlined.function = nameAt(call->origin);
    if (unit.lineTable) inlined.call.file = readDwarfFileName(sections, *unit.lineTable, unit.directory, call->file);
    inlined.call.line = call->line;
    inlined.call.column = call->column;
    found.push_back(std::move(inlined));
  }
  return found;
}

/// The name of the function whose entry is at `origin`, which may leave it to the entry of its declaration.
std::string DwarfInlines::nameAt(u64 origin) const {
  constexpr int kMostSteps = 4;
  const DwarfSections sections(*module_);
  DwarfEntryReader entries(sections, kEffortOfOneLookup, true);
  std::string name;
  for (int i = 0; i < kMostSteps && origin < sections.info.size(); ++i) {
    const auto after = std::upper_bound(units_.begin(), units_.end(), origin);
    if (after == units_.begin()) break;
    const DwarfUnitHeader unit = entries.readUnit(after[-1]);
    if (origin < unit.entries || origin >= unit.end) break;
    ByteReader reader(sections.info.subspan(origin, unit.end - origin));
    const DwarfEntry entry = entries.readEntry(reader, unit);
    if (!entry.linkageName.empty()) return std::string(entry.linkageName);
    if (name.empty()) name = entry.name;
    const std::optional<u64> next = entry.origin ? entry.origin : entry.specification;
    if (!next || *next == origin) break;
    origin = *next;
  }
  return name;
}

}  // namespace wasmrun::runtime
