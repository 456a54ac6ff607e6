#include "interp/fusion.h"

#include <array>

namespace wasmrun::interp {

namespace {

using enum HandlerId;

/// The rows of handlers_fused.def, one behind the other; a row's end is marked.
constexpr HandlerId kSequences[] = {
#define WASMRUN_FUSED(...) __VA_ARGS__, kNone,
#include "interp/handlers_fused.def"
};

/// The same as a trie, in one hash table of edges: a node is the place of the edge that leads to it.
class Trie {
 public:
  using Node = u16;
  static constexpr Node kPlaces = 8192;  ///< a power of two
  static constexpr Node kRoot = kPlaces;

  struct Edge {
    Node from = 0;
    HandlerId handler = kNone;  ///< kNone: the place is free
    u16 row = 0;                ///< of the sequence that ends here, from 1; 0: none does
  };

  constexpr Trie() {
    Node node = kRoot;
    u16 row = 0;
    for (const HandlerId handler : kSequences) {
      if (handler == kNone) {
        edges_[node].row = ++row;
        node = kRoot;
        continue;
      }
      const Node next = place(node, handler);
      if (edges_[next].handler == kNone) {
        edges_[next] = {node, handler, 0};
        ++used_;
      }
      node = next;
    }
  }

  /// The node that `handler` leads to from `node`, or kRoot.
  constexpr Node next(Node node, HandlerId handler) const {
    const Node found = place(node, handler);
    return edges_[found].handler == kNone ? kRoot : found;
  }
  constexpr u32 row(Node node) const { return edges_[node].row; }
  constexpr u32 used() const { return used_; }

 private:
  /// Where the edge is, or would be.
  constexpr Node place(Node from, HandlerId handler) const {
    u32 hash = (from * 0x9e3779b1u ^ static_cast<u32>(handler) * 0x85ebca6bu) >> 16;
    for (;; ++hash) {
      const Edge& edge = edges_[hash % kPlaces];
      if (edge.handler == kNone || (edge.from == from && edge.handler == handler)) return hash % kPlaces;
    }
  }

  std::array<Edge, kPlaces> edges_{};
  u32 used_ = 0;
};

constexpr Trie kTrie;
static_assert(kTrie.used() < Trie::kPlaces * 2 / 3, "a full hash table is slow: make it larger");

}  // namespace

void fuse(std::vector<Word>& words, const std::vector<Emitter::Instruction>& instructions) {
  if (dispatch().fusedCount == 0) return;
  const size_t count = instructions.size();
  std::vector<u32> handlersToEnd(count + 1);
  for (size_t first = count; first-- > 0;) {
    u32 fewest = handlersToEnd[first + 1] + 1, row = 0;
    Trie::Node node = Trie::kRoot;
    for (size_t i = first; i < count; ++i) {
      node = kTrie.next(node, instructions[i].id);
      if (node == Trie::kRoot) break;
      if (kTrie.row(node) != 0 && handlersToEnd[i + 1] + 1 < fewest) {
        fewest = handlersToEnd[i + 1] + 1;
        row = kTrie.row(node);
      }
      // A jump table lies between this one and the next.
      if (i + 1 < count && instructions[i].at + info(instructions[i].id).words() != instructions[i + 1].at) break;
    }
    handlersToEnd[first] = fewest;
    if (row != 0) words[instructions[first].at] = dispatch().handlers[kHandlerCount + row - 1];
  }
}

std::span<const HandlerId> fusedSequence(u32 row) {
  const HandlerId* begin = kSequences;
  for (;;) {
    const HandlerId* end = begin;
    while (*end != kNone) ++end;
    if (row-- == 0) return {begin, end};
    begin = end + 1;
  }
}

}  // namespace wasmrun::interp
