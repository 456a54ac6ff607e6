// Handles: references that C++ code holds while the heap may collect.
//
//   Rooted   in a scope of C++
//   weak     does not keep its object alive; may have a finalizer (how host objects end)
#pragma once

#include <vector>

#include "gc/roots.h"
#include "gc/survivors.h"

namespace wasmrun::gc {

/// What an externref of the host stands for.
struct HostData {
  void* data = nullptr;
  void (*finalizer)(void* data) = nullptr;  ///< called once when no reference is left, or the heap goes; may be null
};

/// The references of Rooted, last in first out.
class RootStack {
 public:
  u32 push(Ref ref) {
    refs_.push_back(ref);
    return static_cast<u32>(refs_.size() - 1);
  }
  void pop(u32 index) {
    CHECK(index + 1 == refs_.size(), "rooted references end in the opposite order of their beginning");
    refs_.pop_back();
  }
  Ref& at(u32 index) { return refs_[index]; }
  void visit(RootVisitor& visitor) {
    for (Ref& ref : refs_) visitor.ref(ref);
  }

 private:
  std::vector<Ref> refs_;
};

/// Weak references by number, with what to do when their objects are gone.
class WeakTable {
 public:
  WeakTable() = default;
  /// Calls the finalizers that are left.
  ~WeakTable();
  WeakTable(const WeakTable&) = delete;
  WeakTable& operator=(const WeakTable&) = delete;

  /// The number of a new handle, which lives until it is released; 0 if there are 2^32 - 1 already. `ref` is to an
  /// object.
  u32 add(Ref ref, HostData host) { return add(ref, host, false); }
  /// The same for the number that a host object itself carries: it is released when the object is gone.
  u32 addHostObject(HostData host) { return add(Ref(), host, true); }
  /// Of which object the number is; before anything can collect.
  void setObject(u32 number, Ref ref) { entries_[number].ref = ref; }
  /// Null once the object is gone.
  Ref get(u32 number) const { return entries_[number].ref; }
  const HostData& host(u32 number) const { return entries_[number].host; }
  bool isLive(u32 number) const { return number < entries_.size() && entries_[number].isLive; }
  /// The handle is given up: no finalizer is called.
  void release(u32 number);
  u32 count() const { return count_; }
  /// Of those, the numbers that host objects carry.
  u32 hostObjects() const { return hostObjects_; }

  /// At the end of a collection: follows objects that moved, and notes the finalizers of those that are gone.
  /// `onlyYoung`: objects that were old at the collection before are all alive.
  void update(Survivors& survivors, bool onlyYoung);
  /// Calls the finalizers noted. They must not use the heap.
  void finalize();

 private:
  struct Entry {
    Ref ref;
    HostData host;
    u32 nextFree = 0;
    bool isLive = false;
    bool isHostObject = false;
    bool isInYoung = false;  // its number is in young_
  };
  u32 add(Ref ref, HostData host, bool isHostObject);
  void noteYoung(u32 number);
  void update(u32 number, Survivors& survivors);

  std::vector<Entry> entries_ = std::vector<Entry>(1);
  std::vector<u32> young_;  // whose objects were young when last looked at
  std::vector<HostData> dead_;
  u32 firstFree_ = 0;
  u32 count_ = 0, hostObjects_ = 0;
};

}  // namespace wasmrun::gc
