// The heap's verifier, for every build.
#pragma once

#include "support/result.h"

namespace wasmrun::gc {

struct HeapCore;
class Collector;

/// Looks at everything: each object has a known type and ends inside its space; each reference in an object or a root
/// is null, an i31 or the start of an object, of a type that its field allows; no reference from an old object to a
/// young one lies in a clean card. An Internal error names the first thing that is wrong. Takes time and memory in
/// proportion to the heap; changes nothing; follows no reference that it has not checked.
Result<void> verifyHeap(HeapCore& core, const Collector& collector);

}  // namespace wasmrun::gc
