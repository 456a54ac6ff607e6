// SiteList: places in a function's code, by code offset, as bytes of differences.
//
//   index   every 16th site: its code offset, and where its bytes begin
//   bytes   per site, as LEB128: code offset - the last one's; wasm offset - the last one's (signed);
//           and for calls: frame delta, references + 1, try range + 1. Differences start anew at every indexed site.
//
// A memory access takes two to three bytes, a call five to seven; finding one is a binary search and up to 16 steps.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "support/int.h"

namespace wasmrun::code {

/// No references, no try range, no function.
inline constexpr u32 kNone = ~u32{0};

/// A place in code where its frame can be seen: the return address of a call, or an instruction that may fault.
struct Site {
  u32 codeOffset = 0;      ///< from the code's begin
  u32 wasmOffset = 0;      ///< of the instruction, in the module
  u32 frameDelta = 0;      ///< call: slots that were added to FRAME
  u32 references = kNone;  ///< call: the chain of slots that hold references (FunctionRecord::forEachReference)
  u32 tryRange = kNone;    ///< call: the innermost range around it (FunctionRecord::tryRanges)
};

enum class SiteKind : u8 { Call, Access };

/// An indexed site.
struct SiteIndex {
  u32 codeOffset;
  u32 position;  ///< of its first byte
};

/// A view of the encoded sites; what it points to is the record's. Any thread, signal handlers too.
class SiteList {
 public:
  SiteList() = default;
  SiteList(SiteKind kind, u32 wasmBegin, u32 count, std::span<const SiteIndex> index, std::span<const u8> bytes)
      : index_(index), bytes_(bytes), count_(count), wasmBegin_(wasmBegin), kind_(kind) {}

  u32 count() const { return count_; }
  /// The site at exactly `codeOffset`.
  std::optional<Site> find(u32 codeOffset) const;

  /// Calls `visit(const Site&)` for each in the order of code.
  template <class Visit>
  void forEach(Visit&& visit) const {
    Cursor cursor(*this, 0);
    while (cursor.next()) visit(cursor.site());
  }

  static constexpr u32 kStride = 16;  ///< sites an index entry

 private:
  /// Steps over the sites of one list from an indexed one on.
  class Cursor {
   public:
    Cursor(const SiteList& list, u32 indexed);
    /// To the first or next site; false at the end.
    bool next();
    const Site& site() const { return site_; }

   private:
    u32 unsignedNumber();
    const SiteList& list_;
    const u8* at_;
    u32 nextNumber_;  // of the site that next() goes to
    Site site_;
  };

  std::span<const SiteIndex> index_;
  std::span<const u8> bytes_;
  u32 count_ = 0;
  u32 wasmBegin_ = 0;  // what wasm offsets start from at indexed sites
  SiteKind kind_ = SiteKind::Call;
};

/// Encodes the sites of one function. One thread.
class SiteListBuilder {
 public:
  explicit SiteListBuilder(SiteKind kind) : kind_(kind) {}

  /// Forgets all sites; `wasmBegin` is where the function's body begins.
  void reset(u32 wasmBegin);
  /// In ascending order of code offsets, none twice.
  void add(const Site& site);

  SiteKind kind() const { return kind_; }
  u32 wasmBegin() const { return wasmBegin_; }
  u32 count() const { return count_; }
  std::span<const SiteIndex> index() const { return index_; }
  std::span<const u8> bytes() const { return {bytes_.data(), used_}; }

 private:
  static constexpr u32 kLargestSite = 25;  ///< bytes: five numbers of five

  std::vector<SiteIndex> index_;
  std::vector<u8> bytes_;  // room for more than is used
  size_t used_ = 0;
  u32 count_ = 0;
  u32 wasmBegin_ = 0;
  u32 lastCode_ = 0;
  u32 lastWasm_ = 0;
  SiteKind kind_;
};

}  // namespace wasmrun::code
