// What collectors that look through objects ask of them.
#pragma once

#include "gc/layout.h"

namespace wasmrun::gc {

/// Whether there is a reference in objects of this layout, but in empty arrays: others need no look.
inline bool hasRefs(const Layout& layout) {
  return layout.kind == ObjectKind::Array ? layout.element == Storage::Ref : layout.refCount != 0;
}

}  // namespace wasmrun::gc
