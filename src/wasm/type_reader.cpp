#include "wasm/type_reader.h"

#include <optional>

#include "support/text.h"
#include "wasm/type_registry.h"

namespace wasmrun::wasm {

using support::ByteReader;
using support::concat;

namespace {

constexpr u8 kRefNullPrefix = 0x63;
constexpr u8 kRefPrefix = 0x64;

struct AbstractCode {
  u8 byte;
  HeapType::Abstract heap;
  Feature feature;
};

// Abstract heap types; the same byte alone is the nullable reference to it.
constexpr AbstractCode kAbstractCodes[] = {
#define WASMRUN_HEAP_TYPE(name, code, text, refText, feature) {code, HeapType::name, Feature::feature},
#include "wasm/heap_types.def"
};

const AbstractCode* findAbstract(u8 byte) {
  for (const AbstractCode& code : kAbstractCodes)
    if (code.byte == byte) return &code;
  return nullptr;
}

std::unexpected<Error> needs(Feature feature, u64 offset) {
  return fail(ErrorKind::Unsupported,
              concat("malformed reference type: needs the proposal -W ", kFeatures[static_cast<u32>(feature)].option),
              offset);
}

std::optional<TypeKind> numberOrVector(u8 byte) {
  switch (byte) {
    case 0x7f: return TypeKind::I32;
    case 0x7e: return TypeKind::I64;
    case 0x7d: return TypeKind::F32;
    case 0x7c: return TypeKind::F64;
    case 0x7b: return TypeKind::V128;
    default: return std::nullopt;
  }
}

}  // namespace

Result<HeapType> TypeIndexSpace::resolve(u64 index, u64 offset) const {
  if (index < types.size()) return HeapType(types[index]);
  if (index - types.size() < openGroupSize)
    return HeapType(TypeId(SubType::kGroupMember + static_cast<u32>(index - types.size())));
  return fail(ErrorKind::Invalid, concat("unknown type ", index), offset);
}

bool startsValType(u8 byte) {
  return numberOrVector(byte) || findAbstract(byte) || byte == kRefPrefix || byte == kRefNullPrefix;
}

Result<HeapType> readHeapType(ByteReader& reader, const TypeIndexSpace& space, Features features) {
  const u64 offset = reader.offset();
  const u8 byte = reader.peekByte();
  const i64 value = reader.readI33();
  if (!reader.ok()) return fail(reader.error());
  if (value >= 0) {
    if (!features.has(Feature::FunctionReferences) && !features.has(Feature::Gc))
      return needs(Feature::FunctionReferences, offset);
    return space.resolve(static_cast<u64>(value), offset);
  }
  // Abstract heap types are one byte; the same number in a longer form names nothing.
  const AbstractCode* code = reader.offset() - offset == 1 ? findAbstract(byte) : nullptr;
  if (code == nullptr) return fail(ErrorKind::Malformed, "malformed heap type", offset);
  if (!features.has(code->feature)) return needs(code->feature, offset);
  return HeapType(code->heap);
}

Result<ValType> readRefType(ByteReader& reader, const TypeIndexSpace& space, Features features) {
  const u64 offset = reader.offset();
  const u8 byte = reader.readByte();
  if (!reader.ok()) return fail(reader.error());
  if (byte == kRefPrefix || byte == kRefNullPrefix) {
    if (!features.has(Feature::FunctionReferences) && !features.has(Feature::Gc))
      return needs(Feature::FunctionReferences, offset);
    WASMRUN_TRY_ASSIGN(const HeapType heap, readHeapType(reader, space, features));
    return ValType::ref(heap, byte == kRefNullPrefix);
  }
  const AbstractCode* code = findAbstract(byte);
  if (code == nullptr) return fail(ErrorKind::Malformed, "malformed reference type", offset);
  if (!features.has(code->feature)) return needs(code->feature, offset);
  return ValType::ref(code->heap, true);
}

Result<ValType> readValType(ByteReader& reader, const TypeIndexSpace& space, Features features) {
  const u64 offset = reader.offset();
  const u8 byte = reader.peekByte();
  if (const auto kind = numberOrVector(byte)) {
    reader.readByte();
    if (kind == TypeKind::V128 && !features.has(Feature::Simd))
      return fail(ErrorKind::Unsupported, "malformed value type: needs the proposal -W simd", offset);
    return ValType(*kind);
  }
  if (!reader.atEnd() && !startsValType(byte)) return fail(ErrorKind::Malformed, "malformed value type", offset);
  return readRefType(reader, space, features);
}

}  // namespace wasmrun::wasm
