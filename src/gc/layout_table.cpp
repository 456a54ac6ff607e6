#include "gc/layout_table.h"

#include <algorithm>

#include "gc/object.h"

namespace wasmrun::gc {

namespace {

constexpr Layout kHostLayout = [] {
  Layout layout;
  layout.kind = ObjectKind::Host;
  layout.size = kHostNumberOffset + sizeof(u32);
  layout.type = kHostType;
  return layout;
}();
static_assert(kHostLayout.size % kGranule == 0);

}  // namespace

Result<LayoutTable> LayoutTable::make() {
  LayoutTable table;
  WASMRUN_TRY(table.growTo(kHostType + 1));
  table.set(kHostLayout);
  return table;
}

Result<void> LayoutTable::growTo(u32 end) {
  if (end <= end_) return {};
  const u64 bytes = platform::roundUpToPage(u64{end} * sizeof(const Layout*));
  WASMRUN_TRY(mapping_.resize(bytes));
  end_ = support::narrow<u32>(bytes / sizeof(const Layout*));
  return {};
}

void LayoutTable::set(const Layout& layout) {
  reinterpret_cast<const Layout**>(mapping_.base())[layout.type] = &layout;
}

Result<void> LayoutTable::add(std::shared_ptr<const LayoutSet> set) {
  u32 end = 0;
  for (const Layout& layout : set->layouts()) end = std::max(end, layout.type + 1);
  WASMRUN_TRY(growTo(end));
  for (const Layout& layout : set->layouts())
    if (entries()[layout.type] == nullptr) this->set(layout);
  sets_.push_back(std::move(set));
  return {};
}

}  // namespace wasmrun::gc
