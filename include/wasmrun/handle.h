// What all handles into a store share: the link that says whether the store still lives.
//
// A handle (Func, Memory, Table, Global, Tag, Instance, and references such as ExternRef) names something inside a
// store. It does not keep the store alive: a host function that captures a handle of its own store would then never be
// freed, and the moment a store gives its memory back would be anybody's guess. Instead each handle shares a small
// counted record with its store; the store clears the record when it goes, and every use of a handle looks there first
// (one load and one branch; the store's address is needed for the call anyway). After that a handle is harmless:
// operations give a Usage error, sizes are 0, spans are empty.
//
// Threads: a handle may be copied, moved and destroyed on any thread (the count is atomic), but used only by the thread
// that has the store at the time.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

#include "wasmrun/error.h"
#include "wasmrun/export.h"

namespace wasmrun {
namespace detail {

struct EngineImpl;
struct ModuleImpl;
struct StoreImpl;

/// The record shared by a store and its handles.
struct StoreLink {
  std::atomic<uint32_t> count;  ///< handles, plus one for the store
  StoreImpl* store;             ///< null once the store is gone; written by the store's thread only
};

/// Frees a record whose count reached 0.
WASMRUN_API void freeLink(StoreLink* link) noexcept;
/// The error every operation gives on an empty handle or one whose store is gone.
WASMRUN_API Error deadHandle(const StoreLink* link);

inline void retain(StoreLink* link) noexcept {
  // Relaxed: whoever copies already owns a count, so the record cannot go meanwhile.
  if (link) link->count.fetch_add(1, std::memory_order_relaxed);
}
inline void release(StoreLink* link) noexcept {
  // Acquire-release: the last one to let go must see everybody else's use of the record as finished.
  if (link && link->count.fetch_sub(1, std::memory_order_acq_rel) == 1) freeLink(link);
}

/// The address that stands for a C++ type. Without RTTI, this is how host data is checked when it is taken out again.
/// One type has one key within a linked image; a plugin loaded with dlopen may have another.
template <class T>
inline constexpr char kTypeKey = 0;

struct Access;  // the library's way into public objects

}  // namespace detail

/// Base of handles to things that live as long as their store.
class Handle {
 public:
  /// Names nothing.
  Handle() noexcept = default;
  Handle(const Handle& other) noexcept : link_(other.link_), entity_(other.entity_) { detail::retain(link_); }
  Handle(Handle&& other) noexcept
      : link_(std::exchange(other.link_, nullptr)), entity_(std::exchange(other.entity_, nullptr)) {}
  Handle& operator=(Handle other) noexcept {
    std::swap(link_, other.link_);
    std::swap(entity_, other.entity_);
    return *this;
  }
  ~Handle() { detail::release(link_); }

  /// Whether the handle names something, though perhaps in a store that is gone.
  explicit operator bool() const noexcept { return entity_ != nullptr; }
  /// Whether it names something in a store that still lives.
  bool isAlive() const noexcept { return link_ && link_->store; }
  /// Same thing in the same store.
  friend bool operator==(const Handle& a, const Handle& b) noexcept {
    // A thing's address may be that of one in a store that is gone.
    return a.entity_ == b.entity_ && (a.link_ == b.link_ || !a.entity_);
  }

 protected:
  friend struct detail::Access;
  Handle(detail::StoreLink* link, void* entity) noexcept : link_(link), entity_(entity) { detail::retain(link_); }

  detail::StoreLink* link_ = nullptr;
  void* entity_ = nullptr;
};

}  // namespace wasmrun
