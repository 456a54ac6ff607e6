// Types (spec: syntax/types): value, heap, function, struct, array, table, memory, global and tag types.
//
// A concrete heap type is a TypeId: the engine-wide canonical id of a defined type (wasm/type_registry.h), never a
// module's type index. So two types are equal exactly when their bits are, across modules too, and a ValType is one
// u32:
//
//    31                            6 5 4       0
//   +-------------------------------+-+---------+
//   | heap type (references only)   |N| kind    |      N: nullable
//   +-------------------------------+-+---------+
//
// A heap type below kFirstConcrete is abstract; above, it is kFirstConcrete + TypeId.
#pragma once

#include <span>
#include <string>

#include "support/index.h"
#include "support/int.h"

namespace wasmrun::wasm {

// -- Index spaces of a module ---------------------------------------------------------------------------------------

using TypeIndex = support::Index<struct TypeIndexTag>;
using FuncIndex = support::Index<struct FuncIndexTag>;                ///< imports first, then defined functions
using DefinedFuncIndex = support::Index<struct DefinedFuncIndexTag>;  ///< defined functions only: body 0 is index 0
using TableIndex = support::Index<struct TableIndexTag>;
using MemoryIndex = support::Index<struct MemoryIndexTag>;
using GlobalIndex = support::Index<struct GlobalIndexTag>;
using TagIndex = support::Index<struct TagIndexTag>;
using ElemIndex = support::Index<struct ElemIndexTag>;
using DataIndex = support::Index<struct DataIndexTag>;
using LocalIndex = support::Index<struct LocalIndexTag>;
using FieldIndex = support::Index<struct FieldIndexTag>;

/// Canonical id of a defined type, the same for equal types of all modules of one engine.
using TypeId = support::Index<struct TypeIdTag>;

// -- Value types ----------------------------------------------------------------------------------------------------

enum class TypeKind : u8 {
  Bottom,  ///< the type of values in unreachable code; a subtype of every type
  I32,
  I64,
  F32,
  F64,
  V128,
  Ref,
  I8,   ///< storage type only
  I16,  ///< storage type only
};

/// Abstract heap types first, concrete ones after.
class HeapType {
 public:
  enum Abstract : u32 {
#define WASMRUN_HEAP_TYPE(name, code, text, refText, feature) name,
#include "wasm/heap_types.def"
    kAbstractCount
  };
  static constexpr u32 kFirstConcrete = 16;
  static constexpr u32 kMaxTypeId = (1u << 26) - kFirstConcrete - 1;

  constexpr HeapType(Abstract abstract) : bits_(abstract) {}
  constexpr explicit HeapType(TypeId id) : bits_(kFirstConcrete + id.value) {}
  /// Below every heap type. In no module: the heap type of references that unreachable code makes from no operand.
  static constexpr HeapType bottom() { return fromBits(kFirstConcrete - 1); }
  static constexpr HeapType fromBits(u32 bits) { return HeapType(static_cast<Abstract>(bits)); }

  constexpr bool isBottom() const { return *this == bottom(); }
  constexpr bool isAbstract() const { return bits_ < kFirstConcrete; }
  constexpr bool isConcrete() const { return !isAbstract(); }
  constexpr Abstract abstract() const { return static_cast<Abstract>(bits_); }
  constexpr TypeId typeId() const { return TypeId(bits_ - kFirstConcrete); }
  constexpr u32 bits() const { return bits_; }
  friend constexpr bool operator==(HeapType, HeapType) = default;

 private:
  u32 bits_;
};

class ValType {
 public:
  constexpr ValType() : bits_(0) {}
  constexpr ValType(TypeKind kind) : bits_(static_cast<u32>(kind)) {}
  static constexpr ValType ref(HeapType heap, bool nullable) {
    return fromBits(static_cast<u32>(TypeKind::Ref) | (nullable ? kNullableBit : 0) | heap.bits() << kHeapShift);
  }
  static constexpr ValType fromBits(u32 bits) {
    ValType type;
    type.bits_ = bits;
    return type;
  }

  constexpr TypeKind kind() const { return static_cast<TypeKind>(bits_ & kKindMask); }
  constexpr bool isRef() const { return kind() == TypeKind::Ref; }
  constexpr bool isNullable() const { return (bits_ & kNullableBit) != 0; }
  constexpr HeapType heap() const { return HeapType::fromBits(bits_ >> kHeapShift); }
  constexpr bool isBottom() const { return bits_ == 0; }
  constexpr bool isVector() const { return kind() == TypeKind::V128; }
  constexpr bool isPacked() const { return kind() >= TypeKind::I8; }
  /// Numbers, vectors and nullable references have a default value (spec: valid/types, defaultable).
  constexpr bool isDefaultable() const { return !isRef() || isNullable(); }
  constexpr ValType asNonNull() const { return fromBits(bits_ & ~kNullableBit); }
  /// The value type of a field of this storage type: i32 for i8 and i16.
  constexpr ValType unpacked() const { return isPacked() ? ValType(TypeKind::I32) : *this; }
  /// Frame slots (8 bytes each) of a value: 2 for v128, 1 for all else.
  constexpr u32 slots() const { return isVector() ? 2 : 1; }
  constexpr u32 bits() const { return bits_; }
  friend constexpr bool operator==(ValType, ValType) = default;

 private:
  static constexpr u32 kKindMask = 31;
  static constexpr u32 kNullableBit = 32;
  static constexpr u32 kHeapShift = 6;
  u32 bits_;
};

inline constexpr ValType kBottom{};
inline constexpr ValType kI32 = TypeKind::I32;
inline constexpr ValType kI64 = TypeKind::I64;
inline constexpr ValType kF32 = TypeKind::F32;
inline constexpr ValType kF64 = TypeKind::F64;
inline constexpr ValType kV128 = TypeKind::V128;
inline constexpr ValType kFuncRef = ValType::ref(HeapType::Func, true);
inline constexpr ValType kExternRef = ValType::ref(HeapType::Extern, true);
inline constexpr ValType kAnyRef = ValType::ref(HeapType::Any, true);
inline constexpr ValType kExnRef = ValType::ref(HeapType::Exn, true);

// -- Defined types --------------------------------------------------------------------------------------------------

/// Parameters and results. The spans live as long as the type registry (or whatever the maker says).
struct FuncType {
  std::span<const ValType> params;
  std::span<const ValType> results;
  u32 paramSlots = 0;   ///< frame slots of all parameters
  u32 resultSlots = 0;  ///< frame slots of all results
};

struct FieldType {
  ValType storage;
  bool isMutable = false;
  friend constexpr bool operator==(FieldType, FieldType) = default;
};

enum class CompositeKind : u8 { Func, Struct, Array };

// -- External types -------------------------------------------------------------------------------------------------

struct Limits {
  u64 min = 0;
  u64 max = 0;  ///< meaningful if hasMax
  bool hasMax = false;
  bool is64 = false;  ///< address type i64
  ValType addressType() const { return is64 ? kI64 : kI32; }
};

struct TableType {
  ValType element;
  Limits limits;  ///< in elements
};

struct MemoryType {
  Limits limits;  ///< in pages of 2^pageSizeLog2 bytes
  bool isShared = false;
  u8 pageSizeLog2 = 16;
};

struct GlobalType {
  ValType type;
  bool isMutable = false;
};

enum class ExternKind : u8 { Func = 0, Table = 1, Memory = 2, Global = 3, Tag = 4 };

const char* toString(ExternKind kind);

}  // namespace wasmrun::wasm
