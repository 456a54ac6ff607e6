#include "code/function_record.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "code/function_record_builder.h"

namespace wasmrun::code {

const u8* FunctionRecord::loopEntry(u32 wasmOffset) const {
  const std::span<const LoopEntry> all = loopEntries();
  const auto entry = std::lower_bound(all.begin(), all.end(), wasmOffset, [](const LoopEntry& candidate, u32 offset) {
    return candidate.wasmOffset < offset;
  });
  if (entry == all.end() || entry->wasmOffset != wasmOffset) return nullptr;
  return begin_ + entry->codeOffset;
}

const DataRange* FunctionRecord::dataAt(u32 codeOffset) const {
  const std::span<const DataRange> all = part<DataRange>(kData);
  const auto after = std::upper_bound(all.begin(), all.end(), codeOffset, [](u32 offset, const DataRange& candidate) {
    return offset < candidate.codeOffset;
  });
  if (after == all.begin()) return nullptr;
  const DataRange& last = *std::prev(after);
  return codeOffset - last.codeOffset < last.size ? &last : nullptr;
}

const StubPart* FunctionRecord::stubPartAt(u32 codeOffset) const {
  const std::span<const StubPart> all = stubParts();
  const auto after = std::upper_bound(all.begin(), all.end(), codeOffset, [](u32 offset, const StubPart& candidate) {
    return offset < candidate.codeOffset;
  });
  return after == all.begin() ? nullptr : &*std::prev(after);
}

const StubReturn* FunctionRecord::stubReturnAt(u32 codeOffset) const {
  for (const StubReturn& candidate : stubReturns())  // a handful
    if (candidate.codeOffset == codeOffset) return &candidate;
  return nullptr;
}

// -- Building --------------------------------------------------------------------------------------------------------

void FunctionRecordBuilder::begin(const CodeIdentity& identity) {
  identity_ = identity;
  calls_.reset(identity.wasmBegin);
  accesses_.reset(identity.wasmBegin);
  references_.clear();
  lastLonger_.clear();
  lastFromEmpty_ = kNone;
  tryRanges_.clear();
  clauses_.clear();
  loopEntries_.clear();
  data_.clear();
  stubParts_.clear();
  stubReturns_.clear();
}

u32 FunctionRecordBuilder::addReference(u32 rest, u32 slot) {
  const u32 known = rest == kNone ? lastFromEmpty_ : lastLonger_[rest];
  if (known != kNone && references_[known].slot == slot) return known;
  const u32 chain = support::narrow<u32>(references_.size());
  references_.push_back({slot, rest});
  lastLonger_.push_back(kNone);
  (rest == kNone ? lastFromEmpty_ : lastLonger_[rest]) = chain;
  return chain;
}

u32 FunctionRecordBuilder::addReferences(std::span<const u32> slots) {
  u32 chain = kNone;
  for (const u32 slot : slots) chain = addReference(chain, slot);
  return chain;
}

u32 FunctionRecordBuilder::addTryRange(TryRange::Kind kind, u32 parent, u32 delegateTo) {
  tryRanges_.push_back({kind, parent, delegateTo});
  return support::narrow<u32>(tryRanges_.size() - 1);
}

void FunctionRecordBuilder::setDelegate(u32 range, u32 delegateTo) {
  tryRanges_[range].kind = TryRange::Kind::Delegate;
  tryRanges_[range].delegateTo = delegateTo;
}

u32 FunctionRecordBuilder::addClause(u32 range, const CatchClause& clause) {
  CHECK(range < tryRanges_.size(), "a clause belongs to a range");
  ++tryRanges_[range].clauseCount;
  clauses_.push_back({range, clause});
  return support::narrow<u32>(clauses_.size() - 1);
}

/// Clauses of one range lie one after the other, in the order they were added.
void FunctionRecordBuilder::sortClauses() {
  u32 next = 0;
  for (TryRange& range : tryRanges_) {
    range.firstClause = next;
    next += range.clauseCount;
  }
  sortedClauses_.resize(clauses_.size());
  std::vector<u32> taken(tryRanges_.size());
  for (const RangeClause& added : clauses_)
    sortedClauses_[tryRanges_[added.range].firstClause + taken[added.range]++] = added.clause;
}

void FunctionRecordBuilder::addData(u32 codeOffset, u32 size) {
  CHECK(size % 4 == 0, "a jump table has whole words");
  data_.push_back({codeOffset, size});
}

std::unique_ptr<FunctionRecord> FunctionRecordBuilder::finish(const u8* begin, u32 size) {
  std::sort(loopEntries_.begin(), loopEntries_.end(),
            [](const LoopEntry& a, const LoopEntry& b) { return a.wasmOffset < b.wasmOffset; });
  std::sort(stubParts_.begin(), stubParts_.end(),
            [](const StubPart& a, const StubPart& b) { return a.codeOffset < b.codeOffset; });
  sortClauses();
  CHECK(data_.empty() || u64{data_.back().codeOffset} + data_.back().size <= size, "data lies in the code");

  std::unique_ptr<FunctionRecord> record(new FunctionRecord());
  record->identity_ = identity_;
  record->begin_ = begin;
  record->size_ = size;
  record->callCount_ = calls_.count();
  record->accessCount_ = accesses_.count();
  // Once to measure, once to copy.
  const auto forEachPart = [&](auto&& visit) {
    const auto show = [&](FunctionRecord::Part which, auto items) {
      static_assert(std::is_trivially_copyable_v<typename decltype(items)::element_type>);
      visit(which, std::as_bytes(items));
    };
    show(FunctionRecord::kStubParts, std::span(stubParts_));
    show(FunctionRecord::kReferences, std::span(references_));
    show(FunctionRecord::kTryRanges, std::span(tryRanges_));
    show(FunctionRecord::kClauses, std::span(sortedClauses_));
    show(FunctionRecord::kLoopEntries, std::span(loopEntries_));
    show(FunctionRecord::kData, std::span(data_));
    show(FunctionRecord::kStubReturns, std::span(stubReturns_));
    show(FunctionRecord::kCallIndex, calls_.index());
    show(FunctionRecord::kAccessIndex, accesses_.index());
    show(FunctionRecord::kCallBytes, calls_.bytes());
    show(FunctionRecord::kAccessBytes, accesses_.bytes());
  };
  u64 total = 0;
  forEachPart([&](u32 which, std::span<const std::byte> items) {
    total += items.size();
    record->ends_[which] = support::narrow<u32>(total);
  });
  record->storage_ = std::make_unique_for_overwrite<std::byte[]>(total);
  std::byte* at = record->storage_.get();
  forEachPart([&](u32, std::span<const std::byte> items) {
    if (!items.empty()) std::memcpy(at, items.data(), items.size());
    at += items.size();
  });
  return record;
}

}  // namespace wasmrun::code
