// ModuleDecoder: decodes all sections of a module and checks all of its rules but those for function bodies.
//
// Sections are read from one reader over the whole module, not one each: like the spec's reference decoder, a section
// that holds less or more than its size says is noticed at its end ("section size mismatch"), and what a construct runs
// into past the section's end decides the message. No read leaves the module.
//
// Files: module_decoder.cpp (section order, custom sections, what all share), decode_types.cpp, decode_imports.cpp,
// decode_definitions.cpp (functions, tables, memories, tags, globals, exports, start), decode_segments.cpp (elements,
// data, code).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/byte_reader.h"
#include "support/result.h"
#include "wasm/function_reader.h"
#include "wasm/module.h"
#include "wasm/module_impl.h"
#include "wasm/type_reader.h"

namespace wasmrun::wasm {

/// For one module: construct, `decode`, throw away.
class ModuleDecoder {
 public:
  ModuleDecoder(TypeRegistry& registry, Features features, std::shared_ptr<const ModuleBytes> bytes);

  /// Decodes all sections; once.
  Result<void> decode();
  /// What is decoded: after an error, all before it. Bodies are not validated.
  const std::shared_ptr<Module>& module() const { return module_; }
  /// Every body decoded so far has a type: the function section lists as many at least.
  bool bodiesHaveTypes() const { return module_->bodies.size() <= declaredBodies_; }

 private:
  struct SectionRow;
  static const SectionRow* findSection(u8 id);

  // -- Sections (module_decoder.cpp) --
  Result<void> decodeSections();
  Result<void> decodeHeader();
  Result<void> decodeSection();
  Result<void> decodeCustomSection(u64 end);
  Result<void> checkWhole();
  Error explainOverrun(Error error, std::string_view section, u64 end) const;

  // -- Types (decode_types.cpp) --
  Result<void> decodeTypeSection();
  Result<void> decodeRecGroup();
  Result<void> readSubType(SubType& type, u32 groupSize);
  Result<void> readSuperTypes(SubType& type, u32 groupSize);
  Result<void> readCompositeType(SubType& type, const TypeIndexSpace& space);
  Result<void> readTypeList(std::vector<ValType>& list, const TypeIndexSpace& space, const char* what, u32 limit);
  Result<FieldType> readFieldType(const TypeIndexSpace& space);
  Result<bool> readMutability();
  Result<void> checkSuperTypes(TypeId firstOfGroup, u32 groupSize, u64 offset);
  SubType& groupMember(u32 position);

  // -- Imports (decode_imports.cpp) --
  /// What an import says of itself behind its name.
  struct ExternType {
    ExternKind kind;
    u64 offset = 0;
    TypeId type;  // function, tag
    TableType table;
    MemoryType memory;
    GlobalType global;
  };
  Result<void> decodeImportSection();
  Result<void> readCompactImports(std::string_view moduleName, bool oneTypeForAll);
  Result<ExternType> readExternType();
  Result<void> addImport(std::string_view moduleName, std::string_view name, const ExternType& type);

  // -- Definitions (decode_definitions.cpp) --
  Result<void> decodeFunctionSection();
  Result<void> decodeTableSection();
  Result<void> decodeMemorySection();
  Result<void> decodeTagSection();
  Result<void> decodeGlobalSection();
  Result<void> decodeExportSection();
  Result<void> decodeStartSection();
  Result<TypeId> readFuncTypeIndex();
  Result<TypeId> readTagType();
  Result<TableType> readTableType();
  Result<MemoryType> readMemoryType();
  Result<GlobalType> readGlobalType();
  Result<void> readLimits(Limits& limits, u8 flags);
  Result<void> checkLimits(const Limits& limits, u64 range, std::string_view rangeText, u64 offset) const;
  Result<void> addTable(const Table& table, u64 offset);
  Result<void> addMemory(const MemoryType& memory, u64 offset);
  Result<u8> readPageSize();
  Result<void> checkMemorySize(const MemoryType& type, u64 offset) const;
  Result<u32> readExternIndex(ExternKind kind);

  // -- Segments and bodies (decode_segments.cpp) --
  Result<void> decodeElementSection();
  Result<void> readElementSegment();
  Result<void> readElementKind(ElementSegment& segment, bool isType);
  Result<void> readElementFunctions(ElementSegment& segment);
  Result<void> readElementExprs(ElementSegment& segment);
  Result<void> decodeDataCountSection();
  Result<void> decodeDataSection();
  Result<void> readDataSegment();
  Result<void> decodeCodeSection();

  // -- What all share (module_decoder.cpp) --
  /// The reader's error, if it has one.
  Result<void> checkReads() const;
  /// A count of entries; `have` of them are there already. Over `limit` in sum is an error that names `what`.
  Result<u32> readCount(const char* what, u32 limit, size_t have = 0);
  /// A number of bytes that follow; all of them are there.
  Result<u32> readLength();
  Result<std::string_view> readName(const char* what);
  /// An index below `count`, or "unknown <what>".
  Result<u32> readIndex(const char* what, size_t count);
  Result<ConstExpr> readExpr(ValType expected);
  Result<void> require(Feature feature, std::string_view what, u64 offset) const;
  /// Room for `count` more, as far as the module can hold so many: a count is only a claim.
  template <class T>
  void reserve(std::vector<T>& list, u32 count) const {
    list.reserve(list.size() + std::min<size_t>(count, reader_.remaining()));
  }
  TypeIndexSpace typeSpace(u32 openGroupSize = 0) const { return {module_->types, openGroupSize}; }
  void declare(FuncIndex index);

  std::shared_ptr<Module> module_;
  TypeRegistry& registry_;
  Features features_;
  support::ByteReader reader_;

  u32 lastRank_ = 0;  // of the last section that is not custom, in the order sections have
  u32 declaredBodies_ = 0;

  // Scratch, reused from entry to entry.
  std::vector<SubType> group_;
  ReaderScratch exprScratch_;
  std::vector<ConstOp> ops_;
  std::vector<FuncIndex> referenced_;
};

}  // namespace wasmrun::wasm
