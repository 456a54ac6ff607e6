// Identifiers: what a module's functions, types, locals ... are called in its text.
//
// Names come from the name section, which may give several things the same name, or an empty one; identifiers must be
// unique and not empty. So of equal names the first is the identifier, the others get ".index" behind it; those and
// empty ones carry their true name as an annotation `(@name "...")`, so that text gives the same name section again.
// Where there is no name there is no identifier: the text says the index.
#pragma once

#include <forward_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wasm/name_maps.h"

namespace wasmrun::text {

/// The identifiers of one index space, ascending by index. Refers to the names it is made from.
class IdSpace {
 public:
  IdSpace() = default;
  /// `names`: of one space, ascending, each index once.
  explicit IdSpace(std::span<const wasm::EntryName> names);
  IdSpace(IdSpace&&) = default;
  IdSpace& operator=(IdSpace&&) = default;

  /// The identifier without its `$`; empty if there is none.
  std::string_view id(u32 index) const;
  /// What stands behind a definition's keyword: ` $id`, ` (@name "...")`, both or nothing.
  void printDefinition(std::string& out, u32 index) const;
  /// ` $id` or ` index`.
  void printReference(std::string& out, u32 index) const;
  bool has(u32 index) const { return find(index) != nullptr; }
  bool empty() const { return entries_.empty(); }

 private:
  struct Entry {
    u32 index;
    std::string_view id;
    std::string_view name;
  };
  const Entry* find(u32 index) const;
  std::vector<Entry> entries_;
  std::forward_list<std::string> made_;
};

}  // namespace wasmrun::text
