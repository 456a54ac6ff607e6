// RootTable: what the host's references (Ref) of one store refer to.
//
// A reference may be copied and destroyed on any thread, even while the store runs or goes, so the table belongs to the
// record that handles share with their store (handle.h) and has a lock. What it names are roots of the store's heap.
#pragma once

#include <mutex>
#include <vector>

#include "runtime/store.h"
#include "wasmrun/handle.h"

namespace wasmrun::detail {

enum class RootKind : u8 { Any, Extern, Exn };

/// What a root is of. A weak one of an object has its number in the heap's WeakTable for a slot.
struct Root {
  u64 slot = 0;  ///< the reference as it stands in slots; not null
  RootKind kind = RootKind::Any;
  bool isWeak = false;
};

class RootTable final : public gc::RootSource {
 public:
  /// A new root with one owner; its number, never 0. On the store's thread.
  u64 add(Root root);
  /// A new weak root of what a root is of; null for 0. On the store's thread.
  u64 addWeak(gc::Heap* heap, u64 strong);
  /// A new root of what a weak root is of; 0 when it is gone. On the store's thread.
  u64 lock(gc::Heap* heap, u64 weak);
  /// Whether nothing is left of what a weak root is of. On the store's thread.
  bool isGone(const gc::Heap* heap, u64 weak) const;
  /// The root's owner, a copy, is one more. Any thread.
  void retain(u64 number) noexcept;
  /// One owner less. Any thread.
  void release(u64 number) noexcept;
  /// On the store's thread.
  Root get(u64 number) const noexcept;
  /// Roots there are, weak ones not counted.
  u64 count() const noexcept;
  /// In a collection.
  void visitRoots(gc::RootVisitor& visitor, gc::RootSet set) override;

 private:
  struct Entry {
    Root root;
    u32 owners = 0;
    bool isNoted = false;  // its number is in mayBeYoung_
  };

  mutable std::mutex mutex_;
  std::vector<Entry> entries_ = std::vector<Entry>(1);  // number 0 is null
  std::vector<u64> free_;
  std::vector<u64> mayBeYoung_;    // made since the last young collection, or young then
  std::vector<u32> releasedWeak_;  // numbers in the heap's WeakTable that have no owner any more
  u64 weakCount_ = 0;
};

/// The record that a store and its handles share.
struct SharedLink : StoreLink {
  explicit SharedLink(StoreImpl* store) : StoreLink{1, store} {}
  RootTable roots;
};

inline RootTable& rootsOf(StoreLink* link) { return static_cast<SharedLink*>(link)->roots; }

}  // namespace wasmrun::detail
