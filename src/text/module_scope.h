// ModuleScope: a module's tokens and what its identifiers mean. All parts of the parser share one.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "text/symbols.h"
#include "text/token_stream.h"
#include "wasm/types.h"

namespace wasmrun::text {

/// The index spaces of a module that have identifiers; those that are imported and exported as in ExternKind.
enum class Space : u8 { Func, Table, Memory, Global, Tag, Type, Elem, Data, kCount };
inline constexpr u32 kSpaceCount = static_cast<u32>(Space::kCount);
/// "function", "table" ...: as in "unknown function".
const char* nameOf(Space space);

/// An index and its name, for the name section.
struct NamedIndex {
  u32 index;
  std::string_view name;
};
using NameList = std::vector<NamedIndex>;

class ModuleScope {
 public:
  static constexpr u32 kNone = ~u32{0};

  ModuleScope(std::string_view source, TextRange range) : in(source, range), source_(source) {}

  TokenStream in;
  std::string_view source() const { return source_; }

  // -- The module's index spaces ------------------------------------------------------------------------------------
  /// A new index. The identifier, if it is one, must not be taken ("duplicate func").
  u32 declare(Space space, Token id);
  u32 declared(Space space) const { return counts_[static_cast<u32>(space)]; }
  /// The index that a Natural or Id here means; "unknown function $f" if none has the name.
  u32 readIndex(Space space);
  u32 readIndexOr(Space space, u32 otherwise) { return in.atIndex() ? readIndex(space) : otherwise; }
  /// The names of all that was declared, ascending by index: identifiers, unless @name annotations say other names.
  NameList names(Space space) const;
  /// Past the identifier of the definition at hand, which was declared, and the @name annotation behind it.
  void finishName(Space space, u32 index);
  /// The contents of a @name annotation right here, if there is one.
  std::optional<std::string_view> readNameAnnotation();

  // -- Fields of struct types ---------------------------------------------------------------------------------------
  /// Past the identifier that a type's field may have, and the @name annotation behind it; its name, if it has one.
  std::optional<std::string_view> declareField(u32 type, u32 field);
  u32 readField(u32 type);

  // -- A function's locals ------------------------------------------------------------------------------------------
  /// Forgets the locals of the function before.
  void beginLocals() { ++localScope_, localCount_ = 0, localNames_.clear(); }
  /// Locals without an identifier.
  void addLocals(u32 count) { localCount_ += count; }
  /// The one whose identifier is here; past it and the @name annotation behind it.
  void addNamedLocal();
  /// The same, but nothing can refer to it, so that another may have its identifier: a parameter of an import.
  void keepLocalName();
  /// The next local to be added has the @name annotation that may be here.
  void nameNextLocal();
  u32 localCount() const { return localCount_; }
  u32 readLocal();
  const NameList& localNames() const { return localNames_; }

  // -- Labels -------------------------------------------------------------------------------------------------------
  /// An open label's name, and what the name meant before.
  struct Label {
    Symbol symbol = kNoSymbol;
    u32 shadowed = kNone;
    std::optional<std::string_view> name;  ///< the identifier's, or that of a @name annotation
  };
  /// Past an identifier, if there is one here, and its annotation. It means nothing before pushLabel.
  Label readLabelName();
  void pushLabel(Label& label);
  void popLabel(const Label& label);
  /// Only the label of a function or expression.
  void resetLabels() { labelCount_ = 1; }
  /// A label's distance from the innermost one.
  u32 readLabel();
  /// Past an identifier behind `end` or `else`, which must be the block's own.
  void checkLabelName(const Label& label);

  // -- Numbers and names --------------------------------------------------------------------------------------------
  u32 readU32();
  u64 readU64();
  /// The name of an identifier, which is here.
  std::string_view takeIdName();
  /// A string that is a name: UTF-8.
  std::string readName();

 private:
  /// What a symbol means in each index space, in the function at hand, and as a label.
  struct Meaning {
    u32 indexes[kSpaceCount] = {kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone};
    u32 local = kNone;
    u32 localScope = 0;  // `local` counts in this scope only
    u32 label = kNone;   // counted from the outside
  };
  Meaning& meaning(Token id);
  u32 unknown(const char* what);

  std::string_view source_;
  Symbols symbols_;
  std::vector<Meaning> meanings_;  // by symbol
  u32 counts_[kSpaceCount] = {};
  NameList names_[kSpaceCount];      // identifiers, ascending
  NameList annotated_[kSpaceCount];  // @name annotations, ascending
  std::deque<std::string> annotatedNames_;
  std::unordered_map<u64, u32> fields_;  // type and symbol -> field
  u32 localScope_ = 0;
  u32 localCount_ = 0;
  NameList localNames_;
  u32 labelCount_ = 1;
};

}  // namespace wasmrun::text
