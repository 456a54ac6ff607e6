// Reads value, reference and heap types (spec: binary/types), for type sections and function bodies alike.
#pragma once

#include <span>

#include "support/byte_reader.h"
#include "support/result.h"
#include "wasm/features.h"
#include "wasm/types.h"

namespace wasmrun::wasm {

/// What a type index means where it is read: a type decoded before, or a member of the recursive group now being
/// decoded.
struct TypeIndexSpace {
  std::span<const TypeId> types;  ///< canonical ids by TypeIndex, of all groups before
  u32 openGroupSize = 0;          ///< members of the group being decoded; 0 in bodies

  /// The heap type of type index `index` (a group member is encoded as SubType says), or an error "unknown type".
  Result<HeapType> resolve(u64 index, u64 offset) const;
};

/// A value type: number, vector or reference. Malformed bytes and switched-off proposals are errors.
Result<ValType> readValType(support::ByteReader& reader, const TypeIndexSpace& space, Features features);

/// A reference type only: "malformed reference type" for others.
Result<ValType> readRefType(support::ByteReader& reader, const TypeIndexSpace& space, Features features);

/// An s33: an abstract heap type (negative) or a type index.
Result<HeapType> readHeapType(support::ByteReader& reader, const TypeIndexSpace& space, Features features);

/// True if a value type can start with `byte`; block types tell value types and type indexes apart by it.
bool startsValType(u8 byte);

}  // namespace wasmrun::wasm
