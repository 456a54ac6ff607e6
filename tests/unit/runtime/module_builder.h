// Builds binary modules for tests, item by item.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "support/int.h"

namespace wasmrun::runtime::test {

using Bytes = std::vector<u8>;

inline void append(Bytes& out, const Bytes& more) { out.insert(out.end(), more.begin(), more.end()); }
inline void appendU64(Bytes& out, u64 value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<u8>(value | 0x80));
  out.push_back(static_cast<u8>(value));
}
inline void appendI64(Bytes& out, i64 value) {
  while (value < -64 || value > 63) {
    out.push_back(static_cast<u8>((value & 0x7f) | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<u8>(value & 0x7f));
}

// -- Value types and constant expressions, without the final `end` ---------------------------------------------------

inline constexpr u8 kI32Byte = 0x7f, kI64Byte = 0x7e, kF32Byte = 0x7d, kV128Byte = 0x7b, kFuncRefByte = 0x70,
                    kExternRefByte = 0x6f, kAnyRefByte = 0x6e, kI31RefByte = 0x6c, kExnRefByte = 0x69;

inline Bytes i32Const(i32 value) {
  Bytes out{0x41};
  appendI64(out, value);
  return out;
}
inline Bytes i64Const(i64 value) {
  Bytes out{0x42};
  appendI64(out, value);
  return out;
}
inline Bytes globalGet(u32 index) {
  Bytes out{0x23};
  appendU64(out, index);
  return out;
}
inline Bytes refFuncExpr(u32 index) {
  Bytes out{0xd2};
  appendU64(out, index);
  return out;
}
inline Bytes refNull(u8 heap) { return {0xd0, heap}; }
inline Bytes operator+(Bytes a, const Bytes& b) {
  append(a, b);
  return a;
}

struct LimitsSpec {
  u64 min = 0;
  std::optional<u64> max;
  bool is64 = false;
  bool isShared = false;
  std::optional<u32> pageSizeLog2;
};

class ModuleBuilder {
 public:
  u32 type(const Bytes& params, const Bytes& results) {
    types_.push_back(0x60);
    addTypes(types_, params);
    addTypes(types_, results);
    return typeCount_++;
  }
  /// (type (sub super? (func params results))) by itself in a recursive group.
  u32 subType(std::optional<u32> super, const Bytes& params, const Bytes& results) {
    append(types_, {0x50, static_cast<u8>(super ? 1 : 0)});
    if (super) appendU64(types_, *super);
    return type(params, results);
  }
  /// Any type definition as it is written.
  u32 rawType(const Bytes& bytes) {
    append(types_, bytes);
    return typeCount_++;
  }

  u32 importFunc(std::string_view name, u32 type) {
    addImport(name, 0, {});
    appendU64(imports_, type);
    return funcCount_++;
  }
  u32 importTable(std::string_view name, u8 element, const LimitsSpec& limits) {
    addImport(name, 1, {element});
    addLimits(imports_, limits);
    return tableCount_++;
  }
  u32 importMemory(std::string_view name, const LimitsSpec& limits) {
    addImport(name, 2, {});
    addLimits(imports_, limits);
    return memoryCount_++;
  }
  u32 importGlobal(std::string_view name, const Bytes& valueType, bool isMutable) {
    addImport(name, 3, valueType);
    imports_.push_back(isMutable);
    return globalCount_++;
  }
  u32 importTag(std::string_view name, u32 type) {
    addImport(name, 4, {0});
    appendU64(imports_, type);
    return tagCount_++;
  }

  /// A function with a body (without `end`) and local variables of one byte's types.
  u32 func(u32 type, const Bytes& body = {0x00}, const Bytes& locals = {}) {
    appendU64(funcs_, type);
    Bytes code;
    appendU64(code, locals.size());
    for (const u8 local : locals) append(code, {1, local});
    append(code, body);
    code.push_back(0x0b);
    addVector(code_, code);
    ++bodyCount_;
    return funcCount_++;
  }
  u32 table(const Bytes& element, const LimitsSpec& limits, const Bytes& init = {}) {
    if (!init.empty()) append(tables_, {0x40, 0x00});
    append(tables_, element);
    addLimits(tables_, limits);
    if (!init.empty()) addExpr(tables_, init);
    ++definedTables_;
    return tableCount_++;
  }
  u32 memory(const LimitsSpec& limits) {
    addLimits(memories_, limits);
    ++definedMemories_;
    return memoryCount_++;
  }
  u32 tag(u32 type) {
    tags_.push_back(0);
    appendU64(tags_, type);
    ++definedTags_;
    return tagCount_++;
  }
  u32 global(const Bytes& valueType, bool isMutable, const Bytes& init) {
    append(globals_, valueType);
    globals_.push_back(isMutable);
    addExpr(globals_, init);
    ++definedGlobals_;
    return globalCount_++;
  }
  void exportItem(std::string_view name, u8 kind, u32 index) {
    addName(exports_, name);
    exports_.push_back(kind);
    appendU64(exports_, index);
    ++exportCount_;
  }
  void start(u32 func) { start_ = func; }

  u32 activeElements(const Bytes& offset, const std::vector<u32>& funcs) {
    elements_.push_back(0);
    addExpr(elements_, offset);
    return addElementFuncs(funcs);
  }
  u32 passiveElements(const std::vector<u32>& funcs) {
    append(elements_, {1, 0});
    return addElementFuncs(funcs);
  }
  u32 passiveExpressions(u8 element, const std::vector<Bytes>& exprs) {
    append(elements_, {5, element});
    appendU64(elements_, exprs.size());
    for (const Bytes& expr : exprs) addExpr(elements_, expr);
    return elementCount_++;
  }
  u32 activeData(const Bytes& offset, const Bytes& bytes) {
    data_.push_back(0);
    addExpr(data_, offset);
    addVector(data_, bytes);
    return dataCount_++;
  }
  u32 passiveData(const Bytes& bytes) {
    data_.push_back(1);
    addVector(data_, bytes);
    return dataCount_++;
  }
  void custom(std::string_view name, const Bytes& payload) {
    Bytes section;
    addName(section, name);
    append(section, payload);
    customs_.push_back(0);
    addVector(customs_, section);
  }

  Bytes build() const {
    Bytes out{0, 'a', 's', 'm', 1, 0, 0, 0};
    addSection(out, 1, typeCount_, types_);
    addSection(out, 2, importCount_, imports_);
    addSection(out, 3, bodyCount_, funcs_);
    addSection(out, 4, definedTables_, tables_);
    addSection(out, 5, definedMemories_, memories_);
    addSection(out, 13, definedTags_, tags_);
    addSection(out, 6, definedGlobals_, globals_);
    addSection(out, 7, exportCount_, exports_);
    if (start_) {
      Bytes start;
      appendU64(start, *start_);
      out.push_back(8);
      addVector(out, start);
    }
    addSection(out, 9, elementCount_, elements_);
    addSection(out, 10, bodyCount_, code_);
    addSection(out, 11, dataCount_, data_);
    append(out, customs_);
    return out;
  }

 private:
  static void addVector(Bytes& out, const Bytes& bytes) {
    appendU64(out, bytes.size());
    append(out, bytes);
  }
  /// A vector of value types: one byte each, but for (ref ...) and (ref null ...).
  static void addTypes(Bytes& out, const Bytes& types) {
    u64 count = 0;
    for (size_t i = 0; i < types.size(); ++i, ++count) i += types[i] == 0x63 || types[i] == 0x64;
    appendU64(out, count);
    append(out, types);
  }
  static void addName(Bytes& out, std::string_view name) { addVector(out, Bytes(name.begin(), name.end())); }
  static void addExpr(Bytes& out, const Bytes& expr) {
    append(out, expr);
    out.push_back(0x0b);
  }
  static void addLimits(Bytes& out, const LimitsSpec& limits) {
    out.push_back(static_cast<u8>((limits.max ? 1 : 0) | (limits.isShared ? 2 : 0) | (limits.is64 ? 4 : 0) |
                                  (limits.pageSizeLog2 ? 8 : 0)));
    appendU64(out, limits.min);
    if (limits.max) appendU64(out, *limits.max);
    if (limits.pageSizeLog2) appendU64(out, *limits.pageSizeLog2);
  }
  static void addSection(Bytes& out, u8 id, u32 count, const Bytes& items) {
    if (count == 0) return;
    Bytes section;
    appendU64(section, count);
    append(section, items);
    out.push_back(id);
    addVector(out, section);
  }
  void addImport(std::string_view name, u8 kind, const Bytes& start) {
    addName(imports_, "m");
    addName(imports_, name);
    imports_.push_back(kind);
    append(imports_, start);
    ++importCount_;
  }
  u32 addElementFuncs(const std::vector<u32>& funcs) {
    appendU64(elements_, funcs.size());
    for (const u32 func : funcs) appendU64(elements_, func);
    return elementCount_++;
  }

  Bytes types_, imports_, funcs_, tables_, memories_, tags_, globals_, exports_, elements_, code_, data_, customs_;
  std::optional<u32> start_;
  u32 typeCount_ = 0, importCount_ = 0, funcCount_ = 0, bodyCount_ = 0, tableCount_ = 0, definedTables_ = 0,
      memoryCount_ = 0, definedMemories_ = 0, tagCount_ = 0, definedTags_ = 0, globalCount_ = 0, definedGlobals_ = 0,
      exportCount_ = 0, elementCount_ = 0, dataCount_ = 0;
};

}  // namespace wasmrun::runtime::test
