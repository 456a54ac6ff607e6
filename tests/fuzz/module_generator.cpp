#include "module_generator.h"

#include <string>

#include "generated_module.h"

namespace wasmrun::fuzz {

using namespace wasm;

Bytes GenType::bytes() const {
  if (!isRef()) return {code};
  if (nullable && heap < 0) return signedLeb(heap);
  return cat({{nullable ? kRefNull : kRef}, signedLeb(heap)});
}

u32 GenModule::typeOf(const GenSignature& signature) {
  for (u32 i = 0; i < types.size(); ++i)
    if (types[i].kind == GenTypeDef::Func && !types[i].super && types[i].signature == signature) return i;
  types.push_back({GenTypeDef::Func, signature, {}, {}});
  return static_cast<u32>(types.size() - 1);
}

namespace {

Bytes list(const std::vector<Bytes>& entries) {
  Bytes all = leb(entries.size());
  for (const Bytes& entry : entries) all.insert(all.end(), entry.begin(), entry.end());
  return all;
}

Bytes typeList(const GenTypes& types) {
  std::vector<Bytes> entries;
  for (const GenType& type : types) entries.push_back(type.bytes());
  return list(entries);
}

constexpr GenType kNumbers[] = {kI32, kI64, kF32, kF64, kV128};

class Generator {
 public:
  Generator(Choices& choices, GeneratorOptions options) : choices_(choices) {
    module_.objects = options.objects, module_.anyNans = options.anyNans;
  }

  Bytes run() {
    if (module_.objects) objectTypes();
    declare();
    std::vector<Bytes> bodies;
    for (u32 i = module_.importedFunctions; i < module_.functions.size(); ++i)
      bodies.push_back(generateBody(module_, i, choices_));
    return moduleOf({section(kTypes, types()), section(kImports, imports()), section(kFunctions, functions()),
                     section(kTables, tables()), section(kMemories, memories()), section(kTags, tags()),
                     section(kGlobals, globals()), section(kExports, exports()), section(kElements, elements()),
                     section(kDataCount, leb(module_.dataCount)), section(kCode, list(bodies)),
                     section(kData, data())});
  }

 private:
  // -- Shape ---------------------------------------------------------------------------------------------------------

  void objectTypes() {
    using enum GenTypeDef::Kind;
    module_.types = {
        {Struct, {}, {{kI32}, {{0x78}}, {kF64, false}, {refNull(0)}}, {}},
        {Struct, {}, {{kI32}, {{0x78}}, {kF64, false}, {refNull(0)}, {refNull(kAny)}, {{0x77}}}, 0},
        {Array, {}, {{{0x78}}}, {}},
        {Array, {}, {{{0x77}}}, {}},
        {Array, {}, {{kI64}}, {}},
        {Array, {}, {{refNull(kFunc)}}, {}},
        {Array, {}, {{refNull(0)}}, {}},
        {Struct, {}, {{kV128}, {kF32}, {refNull(2)}}, {}},
    };
  }

  GenType anyType() {
    const u32 kind = choices_.below(20);
    if (kind < 14) return kNumbers[kind % 5];
    static constexpr GenType kReferences[] = {refNull(kFunc), refNull(kExtern), refNull(kExn), refNull(kI31),
                                              refNull(kAny),  ref(kI31),        refNull(kEq)};
    if (module_.objects && kind >= 18) return refNull(static_cast<i32>(choices_.below(8)));
    return choices_.oneOf(kReferences);
  }

  GenSignature anySignature() {
    GenSignature signature;
    for (u32 i = choices_.below(5); i > 0; --i) signature.params.push_back(anyType());
    for (u32 i = choices_.below(4); i > 0; --i) signature.results.push_back(anyType());
    return signature;
  }

  void declare() {
    module_.importedFunctions = choices_.below(3);
    for (u32 i = module_.importedFunctions + 1 + choices_.below(6); i > 0; --i) {
      GenSignature signature = anySignature();
      // The host has no objects to give.
      if (module_.functions.size() < module_.importedFunctions)
        for (GenType& result : signature.results) result.nullable = result.isRef();
      module_.functions.push_back(module_.typeOf(signature));
    }
    for (u32 i = choices_.below(4); i > 0; --i) {
      GenMemory memory{
          {choices_.percent(30), choices_.percent(90) ? 1u : 0u, 3}, choices_.percent(25), choices_.percent(10)};
      if (memory.bytePages) memory.limits = {memory.limits.is64, 300, 900};
      module_.memories.push_back(memory);
    }
    module_.tables.push_back(
        {{choices_.percent(20), static_cast<u32>(module_.functions.size()) + 2, 20}, refNull(kFunc)});
    static constexpr GenType kElements[] = {refNull(kFunc), refNull(kExtern), refNull(kAny), refNull(kI31)};
    for (u32 i = choices_.below(3); i > 0; --i)
      module_.tables.push_back({{choices_.percent(30), choices_.below(8), 20}, choices_.oneOf(kElements)});
    module_.importedGlobals = choices_.below(2);
    for (u32 i = module_.importedGlobals + choices_.below(6); i > 0; --i) {
      const bool imported = module_.globals.size() < module_.importedGlobals;
      GenType type = imported ? choices_.oneOf(kNumbers) : anyType();
      type.nullable = type.isRef();
      module_.globals.push_back({type, choices_.percent(70)});
    }
    for (u32 i = choices_.below(3); i > 0; --i) {
      GenSignature signature = anySignature();
      signature.results.clear();
      module_.tags.push_back(module_.typeOf(signature));
    }
    module_.elements.push_back({GenElement::Active, refNull(kFunc), static_cast<u32>(module_.functions.size())});
    module_.elements.push_back({GenElement::Passive, refNull(kFunc), 3});
    module_.elements.push_back({GenElement::Declarative, refNull(kFunc), 1});
    module_.dataCount = 2;
  }

  // -- Sections ------------------------------------------------------------------------------------------------------

  static Bytes fieldBytes(const GenField& field) { return cat({field.type.bytes(), {field.isMutable}}); }

  Bytes types() const {
    std::vector<Bytes> entries;
    for (const GenTypeDef& type : module_.types) {
      Bytes bytes;
      if (type.kind != GenTypeDef::Func) bytes = type.super ? cat({{0x50, 1}, leb(*type.super)}) : Bytes{0x50, 0};
      if (type.kind == GenTypeDef::Func) {
        bytes = cat({{0x60}, typeList(type.signature.params), typeList(type.signature.results)});
      } else if (type.kind == GenTypeDef::Array) {
        bytes = cat({bytes, {0x5e}, fieldBytes(type.fields[0])});
      } else {
        bytes = cat({bytes, {0x5f}, leb(type.fields.size())});
        for (const GenField& field : type.fields) bytes = cat({bytes, fieldBytes(field)});
      }
      entries.push_back(bytes);
    }
    return list(entries);
  }

  Bytes imports() const {
    std::vector<Bytes> entries;
    const auto import = [](char kind, u32 index) { return cat({name("host"), name(kind + std::to_string(index))}); };
    for (u32 i = 0; i < module_.importedFunctions; ++i)
      entries.push_back(cat({import('f', i), {0}, leb(module_.functions[i])}));
    for (u32 i = 0; i < module_.importedGlobals; ++i)
      entries.push_back(cat({import('g', i), {3}, globalType(module_.globals[i])}));
    return list(entries);
  }

  Bytes functions() const {
    std::vector<Bytes> entries;
    for (u32 i = module_.importedFunctions; i < module_.functions.size(); ++i)
      entries.push_back(leb(module_.functions[i]));
    return list(entries);
  }

  static Bytes limits(const GenLimits& limits, u8 flags) {
    return cat({{static_cast<u8>(flags | 1 | (limits.is64 ? 4 : 0))}, leb(limits.min), leb(limits.max)});
  }
  Bytes tables() const {
    std::vector<Bytes> entries;
    for (const GenTable& table : module_.tables)
      entries.push_back(cat({table.element.bytes(), limits(table.limits, 0)}));
    return list(entries);
  }
  Bytes memories() const {
    std::vector<Bytes> entries;
    for (const GenMemory& memory : module_.memories)
      entries.push_back(
          cat({limits(memory.limits, static_cast<u8>((memory.isShared ? 2 : 0) | (memory.bytePages ? 8 : 0))),
               memory.bytePages ? Bytes{0} : Bytes{}}));
    return list(entries);
  }
  Bytes tags() const {
    std::vector<Bytes> entries;
    for (const u32 type : module_.tags) entries.push_back(cat({{0}, leb(type)}));
    return list(entries);
  }

  static Bytes globalType(const GenGlobal& global) { return cat({global.type.bytes(), {global.isMutable}}); }
  Bytes globals() {
    std::vector<Bytes> entries;
    for (u32 i = module_.importedGlobals; i < module_.globals.size(); ++i)
      entries.push_back(cat({globalType(module_.globals[i]), constant(module_.globals[i].type), {0x0b}}));
    return list(entries);
  }

  Bytes constant(GenType type) {
    switch (type.code) {
      case 0x7f:
        if (choices_.percent(30)) return cat({{0x41, 5, 0x41}, signedLeb(choices_.byte()), {0x6a}});  // extended-const
        return cat({{0x41}, signedLeb(static_cast<i32>(choices_.bits(4)))});
      case 0x7e: return cat({{0x42}, signedLeb(static_cast<i64>(choices_.bits(8)))});
      case 0x7d: return cat({{0x43}, raw(4)});
      case 0x7c: return cat({{0x44}, raw(8)});
      case 0x7b: return cat({{0xfd, 12}, raw(16)});
      default: break;
    }
    if (type.heap == kI31 || type.heap == kEq || type.heap == kAny)
      return {0x41, choices_.byte() % 64u ? u8{7} : u8{0}, 0xfb, 28};
    if (type.heap == kFunc && choices_.percent(50)) return cat({{0xd2}, leb(choices_.below(module_.functions.size()))});
    return cat({{0xd0}, signedLeb(type.heap)});
  }
  Bytes raw(u32 count) {
    Bytes bytes(count);
    for (u8& byte : bytes) byte = choices_.byte();
    return bytes;
  }

  Bytes exports() const {
    std::vector<Bytes> entries;
    const auto all = [&](char letter, u8 kind, size_t count) {
      for (u32 i = 0; i < count; ++i) entries.push_back(cat({name(letter + std::to_string(i)), {kind}, leb(i)}));
    };
    all('f', 0, module_.functions.size());
    all('t', 1, module_.tables.size());
    all('m', 2, module_.memories.size());
    all('g', 3, module_.globals.size());
    all('e', 4, module_.tags.size());
    return list(entries);
  }

  Bytes elements() {
    std::vector<Bytes> entries;
    Bytes all = leb(module_.functions.size());
    for (u32 i = 0; i < module_.functions.size(); ++i) all = cat({all, leb(i)});
    entries.push_back(cat({{0, module_.tables[0].limits.is64 ? u8{0x42} : u8{0x41}, 0, 0x0b}, all}));
    entries.push_back(cat({{5, 0x70, 3, 0xd0, 0x70, 0x0b, 0xd2}, leb(0), {0x0b, 0xd0, 0x70, 0x0b}}));
    entries.push_back(cat({{3, 0, 1}, leb(0)}));
    return list(entries);
  }

  Bytes data() {
    const Bytes bytes = raw(16);
    const bool active = !module_.memories.empty() && module_.memories[0].limits.min > 0;
    const bool is64 = active && module_.memories[0].limits.is64;
    return list({active ? cat({{0, is64 ? u8{0x42} : u8{0x41}, 8, 0x0b}, sized(bytes)}) : cat({{1}, sized(bytes)}),
                 cat({{1}, sized(raw(40))})});
  }

  Choices& choices_;
  GenModule module_;
};

}  // namespace

std::vector<u8> generateModule(Choices& choices, GeneratorOptions options) { return Generator(choices, options).run(); }

}  // namespace wasmrun::fuzz
