#include "runtime/memory.h"

#include <algorithm>
#include <cstring>

#include "platform/address_space.h"
#include "runtime/memory_image.h"
#include "support/text.h"

namespace wasmrun::runtime {

namespace {

/// Saturates: no system can map as much anyway.
u64 bytesOfPages(u64 pages, u32 pageSizeLog2) {
  return pages > ~u64{0} >> pageSizeLog2 ? ~u64{0} : pages << pageSizeLog2;
}

std::optional<u64> declaredMax(const wasm::MemoryType& type) {
  if (!type.limits.hasMax) return std::nullopt;
  return bytesOfPages(type.limits.max, type.pageSizeLog2);
}

/// To whole system pages. Sizes no system has stay such sizes, without overflow.
u64 roundUp(u64 bytes) { return platform::roundUpToPage(std::min(bytes, u64{1} << 60)); }

/// Bytes to reserve for guarded accesses; 0 if the type or the options want explicit checks.
u64 guardedReservation(const wasm::MemoryType& type, const MemoryOptions& options) {
  const u64 guard = options.guardSize.value_or(Memory::kGuardSize);
  if (type.limits.is64 || guard == 0) return 0;
  if ((u64{1} << type.pageSizeLog2) % platform::pageSize() != 0) return 0;
  const u64 reservation = options.reservation.value_or(Memory::kFullReservation);
  if (reservation < Memory::kFullReservation) return 0;
  return roundUp(reservation) + roundUp(std::max(guard, Memory::kGuardSize));
}

}  // namespace

u64 Memory::maxBytes() const {
  // With pages of one byte, 2^32 of them could not be told from 0, nor the last growth from a failed one.
  const u64 pages = type.limits.is64 ? ~u64{0} : std::min<u64>(kFullReservation >> type.pageSizeLog2, 0xffff'ffff);
  return bytesOfPages(type.limits.hasMax ? std::min(type.limits.max, pages) : pages, type.pageSizeLog2);
}

Result<std::shared_ptr<Memory>> Memory::make(const wasm::MemoryType& type, const MemoryOptions& options,
                                             ResourceLimiter& limiter) {
  const u64 bytes = bytesOfPages(type.limits.min, type.pageSizeLog2);
  WASMRUN_TRY(limiter.makeMemory(bytes, declaredMax(type)));
  auto memory = makeWithin(type, options, bytes);
  if (!memory) limiter.takeBackNewMemory(bytes);
  return memory;
}

Result<std::shared_ptr<Memory>> Memory::makeWithin(const wasm::MemoryType& type, const MemoryOptions& options,
                                                   u64 bytes) {
  const u64 guarded = guardedReservation(type, options);
  if (guarded != 0 && platform::mayReserve(guarded)) {
    if (auto mapping = platform::Mapping::reserve(guarded)) {
      std::shared_ptr<Memory> memory(new Memory(type, MemoryStrategy::Guarded, *std::move(mapping)));
      WASMRUN_TRY(memory->open(0, bytes));
      memory->faults_ = std::make_unique<code::GuardedRange>(memory->base, guarded, memory.get());
      return memory;
    }
  }
  std::shared_ptr<Memory> memory(new Memory(type, MemoryStrategy::Explicit, {}));
  const u64 reservation =
      type.isShared ? memory->maxBytes() : std::min(options.reservation.value_or(0), memory->maxBytes());
  if (reservation != 0 && (type.isShared || (!type.limits.is64 && platform::mayReserve(reservation)))) {
    WASMRUN_TRY_ASSIGN(memory->mapping_, platform::Mapping::reserve(roundUp(reservation)));
  } else {
    memory->movable_ = true;
  }
  WASMRUN_TRY(memory->open(0, bytes));
  return memory;
}

Result<void> Memory::open(u64 oldBytes, u64 newBytes) {
  const u64 oldEnd = roundUp(oldBytes);
  const u64 newEnd = roundUp(newBytes);
  if (movable_) {
    if (newEnd != oldEnd) WASMRUN_TRY(mapping_.resize(newEnd));
  } else if (newEnd <= mapping_.size()) {
    WASMRUN_TRY(mapping_.commit(oldEnd, newEnd - oldEnd));
  } else {
    WASMRUN_TRY(move(oldBytes, newEnd));
  }
  // A shared memory's never changes, and other threads read it meanwhile.
  if (base != mapping_.base()) base = mapping_.base();
  // Release: who sees the size may touch the bytes (a shared memory grown by another thread).
  size.store(newBytes, std::memory_order_release);
  return {};
}

/// Leaves a reservation that has become too small.
Result<void> Memory::move(u64 oldBytes, u64 newEnd) {
  if (type.isShared) return fail(ErrorKind::Limit, "a shared memory cannot move");
  WASMRUN_TRY_ASSIGN(auto mapping, platform::Mapping::allocate(newEnd));
  if (oldBytes != 0) std::memcpy(mapping.base(), mapping_.base(), oldBytes);
  mapping_ = std::move(mapping);
  movable_ = true;
  return {};
}

std::optional<u64> Memory::grow(u64 delta, ResourceLimiter& limiter) {
  std::unique_lock<std::mutex> lock(growMutex_, std::defer_lock);
  if (type.isShared) lock.lock();
  const u64 oldBytes = byteSize();
  const u64 oldPages = oldBytes >> type.pageSizeLog2;
  if (delta == 0) return oldPages;
  const u64 more = bytesOfPages(delta, type.pageSizeLog2);
  if (more > maxBytes() - oldBytes) return std::nullopt;
  if (!limiter.growMemory(oldBytes, oldBytes + more, declaredMax(type))) return std::nullopt;
  if (!open(oldBytes, oldBytes + more)) {
    limiter.takeBackMemory(more);
    return std::nullopt;
  }
  return oldPages;
}

wasm::MemoryType Memory::presentType() const {
  wasm::MemoryType present = type;
  present.limits.min = pages();
  return present;
}

bool Memory::mapImage(const MemoryImage& image) {
  if (movable_ || image.size() > byteSize()) return false;
  return mapping_.mapPrivate(image.file(), image.size()).has_value();
}

void Memory::expectWrites(u64 begin, u64 end) {
  // Advice splits the system's record of the mapping, and what is in several pieces cannot be moved as one.
  if (!movable_) mapping_.expectWrites(begin, end - begin);
}

}  // namespace wasmrun::runtime
