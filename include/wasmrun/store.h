// Store: where instances live; its fuel, deadline, limits, data and interruption.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wasmrun/engine.h"
#include "wasmrun/gc_statistics.h"
#include "wasmrun/handle.h"

namespace wasmrun {

class WasiConfig;

namespace detail {
struct InterruptState;
}

/// Says yes or no to growth, as it happens. Called by the thread that has the store, inside the operation that grows:
/// do not use the store from it.
class ResourceLimiter {
 public:
  // All of it is inline, so that a program with RTTI finds the type's description, which the library is built without.
  virtual ~ResourceLimiter() = default;
  /// A memory is made (current 0) or grows. Bytes. `max` is its type's maximum, if any. false refuses: making fails
  /// with a Limit error, memory.grow gives -1.
  virtual bool memoryGrowing([[maybe_unused]] uint64_t current, [[maybe_unused]] uint64_t desired,
                             [[maybe_unused]] std::optional<uint64_t> max) {
    return true;
  }
  /// A table is made (current 0) or grows. Elements. As memoryGrowing.
  virtual bool tableGrowing([[maybe_unused]] uint64_t current, [[maybe_unused]] uint64_t desired,
                            [[maybe_unused]] std::optional<uint64_t> max) {
    return true;
  }
  /// The heap of objects is made (current 0) or grows. Bytes, as the limit max-gc-heap-size counts them. false is as if
  /// that limit were reached: what nothing refers to is collected; where that is not enough, making an object traps
  /// with HeapExhausted, or gives a Limit error.
  virtual bool gcHeapGrowing([[maybe_unused]] uint64_t current, [[maybe_unused]] uint64_t desired) { return true; }
  /// The store has `count` instances and is to get one more.
  virtual bool instanceMade([[maybe_unused]] uint64_t count) { return true; }
};

/// Stops a store from any thread. A counted handle: copies mean the same store; it may outlive the store and then does
/// nothing.
class WASMRUN_API InterruptHandle {
 public:
  /// Names no store.
  InterruptHandle() noexcept = default;
  /// Makes the call that the store is executing, or else its next one, trap with Interrupted. A host function that is
  /// running returns first. Any thread, any number at once; async-signal-safe, so a SIGINT handler may use it.
  void interrupt() const noexcept;

 private:
  friend struct detail::Access;
  std::shared_ptr<detail::InterruptState> state_;
};

/// A store without owning it: what everything that works inside a store takes. Store and Caller convert to it. One
/// pointer; valid while the store lives. One thread at a time.
class WASMRUN_API StoreRef {
 public:
  /// The engine it belongs to.
  Engine engine() const noexcept;

  // -- Fuel ----------------------------------------------------------------------------------------------------------
  // One unit is about one wasm instruction, the same in every tier; those that fill, copy or initialize parts of
  // memories, tables and arrays cost one more for each 64 bytes or elements. A call that uses up the fuel traps with
  // OutOfFuel. All three give a Usage error when the engine's config has fuel accounting off.
  /// Fuel left.
  Result<uint64_t> fuel() const;
  /// Replaces the fuel left.
  Result<void> setFuel(uint64_t units) const;
  /// Adds to the fuel left; stops at 2^63-1.
  Result<void> addFuel(uint64_t units) const;

  // -- Time and interruption -----------------------------------------------------------------------------------------
  /// A handle that other threads and signal handlers may stop this store with.
  InterruptHandle interruptHandle() const;
  /// Forgets an interruption that came while nothing ran, so that the next call runs.
  void clearInterrupt() const noexcept;
  /// From this moment on, calls trap with DeadlineReached; nullopt takes the deadline away. Resolution about 1 ms.
  /// A WASI call that waits (for files or time) ends then, too, as it does for an InterruptHandle's interrupt.
  /// Costs nothing while wasm runs: a thread of the engine watches. If the system has no thread to give, the deadline
  /// counts as reached.
  void setDeadline(std::optional<std::chrono::steady_clock::time_point> deadline) const;
  /// The deadline `time` from now, or as far ahead as the clock goes.
  void setTimeout(std::chrono::nanoseconds time) const {
    using Time = std::chrono::steady_clock::time_point;
    const Time now = std::chrono::steady_clock::now();
    setDeadline(time < Time::max() - now ? now + time : Time::max());
  }

  // -- Limits --------------------------------------------------------------------------------------------------------
  /// Asked before growth, after the limits of the engine's config; null asks nobody.
  void setLimiter(std::shared_ptr<ResourceLimiter> limiter) const;

  // -- The program's own data ----------------------------------------------------------------------------------------
  /// Keeps one object for host functions; it goes with the store, after all instances.
  template <class T>
  void setData(std::shared_ptr<T> data) const {
    setDataRaw(std::move(data), &detail::kTypeKey<T>);
  }
  /// The object given to setData, or null if there is none or it is not a T (the exact type).
  template <class T>
  T* data() const noexcept {
    return static_cast<T*>(dataRaw(&detail::kTypeKey<T>));
  }

  // -- WASI ----------------------------------------------------------------------------------------------------------
  /// Gives the store its WASI state: arguments, environment, directories, standard streams. Needed before a module
  /// linked by Linker::defineWasi runs; replaces earlier state and closes its descriptors. Io error when a stream or
  /// directory cannot be had.
  Result<void> setWasi(WasiConfig config) const;

  // -- The heap of objects -------------------------------------------------------------------------------------------
  // A store has a heap as soon as something needs one: an instance of a module with struct or array types, an object
  // made by the host, an exception. Its limit and its collector are those of the engine's config.
  /// Collects all objects that nothing refers to, from host functions too. Takes time in proportion to those that stay.
  /// Internal error when the heap is corrupt (option gc-verify).
  Result<void> gc() const;
  /// What the collector has done so far; all zeros without a heap.
  GcStatistics gcStatistics() const;
  /// What is in the heap by type, most bytes first; objects that nothing refers to count until a collection has found
  /// them. Takes time in proportion to the heap.
  std::vector<GcTypeTotal> gcTypeTotals() const;
  /// The graph of the objects left after a collection, in the format that the Memory panel of Chrome's DevTools loads
  /// (.heapsnapshot): JSON, some 60 bytes an object. Types and fields have the name section's names. Limit error when
  /// there can be no heap, Internal error as gc().
  Result<std::string> gcHeapSnapshot() const;
  /// The same, piece by piece as it is made, to a file for example: a heap's snapshot may be larger than memory.
  /// `write` gives false to end it; it must not use the store.
  Result<void> writeGcHeapSnapshot(const std::function<bool(std::string_view piece)>& write) const;

  /// Counts over what the store has done: calls, traps, memory, fuel used; of its heap too, if it has one.
  Statistics statistics() const;

  friend bool operator==(const StoreRef&, const StoreRef&) noexcept = default;

 protected:
  friend struct detail::Access;
  explicit StoreRef(detail::StoreImpl* impl) noexcept : impl_(impl) {}
  void setDataRaw(std::shared_ptr<void> data, const void* key) const;
  void* dataRaw(const void* key) const noexcept;

  detail::StoreImpl* impl_;
};

/// Instances and everything they own. Made cheaply, used by one thread at a time (any, one after the other), and freed
/// as a whole: when the Store goes, so do all instances, memories and host objects in it, and handles into it become
/// harmless (handle.h). Destroying a store while one of its calls is on the stack is a programming error and aborts.
/// Moving a Store leaves everything inside where it is. A moved-from Store may only be assigned to or destroyed.
class WASMRUN_API Store : public StoreRef {
 public:
  /// An empty store with the limits, fuel and timeout of the engine's config.
  explicit Store(const Engine& engine);
  Store(Store&& other) noexcept;
  Store& operator=(Store&& other) noexcept;
  ~Store();
};

}  // namespace wasmrun
