// The format: all nodes' fields in one array of numbers, all edges' in another, in the order of their nodes; names are
// indexes into an array of strings. Edges name their target by its first field's index among the nodes' fields.
#include "gc/snapshot.h"

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
  Writer(Heap& heap, const SnapshotNames& names) : heap_(heap), given_(names) {}

  std::string write() {
    heap_.forEachObject([&](Ref ref) {
      objects_.push_back(ref);
      indexOf_.emplace(ref.bits(), objects_.size());  // the root is number 0
    });
    heap_.visitRoots(*this);
    node(Synthetic, stringIndex("(roots)"), 1, 0, edgeCount_);
    for (const Ref ref : objects_) object(ref);
    return support::concat("{\"snapshot\":{\"meta\":", kMeta, ",\"node_count\":", objects_.size() + 1,
                           ",\"edge_count\":", edgeCount_, ",\"trace_function_count\":0},\n\"nodes\":[", nodes_,
                           "],\n\"edges\":[", edges_,
                           "],\n\"trace_function_infos\":[],\"trace_tree\":[],\"samples\":[],\"locations\":[],\n"
                           "\"strings\":[",
                           strings_, "]}\n");
  }

 private:
  void visit(Ref& ref) override { edge(Element, edgeCount_, ref); }

  void object(Ref ref) {
    gc::Object& object = heap_.at(ref);
    const Layout& layout = heap_.layoutOf(ref);
    const u64 before = edgeCount_;
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
    // DevTools wants odd numbers for objects.
    node(nodeTypeOf(layout.kind), typeName(object.type), ref.bits() / kGranule * 2 + 1, bytesOf(object, layout),
         edgeCount_ - before);
  }

  void node(NodeType type, u32 name, u64 id, u64 bytes, u64 edges) {
    separate(nodes_);
    nodes_ += support::concat(u32{type}, ',', name, ',', id, ',', bytes, ',', edges, ",0,0");
  }

  /// `name`: an index, or for a Property the index of a string.
  void edge(EdgeType type, u64 name, Ref to) {
    separate(edges_);
    edges_ += support::concat(u32{type}, ',', name, ',', indexOf_.at(to.bits()) * kNodeFields);
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
      separate(strings_);
      strings_ += support::quoted(text);
    }
    return known->second;
  }
  static void separate(std::string& list) {
    if (!list.empty()) list += ",\n";
  }

  Heap& heap_;
  const SnapshotNames& given_;
  std::vector<Ref> objects_;
  std::unordered_map<u32, u64> indexOf_;
  std::unordered_map<u32, u32> names_;
  std::unordered_map<u64, u32> fieldNames_;  // by type word and field
  std::unordered_map<std::string, u32> stringIndexes_;
  std::string nodes_, edges_, strings_;
  u64 edgeCount_ = 0;
};

}  // namespace

std::string heapSnapshot(Heap& heap, const SnapshotNames& names) { return Writer(heap, names).write(); }

}  // namespace wasmrun::gc
