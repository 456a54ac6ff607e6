// NameMaps: every name of the name section (spec: appendix/custom, name section; the extended-name-section proposal for
// the kinds past local names), read strictly: for the text format, where a name that is lost would be an error.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "wasm/module.h"

namespace wasmrun::wasm {

/// What a name belongs to; the numbers are those of the subsections.
enum class NameKind : u8 { Module, Func, Local, Label, Type, Table, Memory, Global, Elem, Data, Field, Tag, kCount };

/// Locals, labels and fields are numbered within a function or type.
constexpr bool isIndirect(NameKind kind) {
  return kind == NameKind::Local || kind == NameKind::Label || kind == NameKind::Field;
}

struct EntryName {
  u32 outer = 0;  ///< function or type, for indirect kinds; else 0
  u32 index = 0;  ///< a label's index counts the blocks of its function in order of appearance
  std::string_view name;
  friend bool operator==(const EntryName&, const EntryName&) = default;
};

/// Views into the module's bytes.
class NameMaps {
 public:
  /// The names of a module's only name section; empty maps if it has none. Nothing, if there are several name sections
  /// or the one is not exactly as the spec says: subsections and indices in ascending order, each index in range, names
  /// in UTF-8, no bytes left over. (Label indices are not compared with the function's code.)
  static std::optional<NameMaps> read(const Module& module);

  /// Present, although perhaps empty.
  const std::optional<std::string_view>& module() const { return module_; }
  /// All names of a kind other than Module, in ascending order.
  std::span<const EntryName> of(NameKind kind) const { return maps_[static_cast<u32>(kind)]; }
  /// Those within one function or type.
  std::span<const EntryName> of(NameKind kind, u32 outer) const;

  friend bool operator==(const NameMaps&, const NameMaps&) = default;

 private:
  class Reader;
  std::optional<std::string_view> module_;
  std::array<std::vector<EntryName>, static_cast<size_t>(NameKind::kCount)> maps_;
};

}  // namespace wasmrun::wasm
