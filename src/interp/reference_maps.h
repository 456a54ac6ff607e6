// ReferenceMaps: which slots of a function's frames hold references that a collector follows, at each place where its
// code can be stopped: calls of any kind, and what C++ functions do.
//
// Recorded by the translator when it runs once more over a function (ModuleCode::referencesAt), so code that is never
// on the stack of a collection has none. Kept as changes from place to place, with the whole set written down from time
// to time: linear in the function, however deep its operands are.
#pragma once

#include <span>
#include <unordered_map>
#include <vector>

#include "support/int.h"

namespace wasmrun::interp {

/// Slots of a frame, from its start, that hold references of any hierarchy but func. Valid as long as the maps.
struct FrameReferences {
  std::span<const u32> locals;    ///< parameters and locals
  std::span<const u32> operands;  ///< operands below those that a call hands to its callee
};

class ReferenceMaps {
 public:
  // -- Recording, in the order of the code
  void addLocal(u32 slot) { locals_.push_back(slot); }
  /// From here on, the operand in `slot` is a reference; or is none any more.
  void add(u32 slot);
  void remove(u32 slot);
  /// Code can be stopped at the instruction at `word`.
  void point(u32 word);

  /// At the last point at or before `word`.
  FrameReferences at(u32 word);

 private:
  struct Point {
    u32 word;
    u32 changes;  ///< that apply to it
  };
  struct Whole {
    u32 changes;  ///< after so many
    u32 begin;    ///< in wholeSlots_
    u32 end;
  };
  std::vector<u32> operandsAt(const Point& point) const;

  std::vector<u32> locals_;
  std::vector<u32> changes_;  // slot * 2, plus 1 if it is removed
  std::vector<Point> points_;
  std::vector<Whole> wholes_;
  std::vector<u32> wholeSlots_;
  std::unordered_map<u32, std::vector<u32>> known_;  // by point

  // The set while recording.
  static constexpr u32 kAbsent = ~u32{0};
  std::vector<u32> current_;
  std::vector<u32> indexOf_;  // by slot: in current_, or kAbsent
};

}  // namespace wasmrun::interp
