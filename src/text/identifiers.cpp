#include "text/identifiers.h"

#include <algorithm>

#include "support/text.h"
#include "text/printed_literals.h"

namespace wasmrun::text {

using support::concat;
using wasm::EntryName;

IdSpace::IdSpace(std::span<const EntryName> names) {
  std::vector<std::string_view> taken;
  taken.reserve(names.size());
  for (const EntryName& name : names) taken.push_back(name.name);
  std::ranges::sort(taken);

  // Of equal names, first comes who has the lowest index.
  std::vector<u32> order(names.size());
  for (u32 i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, {}, [&](u32 i) { return std::pair(names[i].name, i); });

  entries_.resize(names.size());
  for (size_t i = 0; i < order.size(); ++i) {
    const EntryName& name = names[order[i]];
    Entry& entry = entries_[order[i]];
    entry = {name.index, name.name, name.name};
    if (name.name.empty() || i == 0 || names[order[i - 1]].name != name.name) continue;
    // No two made ones are equal: they end in different indices, whatever is behind.
    std::string id = concat(name.name, '.', name.index);
    while (std::ranges::binary_search(taken, std::string_view(id))) id += '_';
    entry.id = made_.emplace_front(std::move(id));
  }
}

const IdSpace::Entry* IdSpace::find(u32 index) const {
  // Most name sections name everything.
  if (index < entries_.size() && entries_[index].index == index) return &entries_[index];
  const auto found = std::ranges::lower_bound(entries_, index, {}, &Entry::index);
  return found != entries_.end() && found->index == index ? &*found : nullptr;
}

std::string_view IdSpace::id(u32 index) const {
  const Entry* const entry = find(index);
  return entry ? entry->id : std::string_view();
}

void IdSpace::printDefinition(std::string& out, u32 index) const {
  const Entry* const entry = find(index);
  if (!entry) return;
  if (!entry->id.empty()) out += ' ', printId(out, entry->id);
  if (entry->id.empty() || entry->id != entry->name) {
    out += " (@name ";
    printName(out, entry->name);
    out += ')';
  }
}

void IdSpace::printReference(std::string& out, u32 index) const {
  out += ' ';
  if (const std::string_view name = id(index); !name.empty())
    printId(out, name);
  else
    support::appendTo(out, index);
}

}  // namespace wasmrun::text
