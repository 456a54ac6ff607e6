// Types of wasm values and of everything a module imports and exports.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "wasmrun/error.h"
#include "wasmrun/export.h"

namespace wasmrun {

/// What a reference may point to.
enum class HeapKind : uint8_t {
  Func,
  NoFunc,
  Extern,
  NoExtern,
  Any,
  Eq,
  I31,
  Struct,
  Array,
  None,
  Exn,
  NoExn,
  Concrete,  ///< a defined type: ValType::typeId
};

/// The sort of a value.
enum class ValKind : uint8_t { I32, I64, F32, F64, V128, Ref };

/// The type of a value: 16 bytes, copied freely, any thread.
///
/// A reference to a defined type names it by a number that all modules of one engine share (types are equal when their
/// recursive groups are: spec valid/conventions, "rolling"), together with the engine's own number, so that types of
/// two engines never compare equal by accident. Engine::describe writes such a type out.
class ValType {
 public:
  /// i32.
  constexpr ValType() noexcept = default;
  /// A number or vector type. Not for ValKind::Ref.
  constexpr ValType(ValKind kind) noexcept : kind_(kind) {}

  static constexpr ValType i32() noexcept { return ValKind::I32; }
  static constexpr ValType i64() noexcept { return ValKind::I64; }
  static constexpr ValType f32() noexcept { return ValKind::F32; }
  static constexpr ValType f64() noexcept { return ValKind::F64; }
  static constexpr ValType v128() noexcept { return ValKind::V128; }
  static constexpr ValType funcref() noexcept { return ref(HeapKind::Func, true); }
  static constexpr ValType externref() noexcept { return ref(HeapKind::Extern, true); }
  static constexpr ValType anyref() noexcept { return ref(HeapKind::Any, true); }
  static constexpr ValType exnref() noexcept { return ref(HeapKind::Exn, true); }
  /// `(ref [null] heap)` for an abstract heap type.
  static constexpr ValType ref(HeapKind heap, bool nullable) noexcept {
    ValType type(ValKind::Ref);
    type.heap_ = heap;
    type.nullable_ = nullable;
    return type;
  }
  /// `(ref [null] $id)` for a defined type; both numbers come from another ValType or FuncType of that engine.
  static constexpr ValType concrete(uint32_t engineId, uint32_t typeId, bool nullable) noexcept {
    ValType type = ref(HeapKind::Concrete, nullable);
    type.engineId_ = engineId;
    type.typeId_ = typeId;
    return type;
  }

  /// In a TypeDefinition: a reference to a member of the group that is being defined, by its position there.
  static constexpr ValType inGroup(uint32_t position, bool nullable) noexcept {
    return concrete(kGroupMember, position, nullable);
  }
  static constexpr uint32_t kGroupMember = 0;  ///< engineId() of those: no engine has this number

  constexpr ValKind kind() const noexcept { return kind_; }
  constexpr bool isRef() const noexcept { return kind_ == ValKind::Ref; }
  constexpr bool isNullable() const noexcept { return nullable_; }    ///< references only
  constexpr HeapKind heap() const noexcept { return heap_; }          ///< references only
  constexpr uint32_t typeId() const noexcept { return typeId_; }      ///< HeapKind::Concrete only
  constexpr uint32_t engineId() const noexcept { return engineId_; }  ///< HeapKind::Concrete only
  /// 8-byte slots a value takes in a call: 2 for v128, else 1.
  constexpr uint32_t slotCount() const noexcept { return kind_ == ValKind::V128 ? 2 : 1; }

  /// The text format's spelling: "i32", "funcref", "(ref null extern)", "(ref 17)" for defined types.
  WASMRUN_API std::string toString() const;

  friend constexpr bool operator==(const ValType&, const ValType&) noexcept = default;

 private:
  ValKind kind_ = ValKind::I32;
  HeapKind heap_ = HeapKind::Func;
  bool nullable_ = false;
  uint32_t engineId_ = 0;
  uint32_t typeId_ = 0;
};

/// The type of a function: parameters and results, and which defined type it is if it came from a module.
struct FuncType {
  std::vector<ValType> params;
  std::vector<ValType> results;
  /// The exact type, as a non-null reference type; none for types made by hand, which mean `(type (func ...))` alone in
  /// a final, one-type group.
  std::optional<ValType> defined = std::nullopt;

  /// "(param i32 i64) (result f32)"; parts that are empty are left out.
  WASMRUN_API std::string toString() const;
};

/// What a field of a struct, or the elements of an array, hold.
struct FieldType {
  /// Narrow integers; their values are i32.
  enum class Packing : uint8_t { None, I8, I16 };

  ValType value;  ///< i32 if packed
  bool isMutable = false;
  Packing packing = Packing::None;

  static constexpr FieldType i8(bool isMutable) noexcept { return {ValType::i32(), isMutable, Packing::I8}; }
  static constexpr FieldType i16(bool isMutable) noexcept { return {ValType::i32(), isMutable, Packing::I16}; }
  friend constexpr bool operator==(const FieldType&, const FieldType&) noexcept = default;
};

/// What a defined type is a type of.
enum class CompositeKind : uint8_t { Func, Struct, Array };

/// A defined type taken apart (Engine::definition), or to be made (Engine::define).
struct TypeDefinition {
  CompositeKind kind = CompositeKind::Struct;
  std::vector<FieldType> fields;                ///< a struct's; one for an array: its elements
  FuncType function;                            ///< a function's
  bool isFinal = true;                          ///< has no subtypes
  std::optional<ValType> super = std::nullopt;  ///< the declared supertype, if any

  static TypeDefinition structOf(std::vector<FieldType> fields) {
    TypeDefinition definition;
    definition.fields = std::move(fields);
    return definition;
  }
  static TypeDefinition arrayOf(FieldType element) {
    TypeDefinition definition = structOf({element});
    definition.kind = CompositeKind::Array;
    return definition;
  }
};

/// Bounds of a memory (in pages) or table (in elements).
struct Limits {
  uint64_t min = 0;
  std::optional<uint64_t> max = std::nullopt;
  friend bool operator==(const Limits&, const Limits&) = default;
};

/// The type of a linear memory.
struct MemoryType {
  Limits limits;              ///< in pages of pageSize bytes
  bool is64 = false;          ///< addressed by i64
  bool shared = false;        ///< may be used by several threads; needs a maximum
  uint32_t pageSize = 65536;  ///< bytes; 1 or 65536
  WASMRUN_API std::string toString() const;
};

/// The type of a table.
struct TableType {
  ValType element = ValType::funcref();  ///< a reference type
  Limits limits;                         ///< in elements
  bool is64 = false;                     ///< indexed by i64
  WASMRUN_API std::string toString() const;
};

/// The type of a global.
struct GlobalType {
  ValType value;
  bool isMutable = false;
  WASMRUN_API std::string toString() const;
};

/// The type of a tag: what an exception thrown with it carries.
struct TagType {
  FuncType function;  ///< its results are empty for exceptions
  WASMRUN_API std::string toString() const;
};

/// Sort of an import or export; the order is the binary format's.
enum class ExternKind : uint8_t { Func, Table, Memory, Global, Tag };

/// "function", "table", "memory", "global" or "tag". Static lifetime.
WASMRUN_API std::string_view kindName(ExternKind kind) noexcept;

/// The type of an import or export; alternatives are in ExternKind's order.
struct ExternType : std::variant<FuncType, TableType, MemoryType, GlobalType, TagType> {
  using variant::variant;
  ExternKind kind() const noexcept { return static_cast<ExternKind>(index()); }
  const FuncType* function() const noexcept { return std::get_if<FuncType>(this); }
  const TableType* table() const noexcept { return std::get_if<TableType>(this); }
  const MemoryType* memory() const noexcept { return std::get_if<MemoryType>(this); }
  const GlobalType* global() const noexcept { return std::get_if<GlobalType>(this); }
  const TagType* tag() const noexcept { return std::get_if<TagType>(this); }
  /// "(func (param i32))", "(memory 1 2)" ...: the text format's spelling.
  WASMRUN_API std::string toString() const;
};

/// One import of a module.
struct ImportType {
  std::string module;
  std::string name;
  ExternType type;
};

/// One export of a module.
struct ExportType {
  std::string name;
  ExternType type;
  uint32_t index = 0;  ///< in the module's index space of that sort
};

}  // namespace wasmrun
