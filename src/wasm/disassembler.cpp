#include "wasm/disassembler.h"

#include <algorithm>
#include <charconv>

#include "support/byte_reader.h"
#include "support/text.h"
#include "wasm/control.h"
#include "wasm/opcodes.h"
#include "wasm/type_reader.h"

namespace wasmrun::wasm {

namespace {

using support::concat;
using support::Hex;

/// Reads one body front to back. The bytes are valid, so nothing is checked again; the reader bounds every access.
class Disassembler {
 public:
  Disassembler(const Module& module, DefinedFuncIndex func)
      : module_(module),
        func_(module.funcIndex(func)),
        reader_(module.bodyBytes(func), module.bodies[func.value].offset) {}

  std::string run() {
    header();
    locals();
    while (!reader_.atEnd()) instruction();
    return std::move(out_);
  }

 private:
  void add(std::string_view text) { out_ += text; }
  void word(std::string_view text) { out_ += ' ', out_ += text; }
  void number(u64 value) { out_ += ' ', support::appendTo(out_, value); }
  void index() { number(reader_.readU32()); }

  // -- Before the code -----------------------------------------------------------------------------------------------

  void header() {
    const FuncType& type = module_.funcType(func_);
    add(concat("func ", func_.value));
    name(func_.value);
    list("param", type.params);
    list("result", type.results);
    add(concat(", ", reader_.remaining(), " bytes at ", Hex{reader_.offset()}, '\n'));
    nextLocal_ = type.params.size();
  }

  void list(std::string_view what, std::span<const ValType> types) {
    if (types.empty()) return;
    add(concat(" (", what));
    for (const ValType type : types) word(module_.registry().toText(type));
    add(")");
  }

  void name(u32 index) {
    const std::string_view name = module_.funcName(FuncIndex(index));
    if (!name.empty()) add(concat(" <", name, '>'));
  }

  void locals() {
    const u32 groups = reader_.readU32();
    for (u32 i = 0; i < groups && reader_.ok(); ++i) {
      margin(reader_.offset());
      const u32 count = reader_.readU32();
      const std::string type = valType();
      if (count == 1)
        add(concat("(local ", nextLocal_, ' ', type, ")\n"));
      else
        add(concat("(local ", nextLocal_, "..", nextLocal_ + count - 1, ' ', type, ")\n"));
      nextLocal_ += count;
    }
  }

  // -- Instructions --------------------------------------------------------------------------------------------------

  void margin(u64 offset) {
    add(concat("  ", Hex{offset, 6}, "  "));
    out_.append(2 * std::min<size_t>(depth_, kMaxIndented), ' ');
  }

  static bool opens(Opcode opcode) {
    switch (opcode) {
      case Opcode::Block:
      case Opcode::Loop:
      case Opcode::If:
      case Opcode::Try:
      case Opcode::TryTable: return true;
      default: return false;
    }
  }
  /// The instruction ends a construct, or a part of one.
  static bool closes(Opcode opcode) {
    switch (opcode) {
      case Opcode::End:
      case Opcode::Else:
      case Opcode::Catch:
      case Opcode::CatchAll:
      case Opcode::Delegate: return true;
      default: return false;
    }
  }
  static bool reopens(Opcode opcode) {
    return opcode == Opcode::Else || opcode == Opcode::Catch || opcode == Opcode::CatchAll;
  }

  void instruction() {
    const u64 offset = reader_.offset();
    const u8 byte = reader_.readByte();
    Opcode opcode = opcodeOf(byte);
    if (opcode == Opcode::kCount) opcode = opcodeOf(byte, reader_.readU32());
    if (opcode == Opcode::kCount) return reader_.failRead("unknown opcode");
    if (closes(opcode) && depth_ != 0) --depth_;
    margin(offset);
    add(info(opcode).text);
    immediates(opcode);
    add("\n");
    if (opens(opcode) || reopens(opcode)) ++depth_;
  }

  void immediates(Opcode opcode) {
    switch (info(opcode).immediate) {
      case Immediate::None: return;
      case Immediate::BlockType: return blockType();
      case Immediate::BrTable: return brTable();
      case Immediate::Func: return function();
      case Immediate::CallIndirect: return callIndirect();
      case Immediate::Label:
      case Immediate::Type:
      case Immediate::Local:
      case Immediate::Global:
      case Immediate::Table:
      case Immediate::Memory:
      case Immediate::Data:
      case Immediate::Elem:
      case Immediate::Tag: return index();
      case Immediate::TableTable:
      case Immediate::MemoryMemory:
      case Immediate::DataMemory:
      case Immediate::ElemTable:
      case Immediate::TypeField:
      case Immediate::TypeType:
      case Immediate::TypeData:
      case Immediate::TypeElem:
      case Immediate::TypeCount: return index(), index();
      case Immediate::MemArg: return memArg(opcode);
      case Immediate::MemArgLane: return memArg(opcode), number(reader_.readByte());
      case Immediate::I32: return word(std::to_string(reader_.readI32()));
      case Immediate::I64: return word(std::to_string(reader_.readI64()));
      case Immediate::F32: return floating(reader_.readFixed<float>());
      case Immediate::F64: return floating(reader_.readFixed<double>());
      case Immediate::V128: return vector();
      case Immediate::Shuffle: return lanes();
      case Immediate::Lane: return number(reader_.readByte());
      case Immediate::HeapType: return word(heapType());
      case Immediate::SelectTypes: return selectTypes();
      case Immediate::TryTable: return tryTable();
      case Immediate::BrOnCast: return brOnCast();
      case Immediate::Fence: return void(reader_.readByte());
    }
  }

  // -- Immediates ----------------------------------------------------------------------------------------------------

  TypeIndexSpace space() const { return {module_.types, 0}; }
  std::string valType() {
    const auto type = readValType(reader_, space(), module_.features());
    return type ? module_.registry().toText(*type) : "?";
  }
  /// As a type index of the module, or an abstract type's name.
  std::string heapType() {
    const i64 number = support::ByteReader(reader_).readI33();
    if (number >= 0) return reader_.readI33(), std::to_string(number);
    const auto heap = readHeapType(reader_, space(), module_.features());
    if (!heap) return "?";
    const std::string nonNull = module_.registry().toText(ValType::ref(*heap, false));  // "(ref any)"
    return nonNull.substr(5, nonNull.size() - 6);
  }

  void blockType() {
    constexpr u8 kEmpty = 0x40;
    if (reader_.peekByte() == kEmpty) return void(reader_.readByte());
    if (startsValType(reader_.peekByte())) return add(concat(" (result ", valType(), ')'));
    const u64 type = static_cast<u64>(reader_.readI33());
    add(concat(" (type ", type, ')'));
    if (type >= module_.types.size()) return;
    const FuncType& func = module_.registry().get(module_.types[type]).func;
    list("param", func.params);
    list("result", func.results);
  }

  void brTable() {
    const u32 count = reader_.readU32();
    for (u32 i = 0; i <= count && reader_.ok(); ++i) index();
  }

  void function() {
    const u32 callee = reader_.readU32();
    number(callee);
    name(callee);
  }

  void callIndirect() {
    const u32 type = reader_.readU32(), table = reader_.readU32();
    if (table != 0) number(table);
    add(concat(" (type ", type, ')'));
  }

  void memArg(Opcode opcode) {
    constexpr u32 kHasMemory = 0x40;
    u32 align = reader_.readU32();
    if ((align & kHasMemory) != 0) {
      align -= kHasMemory;
      index();
    }
    if (const u64 offset = reader_.readU64(); offset != 0) add(concat(" offset=", offset));
    if (align != info(opcode).alignLog2) add(concat(" align=", u64{1} << (align & 63)));
  }

  template <class Float>
  void floating(Float value) {
    char digits[64];
    word(std::string_view(digits, std::to_chars(digits, digits + sizeof digits, value).ptr));
  }

  void vector() {
    add(" i32x4");
    for (int lane = 0; lane < 4; ++lane) add(concat(' ', Hex{reader_.readFixed<u32>(), 8}));
  }

  void lanes() {
    for (int lane = 0; lane < 16; ++lane) number(reader_.readByte());
  }

  void selectTypes() {
    const u32 count = reader_.readU32();
    add(" (result");
    for (u32 i = 0; i < count && reader_.ok(); ++i) word(valType());
    add(")");
  }

  void tryTable() {
    blockType();
    static constexpr std::string_view kClauses[] = {"catch", "catch_ref", "catch_all", "catch_all_ref"};
    const u32 count = reader_.readU32();
    for (u32 i = 0; i < count && reader_.ok(); ++i) {
      const u8 kind = reader_.readByte() & 3;
      add(concat(" (", kClauses[kind]));
      if (kind <= CatchClause::CatchRef) index();
      index();
      add(")");
    }
  }

  void brOnCast() {
    const u8 flags = reader_.readByte();
    index();
    add(concat(flags & 1 ? " (ref null " : " (ref ", heapType(), ')'));
    add(concat(flags & 2 ? " (ref null " : " (ref ", heapType(), ')'));
  }

  const Module& module_;
  const FuncIndex func_;
  support::ByteReader reader_;
  std::string out_;
  /// Deeper instructions are not indented further: the text stays linear in the body.
  static constexpr size_t kMaxIndented = 40;
  u32 depth_ = 0;
  u64 nextLocal_ = 0;
};

}  // namespace

std::string disassemble(const Module& module, DefinedFuncIndex func) { return Disassembler(module, func).run(); }

}  // namespace wasmrun::wasm
