// FunctionRecordBuilder: what a compiler fills while it emits a function.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "code/function_record.h"

namespace wasmrun::code {

/// One for many functions, one after the other: begin, the additions in any mixture, finish. One thread.
class FunctionRecordBuilder {
 public:
  /// Starts a new record; what was not finished is forgotten.
  void begin(const CodeIdentity& identity);
  /// What is known only when the code has been made.
  void setFrameSlots(u32 slots) { identity_.frameSlots = slots; }

  // -- Sites, each kind in ascending order of code offsets (an assembler's order)
  /// A call; `site.codeOffset` is that of the return address.
  void addCall(const Site& site) { calls_.add(site); }
  /// An instruction at `codeOffset` that faults where the wasm instruction at `wasmOffset` traps.
  void addAccess(u32 codeOffset, u32 wasmOffset) { accesses_.add({codeOffset, wasmOffset}); }

  // -- References
  /// The chain of `rest` (kNone: none) and `slot`. Adding the same slot to the same chain again gives the same chain
  /// mostly, so whoever has a stack of operands adds each operand when the first site sees it and keeps the chain next
  /// to it: linear, however deep operands are.
  u32 addReference(u32 rest, u32 slot);
  /// The chain of all these slots: for sets that are no stacks. Linear in the slots.
  u32 addReferences(std::span<const u32> slots);

  // -- Exceptions
  /// A range, to be named by sites and other ranges.
  u32 addTryRange(TryRange::Kind kind, u32 parent, u32 delegateTo = kNone);
  /// It turns out to be a delegate's.
  void setDelegate(u32 range, u32 delegateTo);
  /// The next clause of a range; its number. Clauses of other ranges may come in between.
  u32 addClause(u32 range, const CatchClause& clause);
  /// Where the clause continues, once that code was emitted.
  void setLanding(u32 clause, u32 codeOffset) { clauses_[clause].clause.landing = codeOffset; }

  /// Code for entering a loop in its middle; in any order, one a loop.
  void addLoopEntry(u32 wasmOffset, u32 codeOffset) { loopEntries_.push_back({wasmOffset, codeOffset}); }

  /// A jump table: `size` bytes, a multiple of 4, of words relative to its begin. In ascending order.
  void addData(u32 codeOffset, u32 size);

  // -- Stubs, in any order
  void addStubPart(const char* name, u32 codeOffset) { stubParts_.push_back({name, codeOffset}); }
  void addStubReturn(const StubReturn& place) { stubReturns_.push_back(place); }

  /// The record of the code at [begin, begin + size).
  std::unique_ptr<FunctionRecord> finish(const u8* begin, u32 size);

 private:
  void sortClauses();

  CodeIdentity identity_;
  SiteListBuilder calls_{SiteKind::Call};
  SiteListBuilder accesses_{SiteKind::Access};
  std::vector<ReferenceChain> references_;
  std::vector<u32> lastLonger_;  // by chain: the one made from it last
  u32 lastFromEmpty_ = kNone;    // the same for the empty one
  std::vector<TryRange> tryRanges_;
  struct RangeClause {
    u32 range;
    CatchClause clause;
  };
  std::vector<RangeClause> clauses_;
  std::vector<CatchClause> sortedClauses_;
  std::vector<LoopEntry> loopEntries_;
  std::vector<DataRange> data_;
  std::vector<StubPart> stubParts_;
  std::vector<StubReturn> stubReturns_;
};

}  // namespace wasmrun::code
