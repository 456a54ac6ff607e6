#include "interp/fusion.h"

#include <algorithm>
#include <array>
#include <bit>

namespace wasmrun::interp {

namespace {

using enum HandlerId;

/// The rows of handlers_fused.def, one behind the other; a row's end is marked.
constexpr HandlerId kSequences[] = {
#define WASMRUN_FUSED(...) __VA_ARGS__, kNone,
#include "interp/handlers_fused.def"
};

/// Handlers of the longest row.
constexpr u32 kLongest = [] {
  u32 longest = 0, length = 0;
  for (const HandlerId handler : kSequences) {
    length = handler == kNone ? 0 : length + 1;
    longest = std::max(longest, length);
  }
  return longest;
}();

/// The same as a trie, in one hash table of edges: a node is the place of the edge that leads to it.
class Trie {
 public:
  using Node = u16;
  static constexpr Node kPlaces = 8192;  ///< a power of two
  static constexpr Node kRoot = kPlaces;

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
        edges_[next].from = node;
        edges_[next].handler = handler;
        ++used_;
        if (node == kRoot)
          first_[static_cast<u32>(handler)] = next;
        else
          edges_[node].mayFollow |= bit(handler);
      }
      node = next;
    }
  }

  /// The node that `handler` leads to from the root, or kRoot.
  constexpr Node first(HandlerId handler) const { return first_[static_cast<u32>(handler)]; }
  /// The node that `handler` leads to from `node`, which is not the root; or kRoot. Nearly all that lead nowhere are
  /// known without a search.
  constexpr Node next(Node node, HandlerId handler) const {
    if ((edges_[node].mayFollow & bit(handler)) == 0) return kRoot;
    const Node found = place(node, handler);
    return edges_[found].handler == kNone ? kRoot : found;
  }
  /// Of the sequence that ends at the node, from 1; 0: none does.
  constexpr u32 row(Node node) const { return edges_[node].row; }
  constexpr u32 used() const { return used_; }

 private:
  struct Edge {
    u32 mayFollow = 0;  ///< `bit` of the handlers that lead on from here
    Node from = 0;
    HandlerId handler = kNone;  ///< kNone: the place is free
    u16 row = 0;
  };

  static constexpr u32 bit(HandlerId handler) { return 1u << (static_cast<u32>(handler) % 32); }

  /// Where the edge is, or would be.
  constexpr Node place(Node from, HandlerId handler) const {
    u32 hash = (from * 0x9e3779b1u ^ static_cast<u32>(handler) * 0x85ebca6bu) >> 16;
    for (;; ++hash) {
      const Edge& edge = edges_[hash % kPlaces];
      if (edge.handler == kNone || (edge.from == from && edge.handler == handler)) return hash % kPlaces;
    }
  }

  std::array<Edge, kPlaces> edges_{};
  std::array<Node, kHandlerCount> first_ = [] {
    std::array<Node, kHandlerCount> none{};
    none.fill(kRoot);
    return none;
  }();
  u32 used_ = 0;
};

constexpr Trie kTrie;
static_assert(kTrie.used() < Trie::kPlaces * 2 / 3, "a full hash table is slow: make it larger");

}  // namespace

void fuse(std::span<Word> words, std::span<const Emitter::Instruction> instructions) {
  if (dispatch().fusedCount == 0) return;
  const Word* const handlers = dispatch().handlers + kHandlerCount;
  const size_t count = instructions.size();
  // How many handlers run from an instruction to the end, for as many instructions as a row may reach.
  constexpr size_t kReach = std::bit_ceil(kLongest + 1);
  u32 handlersToEnd[kReach] = {};
  for (size_t first = count; first-- > 0;) {
    u32 fewest = handlersToEnd[(first + 1) % kReach] + 1, row = 0;
    Trie::Node node = kTrie.first(instructions[first].id);
    for (size_t i = first; node != Trie::kRoot;) {
      if (kTrie.row(node) != 0 && handlersToEnd[(i + 1) % kReach] + 1 < fewest) {
        fewest = handlersToEnd[(i + 1) % kReach] + 1;
        row = kTrie.row(node);
      }
      // A jump table may lie between this one and the next.
      const u32 end = instructions[i].at + info(instructions[i].id).words();
      if (++i == count || instructions[i].at != end) break;
      node = kTrie.next(node, instructions[i].id);
    }
    handlersToEnd[first % kReach] = fewest;
    if (row != 0) words[instructions[first].at] = handlers[row - 1];
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
