// The type section (spec: binary/modules, valid/types).

#include "support/text.h"
#include "wasm/limits.h"
#include "wasm/module_decoder.h"

namespace wasmrun::wasm {

using support::concat;

namespace {

constexpr u8 kRecGroup = 0x4e;
constexpr u8 kSubFinal = 0x4f;
constexpr u8 kSub = 0x50;
constexpr u8 kArray = 0x5e;
constexpr u8 kStruct = 0x5f;
constexpr u8 kFunc = 0x60;
constexpr u8 kI16Storage = 0x77;
constexpr u8 kI8Storage = 0x78;

}  // namespace

Result<void> ModuleDecoder::decodeTypeSection() {
  WASMRUN_TRY_ASSIGN(const u32 count, readCount("recursive groups", limits::kMaxRecGroups));
  reserve(module_->types, count);
  for (u32 i = 0; i < count; ++i) WASMRUN_TRY(decodeRecGroup());
  return {};
}

SubType& ModuleDecoder::groupMember(u32 position) {
  if (position == group_.size()) group_.emplace_back();
  SubType& type = group_[position];
  type.kind = CompositeKind::Func;
  type.isFinal = true;
  type.super = TypeId();
  type.params.clear();
  type.results.clear();
  type.fields.clear();
  return type;
}

Result<void> ModuleDecoder::decodeRecGroup() {
  const u64 offset = reader_.offset();
  u32 size = 1;
  if (reader_.peekByte() == kRecGroup) {
    WASMRUN_TRY(require(Feature::Gc, "malformed definition type", offset));
    reader_.readByte();
    WASMRUN_TRY_ASSIGN(size, readCount("types", limits::kMaxTypes, module_->types.size()));
  } else if (module_->types.size() == limits::kMaxTypes) {
    return fail(ErrorKind::Limit, concat("number of types exceeds the limit of ", limits::kMaxTypes), offset);
  }
  if (size == 0) return {};
  for (u32 i = 0; i < size; ++i) WASMRUN_TRY(readSubType(groupMember(i), size));

  Result<TypeId> first = registry_.intern(std::span(group_).first(size));
  if (!first) {
    first.error().offset = offset;
    return fail(std::move(first).error());
  }
  module_->impl_->heldGroups.push_back(*first);
  for (u32 i = 0; i < size; ++i) module_->types.push_back(TypeId(first->value + i));
  return checkSuperTypes(*first, size, offset);
}

/// Reads the type into `type`, which is the next member of group_.
Result<void> ModuleDecoder::readSubType(SubType& type, u32 groupSize) {
  const u64 offset = reader_.offset();
  const u8 byte = reader_.peekByte();
  if (byte == kSub || byte == kSubFinal) {
    WASMRUN_TRY(require(Feature::Gc, "malformed definition type", offset));
    reader_.readByte();
    type.isFinal = byte == kSubFinal;
    WASMRUN_TRY(readSuperTypes(type, groupSize));
  }
  return readCompositeType(type, typeSpace(groupSize));
}

Result<void> ModuleDecoder::readSuperTypes(SubType& type, u32 groupSize) {
  const u64 offset = reader_.offset();
  const u32 count = reader_.readU32();
  WASMRUN_TRY(checkReads());
  const u32 position = static_cast<u32>(&type - group_.data());
  const size_t own = module_->types.size() + position;
  if (count > 1)
    return fail(ErrorKind::Invalid, concat("sub type ", own, " has ", count, " super types, not one"), offset);
  if (count == 0) return {};
  WASMRUN_TRY_ASSIGN(const u32 index, readIndex("type", module_->types.size() + groupSize));
  if (index >= own)
    return fail(ErrorKind::Invalid, concat("unknown type ", index, ": used as a super type before its definition"),
                offset);
  const bool isOuter = index < module_->types.size();
  const u32 memberPosition = index - static_cast<u32>(module_->types.size());
  type.super = isOuter ? module_->types[index] : TypeId(SubType::kGroupMember + memberPosition);
  if (isOuter ? registry_.get(type.super).isFinal : group_[memberPosition].isFinal)
    return fail(ErrorKind::Invalid, concat("sub type ", own, " does not match super type ", index, ", which is final"),
                offset);
  return {};
}

Result<void> ModuleDecoder::readCompositeType(SubType& type, const TypeIndexSpace& space) {
  const u64 offset = reader_.offset();
  const u8 byte = reader_.readByte();
  WASMRUN_TRY(checkReads());
  switch (byte) {
    case kFunc:
      type.kind = CompositeKind::Func;
      WASMRUN_TRY(readTypeList(type.params, space, "parameters", limits::kMaxParams));
      WASMRUN_TRY(readTypeList(type.results, space, "results", limits::kMaxResults));
      if (type.results.size() > 1) return require(Feature::MultiValue, "invalid result arity", offset);
      return {};
    case kStruct: {
      WASMRUN_TRY(require(Feature::Gc, "malformed definition type", offset));
      type.kind = CompositeKind::Struct;
      WASMRUN_TRY_ASSIGN(const u32 count, readCount("struct fields", limits::kMaxStructFields));
      for (u32 i = 0; i < count; ++i) {
        WASMRUN_TRY_ASSIGN(const FieldType field, readFieldType(space));
        type.fields.push_back(field);
      }
      return {};
    }
    case kArray: {
      WASMRUN_TRY(require(Feature::Gc, "malformed definition type", offset));
      type.kind = CompositeKind::Array;
      WASMRUN_TRY_ASSIGN(const FieldType field, readFieldType(space));
      type.fields.push_back(field);
      return {};
    }
    default:
      if (byte & 0x80) return fail(ErrorKind::Malformed, support::ByteReader::kTooLong, offset);  // an s7
      return fail(ErrorKind::Malformed, concat("malformed definition type ", support::Hex{byte, 2}), offset);
  }
}

Result<void> ModuleDecoder::readTypeList(std::vector<ValType>& list, const TypeIndexSpace& space, const char* what,
                                         u32 limit) {
  WASMRUN_TRY_ASSIGN(const u32 count, readCount(what, limit));
  for (u32 i = 0; i < count; ++i) {
    WASMRUN_TRY_ASSIGN(const ValType type, readValType(reader_, space, features_));
    list.push_back(type);
  }
  return {};
}

Result<FieldType> ModuleDecoder::readFieldType(const TypeIndexSpace& space) {
  FieldType field;
  const u64 offset = reader_.offset();
  const u8 byte = reader_.peekByte();
  if (byte == kI8Storage || byte == kI16Storage) {
    field.storage = byte == kI8Storage ? TypeKind::I8 : TypeKind::I16;
    reader_.readByte();
  } else if (!reader_.atEnd() && !startsValType(byte)) {
    return fail(ErrorKind::Malformed, concat("malformed storage type ", support::Hex{byte, 2}), offset);
  } else {
    WASMRUN_TRY_ASSIGN(field.storage, readValType(reader_, space, features_));
  }
  WASMRUN_TRY_ASSIGN(field.isMutable, readMutability());
  return field;
}

Result<bool> ModuleDecoder::readMutability() {
  const u64 offset = reader_.offset();
  const u8 byte = reader_.readByte();
  WASMRUN_TRY(checkReads());
  if (byte > 1) return fail(ErrorKind::Malformed, concat("malformed mutability ", byte), offset);
  return byte == 1;
}

/// Only now, with canonical ids, can members of the group be compared.
Result<void> ModuleDecoder::checkSuperTypes(TypeId firstOfGroup, u32 groupSize, u64 offset) {
  for (u32 i = 0; i < groupSize; ++i) {
    const TypeDef& sub = registry_.get(TypeId(firstOfGroup.value + i));
    if (sub.super.isNone() || registry_.matchesSuper(sub.id)) continue;
    const size_t own = module_->types.size() - groupSize + i;
    const size_t super = std::ranges::find(module_->types, sub.super) - module_->types.begin();
    return fail(ErrorKind::Invalid, concat("sub type ", own, " does not match super type ", super), offset);
  }
  return {};
}

}  // namespace wasmrun::wasm
