#include "api/type_names.h"

#include "support/text.h"
#include "wasm/name_maps.h"

namespace wasmrun::detail {

using support::concat;

namespace {

/// Names come out of modules: what could drive a terminal is escaped.
std::string identifier(std::string_view name) { return concat('$', support::escaped(name)); }

}  // namespace

TypeNames::TypeNames(const StoreImpl& store) : store_(store) {
  // In the order in which they were instantiated, so that names do not depend on addresses.
  for (const wasm::Module* const module : store.store->modules()) addModule(*module);
}

void TypeNames::addModule(const wasm::Module& module) {
  const auto names = wasm::NameMaps::read(module);
  for (u32 index = 0; index < module.types.size(); ++index)
    known_.try_emplace(gc::typeWord(module.types[index]), Known{index, concat("type ", index), {}});
  if (!names) return;
  const auto knownOf = [&](u32 index) -> Known& { return known_[gc::typeWord(module.types[index])]; };
  for (const wasm::EntryName& entry : names->of(wasm::NameKind::Type))
    if (Known& known = knownOf(entry.index); !known.name.starts_with('$')) known.name = identifier(entry.name);
  for (const wasm::EntryName& entry : names->of(wasm::NameKind::Field))
    knownOf(entry.outer).fields.try_emplace(entry.index, identifier(entry.name));
}

std::string TypeNames::makeName(u32 typeWord) const {
  if (typeWord == gc::kHostType) return "host object";
  const wasm::TypeId id = wasm::HeapType::fromBits(typeWord).typeId();
  const auto known = known_.find(typeWord);
  // Of a type that the host made, or of a module that only exports it.
  const std::string name = known != known_.end() ? known->second.name : concat("type #", id.value);
  return store_.registry().get(id).kind == wasm::CompositeKind::Func ? concat("exception of ", name) : name;
}

const std::string& TypeNames::ofType(u32 typeWord) {
  const auto [at, isNew] = given_.try_emplace(typeWord);
  if (!isNew) return at->second;
  std::string name = makeName(typeWord);
  const auto makeUnique = [&](std::string_view what, u32 number) {
    if (givenNames_.contains(name)) name += concat(" (", what, number, ')');
  };
  if (const auto known = known_.find(typeWord); known != known_.end()) makeUnique("type ", known->second.index);
  // Or of two modules.
  makeUnique("#", wasm::HeapType::fromBits(typeWord).typeId().value);
  givenNames_.insert(name);
  return at->second = std::move(name);
}

std::string TypeNames::ofField(u32 typeWord, u32 field) const {
  if (const auto known = known_.find(typeWord); known != known_.end())
    if (const auto name = known->second.fields.find(field); name != known->second.fields.end()) return name->second;
  return concat("field ", field);
}

}  // namespace wasmrun::detail
