#include "baseline/loop_locals.h"

#include <algorithm>

namespace wasmrun::baseline {

namespace {

/// How much more a use counts that is one loop deeper.
constexpr u32 kInnerWeight = 8;
constexpr u32 kLargestCount = 1u << 20;

}  // namespace

void LoopLocals::read(wasm::DefinedFuncIndex index) {
  open_.clear();
  tables_.clear();
  loops_.clear();
  uses_.clear();
  const Result<void> result = reader_.readBody(index);
  CHECK(result.has_value(), "a body that is compiled has been validated");
}

void LoopLocals::loop(const wasm::Control&) {
  const u32 number = static_cast<u32>(loops_.size());
  open(number);
  loops_.push_back({0, 0});
  tables_.emplace_back().number = number;
}

void LoopLocals::add(Table& table, Use use) {
  for (u32 i = 0; i < table.used; ++i) {
    Use& known = table.uses[i];
    if (known.local != use.local) continue;
    known.count = std::min(known.count + use.count, kLargestCount);
    known.isWritten |= use.isWritten;
    return;
  }
  if (table.used < kMost) {
    table.uses[table.used++] = use;
    return;
  }
  table.isFull = true;
  u32 kept = 0;
  for (u32 i = 0; i < table.used; ++i) {
    if (table.uses[i].count <= use.count) continue;
    table.uses[i].count -= use.count;
    table.uses[kept++] = table.uses[i];
  }
  table.used = kept;
}

void LoopLocals::close() {
  if (open_.empty()) return;  // the function's own end
  const u32 loop = open_.back();
  open_.pop_back();
  if (loop == kNone) return;
  Table table = tables_.back();
  tables_.pop_back();
  const std::span<Use> uses(table.uses, table.used);
  std::sort(uses.begin(), uses.end(),
            [](const Use& a, const Use& b) { return a.count != b.count ? a.count > b.count : a.local < b.local; });
  loops_[loop].begin = static_cast<u32>(uses_.size());
  for (Use use : uses) {
    use.isWritten |= table.isFull;
    uses_.push_back(use);
    if (!tables_.empty())
      add(tables_.back(), {use.local, std::min(use.count * kInnerWeight, kLargestCount), use.isWritten});
  }
  if (!tables_.empty()) tables_.back().isFull |= table.isFull;
  loops_[loop].end = static_cast<u32>(uses_.size());
}

}  // namespace wasmrun::baseline
