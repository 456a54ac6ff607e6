// FunctionRecord: what is known about one piece of machine code: whose it is, and for the places in it where a frame
// can be seen from outside, which wasm instruction that is, where the frame and its references lie, and what catches
// exceptions there (docs/ABI-x64.md, "What is known about a place in code").
//
// Modules of 20 MB have millions of such places. So they are bytes of differences (site_list.h), references are chains
// that share their beginnings (ReferenceChain), and the arrays of a record are one allocation.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "code/site_list.h"
#include "support/int.h"
#include "wasm/control.h"

namespace wasmrun::code {

/// One more slot of a frame that holds a reference which collectors follow, and those that were there before it.
struct ReferenceChain {
  u32 slot;
  u32 rest;  ///< index of the chain without `slot`; kNone: empty
};

/// Code that catches exceptions. A site names the innermost range around it; `parent` is the next one outwards. As in
/// the interpreter (interp::TryRange), but a site's range is written with the site.
struct TryRange {
  enum class Kind : u8 { TryTable, Legacy, Delegate };

  Kind kind = Kind::TryTable;
  u32 parent = kNone;
  u32 delegateTo = kNone;  ///< Delegate: the range to continue the search at; kNone: the caller
  u32 firstClause = 0;     ///< its clauses, in FunctionRecord::clauses()
  u32 clauseCount = 0;
};

/// The frame of what catches: FRAME, INSTANCE and CONTEXT are set, MEMORY loaded, `rsp` points to the return address of
/// the function, and all values are in their slots.
struct CatchClause {
  wasm::CatchClause::Kind kind;
  wasm::TagIndex tag;         ///< Catch and CatchRef
  u32 landing = 0;            ///< code offset to continue at
  u32 payloadSlot = 0;        ///< frame slot of the first payload value; the exception reference follows the payload
  u32 referenceSlot = kNone;  ///< Legacy: frame slot that keeps the exception for rethrow
};

/// Where code can be entered with all values in their slots: a loop's header.
struct LoopEntry {
  u32 wasmOffset;  ///< of the loop's opcode, in the module
  u32 codeOffset;
};

/// Words in the code that are no instructions: a jump table, whose 4-byte words count from its own begin.
struct DataRange {
  u32 codeOffset;
  u32 size;
};

/// One of the pieces that a block of stubs consists of.
struct StubPart {
  const char* name;  ///< static lifetime
  u32 codeOffset;    ///< of its first byte
};

/// A return address in stubs that can be on the native stack of running wasm, and what lies above it.
struct StubReturn {
  enum class Kind : u8 {
    Enter,      ///< C++ called: the walk ends here
    CallOther,  ///< the instance to go on with, then a return address
    Saved,      ///< `words` of no concern, then a return address
  };

  Kind kind = Kind::Enter;
  u32 codeOffset = 0;
  u32 words = 0;
};

enum class CodeKind : u8 {
  Function,  ///< a wasm function: on the native stack it has a return address, nothing else
  Stubs,     ///< pieces written by hand
};

/// Whose code it is.
struct CodeIdentity {
  void* owner = nullptr;  ///< what the tiers above keep of the function (runtime's FuncCode)
  CodeKind kind = CodeKind::Function;
  u8 tier = 0;                ///< a number that the tiers above give
  u32 functionIndex = kNone;  ///< in the module's index space, imports first
  u32 wasmBegin = 0;          ///< the function's body in the module
  u32 wasmEnd = 0;            ///< one past its last byte
  u32 frameSlots = 0;         ///< slots of its frame, link and operands included
};

/// Immutable; made by FunctionRecordBuilder. Any thread, signal handlers too.
class FunctionRecord {
 public:
  const CodeIdentity& identity() const { return identity_; }
  const u8* begin() const { return begin_; }
  const u8* end() const { return begin_ + size_; }
  u32 size() const { return size_; }
  bool isStubs() const { return identity_.kind == CodeKind::Stubs; }

  /// Offset in the code of an address inside, or of the end.
  u32 offsetOf(const void* pc) const {
    const auto at = static_cast<const u8*>(pc);
    CHECK(at >= begin_ && at <= end(), "an address lies in the code whose record is asked");
    return static_cast<u32>(at - begin_);
  }

  /// Calls by the offset of the instruction after them (the return address).
  SiteList calls() const {
    return SiteList(SiteKind::Call, identity_.wasmBegin, callCount_, part<SiteIndex>(kCallIndex), part<u8>(kCallBytes));
  }
  /// Instructions that may fault, by their own offset. Only code and wasm offset of these are meaningful.
  SiteList accesses() const {
    return SiteList(SiteKind::Access, identity_.wasmBegin, accessCount_, part<SiteIndex>(kAccessIndex),
                    part<u8>(kAccessBytes));
  }

  /// A chain's top element; `index` is not kNone.
  const ReferenceChain& reference(u32 index) const { return references()[index]; }
  /// Calls `visit(u32 slot)` for every slot of a site's chain, the last added first.
  template <class Visit>
  void forEachReference(u32 chain, Visit&& visit) const {
    const std::span<const ReferenceChain> all = references();
    for (; chain != kNone; chain = all[chain].rest) visit(all[chain].slot);
  }

  std::span<const ReferenceChain> references() const { return part<ReferenceChain>(kReferences); }
  std::span<const TryRange> tryRanges() const { return part<TryRange>(kTryRanges); }
  std::span<const CatchClause> clausesOf(const TryRange& range) const {
    return part<CatchClause>(kClauses).subspan(range.firstClause, range.clauseCount);
  }

  std::span<const LoopEntry> loopEntries() const { return part<LoopEntry>(kLoopEntries); }
  /// Where to enter the loop whose opcode is at `wasmOffset`; null if it has no entry.
  const u8* loopEntry(u32 wasmOffset) const;

  /// The data that `codeOffset` is in; null if it is code.
  const DataRange* dataAt(u32 codeOffset) const;

  // -- Stubs
  std::span<const StubPart> stubParts() const { return part<StubPart>(kStubParts); }
  std::span<const StubReturn> stubReturns() const { return part<StubReturn>(kStubReturns); }
  /// The piece that `codeOffset` is in; null if none is, or this is a function.
  const StubPart* stubPartAt(u32 codeOffset) const;
  /// What lies above the return address at `codeOffset`; null if it is none.
  const StubReturn* stubReturnAt(u32 codeOffset) const;

  /// Bytes of memory that the record takes.
  u64 memoryBytes() const { return sizeof(*this) + ends_[kPartCount - 1]; }

 private:
  friend class FunctionRecordBuilder;
  FunctionRecord() = default;

  /// Arrays in the storage, by descending alignment.
  enum Part : u32 {
    kStubParts,
    kReferences,
    kTryRanges,
    kClauses,
    kLoopEntries,
    kData,
    kStubReturns,
    kCallIndex,
    kAccessIndex,
    kCallBytes,
    kAccessBytes,
    kPartCount
  };
  template <class T>
  std::span<const T> part(Part which) const {
    const u32 begin = which == 0 ? 0 : ends_[which - 1];
    return {reinterpret_cast<const T*>(storage_.get() + begin), (ends_[which] - begin) / sizeof(T)};
  }

  CodeIdentity identity_;
  const u8* begin_ = nullptr;
  u32 size_ = 0;
  u32 callCount_ = 0;
  u32 accessCount_ = 0;
  u32 ends_[kPartCount] = {};  // of each part, in bytes
  std::unique_ptr<std::byte[]> storage_;
};

}  // namespace wasmrun::code
