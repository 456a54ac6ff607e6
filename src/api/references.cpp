// References: how they travel through slots, and what the host may learn of them.
#include "api/access.h"
#include "api/store_impl.h"
#include "api/types.h"
#include "gc/cast.h"
#include "support/text.h"
#include "wasmrun/gc.h"

namespace wasmrun {

using detail::Root;
using detail::RootKind;
using detail::StoreImpl;
using detail::StoreLink;

// -- Slots -----------------------------------------------------------------------------------------------------------

namespace detail {

Error foreignReference(const StoreLink*) {
  return Error{ErrorKind::Usage, "a reference belongs to another store, or its store is gone"};
}

Error allocationError(const runtime::Store& store, gc::AllocFailure failure, std::string_view what) {
  if (failure == gc::AllocFailure::Corrupt) return *store.heap()->corruption();
  const std::string_view why = failure == gc::AllocFailure::TooLarge ? "can have no " : "has no room for another ";
  const std::string_view size = failure == gc::AllocFailure::TooLarge ? " of this size" : "";
  return Error{ErrorKind::Limit, support::concat("the store's heap ", why, what, size)};
}

bool handleToSlot(StoreImpl* store, const Handle& function, uint64_t* slot) noexcept {
  if (function && Access::store(function) != store) return false;
  *slot = reinterpret_cast<uint64_t>(Access::entity(function));
  return true;
}

bool refToSlot(StoreImpl* store, const Ref& ref, uint64_t* slot) noexcept {
  if (ref.isNull()) {
    *slot = 0;
    return true;
  }
  if (Access::link(ref)->store != store) return false;
  *slot = store->link->roots.get(Access::root(ref)).slot;
  return true;
}

Func slotToFunc(StoreImpl* store, const uint64_t* slot) {
  return Access::handle<Func>(store->link, reinterpret_cast<void*>(*slot));
}

template <class T>
static T slotToRef(StoreImpl* store, RootKind kind, uint64_t slot) {
  if (slot == 0) return T();
  return Access::ref<T>(store->link, store->link->roots.add({slot, kind}));
}

ExternRef slotToExternRef(StoreImpl* store, const uint64_t* slot) {
  return slotToRef<ExternRef>(store, RootKind::Extern, *slot);
}
AnyRef slotToAnyRef(StoreImpl* store, const uint64_t* slot) { return slotToRef<AnyRef>(store, RootKind::Any, *slot); }
StructRef slotToStructRef(StoreImpl* store, const uint64_t* slot) {
  return slotToRef<StructRef>(store, RootKind::Any, *slot);
}
ArrayRef slotToArrayRef(StoreImpl* store, const uint64_t* slot) {
  return slotToRef<ArrayRef>(store, RootKind::Any, *slot);
}
ExnRef slotToExnRef(StoreImpl* store, const uint64_t* slot) { return slotToRef<ExnRef>(store, RootKind::Exn, *slot); }

}  // namespace detail

// -- Ref -------------------------------------------------------------------------------------------------------------

/// What a reference that is alive stands for; nothing for others.
static std::optional<Root> rootOf(StoreLink* link, uint64_t root) {
  if (!link || !link->store || root == 0) return std::nullopt;
  return detail::rootsOf(link).get(root);
}

/// The kind of object that a root, no i31, refers to.
static gc::ObjectKind objectKind(const StoreLink* link, gc::Ref ref) {
  return link->store->store->heap()->layoutOf(ref).kind;
}

/// What a root holds that is not of the func hierarchy.
static gc::Ref refOf(const Root& root) { return gc::Ref::fromSlot(root.slot); }

Ref::Ref(const Ref& other) noexcept : link_(other.link_), root_(other.root_) {
  detail::retain(link_);
  if (link_) detail::rootsOf(link_).retain(root_);
}

Ref::~Ref() {
  if (link_) detail::rootsOf(link_).release(root_);
  detail::release(link_);
}

ValType Ref::type() const noexcept {
  const auto root = rootOf(link_, root_);
  if (!root) return ValType::ref(HeapKind::None, true);
  switch (root->kind) {
    case RootKind::Extern: return ValType::ref(HeapKind::Extern, false);
    case RootKind::Exn: return ValType::ref(HeapKind::Exn, false);
    case RootKind::Any: break;
  }
  if (refOf(*root).isI31()) return ValType::ref(HeapKind::I31, false);
  if (objectKind(link_, refOf(*root)) == gc::ObjectKind::Host) return ValType::ref(HeapKind::Any, false);
  StoreImpl& store = *link_->store;
  const wasm::HeapType exact = wasm::HeapType::fromBits(store.store->heap()->at(refOf(*root)).type);
  return detail::toPublic(*store.engine, wasm::ValType::ref(exact, false));
}

static wasm::HeapType::Abstract topOf(RootKind kind) {
  switch (kind) {
    case RootKind::Any: return wasm::HeapType::Any;
    case RootKind::Extern: return wasm::HeapType::Extern;
    case RootKind::Exn: break;
  }
  return wasm::HeapType::Exn;
}

bool Ref::isA(const ValType& type) const noexcept {
  if (!type.isRef()) return false;
  if (isNull()) return type.isNullable();
  const auto root = rootOf(link_, root_);
  if (!root) return false;
  const StoreImpl& store = *link_->store;
  const auto own = detail::fromPublic(*store.engine, type);
  if (!own || store.registry().topOf(own->heap()) != topOf(root->kind)) return false;
  if (refOf(*root).isI31()) return gc::i31Matches(own->heap().bits());
  return store.store->heap()->matches(refOf(*root), gc::CastTarget::of(store.registry(), own->heap()));
}

bool Ref::isSame(const Ref& other) const noexcept {
  const auto own = rootOf(link_, root_), others = rootOf(other.link_, other.root_);
  if (!own || !others) return isNull() && other.isNull();
  return link_ == other.link_ && own->kind == others->kind && own->slot == others->slot;
}

AnyRef AnyRef::i31(StoreRef store, uint32_t value) {
  const uint64_t slot = gc::Ref::i31(value).slot();
  return detail::slotToAnyRef(detail::Access::impl(store), &slot);
}

std::optional<uint32_t> AnyRef::asI31() const noexcept {
  const auto root = rootOf(link_, root_);
  if (!root || !refOf(*root).isI31()) return std::nullopt;
  return refOf(*root).i31Unsigned();
}

std::optional<int32_t> AnyRef::asI31Signed() const noexcept {
  const auto root = rootOf(link_, root_);
  if (!root || !refOf(*root).isI31()) return std::nullopt;
  return refOf(*root).i31Signed();
}

// The conversions change the type alone: an object is the same bits in both hierarchies (spec: exec/instructions).
template <class T>
static T converted(StoreLink* link, uint64_t number, RootKind kind) {
  const auto root = rootOf(link, number);
  return root ? detail::slotToRef<T>(link->store, kind, root->slot) : T();
}

ExternRef AnyRef::toExtern() const { return converted<ExternRef>(link_, root_, RootKind::Extern); }
AnyRef ExternRef::toAny() const { return converted<AnyRef>(link_, root_, RootKind::Any); }

/// The same object as a T, if it is of the kind.
template <class T>
static T ofKind(StoreLink* link, uint64_t number, gc::ObjectKind kind) {
  const auto root = rootOf(link, number);
  if (!root || !refOf(*root).isObject() || objectKind(link, refOf(*root)) != kind) return T();
  return detail::slotToRef<T>(link->store, RootKind::Any, root->slot);
}

StructRef AnyRef::asStruct() const { return ofKind<StructRef>(link_, root_, gc::ObjectKind::Struct); }
ArrayRef AnyRef::asArray() const { return ofKind<ArrayRef>(link_, root_, gc::ObjectKind::Array); }

// -- Weak references -------------------------------------------------------------------------------------------------

namespace detail {

WeakRoot::WeakRoot(const Ref& ref) {
  if (ref.isNull() || !ref.isAlive()) return;
  link_ = Access::link(ref);
  retain(link_);
  root_ = rootsOf(link_).addWeak(link_->store->store->heap(), Access::root(ref));
}

WeakRoot::WeakRoot(const WeakRoot& other) noexcept : link_(other.link_), root_(other.root_) {
  retain(link_);
  if (link_) rootsOf(link_).retain(root_);
}

WeakRoot::~WeakRoot() {
  if (link_) rootsOf(link_).release(root_);
  release(link_);
}

uint64_t WeakRoot::lock() const {
  if (!link_ || !link_->store) return 0;
  return rootsOf(link_).lock(link_->store->store->heap(), root_);
}

bool WeakRoot::isGone() const noexcept {
  if (!link_ || !link_->store) return true;
  return rootsOf(link_).isGone(link_->store->store->heap(), root_);
}

}  // namespace detail

// -- Host objects ----------------------------------------------------------------------------------------------------

namespace detail {

/// What an externref of the host stands for.
struct HostObject {
  std::shared_ptr<void> object;
  const void* key;  ///< of its C++ type
  StoreImpl* store;
  HostObject* nextDead = nullptr;
};

// A collection may come in the middle of a wasm instruction, where a destructor could do harm: dead objects wait until
// the host may use the store.
void StoreImpl::releaseDeadHostObjects() {
  while (deadHostObjects != nullptr) {
    const std::unique_ptr<HostObject> dead(deadHostObjects);
    deadHostObjects = dead->nextDead;
  }
}

static void noteDead(void* data) {
  auto* const dead = static_cast<HostObject*>(data);
  dead->nextDead = std::exchange(dead->store->deadHostObjects, dead);
}

}  // namespace detail

Result<ExternRef> ExternRef::makeRaw(StoreRef store, std::shared_ptr<void> object, const void* key) {
  StoreImpl& impl = *detail::Access::impl(store);
  impl.releaseDeadHostObjects();
  auto holder = std::make_unique<detail::HostObject>(detail::HostObject{std::move(object), key, &impl});
  const auto made = impl.store->makeExtern({holder.get(), detail::noteDead});
  if (!made) return fail(detail::allocationError(*impl.store, made.error(), "host object"));
  holder.release();
  const u64 slot = made->slot();
  return detail::slotToExternRef(&impl, &slot);
}

std::shared_ptr<void> ExternRef::getRaw(const void* key) const noexcept {
  const auto root = rootOf(link_, root_);
  if (!root || refOf(*root).isI31()) return nullptr;
  if (objectKind(link_, refOf(*root)) != gc::ObjectKind::Host) return nullptr;
  const gc::HostData& host = link_->store->store->heap()->hostOf(refOf(*root));
  const auto& held = *static_cast<detail::HostObject*>(host.data);
  return held.key == key ? held.object : nullptr;
}

}  // namespace wasmrun
