// Heap snapshots in the format of Chrome's DevTools (.heapsnapshot, Memory panel, "Load profile").
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "gc/heap.h"

namespace wasmrun::gc {

/// What things are called, given type words.
struct SnapshotNames {
  std::function<std::string(u32 type)> ofType;
  std::function<std::string(u32 type, u32 field)> ofField;  ///< of structs, and of exceptions' payloads
};

/// Takes the next piece of a snapshot; false if it wants no more.
using SnapshotSink = std::function<bool(std::string_view piece)>;

/// The graph of all objects, dead ones that were not found dead yet included: a node each with its size, an edge for
/// each reference to an object, named by field or element, and a root that refers to what the roots refer to. i31
/// values are no objects. JSON, some 60 bytes an object; changes nothing, and takes 4 bytes of memory an object.
/// DevTools warns of objects that nothing refers to: a full collection before leaves none. False if `sink` wanted no
/// more.
bool writeHeapSnapshot(Heap& heap, const SnapshotNames& names, const SnapshotSink& sink);

}  // namespace wasmrun::gc
