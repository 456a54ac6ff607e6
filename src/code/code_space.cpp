#include "code/code_space.h"

#include <algorithm>

#include "platform/address_space.h"
#include "support/text.h"

namespace wasmrun::code {

using platform::CodeMapping;

// -- The space -------------------------------------------------------------------------------------------------------

namespace {

/// Slots take this share of the space: a function with the shortest code has 15 times a slot's bytes of it.
constexpr u64 kSlotShare = 16;

/// The larger of the mappings that can be had when `size` bytes are tried first, then always half. Dual, if any size
/// can be: the other kind costs a page a function.
Result<CodeMapping> reserve(u64 size, CodeMapping::Views views) {
  for (;; size /= 2) {
    const u64 data = size / kSlotShare & ~u64{CodeMap::kUnitBytes - 1};
    const u64 code = (size - data) & ~u64{CodeMap::kUnitBytes - 1};
    auto mapping = CodeMapping::make(data, code, views);
    if (mapping || size / 2 < CodeSpaceOptions::kSmallestSize) return mapping;
  }
}

u32 unitsOf(const CodeMapping& mapping) { return support::narrow<u32>(mapping.codeSize() / CodeMap::kUnitBytes); }

u64 unitAligned(u64 bytes) {
  const u64 granule = std::max<u64>(CodeMap::kUnitBytes, platform::pageSize());
  return (bytes + granule - 1) & ~(granule - 1);
}

}  // namespace

Result<std::unique_ptr<CodeSpace>> CodeSpace::make(const CodeSpaceOptions& options) {
  u64 size = std::clamp(options.size, CodeSpaceOptions::kSmallestSize, CodeSpaceOptions::kLargestSize);
  // Two views of it, and a process with a limit has other uses for what is left.
  while (!platform::mayReserve(2 * size) && size / 2 >= CodeSpaceOptions::kSmallestSize) size /= 2;
  auto mapping = reserve(size, options.dualMapping ? CodeMapping::Views::Dual : CodeMapping::Views::Single);
  if (!mapping && options.dualMapping) mapping = reserve(size, CodeMapping::Views::Single);
  if (!mapping)
    return fail(ErrorKind::Limit, support::concat("no address space for machine code: ", mapping.error().message));
  WASMRUN_TRY_ASSIGN(auto table, platform::Mapping::allocate(CodeMap::tableBytes(unitsOf(*mapping))));
  return std::unique_ptr<CodeSpace>(new CodeSpace(*std::move(mapping), std::move(table)));
}

CodeSpace::CodeSpace(CodeMapping mapping, platform::Mapping mapTable)
    : mapping_(std::move(mapping)),
      map_(mapping_.code(), unitsOf(mapping_), std::move(mapTable)),
      freeUnits_(unitsOf(mapping_)),
      freeSlots_(support::narrow<u32>(mapping_.dataSize() / sizeof(JumpSlot))) {}

CodeSpaceStatistics CodeSpace::statistics() const {
  CodeSpaceStatistics statistics;
  statistics.reservedBytes = mapping_.dataSize() + mapping_.codeSize();
  statistics.chunkBytes = chunkBytes_.load(std::memory_order_relaxed);
  statistics.codeBytes = codeBytes_.load(std::memory_order_relaxed);
  statistics.slots = slots_.load(std::memory_order_relaxed);
  statistics.recordBytes = recordBytes_.load(std::memory_order_relaxed);
  statistics.blocks = blocks_.load(std::memory_order_relaxed);
  statistics.dualMapped = isDualMapped();
  return statistics;
}

// -- Observers -------------------------------------------------------------------------------------------------------

namespace {

/// The names in a piece of code, by address.
std::vector<CodeSymbol> symbolsOf(const FunctionRecord& record, const CodeSpace::NameFunction& nameOf) {
  if (!record.isStubs()) return {{record.begin(), record.size(), nameOf(record)}};
  std::vector<CodeSymbol> symbols;
  const std::span<const StubPart> parts = record.stubParts();
  for (size_t i = 0; i < parts.size(); ++i) {
    const u32 end = i + 1 < parts.size() ? parts[i + 1].codeOffset : record.size();
    symbols.push_back({record.begin() + parts[i].codeOffset, end - parts[i].codeOffset, parts[i].name});
  }
  return symbols;
}

}  // namespace

void CodeSpace::observe(std::unique_ptr<CodeObserver> observer, NameFunction nameOf) {
  observers_.push_back(std::move(observer));
  nameOf_ = std::move(nameOf);
}

void CodeSpace::tellPublished(const FunctionRecord& record) {
  if (observers_.empty()) return;
  const std::vector<CodeSymbol> symbols = symbolsOf(record, nameOf_);
  const std::lock_guard lock(observerMutex_);
  for (const auto& observer : observers_) observer->published(record, symbols);
}

void CodeSpace::tellReleased(const CodeChunk& chunk) {
  if (observers_.empty()) return;
  const std::lock_guard lock(observerMutex_);
  for (const auto& observer : observers_)
    chunk.forEach([&](const FunctionRecord& record) { observer->released(record); });
}

// -- Chunks and slots ------------------------------------------------------------------------------------------------

Result<std::unique_ptr<CodeChunk>> CodeSpace::takeChunk(u64 bytes) {
  const u64 size = unitAligned(bytes);
  const std::lock_guard lock(mutex_);
  const std::optional<u32> unit = freeUnits_.take(support::narrow<u32>(size / CodeMap::kUnitBytes));
  if (!unit)
    return fail(ErrorKind::Limit, support::concat("the space for machine code, ", mapping_.codeSize(),
                                                  " bytes, has no ", size, " left in one piece"));
  auto chunk =
      std::make_unique<CodeChunk>(mapping_.code() + u64{*unit} * CodeMap::kUnitBytes, support::narrow<u32>(size));
  map_.insert(*chunk);
  chunkBytes_.fetch_add(size, std::memory_order_relaxed);
  // Whoever asks for this much has filled chunks before, or has code for it.
  if (size >= kLargeChunk) mapping_.expectWrites(offsetOf(chunk->begin()), size);
  return chunk;
}

void CodeSpace::giveChunk(std::unique_ptr<CodeChunk> chunk) {
  tellReleased(*chunk);
  const u64 offset = offsetOf(chunk->begin());
  mapping_.release(offset, chunk->size());
  chunkBytes_.fetch_sub(chunk->size(), std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  map_.erase(*chunk);
  freeUnits_.give(support::narrow<u32>(offset / CodeMap::kUnitBytes), chunk->size() / CodeMap::kUnitBytes);
}

Result<std::span<JumpSlot>> CodeSpace::takeSlots(u32 count) {
  if (count == 0) return std::span<JumpSlot>();
  const std::lock_guard lock(mutex_);
  const std::optional<u32> first = freeSlots_.take(count);
  if (!first)
    return fail(ErrorKind::Limit, support::concat("the space for jump tables, ", mapping_.dataSize(), " bytes, has no ",
                                                  u64{count} * sizeof(JumpSlot), " left in one piece"));
  slots_.fetch_add(count, std::memory_order_relaxed);
  JumpSlot* const slots = reinterpret_cast<JumpSlot*>(mapping_.data()) + *first;
  for (u32 i = 0; i < count; ++i) new (&slots[i]) JumpSlot(nullptr);
  return std::span(slots, count);
}

void CodeSpace::giveSlots(std::span<JumpSlot> slots) {
  if (slots.empty()) return;
  const u32 count = support::narrow<u32>(slots.size());
  slots_.fetch_sub(count, std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  freeSlots_.give(support::narrow<u32>(slots.data() - reinterpret_cast<JumpSlot*>(mapping_.data())), count);
}

// -- An area ---------------------------------------------------------------------------------------------------------

CodeArea::~CodeArea() {
  space_.codeBytes_.fetch_sub(codeBytes_.load(std::memory_order_relaxed), std::memory_order_relaxed);
  space_.recordBytes_.fetch_sub(recordBytes_.load(std::memory_order_relaxed), std::memory_order_relaxed);
  space_.blocks_.fetch_sub(blocks_.load(std::memory_order_relaxed), std::memory_order_relaxed);
  for (auto& chunk : chunks_) space_.giveChunk(std::move(chunk));
  for (const std::span<JumpSlot> slots : slots_) space_.giveSlots(slots);
}

Result<CodeBlock> CodeArea::allocate(u32 size) {
  CHECK(size != 0, "a block of code has bytes");
  // Protection is a matter of whole pages: with one view a block has its own.
  const bool isDual = space_.isDualMapped();
  const u64 taken = isDual ? size : platform::roundUpToPage(size);
  const u32 alignment = isDual ? kAlignment : support::narrow<u32>(platform::pageSize());
  if (taken > CodeSpaceOptions::kLargestSize)
    return fail(ErrorKind::Limit, support::concat("machine code of ", size, " bytes fits no code space"));

  const std::lock_guard lock(mutex_);
  if (chunks_.empty() || !chunks_.back()->hasRoom(static_cast<u32>(taken), alignment)) {
    const u64 step = std::min(u64{CodeMap::kUnitBytes} << std::min<u64>(chunks_.size(), 16), kLargestStep);
    WASMRUN_TRY_ASSIGN(auto chunk, space_.takeChunk(std::max(step, taken)));
    chunks_.push_back(std::move(chunk));
  }
  CodeChunk& chunk = *chunks_.back();
  const CodeChunk::Place place = chunk.add(static_cast<u32>(taken), alignment);
  const u8* const executable = chunk.begin() + place.offset;
  const u64 offset = space_.offsetOf(executable);
  WASMRUN_TRY(space_.mapping_.beginWrite(offset, taken));
  codeBytes_.fetch_add(taken, std::memory_order_relaxed);
  space_.codeBytes_.fetch_add(taken, std::memory_order_relaxed);
  return CodeBlock{space_.mapping_.writable(offset), executable, size, &chunk, place.number};
}

Result<const FunctionRecord*> CodeArea::publish(const CodeBlock& block, std::unique_ptr<const FunctionRecord> record) {
  CHECK(record->begin() == block.executable && record->size() <= block.size, "a record describes its own block");
  const u64 pages = space_.isDualMapped() ? block.size : platform::roundUpToPage(block.size);
  WASMRUN_TRY(space_.mapping_.endWrite(space_.offsetOf(block.executable), pages));
  platform::synchronizeInstructions(block.executable, block.size);
  const FunctionRecord* const published = record.get();
  recordBytes_.fetch_add(published->memoryBytes(), std::memory_order_relaxed);
  space_.recordBytes_.fetch_add(published->memoryBytes(), std::memory_order_relaxed);
  blocks_.fetch_add(1, std::memory_order_relaxed);
  space_.blocks_.fetch_add(1, std::memory_order_relaxed);
  block.chunk->publish(block.number, std::move(record));
  space_.tellPublished(*published);
  return published;
}

Result<std::span<JumpSlot>> CodeArea::allocateSlots(u32 count) {
  WASMRUN_TRY_ASSIGN(const std::span<JumpSlot> slots, space_.takeSlots(count));
  const std::lock_guard lock(mutex_);
  slots_.push_back(slots);
  return slots;
}

}  // namespace wasmrun::code
