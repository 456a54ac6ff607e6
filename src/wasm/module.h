// Module: a decoded module (spec: syntax/modules). Immutable once decoded and validated; shared by threads.
//
// Bytes stay where they are: names, bodies and segments are views into the module's bytes, which the Module keeps
// alive.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "wasm/features.h"
#include "wasm/opcodes.h"
#include "wasm/type_registry.h"
#include "wasm/types.h"

namespace wasmrun::wasm {

/// The bytes of a module, however they are held (a vector, a mapped file, the caller's memory). Immutable.
class ModuleBytes {
 public:
  virtual ~ModuleBytes() = default;
  virtual std::span<const u8> bytes() const = 0;
};

/// One operator of a constant expression, in evaluation order (a small postfix program).
struct ConstOp {
  Opcode opcode;
  union {
    u64 bits = 0;  ///< i32/i64/f32/f64.const
    u32 index;     ///< global.get, ref.func; struct/array.new*: canonical TypeId; ref.null: HeapType bits
    u8 v128[16];   ///< v128.const
  };
  u32 count = 0;  ///< array.new_fixed
};

/// A validated constant expression.
struct ConstExpr {
  std::span<const ConstOp> ops;
  u32 offset = 0;  ///< of the expression in the module
};

struct Import {
  std::string_view module;
  std::string_view name;
  ExternKind kind;
  u32 index = 0;  ///< in the index space of its kind
};

struct Export {
  std::string_view name;
  ExternKind kind;
  u32 index = 0;
};

struct Global {
  GlobalType type;
  ConstExpr init;  ///< empty for imports
};

struct Table {
  TableType type;
  ConstExpr init;  ///< empty: null elements (or an import)
};

enum class SegmentMode : u8 { Active, Passive, Declarative };

struct ElementSegment {
  SegmentMode mode = SegmentMode::Passive;
  TableIndex table;       ///< active only
  ConstExpr tableOffset;  ///< active only
  ValType type = kFuncRef;
  // Exactly one of the two lists is used: plain function indexes are kept as such, they are the common case.
  std::span<const FuncIndex> functions;
  std::span<const ConstExpr> exprs;
  u32 size() const { return static_cast<u32>(functions.empty() ? exprs.size() : functions.size()); }
};

struct DataSegment {
  SegmentMode mode = SegmentMode::Passive;
  MemoryIndex memory;      ///< active only
  ConstExpr memoryOffset;  ///< active only
  std::span<const u8> bytes;
};

/// A function body without its size prefix: local declarations and code.
struct FuncBody {
  u32 offset = 0;  ///< in the module
  u32 size = 0;
  bool hasLoop = false;  ///< set by validation: false only if there is no loop
};

struct CustomSection {
  std::string_view name;
  std::span<const u8> payload;
  u32 offset = 0;  ///< of the payload
};

/// A section as it lies in the file, for `wasmrun inspect`.
struct SectionInfo {
  u8 id = 0;
  u32 offset = 0;  ///< of the payload
  u32 size = 0;
  std::string_view name;  ///< custom sections only
};

struct BranchHint {
  u32 bodyOffset = 0;  ///< of the instruction, from the start of the function's body (its local declarations)
  bool likely = false;
};

class Module {
 public:
  Module(TypeRegistry& registry, Features features, std::shared_ptr<const ModuleBytes> bytes);
  ~Module();
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  std::span<const u8> bytes() const { return bytes_->bytes(); }
  TypeRegistry& registry() const { return registry_; }
  Features features() const { return features_; }

  const TypeDef& typeAt(TypeIndex index) const { return registry_.get(types[index.value]); }
  const FuncType& funcType(FuncIndex index) const { return registry_.get(funcTypes[index.value]).func; }
  bool isImport(FuncIndex index) const { return index.value < importedFuncs; }
  FuncIndex funcIndex(DefinedFuncIndex index) const { return FuncIndex(importedFuncs + index.value); }
  DefinedFuncIndex definedIndex(FuncIndex index) const { return DefinedFuncIndex(index.value - importedFuncs); }
  std::span<const u8> bodyBytes(DefinedFuncIndex index) const {
    return bytes().subspan(bodies[index.value].offset, bodies[index.value].size);
  }

  // Filled by the decoder, read-only after. Index spaces have imports first.
  std::vector<TypeId> types;  ///< by TypeIndex
  std::vector<Import> imports;
  std::vector<TypeId> funcTypes;  ///< by FuncIndex: the function's defined type
  std::vector<Table> tables;
  std::vector<MemoryType> memories;
  std::vector<Global> globals;
  std::vector<TypeId> tags;  ///< by TagIndex: a function type
  std::vector<Export> exports;
  std::vector<ElementSegment> elements;
  std::vector<DataSegment> data;
  std::vector<FuncBody> bodies;  ///< by DefinedFuncIndex
  std::vector<CustomSection> customSections;
  std::vector<SectionInfo> sections;
  std::optional<FuncIndex> start;
  bool hasDataCount = false;  ///< there is a data count section
  u32 dataCount = 0;          ///< its number: code comes before the data, so bodies are checked against it
  u32 importedFuncs = 0, importedTables = 0, importedMemories = 0, importedGlobals = 0, importedTags = 0;
  /// Functions that may be the operand of ref.func: those named in globals, exports, elements, tables (bit by
  /// FuncIndex).
  std::vector<bool> declaredFuncs;

  /// Export by name, or null. Constant time.
  const Export* findExport(std::string_view name) const;

  /// The name of a function from the name section (else its export's name, else its import's field name), or empty.
  /// Decoded on first use; any thread.
  std::string_view funcName(FuncIndex index) const;
  std::string_view moduleName() const;
  /// Branch hints (custom section metadata.code.branch_hint) of a function, sorted by offset; empty if there are none.
  std::span<const BranchHint> branchHints(FuncIndex index) const;

 private:
  friend class ModuleDecoder;
  TypeRegistry& registry_;
  Features features_;
  std::shared_ptr<const ModuleBytes> bytes_;
  struct Impl;
  std::unique_ptr<Impl> impl_;  // arenas, held type groups, lazily decoded names, export table
};

}  // namespace wasmrun::wasm
