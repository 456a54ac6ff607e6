// Heap snapshots in the format of Chrome's DevTools (.heapsnapshot, Memory panel, "Load profile").
#pragma once

#include <functional>
#include <string>

#include "gc/heap.h"

namespace wasmrun::gc {

/// A name for the objects of a type, given its type word.
using TypeNames = std::function<std::string(u32 type)>;

/// The graph of all objects, dead ones that were not found dead yet included: a node each with its size, an edge for
/// each reference to an object, named by field or element, and a root that refers to what the roots refer to. i31
/// values are no objects. JSON, some 60 bytes an object; changes nothing.
std::string heapSnapshot(Heap& heap, const TypeNames& nameOf);

}  // namespace wasmrun::gc
