// LayoutTable: from an object's type word to its layout, for the types of one heap.
#pragma once

#include <memory>
#include <vector>

#include "gc/layout.h"
#include "platform/mapping.h"

namespace wasmrun::gc {

/// Belongs to its heap's thread.
class LayoutTable {
 public:
  /// With the layout of host objects. Limit error if there is no memory.
  static Result<LayoutTable> make();

  /// Limit error if there is no memory: nothing was added then. Types that are there already keep their layout.
  Result<void> add(std::shared_ptr<const LayoutSet> set);

  /// By type word; null for types that were not added. Changes with `add`.
  const Layout* const* entries() const { return reinterpret_cast<const Layout* const*>(mapping_.base()); }
  /// Null if no objects have this type word, whatever it is.
  const Layout* find(u32 type) const { return type < end_ ? entries()[type] : nullptr; }

 private:
  Result<void> growTo(u32 end);
  void set(const Layout& layout);

  platform::Mapping mapping_;  // pages that no type lies on take no memory
  u32 end_ = 0;                // entries
  std::vector<std::shared_ptr<const LayoutSet>> sets_;
};

}  // namespace wasmrun::gc
