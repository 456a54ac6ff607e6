// PrintedModule: a module with what printing any part of it needs: identifiers, and its own type indices in place of
// canonical types.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "text/identifiers.h"
#include "wasm/module.h"
#include "wasm/name_maps.h"

namespace wasmrun::text {

inline constexpr std::string_view kNameSection = "name";
inline constexpr std::string_view kBranchHintSection = "metadata.code.branch_hint";

/// The recursive group that is being defined: within it, its members are meant by their own indices, even if an equal
/// group was there before.
struct OpenGroup {
  const wasm::TypeGroup* group = nullptr;
  u32 first = 0;  ///< its first member's type index
};

/// Refers to `module`, which must outlive it. Immutable.
class PrintedModule {
 public:
  explicit PrintedModule(const wasm::Module& module);

  const wasm::Module& module() const { return module_; }
  /// False if the name section is one that identifiers cannot give again: then there are none, and it is printed as
  /// bytes, like any custom section.
  bool hasIds() const { return names_.has_value(); }
  std::optional<std::string_view> moduleName() const { return names_ ? names_->module() : std::nullopt; }

  // -- Identifiers ---------------------------------------------------------------------------------------------------
  /// Of a kind that is not numbered within others.
  const IdSpace& ids(wasm::NameKind kind) const { return ids_[static_cast<u32>(kind)]; }
  /// Of a type's fields.
  const IdSpace& fieldIds(u32 type) const;
  /// Of a function's locals or labels; made anew.
  IdSpace idsWithin(wasm::NameKind kind, wasm::FuncIndex func) const;

  /// Hints that are printed as annotations: none if the module has them in a form that annotations cannot give again.
  bool annotatesHints() const { return annotatesHints_; }
  std::span<const wasm::BranchHint> branchHints(wasm::FuncIndex func) const {
    return annotatesHints_ ? module_.branchHints(func) : std::span<const wasm::BranchHint>();
  }

  // -- Types: text, each with a space before it ----------------------------------------------------------------------
  /// The module's first type equal to `id`, or a member of the open group.
  u32 typeIndex(wasm::TypeId id, OpenGroup open = {}) const;
  /// ` i32`, ` i8`, ` (ref null $t)`
  void printValType(std::string& out, wasm::ValType type, OpenGroup open = {}) const;
  /// ` any`, ` $t`
  void printHeapType(std::string& out, wasm::HeapType heap, OpenGroup open = {}) const;
  /// ` (param i32 i64)` or the like; nothing for no types.
  void printTypes(std::string& out, std::string_view keyword, std::span<const wasm::ValType> types,
                  OpenGroup open = {}) const;
  /// ` (type 3)` and what it says, of a function type of the module.
  void printTypeUse(std::string& out, u32 type) const;
  void printReference(std::string& out, wasm::NameKind kind, u32 index) const { ids(kind).printReference(out, index); }

 private:
  struct FirstIndex {
    u32 id, index;
  };
  bool labelsFit() const;
  bool hintsFit() const;
  bool hintsFit(wasm::FuncIndex func, std::span<const wasm::BranchHint> hints) const;

  const wasm::Module& module_;
  std::optional<wasm::NameMaps> names_;
  bool annotatesHints_;
  std::array<IdSpace, static_cast<size_t>(wasm::NameKind::kCount)> ids_;
  std::vector<std::pair<u32, IdSpace>> fieldIds_;  // by type index, ascending
  std::vector<FirstIndex> firstIndices_;           // by TypeId, ascending
};

}  // namespace wasmrun::text
