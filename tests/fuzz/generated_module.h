// What the generator knows of the module it makes, before there are bytes.
#pragma once

#include <optional>
#include <vector>

#include "choices.h"
#include "wasm/module_writer.h"
#include "wasm/opcodes.h"

namespace wasmrun::fuzz {

using wasm::Bytes;

/// A value or storage type as the binary format writes it.
struct GenType {
  u8 code = 0x7f;         ///< of a number, vector or packed type, or kRef
  bool nullable = false;  ///< references only
  i32 heap = 0;           ///< references only: a type index, or the negative code of an abstract heap type
  static constexpr u8 kRef = 0x64;
  static constexpr u8 kRefNull = 0x63;

  bool isRef() const { return code == kRef; }
  bool isPacked() const { return code == 0x78 || code == 0x77; }
  bool isDefaultable() const { return !isRef() || nullable; }
  GenType unpacked() const { return isPacked() ? GenType{} : *this; }
  GenType nonNull() const { return {code, false, heap}; }
  Bytes bytes() const;
  friend bool operator==(const GenType&, const GenType&) = default;
};

/// Abstract heap types, by their codes.
enum Heap : i32 {
  kFunc = -16,
  kExtern = -17,
  kAny = -18,
  kEq = -19,
  kI31 = -20,
  kStruct = -21,
  kArray = -22,
  kExn = -23,
  kNone = -15,
  kNoExtern = -14,
  kNoFunc = -13,
  kNoExn = -12,
};

inline constexpr GenType kI32{0x7f}, kI64{0x7e}, kF32{0x7d}, kF64{0x7c}, kV128{0x7b};
constexpr GenType refNull(i32 heap) { return {GenType::kRef, true, heap}; }
constexpr GenType ref(i32 heap) { return {GenType::kRef, false, heap}; }

using GenTypes = std::vector<GenType>;

struct GenSignature {
  GenTypes params, results;
  friend bool operator==(const GenSignature&, const GenSignature&) = default;
};

struct GenField {
  GenType type;
  bool isMutable = true;
};

/// A defined type: of a function, a struct or an array.
struct GenTypeDef {
  enum Kind : u8 { Func, Struct, Array } kind = Func;
  GenSignature signature;
  std::vector<GenField> fields;  ///< an array has one
  std::optional<u32> super;
};

struct GenLimits {
  bool is64 = false;
  u32 min = 1, max = 4;
};
struct GenMemory {
  GenLimits limits;
  bool isShared = false;
  bool bytePages = false;
  u32 bytes() const { return bytePages ? limits.min : limits.min << 16; }
};
struct GenTable {
  GenLimits limits;
  GenType element;
};
struct GenGlobal {
  GenType type;
  bool isMutable = false;
};
struct GenElement {
  enum Mode : u8 { Active, Passive, Declarative } mode = Passive;
  GenType type;
  u32 size = 0;
};

/// Index spaces have imports first.
struct GenModule {
  bool objects = false, anyNans = true;  ///< as in GeneratorOptions
  std::vector<GenTypeDef> types;
  std::vector<u32> functions;  ///< type indices
  std::vector<GenMemory> memories;
  std::vector<GenTable> tables;  ///< the first is of funcref, and holds every function at its own index
  std::vector<GenGlobal> globals;
  std::vector<u32> tags;  ///< type indices
  std::vector<GenElement> elements;
  u32 dataCount = 0;
  u32 importedFunctions = 0, importedGlobals = 0;

  /// The index of a function type; it is added if it is not there.
  u32 typeOf(const GenSignature& signature);
  const GenSignature& signatureOf(u32 function) const { return types[functions[function]].signature; }
};

/// The body of a function with its local declarations and its size. May add types.
Bytes generateBody(GenModule& module, u32 function, Choices& choices);

}  // namespace wasmrun::fuzz
