// FuncHandles: what stands for functions in objects.
//
// A funcref in a frame is a pointer. In an object it is a number in its store's FuncHandles, so that no object holds an
// address outside of the heap; 0 is null. A function keeps its own number, once it has one. Functions live as long as
// their store, and so do the numbers.
#pragma once

#include <vector>

#include "support/int.h"

namespace wasmrun::gc {

/// Belongs to its store's thread.
class FuncHandles {
 public:
  /// The number for `func`, which has none yet. Never 0.
  u32 add(void* func) {
    funcs_.push_back(func);
    return support::narrow<u32>(funcs_.size() - 1);
  }
  /// Null for 0. A number that was never given out aborts.
  [[gnu::always_inline]] void* get(u32 number) const {
    CHECK(number < funcs_.size(), "a function's number in the heap was given out");
    return funcs_[number];
  }
  /// By number; until the next one is given out.
  void* const* data() const { return funcs_.data(); }
  /// Numbers given out are below.
  u32 end() const { return static_cast<u32>(funcs_.size()); }

 private:
  std::vector<void*> funcs_ = std::vector<void*>(1);
};

}  // namespace wasmrun::gc
