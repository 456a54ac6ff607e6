// TypeParser: type definitions, value types, and the uses of function types.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "text/declarations.h"
#include "text/module_scope.h"
#include "text/section_writer.h"

namespace wasmrun::text {

/// `(type x)? (param t*)* (result t*)*`: what was written of it.
struct TypeUse {
  u32 index = ~u32{0};  ///< of `(type x)`, if isExplicit
  bool isExplicit = false;
  u32 offset = 0;
  u32 paramCount = 0;  ///< of the inline signature
  u32 resultCount = 0;
  bool hasSignature() const { return paramCount + resultCount != 0; }
};

/// Whether the word alone is a value type, a packed type, a heap type or an abbreviation of a reference to one.
bool isTypeWord(std::string_view word);

class TypeParser {
 public:
  explicit TypeParser(ModuleScope& scope) : scope_(scope), in_(scope.in) {}

  /// Parses all type fields; before anything else here.
  void define(std::span<const TypeFieldText> fields);
  SectionWriter& section() { return section_; }
  /// Names of fields: a list for each type that has any, in the order of types.
  const std::vector<std::pair<u32, NameList>>& fieldNames() const { return fieldNames_; }

  // -- Value types --------------------------------------------------------------------------------------------------
  /// Each writes what it reads.
  void parseValType(BinaryWriter& to);
  void parseRefType(BinaryWriter& to);
  bool atRefType();
  void parseHeapType(BinaryWriter& to);
  /// A reference type of which only the heap type is written; returns whether it is nullable.
  bool parseRefAsHeapType(BinaryWriter& to);
  /// `t` or `(mut t)`, and the mutability byte.
  void parseGlobalType(BinaryWriter& to);

  // -- Uses of function types ---------------------------------------------------------------------------------------
  enum class ParamNames : u8 {
    None,    ///< identifiers are errors
    Ignore,  ///< they are allowed
    Keep,    ///< they are kept as the names of locals of the scope, which have no other meaning
    Locals,  ///< they name parameters; all parameters become locals of the scope
  };
  /// Leaves the inline signature for the next functions, up to the next use. "inline function type ..." if it is not
  /// that of `(type x)`.
  TypeUse parseUse(ParamNames names);
  /// The index of the use's type; one is added if there is none for the inline signature.
  u32 indexOf(const TypeUse& use);
  /// The inline signature's only result.
  std::span<const u8> onlyResult() const { return results_.bytes(); }
  /// Parameters of the type that `(type x)` names; 0 for what is no function type, which validation finds out.
  u32 paramCountOf(const TypeUse& use) const;

 private:
  struct Type {
    wasm::CompositeKind kind = wasm::CompositeKind::Func;
    u32 paramCount = 0;
    std::string signature;  // of function types: as encoded
  };
  struct StringHash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const;
  };

  void parseRec();
  void parseDefinition(bool isAlone);
  void parseSubType(bool isAlone);
  void parseCompositeType(bool isPlain);
  void parseFuncType(bool isPlain);
  void parseStructType();
  void parseFieldType(BinaryWriter& to);
  void parseMutable(BinaryWriter& to, bool storage);
  void parseStorageType(BinaryWriter& to);
  void parseSignature(ParamNames names, TypeUse& use);
  void parseParam(ParamNames names, u32& count);
  std::string_view writeSignature(u32 paramCount, u32 resultCount);

  ModuleScope& scope_;
  TokenStream& in_;
  SectionWriter section_;
  std::vector<Type> types_;
  std::unordered_map<std::string, u32, StringHash, std::equal_to<>> funcTypes_;  // plain ones, by signature
  std::vector<std::pair<u32, NameList>> fieldNames_;
  BinaryWriter params_, results_, signature_, fields_;
};

}  // namespace wasmrun::text
