#include "code/code_map.h"

#include <algorithm>

#include "support/check.h"

namespace wasmrun::code {

CodeChunk::CodeChunk(const u8* begin, u32 size)
    : begin_(begin),
      size_(size),
      capacity_(size / kBytesPerBlock),
      ends_(std::make_unique_for_overwrite<u32[]>(capacity_)),
      records_(new std::atomic<const FunctionRecord*>[capacity_]) {}

CodeChunk::~CodeChunk() {
  forEach([](const FunctionRecord& record) { delete &record; });
}

namespace {

u32 aligned(u32 offset, u32 alignment) { return (offset + alignment - 1) & ~(alignment - 1); }

}  // namespace

bool CodeChunk::hasRoom(u32 bytes, u32 alignment) const {
  if (count_.load(std::memory_order_relaxed) == capacity_) return false;
  return u64{aligned(used_, alignment)} + bytes <= size_;
}

CodeChunk::Place CodeChunk::add(u32 bytes, u32 alignment) {
  CHECK(hasRoom(bytes, alignment), "a block fits the chunk that it is put in");
  const u32 offset = aligned(used_, alignment);
  const u32 number = count_.load(std::memory_order_relaxed);
  used_ = offset + bytes;
  ends_[number] = used_;
  records_[number].store(nullptr, std::memory_order_relaxed);
  count_.store(number + 1, std::memory_order_release);  // `find` reads the arrays up to here
  return {offset, number};
}

void CodeChunk::publish(u32 number, std::unique_ptr<const FunctionRecord> record) {
  CHECK(number < count_.load(std::memory_order_acquire), "a block is made before it is published");
  const FunctionRecord* const before = records_[number].exchange(record.release(), std::memory_order_acq_rel);
  CHECK(before == nullptr, "a block is published once");
}

const FunctionRecord* CodeChunk::find(const u8* pc) const {
  const u32 count = count_.load(std::memory_order_acquire);
  const u32* const end = std::upper_bound(ends_.get(), ends_.get() + count, static_cast<u32>(pc - begin_));
  if (end == ends_.get() + count) return nullptr;
  const FunctionRecord* const record = records_[end - ends_.get()].load(std::memory_order_acquire);
  // Between two blocks there may be bytes of nobody.
  return record != nullptr && pc >= record->begin() && pc < record->end() ? record : nullptr;
}

CodeMap::CodeMap(const u8* begin, u32 units, platform::Mapping table)
    : begin_(begin), units_(units), table_(std::move(table)) {
  CHECK(table_.size() >= tableBytes(units), "each unit has an entry");
}

const FunctionRecord* CodeMap::find(const void* pc) const {
  if (!contains(pc)) return nullptr;
  const u64 unit = static_cast<u64>(static_cast<const u8*>(pc) - begin_) >> kUnitLog2;
  const CodeChunk* const chunk = entry(unit).load(std::memory_order_acquire);
  return chunk == nullptr ? nullptr : chunk->find(static_cast<const u8*>(pc));
}

void CodeMap::set(const CodeChunk& chunk, const CodeChunk* value) {
  const u64 first = static_cast<u64>(chunk.begin() - begin_) >> kUnitLog2;
  for (u64 unit = first; unit < first + chunk.size() / kUnitBytes; ++unit)
    entry(unit).store(value, std::memory_order_release);
}

}  // namespace wasmrun::code
