#include "wasm/name_section.h"

#include "support/byte_reader.h"
#include "support/utf8.h"

namespace wasmrun::wasm {

using support::ByteReader;

namespace {

enum Subsection : u8 { kModuleName = 0, kFunctionNames = 1 };

std::string_view readName(ByteReader& reader) {
  const std::span<const u8> bytes = reader.readBytes(reader.readU32());
  const std::string_view name(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return support::isUtf8(name) ? name : std::string_view();
}

void readFunctionNames(ByteReader reader, size_t functionCount, ModuleNames& names) {
  names.functions.resize(functionCount);
  for (u32 left = reader.readU32(); left > 0 && reader.ok(); --left) {
    const u32 index = reader.readU32();
    const std::string_view name = readName(reader);
    if (index < functionCount) names.functions[index] = name;
  }
}

void readSubsections(ByteReader reader, size_t functionCount, ModuleNames& names) {
  while (!reader.atEnd()) {
    const u8 id = reader.readByte();
    ByteReader content(reader.readBytes(reader.readU32()));
    if (id == kModuleName) names.module = readName(content);
    if (id == kFunctionNames) readFunctionNames(content, functionCount, names);
  }
}

void addName(ModuleNames& names, size_t functionCount, u32 index, std::string_view name) {
  names.functions.resize(functionCount);
  if (names.functions[index].empty()) names.functions[index] = name;
}

}  // namespace

ModuleNames readModuleNames(const Module& module) {
  ModuleNames names;
  const size_t functionCount = module.funcTypes.size();
  for (const CustomSection& section : module.customSections)
    if (section.name == "name") readSubsections(ByteReader(section.payload), functionCount, names);
  for (const Export& field : module.exports)
    if (field.kind == ExternKind::Func) addName(names, functionCount, field.index, field.name);
  for (const Import& field : module.imports)
    if (field.kind == ExternKind::Func) addName(names, functionCount, field.index, field.name);
  return names;
}

}  // namespace wasmrun::wasm
