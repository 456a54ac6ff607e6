// Survivors: what a collection knows of an object after tracing.
#pragma once

#include "gc/ref.h"

namespace wasmrun::gc {

class Survivors {
 public:
  /// Where the object is now; null if nothing refers to it.
  virtual Ref find(Ref ref) = 0;
  /// Whether the next young collection may move or free the object, given by its new place.
  virtual bool isYoung(Ref ref) const = 0;

 protected:
  ~Survivors() = default;
};

}  // namespace wasmrun::gc
