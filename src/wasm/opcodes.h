// The opcodes and what opcodes.def says of each.
#pragma once

#include <string_view>

#include "support/int.h"
#include "wasm/features.h"
#include "wasm/types.h"

namespace wasmrun::wasm {

/// Dense: opcodes of all prefixes, numbered by their row in opcodes.def.
enum class Opcode : u16 {
#define WASMRUN_OPCODE(name, prefix, code, text, imm, sig, align, feature, flags) name,
#include "wasm/opcodes.def"
  kCount
};
inline constexpr u32 kOpcodeCount = static_cast<u32>(Opcode::kCount);

/// What follows an opcode in the binary (spec: binary/instructions).
enum class Immediate : u8 {
  None,
  BlockType,     ///< s33: empty, a value type, or a type index
  Label,         ///< u32
  BrTable,       ///< vec(u32) u32
  Func,          ///< u32
  CallIndirect,  ///< type index, table index
  Type,          ///< type index
  Local,         ///< u32
  Global,        ///< u32
  Table,         ///< u32
  TableTable,    ///< destination, source
  Memory,        ///< memory index
  MemoryMemory,  ///< destination, source
  MemArg,        ///< alignment (bit 6: a memory index follows), offset
  MemArgLane,    ///< MemArg, lane byte
  DataMemory,    ///< data index, memory index
  Data,          ///< data index
  ElemTable,     ///< element index, table index
  Elem,          ///< element index
  I32,           ///< s32
  I64,           ///< s64
  F32,           ///< 4 bytes
  F64,           ///< 8 bytes
  V128,          ///< 16 bytes
  Shuffle,       ///< 16 lane bytes
  Lane,          ///< a lane byte
  HeapType,      ///< s33
  SelectTypes,   ///< vec(value type)
  TryTable,      ///< block type, vec(catch)
  Tag,           ///< u32
  TypeField,     ///< type index, field index
  TypeType,      ///< destination type, source type
  TypeData,      ///< type index, data index
  TypeElem,      ///< type index, element index
  TypeCount,     ///< type index, u32
  BrOnCast,      ///< flags byte, label, heap type, heap type
  Fence,         ///< a zero byte
};

/// Flags of opcodes.def.
enum OpcodeFlags : u8 {
  kTraps = 1,
  kMemory = 2,
  kCollects = 4,
  kConst = 8,
  kExtendedConst = 16,
  kAtomic = 32,
};

/// The simple signature of an opcode, parsed from its row at compile time. TypeKind::Ref stands for the address type
/// 'a'.
struct OpcodeSignature {
  bool isSimple = false;
  u8 paramCount = 0;
  u8 resultCount = 0;
  TypeKind params[4] = {};
  TypeKind results[2] = {};
};

struct OpcodeInfo {
  std::string_view text;
  u8 prefix;
  u16 code;
  Immediate immediate;
  u8 alignLog2;
  bool alwaysOn;    ///< in the core since 1.0: no feature switch
  Feature feature;  ///< if not alwaysOn
  u8 flags;
  OpcodeSignature signature;
};

namespace detail {

/// Stands for the absence of a Feature in opcodes.def rows.
inline constexpr Feature Core = static_cast<Feature>(0xff);

constexpr TypeKind kindOfLetter(char letter) {
  switch (letter) {
    case 'i': return TypeKind::I32;
    case 'l': return TypeKind::I64;
    case 'f': return TypeKind::F32;
    case 'd': return TypeKind::F64;
    case 'v': return TypeKind::V128;
    default: return TypeKind::Ref;
  }
}

constexpr OpcodeSignature parseSignature(std::string_view text) {
  OpcodeSignature signature;
  if (text == "*") return signature;
  signature.isSimple = true;
  bool results = false;
  for (const char letter : text) {
    if (letter == ':')
      results = true;
    else if (results)
      signature.results[signature.resultCount++] = kindOfLetter(letter);
    else
      signature.params[signature.paramCount++] = kindOfLetter(letter);
  }
  return signature;
}

using enum Feature;

}  // namespace detail

inline constexpr OpcodeInfo kOpcodes[] = {
#define WASMRUN_OPCODE(name, prefix, code, text, imm, sig, align, feature, flags) \
  {text,                                                                          \
   prefix,                                                                        \
   code,                                                                          \
   Immediate::imm,                                                                \
   align,                                                                         \
   static_cast<u8>(detail::feature) == static_cast<u8>(detail::Core),             \
   detail::feature,                                                               \
   static_cast<u8>(flags),                                                        \
   detail::parseSignature(sig)},
#include "wasm/opcodes.def"
};

constexpr const OpcodeInfo& info(Opcode opcode) { return kOpcodes[static_cast<u32>(opcode)]; }

/// Opcode of a one-byte code, and of a prefix byte and number; kCount if there is none.
Opcode opcodeOf(u8 byte);
Opcode opcodeOf(u8 prefix, u32 code);

}  // namespace wasmrun::wasm
