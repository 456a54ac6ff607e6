#include "runtime/memory.h"

#include "api/access.h"
#include "api/store_impl.h"
#include "api/types.h"
#include "support/text.h"
#include "wasmrun/extern.h"

namespace wasmrun {

using detail::StoreImpl;
using support::concat;

static runtime::Memory& memoryOf(const Memory& memory) {
  return *static_cast<runtime::Memory*>(detail::Access::entity(memory));
}

Result<Memory> Memory::make(StoreRef store, const MemoryType& type) {
  StoreImpl& impl = *detail::Access::impl(store);
  WASMRUN_TRY_ASSIGN(const wasm::MemoryType own, detail::fromPublic(type));
  WASMRUN_TRY_ASSIGN(runtime::Memory* const made, impl.store->makeMemory(own));
  return detail::Access::handle<Memory>(impl.link, made);
}

Result<Memory> Memory::share(StoreRef store, const Memory& other) {
  StoreImpl& impl = *detail::Access::impl(store);
  StoreImpl* const owner = detail::Access::store(other);
  if (!owner) return fail(detail::deadHandle(detail::Access::link(other)));
  if (owner->engine != impl.engine) return fail(ErrorKind::Usage, "the memory belongs to another engine");
  if (!other.isShared()) return fail(ErrorKind::Usage, "the memory is not shared");
  return detail::Access::handle<Memory>(impl.link, impl.store->adoptMemory(owner->store->ownerOf(&memoryOf(other))));
}

MemoryType Memory::type() const { return isAlive() ? detail::toPublic(memoryOf(*this).presentType()) : MemoryType(); }

uint64_t Memory::pages() const noexcept { return isAlive() ? memoryOf(*this).pages() : 0; }
uint32_t Memory::pageSize() const noexcept { return isAlive() ? uint32_t{1} << memoryOf(*this).type.pageSizeLog2 : 0; }
bool Memory::is64() const noexcept { return isAlive() && memoryOf(*this).type.limits.is64; }
bool Memory::isShared() const noexcept { return isAlive() && memoryOf(*this).type.isShared; }

std::span<uint8_t> Memory::data() const noexcept { return isAlive() ? memoryOf(*this).bytes() : std::span<uint8_t>(); }

Result<std::span<uint8_t>> Memory::slice(uint64_t address, uint64_t count) const {
  if (!isAlive()) return fail(detail::deadHandle(link_));
  const std::span<uint8_t> all = data();
  if (address > all.size() || count > all.size() - address)
    return fail(ErrorKind::Usage, concat(count, " bytes at address ", support::Hex{address},
                                         " are not all inside a memory of ", support::Hex{all.size()}, " bytes"));
  return all.subspan(address, count);
}

Result<void> Memory::read(uint64_t address, std::span<uint8_t> into) const {
  WASMRUN_TRY_ASSIGN(const std::span<uint8_t> bytes, slice(address, into.size()));
  if (!into.empty()) std::memcpy(into.data(), bytes.data(), into.size());
  return {};
}

Result<void> Memory::write(uint64_t address, std::span<const uint8_t> bytes) const {
  WASMRUN_TRY_ASSIGN(const std::span<uint8_t> target, slice(address, bytes.size()));
  if (!bytes.empty()) std::memcpy(target.data(), bytes.data(), bytes.size());
  return {};
}

Result<std::string> Memory::readString(uint64_t address, uint64_t count) const {
  WASMRUN_TRY_ASSIGN(const std::span<uint8_t> bytes, slice(address, count));
  return std::string(bytes.begin(), bytes.end());
}

Result<uint64_t> Memory::grow(uint64_t pages) const {
  StoreImpl* const store = detail::Access::store(*this);
  if (!store) return fail(detail::deadHandle(link_));
  const auto before = memoryOf(*this).grow(pages, store->store->limiter());
  if (!before) return fail(ErrorKind::Limit, concat("a memory of ", this->pages(), " pages cannot grow by ", pages));
  return *before;
}

}  // namespace wasmrun
