// Memory: a linear memory instance (spec: exec/runtime).
//
// Where address space allows, a 32-bit memory owns a reservation for every index it could ever have, plus a guard:
//
//   base          base+size                                       base+4 GiB      +kGuardSize
//   | read, write | no access (what memory.grow opens)            | no access     |
//
// so it never moves and compiled code needs no bounds checks (Guarded). Elsewhere (64-bit memories, pages smaller than
// the system's, address space limits) exactly `size` bytes are mapped, accesses are checked (Explicit), and growing may
// move the memory. A shared memory never moves: its maximum is reserved whatever the strategy.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <span>

#include "code/fault_handler.h"
#include "platform/mapping.h"
#include "runtime/resource_limiter.h"
#include "support/result.h"
#include "wasm/types.h"

namespace wasmrun::runtime {

class MemoryImage;

/// How accesses to a memory are kept in bounds.
enum class MemoryStrategy : u8 {
  Guarded,   ///< address space for every 32-bit index plus a guard is reserved: generated code needs no checks
  Explicit,  ///< every access is checked
};

/// What an engine's options say about address space.
struct MemoryOptions {
  /// Bytes of address space kept for a 32-bit memory. Unset: 4 GiB where the system allows. Less than 4 GiB: explicit
  /// checks, and a memory moves when it grows past them.
  std::optional<u64> reservation;
  std::optional<u64> guardSize;  ///< bytes after a 4 GiB reservation, at least kGuardSize; 0 checks every access
  bool copyOnWrite = true;       ///< data segments may be mapped instead of copied (memory_image.h)
};

/// Thread rules: a shared memory may be used by several stores at once, `grow` and `byteSize` included; its base never
/// moves. Any other memory belongs to its store's thread.
struct Memory {
  static constexpr u64 kFullReservation = u64{1} << 32;
  /// Reach of a constant offset that compiled code may leave unchecked.
  static constexpr u64 kGuardSize = u64{32} << 20;

  /// A new memory of `type.limits.min` pages of zeros. Limit error when `limiter` refuses (it is asked with current 0),
  /// the size does not fit this process's address space, or the system has no memory.
  static Result<std::shared_ptr<Memory>> make(const wasm::MemoryType& type, const MemoryOptions& options,
                                              ResourceLimiter& limiter);
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  // Hot: read by the interpreter and by generated code.
  u8* base = nullptr;
  std::atomic<u64> size{0};  ///< bytes now accessible

  const wasm::MemoryType type;
  const MemoryStrategy strategy;

  u64 byteSize() const { return size.load(std::memory_order_acquire); }
  u64 pages() const { return byteSize() >> type.pageSizeLog2; }
  std::span<u8> bytes() const { return {base, byteSize()}; }

  /// Whether [address, address + count) lies inside.
  bool contains(u64 address, u64 count) const {
    const u64 now = byteSize();
    return count <= now && address <= now - count;
  }

  /// Grows by `delta` pages of zeros; the size before in pages, or nothing if the type's maximum, the limiter or the
  /// system refuses: the memory is as before then. May move `base` unless shared.
  std::optional<u64> grow(u64 delta, ResourceLimiter& limiter);

  /// Largest size in bytes that growing can reach: the type's maximum, or the address type's.
  u64 maxBytes() const;
  /// Its type with the present size as minimum: what import matching compares (spec: valid/matching).
  wasm::MemoryType presentType() const;

  /// Makes [0, image size) the image's bytes, copy on write. False, nothing changed, if this memory's mapping cannot
  /// take one (it may move) or the system refuses. Only before anything was written.
  bool mapImage(const MemoryImage& image);
  /// Says that [begin, end) of the memory is about to be written, most of it: makes that faster where it can.
  void expectWrites(u64 begin, u64 end);

 private:
  Memory(const wasm::MemoryType& type, MemoryStrategy strategy, platform::Mapping mapping)
      : type(type), strategy(strategy), mapping_(std::move(mapping)) {}
  static Result<std::shared_ptr<Memory>> makeWithin(const wasm::MemoryType& type, const MemoryOptions& options,
                                                    u64 bytes);
  Result<void> open(u64 oldBytes, u64 newBytes);
  Result<void> move(u64 oldBytes, u64 newEnd);

  platform::Mapping mapping_;
  std::unique_ptr<code::GuardedRange> faults_;  // Guarded: what machine code accesses in the reservation may fault
  bool movable_ = false;                        ///< mapping_ is exactly the accessible pages
  std::mutex growMutex_;                        ///< taken for shared memories only
};

}  // namespace wasmrun::runtime
