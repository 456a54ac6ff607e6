// Defined types between host and engine: taken apart, and made.
#include <algorithm>

#include "api/access.h"
#include "api/types.h"
#include "support/text.h"
#include "wasm/limits.h"
#include "wasm/name_maps.h"

namespace wasmrun {

using detail::EngineImpl;
using support::concat;

// -- Out -------------------------------------------------------------------------------------------------------------

namespace {

CompositeKind toPublic(wasm::CompositeKind kind) {
  switch (kind) {
    case wasm::CompositeKind::Func: return CompositeKind::Func;
    case wasm::CompositeKind::Struct: return CompositeKind::Struct;
    case wasm::CompositeKind::Array: break;
  }
  return CompositeKind::Array;
}

FieldType toPublic(EngineImpl& engine, const wasm::FieldType& field) {
  FieldType result{detail::toPublic(engine, field.storage.unpacked()), field.isMutable, FieldType::Packing::None};
  if (field.storage.kind() == wasm::TypeKind::I8) result.packing = FieldType::Packing::I8;
  if (field.storage.kind() == wasm::TypeKind::I16) result.packing = FieldType::Packing::I16;
  return result;
}

ValType reference(EngineImpl& engine, wasm::TypeId id) {
  return detail::toPublic(engine, wasm::ValType::ref(wasm::HeapType(id), false));
}

}  // namespace

Result<TypeDefinition> Engine::definition(const ValType& type) const {
  WASMRUN_TRY_ASSIGN(const wasm::ValType own, detail::fromPublic(*impl_, type));
  if (!own.isRef() || !own.heap().isConcrete())
    return fail(ErrorKind::Usage, concat("not a defined type: ", type.toString()));
  const wasm::TypeDef& def = impl_->engine->registry().get(own.heap().typeId());
  TypeDefinition result;
  result.kind = toPublic(def.kind);
  result.isFinal = def.isFinal;
  if (!def.super.isNone()) result.super = reference(*impl_, def.super);
  if (def.kind == wasm::CompositeKind::Func) result.function = detail::toPublic(*impl_, def.id);
  for (const wasm::FieldType& field : def.fields) result.fields.push_back(toPublic(*impl_, field));
  return result;
}

uint32_t Module::typeCount() const noexcept { return static_cast<uint32_t>(impl_->module->types.size()); }

Result<ValType> Module::type(uint32_t index) const {
  if (index < typeCount()) return reference(*impl_->engine, impl_->module->types[index]);
  return fail(ErrorKind::Usage, concat("there is no type ", index, "; the module has ", typeCount()));
}

std::optional<uint32_t> Module::findType(std::string_view name) const {
  const auto names = wasm::NameMaps::read(*impl_->module);
  if (!names) return std::nullopt;
  for (const wasm::EntryName& entry : names->of(wasm::NameKind::Type))
    if (entry.name == name) return entry.index;
  return std::nullopt;
}

// -- In --------------------------------------------------------------------------------------------------------------

namespace {

/// Reads the definitions of one recursive group. Each function gives a Usage error that names the definition.
class GroupReader {
 public:
  GroupReader(const EngineImpl& engine, std::span<const TypeDefinition> group) : engine_(engine), group_(group) {}

  Result<std::vector<wasm::SubType>> read() {
    std::vector<wasm::SubType> result(group_.size());
    for (position_ = 0; position_ < group_.size(); ++position_)
      WASMRUN_TRY(readDefinition(group_[position_], result[position_]));
    return result;
  }

 private:
  template <class... Pieces>
  std::unexpected<Error> wrong(const Pieces&... pieces) const {
    return fail(ErrorKind::Usage, concat("type ", position_, " of the group: ", pieces...));
  }

  static bool isMember(const ValType& type) {
    return type.isRef() && type.heap() == HeapKind::Concrete && type.engineId() == ValType::kGroupMember;
  }

  Result<wasm::ValType> readType(const ValType& type) const {
    if (isMember(type)) {
      if (type.typeId() >= group_.size()) return wrong("there is no member ", type.typeId());
      return wasm::ValType::ref(wasm::HeapType(wasm::TypeId(wasm::SubType::kGroupMember + type.typeId())),
                                type.isNullable());
    }
    auto own = detail::fromPublic(engine_, type);
    if (!own) return wrong(own.error().message);
    return *own;
  }

  Result<void> readDefinition(const TypeDefinition& definition, wasm::SubType& type) {
    type.isFinal = definition.isFinal;
    if (definition.super) WASMRUN_TRY(readSuper(*definition.super, type));
    if (definition.kind == CompositeKind::Func) return readFunction(definition.function, type);
    const bool isArray = definition.kind == CompositeKind::Array;
    type.kind = isArray ? wasm::CompositeKind::Array : wasm::CompositeKind::Struct;
    if (isArray && definition.fields.size() != 1) return wrong("an array has one element type");
    if (definition.fields.size() > wasm::limits::kMaxStructFields)
      return wrong("a struct has at most ", wasm::limits::kMaxStructFields, " fields");
    for (const FieldType& field : definition.fields) {
      WASMRUN_TRY_ASSIGN(const wasm::ValType storage, readStorage(field));
      type.fields.push_back({storage, field.isMutable});
    }
    return {};
  }

  Result<wasm::ValType> readStorage(const FieldType& field) const {
    if (field.packing == FieldType::Packing::None) return readType(field.value);
    if (field.value != ValType::i32()) return wrong("a packed field's value is an i32");
    return wasm::ValType(field.packing == FieldType::Packing::I8 ? wasm::TypeKind::I8 : wasm::TypeKind::I16);
  }

  Result<void> readFunction(const FuncType& function, wasm::SubType& type) const {
    if (function.params.size() > wasm::limits::kMaxParams || function.results.size() > wasm::limits::kMaxResults)
      return wrong("too many parameters or results");
    for (const auto& [from, to] :
         {std::pair(&function.params, &type.params), std::pair(&function.results, &type.results)}) {
      for (const ValType& each : *from) {
        WASMRUN_TRY_ASSIGN(const wasm::ValType own, readType(each));
        to->push_back(own);
      }
    }
    return {};
  }

  Result<void> readSuper(const ValType& super, wasm::SubType& type) const {
    if (!super.isRef() || super.heap() != HeapKind::Concrete) return wrong("a supertype is a defined type");
    if (isMember(super) && super.typeId() >= position_) return wrong("a supertype comes before its subtypes");
    WASMRUN_TRY_ASSIGN(const wasm::ValType own, readType(super));
    type.super = own.heap().typeId();
    const bool isFinal =
        isMember(super) ? group_[super.typeId()].isFinal : engine_.engine->registry().get(type.super).isFinal;
    return isFinal ? Result<void>(wrong("its supertype is final")) : Result<void>();
  }

  const EngineImpl& engine_;
  const std::span<const TypeDefinition> group_;
  size_t position_ = 0;
};

}  // namespace

Result<std::vector<ValType>> Engine::define(std::span<const TypeDefinition> group) const {
  if (!impl_->engine->options().features.has(wasm::Feature::Gc))
    return fail(ErrorKind::Usage, "the proposal gc is off in this engine");
  if (group.empty()) return std::vector<ValType>();
  if (group.size() > wasm::limits::kMaxRecGroupSize)
    return fail(ErrorKind::Limit, concat("a group has at most ", wasm::limits::kMaxRecGroupSize, " types"));
  WASMRUN_TRY_ASSIGN(const std::vector<wasm::SubType> types, GroupReader(*impl_, group).read());
  wasm::TypeRegistry& registry = impl_->engine->registry();
  WASMRUN_TRY_ASSIGN(const wasm::TypeId first, registry.intern(types));
  Result<std::vector<ValType>> result;
  for (u32 i = 0; i < group.size() && result; ++i) {
    const wasm::TypeId id(first.value + i);
    if (registry.matchesSuper(id)) {
      result->push_back(reference(*impl_, id));
    } else {
      result = fail(ErrorKind::Usage, concat("type ", i, " of the group does not match its supertype"));
    }
  }
  registry.release(first);  // kept by the engine now, if it is good
  return result;
}

Result<ValType> Engine::define(const TypeDefinition& type) const {
  WASMRUN_TRY_ASSIGN(const std::vector<ValType> types, define(std::span(&type, 1)));
  return types[0];
}

}  // namespace wasmrun
