// Tags and exceptions.
#include "runtime/exception.h"

#include "api/access.h"
#include "api/store_impl.h"
#include "api/types.h"
#include "api/values.h"
#include "runtime/builtins.h"
#include "support/text.h"

namespace wasmrun {

using detail::StoreImpl;

// -- Tag -------------------------------------------------------------------------------------------------------------

static runtime::Tag& tagOf(const Tag& tag) { return *static_cast<runtime::Tag*>(detail::Access::entity(tag)); }

Result<Tag> Tag::make(StoreRef store, const TagType& type) {
  StoreImpl& impl = *detail::Access::impl(store);
  if (!type.function.results.empty())
    return fail(ErrorKind::Usage, support::concat("a tag's type has no results: ", type.toString()));
  WASMRUN_TRY_ASSIGN(const wasm::TypeId id, detail::internFuncType(*impl.engine, type.function));
  return detail::Access::handle<Tag>(impl.link, impl.store->makeTag(id, true));
}

TagType Tag::type() const {
  StoreImpl* const store = detail::Access::store(*this);
  return store ? TagType{detail::toPublic(*store->engine, tagOf(*this).type)} : TagType();
}

// -- Exception -------------------------------------------------------------------------------------------------------

Result<Exception> Exception::make(StoreRef store, const Tag& tag, std::span<const Value> payload) {
  StoreImpl& impl = *detail::Access::impl(store);
  if (!detail::Access::store(tag)) return fail(detail::deadHandle(detail::Access::link(tag)));
  if (detail::Access::store(tag) != &impl) return fail(ErrorKind::Usage, "the tag belongs to another store");
  impl.releaseDeadHostObjects();
  const TagType type = tag.type();
  std::vector<u64> slots(detail::callSlotCount(type.function.params, {}));
  WASMRUN_TRY(detail::valuesToSlots(impl, "payload value", type.function.params, payload, slots.data()));
  const auto made = impl.store->makeException(tagOf(tag), slots.data());
  if (!made) return fail(detail::allocationError(*impl.store, made.error(), "exception"));
  const u64 slot = made->slot();
  return Exception(tag, {payload.begin(), payload.end()}, detail::slotToExnRef(&impl, &slot));
}

Result<Exception> Exception::from(const ExnRef& ref) {
  detail::StoreLink* const link = detail::Access::link(ref);
  if (!ref.isAlive()) return fail(detail::deadHandle(link));
  StoreImpl& store = *link->store;
  u64 slot = 0;
  detail::refToSlot(&store, ref, &slot);
  runtime::Tag& itsTag = runtime::exceptionTag(*store.context, static_cast<u32>(slot));
  std::vector<u64> slots(itsTag.slots);
  runtime::exceptionPayload(*store.context, static_cast<u32>(slot), slots.data());
  Tag tag = detail::Access::handle<Tag>(link, &itsTag);
  const FuncType type = tag.type().function;
  return Exception(std::move(tag), detail::valuesFromSlots(store, type.params, slots.data()), ref);
}

std::unexpected<Error> Exception::thrown() const {
  auto detail = std::make_shared<ErrorDetail>();
  detail->exception = std::make_shared<const Exception>(*this);
  return std::unexpected(
      Error{ErrorKind::Exception, "exception thrown by a host function", Error::kNoOffset, 0, 0, std::move(detail)});
}

}  // namespace wasmrun
