// Heap: the managed heap of one store. docs/GC.md has the picture, and the rules for code that may collect.
//
// A function named allocate... or make... may collect: afterwards a Ref that is not in a handle or a root may refer to
// anything. All on the store's thread.
#pragma once

#include <memory>
#include <string>

#include "gc/cast.h"
#include "gc/collector.h"
#include "gc/heap_core.h"

namespace wasmrun::gc {

using AllocResult = std::expected<Ref, AllocFailure>;

class Heap {
 public:
  /// Limit error if there is no address space or memory for its tables.
  static Result<std::unique_ptr<Heap>> make(const HeapOptions& options);
  /// Calls the finalizers that are left.
  ~Heap() = default;
  Heap(const Heap&) = delete;
  Heap& operator=(const Heap&) = delete;

  const HeapState& state() const { return core_.state; }
  /// For running code, which allocates by itself.
  HeapState& state() { return core_.state; }
  const HeapCore& core() const { return core_; }

  // -- Types ---------------------------------------------------------------------------------------------------------

  /// Objects of these types can be made from now on.
  Result<void> addTypes(std::shared_ptr<const LayoutSet> types);
  /// Of a type that was added.
  const Layout& layoutOf(wasm::TypeId type) const { return *core_.state.layouts[typeWord(type)]; }

  // -- Objects -------------------------------------------------------------------------------------------------------

  Object& at(Ref ref) const { return core_.at(ref); }
  const Layout& layoutOf(Ref ref) const { return core_.layoutOf(core_.at(ref)); }
  /// Whether `ref`, not null, is of a type. `target` is not of the func hierarchy.
  bool matches(Ref ref, CastTarget target) const { return gc::matches(core_.state, ref, target); }
  /// Reads a field or an element at a byte offset.
  template <class T>
  T load(Ref ref, u64 offset) const {
    T value;
    std::memcpy(&value, at(ref).bytes() + offset, sizeof value);
    return value;
  }
  /// Writes one that is not a Ref, or one of an object made since anything could last collect.
  template <class T>
  void store(Ref ref, u64 offset, T value) {
    std::memcpy(at(ref).bytes() + offset, &value, sizeof value);
  }
  /// Writes a Ref, with the barrier.
  void storeRef(Ref ref, u64 offset, Ref value) { core_.state.storeRef(static_cast<u32>(ref.bits() + offset), value); }
  /// The barrier for many: Refs were written to [offset, offset + bytes) of an object.
  void wroteRefs(Ref ref, u64 offset, u64 bytes);

  // -- Making objects ------------------------------------------------------------------------------------------------

  /// An object whose fields hold anything: all are to be written before anything can collect.
  AllocResult allocate(const Layout& layout) {
    const Ref ref = layout.size <= kSmallBytes ? core_.state.bump(layout.size) : Ref();
    if (ref.isNull()) [[unlikely]]
      return allocateSlow(layout, false);
    at(ref).type = layout.type;
    return ref;
  }
  /// An object of zeros: the default value of every field that has one.
  AllocResult allocateZeroed(const Layout& layout);
  /// An array whose elements hold anything.
  AllocResult allocateArray(const Layout& layout, u32 length) { return allocateArray(layout, length, false); }
  AllocResult allocateArrayZeroed(const Layout& layout, u32 length) { return allocateArray(layout, length, true); }
  /// A host object, an externref. The finalizer is called when no reference to it is left; not if this fails.
  AllocResult makeHost(HostData host);

  /// Larger objects are TooLarge.
  u64 maxObjectBytes() const { return collector_->maxObjectBytes(); }

  /// `ref` is a host object.
  const HostData& hostOf(Ref ref) const { return core_.weak.host(at(ref).length); }

  // -- Handles and roots ---------------------------------------------------------------------------------------------

  /// `source` is asked in every collection until it is taken out.
  void addRoots(RootSource& source) { core_.sources.push_back(&source); }
  void removeRoots(RootSource& source);

  /// Shows all roots, handles included. Nothing collects meanwhile.
  void visitRoots(RootVisitor& visitor) { core_.visitRoots(visitor, RootSet::All); }

  WeakTable& weak() { return core_.weak; }
  const WeakTable& weak() const { return core_.weak; }

  // -- The collector -------------------------------------------------------------------------------------------------

  /// False if the heap is corrupt: see corruption().
  bool collect(CollectionKind kind = CollectionKind::Full, CollectionReason reason = CollectionReason::Requested) {
    return collector_->collect(kind, reason);
  }
  /// Internal error naming what is wrong, if anything.
  Result<void> verify();
  /// What a verification inside a collection found. After that, every allocation fails.
  const std::optional<Error>& corruption() const { return core_.corruption; }
  /// As of now.
  Statistics statistics() const;

  /// Shows every object, dead ones that were not found dead yet included.
  template <class Visit>
  void forEachObject(Visit&& visit) const {
    collector_->forEachObject([&](Ref ref, u64) {
      visit(ref);
      return true;
    });
  }

  struct TypeTotal {
    u32 type = 0;  ///< type word
    u64 objects = 0;
    u64 bytes = 0;
  };
  /// Objects by type, most bytes first; of the same objects.
  std::vector<TypeTotal> totals() const;

 private:
  friend class NoGcScope;
  friend class Rooted;

  Heap() = default;
  AllocResult allocateSlow(const Layout& layout, bool zeroed);
  AllocResult allocateArray(const Layout& layout, u32 length, bool zeroed);

  HeapCore core_;
  std::unique_ptr<Collector> collector_;
};

/// Holds a reference while the heap may collect. Ends in the opposite order of its beginning, as scopes do.
class Rooted {
 public:
  Rooted(Heap& heap, Ref ref) : stack_(heap.core_.rooted), index_(stack_.push(ref)) {}
  ~Rooted() { stack_.pop(index_); }
  Rooted(const Rooted&) = delete;
  Rooted& operator=(const Rooted&) = delete;

  Ref get() const { return stack_.at(index_); }
  void set(Ref ref) { stack_.at(index_) = ref; }

 private:
  RootStack& stack_;
  u32 index_;
};

/// Nothing collects while one is alive (checked): raw references stay good.
class NoGcScope {
 public:
  explicit NoGcScope(Heap& heap) : core_(heap.core_) { ++core_.noGcScopes; }
  ~NoGcScope() { --core_.noGcScopes; }
  NoGcScope(const NoGcScope&) = delete;
  NoGcScope& operator=(const NoGcScope&) = delete;

 private:
  HeapCore& core_;
};

}  // namespace wasmrun::gc
