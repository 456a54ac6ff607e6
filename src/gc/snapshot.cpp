// The format: all nodes' fields in one array of numbers, all edges' in another, in the order of their nodes; names are
// indexes into an array of strings. Edges name their target by its first field's index among the nodes' fields. So the
// heap is gone through three times: to count, for nodes, for edges.
#include "gc/snapshot.h"

#include <algorithm>
#include <unordered_map>

#include "support/text.h"

namespace wasmrun::gc {

namespace {

constexpr std::string_view kMeta =
    R"({"node_fields":["type","name","id","self_size","edge_count","trace_node_id","detachedness"],)"
    R"("node_types":[["hidden","array","string","object","code","closure","regexp","number","native","synthetic"],)"
    R"("string","number","number","number","number","number"],)"
    R"("edge_fields":["type","name_or_index","to_node"],)"
    R"("edge_types":[["context","element","property","internal","hidden","shortcut","weak"],"string_or_number","node"],)"
    R"("trace_function_info_fields":[],"trace_node_fields":[],"sample_fields":[],"location_fields":[]})";
constexpr u32 kNodeFields = 7;

enum NodeType : u32 { Object = 3, Native = 8, Synthetic = 9 };
enum EdgeType : u32 { Element = 1, Property = 2 };

/// Arrays are objects too: DevTools takes nodes of the type "array" for a part of the object that refers to them.
NodeType nodeTypeOf(ObjectKind kind) { return kind == ObjectKind::Host ? Native : Object; }

class Writer final : RootVisitor {
 public:
  Writer(Heap& heap, const SnapshotNames& names, const SnapshotSink& sink) : heap_(heap), given_(names), sink_(sink) {}

  bool write() {
    u64 edges = findObjects();
    heap_.visitRoots(*this);
    edges += roots_.size();
    put("{\"snapshot\":{\"meta\":", kMeta, ",\"node_count\":", objects_.size() + 1, ",\"edge_count\":", edges,
        ",\"trace_function_count\":0},\n\"nodes\":[");
    node(Synthetic, stringIndex("(roots)"), 1, 0, roots_.size());
    for (const u32 object : objects_) node(Ref::fromBits(object));
    put("],\n\"edges\":[");
    isFirst_ = true;
    for (const Ref root : roots_) edge(Element, edgeCount_, root);
    for (const u32 object : objects_) writeEdges(Ref::fromBits(object));
    put("],\n\"trace_function_infos\":[],\"trace_tree\":[],\"samples\":[],\"locations\":[],\n\"strings\":[", strings_,
        "]}\n");
    return flush();
  }

 private:
  void visit(Ref& ref) override { roots_.push_back(ref); }

  /// The objects, and how many edges they have.
  u64 findObjects() {
    u64 edges = 0;
    heap_.forEachObject([&](Ref ref) {
      objects_.push_back(ref.bits());
      edges += edgesOf(ref);
    });
    std::ranges::sort(objects_);
    return edges;
  }

  u64 edgesOf(Ref ref) const {
    u64 edges = 0;
    forEachRef(heap_.at(ref), heap_.layoutOf(ref), [&](Ref* place) { edges += place->isObject(); });
    return edges;
  }

  void node(Ref ref) {
    const gc::Object& object = heap_.at(ref);
    const Layout& layout = heap_.layoutOf(ref);
    // DevTools wants odd numbers for objects.
    node(nodeTypeOf(layout.kind), typeName(object.type), ref.bits() / kGranule * 2 + 1, bytesOf(object, layout),
         edgesOf(ref));
  }
  void node(NodeType type, u32 name, u64 id, u64 bytes, u64 edges) {
    separate();
    put(u32{type}, ',', name, ',', id, ',', bytes, ',', edges, ",0,0");
  }

  void writeEdges(Ref ref) {
    gc::Object& object = heap_.at(ref);
    const Layout& layout = heap_.layoutOf(ref);
    const bool isArray = layout.kind == ObjectKind::Array;
    u32 field = 0;
    forEachRef(object, layout, [&](Ref* place) {
      const u32 offset = static_cast<u32>(reinterpret_cast<u8*>(place) - object.bytes());
      while (!isArray && layout.fields[field].offset != offset) ++field;
      if (!place->isObject()) return;
      if (isArray) {
        edge(Element, (offset - kElementsOffset) / u32{sizeof(Ref)}, *place);
      } else {
        edge(Property, fieldName(object.type, field), *place);
      }
    });
  }
  /// `name`: an index, or for a Property the index of a string.
  void edge(EdgeType type, u64 name, Ref to) {
    const auto found = std::ranges::lower_bound(objects_, to.bits());
    const u64 number = static_cast<u64>(found - objects_.begin()) + 1;  // the root is number 0
    separate();
    put(u32{type}, ',', name, ',', number * kNodeFields);
    ++edgeCount_;
  }

  u32 typeName(u32 type) {
    const auto [known, isNew] = names_.try_emplace(type);
    if (isNew) known->second = stringIndex(given_.ofType(type));
    return known->second;
  }
  u32 fieldName(u32 type, u32 field) {
    const auto [known, isNew] = fieldNames_.try_emplace(u64{type} << 32 | field);
    if (isNew) known->second = stringIndex(given_.ofField(type, field));
    return known->second;
  }
  u32 stringIndex(const std::string& text) {
    const auto [known, isNew] = stringIndexes_.try_emplace(text, static_cast<u32>(stringIndexes_.size()));
    if (isNew) {
      if (!strings_.empty()) strings_ += ",\n";
      strings_ += support::quoted(text);
    }
    return known->second;
  }

  template <class... Pieces>
  void put(const Pieces&... pieces) {
    constexpr size_t kAtOnce = 64 * 1024;
    buffer_ += support::concat(pieces...);
    if (buffer_.size() >= kAtOnce) flush();
  }
  void separate() {
    if (!std::exchange(isFirst_, false)) buffer_ += ",\n";
  }
  bool flush() {
    isWanted_ = isWanted_ && sink_(buffer_);
    buffer_.clear();
    return isWanted_;
  }

  Heap& heap_;
  const SnapshotNames& given_;
  const SnapshotSink& sink_;
  std::vector<u32> objects_;  // ascending
  std::vector<Ref> roots_;
  std::unordered_map<u32, u32> names_;
  std::unordered_map<u64, u32> fieldNames_;  // by type word and field
  std::unordered_map<std::string, u32> stringIndexes_;
  std::string strings_, buffer_;
  u64 edgeCount_ = 0;
  bool isFirst_ = true, isWanted_ = true;
};

}  // namespace

bool writeHeapSnapshot(Heap& heap, const SnapshotNames& names, const SnapshotSink& sink) {
  return Writer(heap, names, sink).write();
}

}  // namespace wasmrun::gc
