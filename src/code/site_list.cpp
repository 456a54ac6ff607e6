#include "code/site_list.h"

#include <algorithm>

namespace wasmrun::code {

namespace {

/// Small numbers of either sign as small unsigned ones. Differences wrap, so any two offsets have one.
constexpr u32 zigzag(u32 difference) { return (difference << 1) ^ (0 - (difference >> 31)); }
constexpr u32 unzigzag(u32 number) { return (number >> 1) ^ (0 - (number & 1)); }
static_assert(unzigzag(zigzag(~u32{0})) == ~u32{0} && unzigzag(zigzag(u32{1} << 31)) == u32{1} << 31 &&
              zigzag(~u32{0}) == 1);

}  // namespace

// -- Reading ---------------------------------------------------------------------------------------------------------

SiteList::Cursor::Cursor(const SiteList& list, u32 indexed)
    : list_(list),
      at_(list.bytes_.data() + (list.index_.empty() ? 0 : list.index_[indexed].position)),
      nextNumber_(indexed * kStride) {}

u32 SiteList::Cursor::unsignedNumber() {
  u32 value = 0;
  for (u32 shift = 0;; shift += 7) {
    const u8 byte = *at_++;
    value |= static_cast<u32>(byte & 0x7F) << shift;
    if (byte < 0x80) return value;
  }
}

bool SiteList::Cursor::next() {
  if (nextNumber_ == list_.count_) return false;
  if (nextNumber_ % kStride == 0) site_ = {list_.index_[nextNumber_ / kStride].codeOffset, list_.wasmBegin_};
  ++nextNumber_;
  site_.codeOffset += unsignedNumber();
  site_.wasmOffset += unzigzag(unsignedNumber());
  if (list_.kind_ == SiteKind::Call) {
    site_.frameDelta = unsignedNumber();
    site_.references = unsignedNumber() - 1;  // 0 becomes kNone
    site_.tryRange = unsignedNumber() - 1;
  }
  return true;
}

std::optional<Site> SiteList::find(u32 codeOffset) const {
  const auto after = std::upper_bound(index_.begin(), index_.end(), codeOffset,
                                      [](u32 offset, const SiteIndex& entry) { return offset < entry.codeOffset; });
  if (after == index_.begin()) return std::nullopt;
  Cursor cursor(*this, static_cast<u32>(after - index_.begin()) - 1);
  while (cursor.next() && cursor.site().codeOffset <= codeOffset)
    if (cursor.site().codeOffset == codeOffset) return cursor.site();
  return std::nullopt;
}

// -- Writing ---------------------------------------------------------------------------------------------------------

void SiteListBuilder::reset(u32 wasmBegin) {
  index_.clear();
  used_ = 0;
  count_ = 0;
  wasmBegin_ = wasmBegin;
}

namespace {

u8* write(u8* at, u32 value) {
  for (; value >= 0x80; value >>= 7) *at++ = static_cast<u8>(value | 0x80);
  *at++ = static_cast<u8>(value);
  return at;
}

}  // namespace

void SiteListBuilder::add(const Site& site) {
  CHECK(count_ == 0 || site.codeOffset > lastCode_, "sites come in the order of code, one an offset");
  if (count_ % SiteList::kStride == 0) {
    index_.push_back({site.codeOffset, support::narrow<u32>(used_)});
    lastCode_ = site.codeOffset;
    lastWasm_ = wasmBegin_;
  }
  ++count_;
  if (bytes_.size() - used_ < kLargestSite) bytes_.resize(2 * bytes_.size() + 32 * kLargestSite);
  u8* at = bytes_.data() + used_;
  at = write(at, site.codeOffset - lastCode_);
  at = write(at, zigzag(site.wasmOffset - lastWasm_));
  if (kind_ == SiteKind::Call) {
    at = write(at, site.frameDelta);
    at = write(at, site.references + 1);
    at = write(at, site.tryRange + 1);
  }
  used_ = static_cast<size_t>(at - bytes_.data());
  lastCode_ = site.codeOffset;
  lastWasm_ = site.wasmOffset;
}

}  // namespace wasmrun::code
