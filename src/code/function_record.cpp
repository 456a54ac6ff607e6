#include "code/function_record.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <type_traits>

#include "code/function_record_builder.h"

namespace wasmrun::code {

const u8* FunctionRecord::loopEntry(u32 wasmOffset) const {
  const auto entry =
      std::lower_bound(loopEntries_.begin(), loopEntries_.end(), wasmOffset,
                       [](const LoopEntry& candidate, u32 offset) { return candidate.wasmOffset < offset; });
  if (entry == loopEntries_.end() || entry->wasmOffset != wasmOffset) return nullptr;
  return begin_ + entry->codeOffset;
}

const DataRange* FunctionRecord::dataAt(u32 codeOffset) const {
  const auto after =
      std::upper_bound(data_.begin(), data_.end(), codeOffset,
                       [](u32 offset, const DataRange& candidate) { return offset < candidate.codeOffset; });
  if (after == data_.begin()) return nullptr;
  const DataRange& last = *std::prev(after);
  return codeOffset - last.codeOffset < last.size ? &last : nullptr;
}

const StubPart* FunctionRecord::stubPartAt(u32 codeOffset) const {
  const auto after =
      std::upper_bound(stubParts_.begin(), stubParts_.end(), codeOffset,
                       [](u32 offset, const StubPart& candidate) { return offset < candidate.codeOffset; });
  return after == stubParts_.begin() ? nullptr : &*std::prev(after);
}

const StubReturn* FunctionRecord::stubReturnAt(u32 codeOffset) const {
  for (const StubReturn& candidate : stubReturns_)  // a handful
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
  tryRanges_.push_back({kind, parent, delegateTo, support::narrow<u32>(clauses_.size()), 0});
  return support::narrow<u32>(tryRanges_.size() - 1);
}

u32 FunctionRecordBuilder::addClause(const CatchClause& clause) {
  CHECK(!tryRanges_.empty(), "a clause belongs to a range");
  ++tryRanges_.back().clauseCount;
  clauses_.push_back(clause);
  return support::narrow<u32>(clauses_.size() - 1);
}

void FunctionRecordBuilder::addData(u32 codeOffset, u32 size) {
  CHECK(size % 4 == 0, "a jump table has whole words");
  data_.push_back({codeOffset, size});
}

namespace {

/// Lays arrays out in one allocation, those of the largest alignment first.
class Storage {
 public:
  template <class T>
  void reserve(std::span<const T> items) {
    size_ += items.size_bytes();
  }
  std::unique_ptr<std::byte[]> allocate() {
    auto bytes = std::make_unique_for_overwrite<std::byte[]>(size_);
    at_ = bytes.get();
    return bytes;
  }
  template <class T>
  std::span<const T> copy(std::span<const T> items) {
    static_assert(std::is_trivially_copyable_v<T>);
    T* const first = reinterpret_cast<T*>(at_);
    DCHECK(reinterpret_cast<uintptr_t>(first) % alignof(T) == 0, "arrays of a record are aligned");
    if (!items.empty()) std::memcpy(first, items.data(), items.size_bytes());
    at_ += items.size_bytes();
    return {first, items.size()};
  }
  u64 size() const { return size_; }

 private:
  u64 size_ = 0;
  std::byte* at_ = nullptr;
};

template <class T>
std::span<const T> all(const std::vector<T>& items) {
  return items;
}

}  // namespace

std::unique_ptr<FunctionRecord> FunctionRecordBuilder::finish(const u8* begin, u32 size) {
  std::sort(loopEntries_.begin(), loopEntries_.end(),
            [](const LoopEntry& a, const LoopEntry& b) { return a.wasmOffset < b.wasmOffset; });
  std::sort(stubParts_.begin(), stubParts_.end(),
            [](const StubPart& a, const StubPart& b) { return a.codeOffset < b.codeOffset; });
  std::unique_ptr<FunctionRecord> record(new FunctionRecord());
  record->identity_ = identity_;
  record->begin_ = begin;
  record->size_ = size;

  CHECK(data_.empty() || u64{data_.back().codeOffset} + data_.back().size <= size, "data lies in the code");

  // By alignment: pointers, 32-bit numbers, bytes.
  Storage storage;
  const auto forAll = [&](auto&& array, auto&& bytes) {
    array(all(stubParts_), record->stubParts_);
    array(all(references_), record->references_);
    array(all(tryRanges_), record->tryRanges_);
    array(all(clauses_), record->clauses_);
    array(all(loopEntries_), record->loopEntries_);
    array(all(data_), record->data_);
    array(all(stubReturns_), record->stubReturns_);
    bytes(calls_, record->calls_);
    bytes(accesses_, record->accesses_);
  };
  forAll([&](auto items, auto&) { storage.reserve(items); },
         [&](const SiteListBuilder& sites, SiteList&) {
           storage.reserve(sites.index());
           storage.reserve(sites.bytes());
         });
  record->storage_ = storage.allocate();
  record->storageBytes_ = storage.size();
  std::span<const SiteIndex> indexes[2];
  u32 lists = 0;
  forAll([&](auto items, auto& target) { target = storage.copy(items); },
         [&](const SiteListBuilder& sites, SiteList&) { indexes[lists++] = storage.copy(sites.index()); });
  lists = 0;
  forAll([](auto, auto&) {},
         [&](const SiteListBuilder& sites, SiteList& target) {
           target =
               SiteList(sites.kind(), sites.wasmBegin(), sites.count(), indexes[lists++], storage.copy(sites.bytes()));
         });
  return record;
}

}  // namespace wasmrun::code
