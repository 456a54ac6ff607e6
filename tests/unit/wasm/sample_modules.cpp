#include "sample_modules.h"

#include "wasm/opcodes.h"

namespace wasmrun::wasm {

namespace {

// Type indexes of everythingModule.
constexpr u8 kFuncType = 0, kStructType = 1, kArrayType = 2, kRefArrayType = 3, kTagType = 4;
constexpr u8 kPackedField = 2;
// Globals: 0 is imported and immutable, 1 mutable.
constexpr u8 kMutableGlobal = 1;

/// A type index that suits an opcode of prefix FB or a call.
u8 typeFor(std::string_view text) {
  if (text.starts_with("struct")) return kStructType;
  if (text == "array.new_elem" || text == "array.init_elem") return kRefArrayType;
  if (text == "array.get") return kRefArrayType;  // for packed elements there are array.get_s and _u
  if (text.starts_with("array")) return kArrayType;
  return kFuncType;
}

Bytes immediatesOf(const OpcodeInfo& info) {
  const u8 type = typeFor(info.text);
  const bool isPackedGet = info.text.ends_with("get_s") || info.text.ends_with("get_u");
  switch (info.immediate) {
    case Immediate::None: return {};
    case Immediate::BlockType: return {0x40};
    case Immediate::BrTable: return {1, 0, 0};
    case Immediate::Global: return {info.text == "global.set" ? kMutableGlobal : u8{0}};
    case Immediate::CallIndirect: return {kFuncType, 0};
    case Immediate::Type: return {type};
    case Immediate::TypeField: return {type, isPackedGet ? kPackedField : u8{0}};
    case Immediate::TypeType: return {type, type};
    case Immediate::TypeData: return {type, 0};
    case Immediate::TypeElem: return {type, 1};
    case Immediate::TypeCount: return {type, 1};
    case Immediate::ElemTable: return {1, 0};
    case Immediate::TableTable:
    case Immediate::MemoryMemory:
    case Immediate::DataMemory: return {0, 0};
    case Immediate::MemArg: return {info.alignLog2, 0};
    case Immediate::MemArgLane: return {info.alignLog2, 0, 0};
    case Immediate::F32: return Bytes(4);
    case Immediate::F64: return Bytes(8);
    case Immediate::V128:
    case Immediate::Shuffle: return Bytes(16);
    case Immediate::HeapType: return {0x70};
    case Immediate::SelectTypes: return {1, 0x7f};
    case Immediate::TryTable: return {0x40, 0};
    case Immediate::BrOnCast: return {3, 0, 0x6e, 0x6b};
    default: return {0};
  }
}

Bytes encoded(const OpcodeInfo& info) {
  const Bytes code = info.prefix == 0 ? Bytes{static_cast<u8>(info.code)} : cat({{info.prefix}, leb(info.code)});
  return cat({code, immediatesOf(info)});
}

/// The opcode in the surroundings it needs, after `unreachable`.
Bytes placed(Opcode opcode) {
  const Bytes op = encoded(info(opcode));
  constexpr u8 kUnreachable = 0x00, kIf = 0x04, kTry = 0x06, kCatchAll = 0x19, kEnd = 0x0b, kEmpty = 0x40;
  switch (opcode) {
    case Opcode::Block:
    case Opcode::Loop:
    case Opcode::If:
    case Opcode::Try:
    case Opcode::TryTable: return cat({{kUnreachable}, op, {kEnd}});
    case Opcode::Else: return cat({{kUnreachable, kIf, kEmpty}, op, {kEnd}});
    case Opcode::Catch:
    case Opcode::CatchAll: return cat({{kTry, kEmpty}, op, {kUnreachable, kEnd}});
    case Opcode::Delegate: return cat({{kTry, kEmpty}, op});
    case Opcode::Rethrow: return cat({{kTry, kEmpty, kCatchAll}, op, {kEnd}});
    case Opcode::End: return {};
    // These need a label that takes a reference.
    case Opcode::BrOnNonNull:
    case Opcode::BrOnCast:
    case Opcode::BrOnCastFail: return cat({{0x02, 0x6e, kUnreachable}, op, {kUnreachable, kEnd}});
    default: return cat({{kUnreachable}, op});
  }
}

Bytes everyOpcode() {
  Bytes code;
  for (u32 i = 0; i < kOpcodeCount; ++i) {
    const Bytes op = placed(static_cast<Opcode>(i));
    code.insert(code.end(), op.begin(), op.end());
  }
  code.push_back(0x00);
  return code;
}

}  // namespace

Bytes everythingModule() {
  const Bytes types =
      section(kTypes, cat({{3},
                           {0x60, 0, 0},                                      // 0: func
                           {0x4e, 3},                                         // a recursive group
                           {0x50, 0, 0x5f, 3, 0x7f, 1, 0x63, 2, 1, 0x78, 1},  // 1: open struct {i32, ref null 2, i8}
                           {0x4f, 0, 0x5e, 0x78, 1},                          // 2: array of i8
                           {0x5e, 0x70, 1},                                   // 3: array of funcref
                           {0x60, 0, 0}}));                                   // 4: func, for tags
  const Bytes imports =
      section(kImports, {cat({name("m"), name("f"), {0, 0}}), cat({name("m"), name("g"), {3, 0x7f, 0}}),
                         cat({name("m"), name("t"), {1, 0x70, 1, 0, 9}})});
  return moduleOf({
      custom("before", {1, 2, 3}),
      types,
      imports,
      section(kFunctions, {{0}, {0}}),
      section(kTables, {{0x70, 0, 1}, {0x40, 0, 0x64, 0x70, 0, 1, 0xd2, 0, 0x0b}, {0x70, 4, 1}}),
      section(kMemories, {{3, 1, 2}, {4, 1}}),
      section(kTags, {{0, kTagType}}),
      section(kGlobals, {{0x7f, 1, 0x41, 0, 0x0b},
                         {0x7e, 0, 0x42, 1, 0x42, 2, 0x7c, 0x0b},  // i64.add of two constants
                         {0x63, 1, 0, 0xfb, 1, 1, 0x0b},           // struct.new_default
                         cat({{0x7b, 0, 0xfd, 12}, Bytes(16), {0x0b}}),
                         {0x6c, 0, 0x41, 5, 0xfb, 28, 0x0b}}),  // ref.i31
      section(kExports, {cat({name("f"), {0, 1}}), cat({name("t"), {1, 0}}), cat({name("m"), {2, 0}}),
                         cat({name("g"), {3, 1}}), cat({name("e"), {4, 0}})}),
      section(kStart, leb(1)),
      section(kElements, {{0, 0x41, 0, 0x0b, 1, 0},
                          {1, 0, 1, 1},
                          {2, 0, 0x41, 0, 0x0b, 0, 1, 0},
                          {3, 0, 1, 2},
                          {4, 0x41, 0, 0x0b, 1, 0xd0, 0x70, 0x0b},
                          {5, 0x70, 1, 0xd2, 0, 0x0b},
                          {6, 0, 0x41, 0, 0x0b, 0x70, 1, 0xd2, 1, 0x0b},
                          {7, 0x70, 1, 0xd0, 0x70, 0x0b}}),
      section(kDataCount, leb(3)),
      section(kCode, {body({0x01}), sized(cat({{2, 1, 0x7f, 1, 0x70}, everyOpcode(), {0x0b}}))}),
      section(kData, {{0, 0x41, 0, 0x0b, 2, 7, 8}, {1, 1, 9}, {2, 1, 0x42, 0, 0x0b, 0}}),
      custom("name", cat({section(0, name("sample")), section(1, cat({leb(1), leb(2), name("every_opcode")}))})),
  });
}

Bytes programModule() {
  // (func (param i32) (result i32) (local i32): sums bytes of memory, calls itself, selects, branches by table
  const Bytes code = {1,    1,    0x7f,                                         // local i32
                      0x20, 0,    0x45, 0x04, 0x40, 0x41, 0,    0x0f, 0x0b,     // if (!n) return 0
                      0x03, 0x40,                                               // loop
                      0x20, 1,    0x20, 0,    0x2d, 0,    16,   0x6a, 0x21, 1,  //   sum += mem[n + 16]
                      0x20, 0,    0x41, 0x7f, 0x6a, 0x22, 0,    0x0d, 0,        //   if (n += -1) continue
                      0x0b, 0x02, 0x40, 0x02, 0x40, 0x20, 1,    0x0e, 2,    0,    1, 1, 0x0b,
                      0x41, 1,    0x21, 1,    0x0b, 0x20, 1,    0x41, 4,    0x36, 2, 0,  // mem[sum] = 4
                      0x20, 1,    0x20, 0,    0x20, 1,    0x1b, 0x10, 0,                 // f(select)
                      0x20, 1,    0x20, 0,    0x11, 0,    0,                             // table[...](sum)
                      0x6a, 0x0b};
  return moduleOf({
      section(kTypes, {{0x60, 1, 0x7f, 1, 0x7f}}),
      section(kFunctions, {{0}}),
      section(kTables, {{0x70, 1, 1, 1}}),
      section(kMemories, {{0, 1}}),
      section(kExports, {cat({name("run"), {0, 0}}), cat({name("memory"), {2, 0}})}),
      section(kElements, {{0, 0x41, 0, 0x0b, 1, 0}}),
      section(kCode, {sized(code)}),
      section(kData, {cat({{0, 0x41, 16, 0x0b}, name("hello")})}),
  });
}

}  // namespace wasmrun::wasm
