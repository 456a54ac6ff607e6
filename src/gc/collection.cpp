#include "gc/collection.h"

#include <utility>

namespace wasmrun::gc {

std::string_view nameOf(CollectionKind kind) { return kind == CollectionKind::Young ? "young" : "full"; }

std::string_view nameOf(CollectionReason reason) {
  switch (reason) {
    case CollectionReason::AreaFull: return "no room for new objects";
    case CollectionReason::LargeObjects: return "many large objects";
    case CollectionReason::OldSpaceGrown: return "old objects doubled";
    case CollectionReason::OldSpaceAged: return "old objects not looked at for long";
    case CollectionReason::Limit: return "limit reached";
    case CollectionReason::HostObjects: return "many host objects";
    case CollectionReason::Requested: return "requested";
    case CollectionReason::Stress: return "stress";
  }
  std::unreachable();
}

}  // namespace wasmrun::gc
