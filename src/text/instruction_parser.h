// InstructionParser: instructions, flat and folded, to their binary encoding.
//
// An instruction in parentheses stands behind its operands in the binary. Its opcode and immediates are encoded when
// they are read, into a side buffer that grows and shrinks like the nesting, and move to the output when its
// parenthesis closes. Blocks go to the output at once. All open constructs are frames on a stack of our own, so
// nesting costs memory, not machine stack.
#pragma once

#include <optional>
#include <vector>

#include "text/module_scope.h"
#include "text/section_writer.h"
#include "text/type_parser.h"
#include "wasm/opcodes.h"

namespace wasmrun::text {

/// A branch hint: the bytes from the start of the function's body to the instruction.
struct BranchHintText {
  u32 bodyOffset;
  u8 value;
};

class InstructionParser {
 public:
  InstructionParser(ModuleScope& scope, TypeParser& types) : scope_(scope), in_(scope.in), types_(types) {}

  /// Instructions up to the parenthesis that closes what they are in, and an `end`. `to` is a function's body whose
  /// locals are written already. Appends to `hints`, and to `labels` the names of blocks, numbered in the order of
  /// their opcodes.
  void parseBody(BinaryWriter& to, SourceMapPart& map, std::vector<BranchHintText>& hints, NameList& labels);
  /// The same for a constant expression.
  void parseExpr(BinaryWriter& to, SourceMapPart& map);
  /// One instruction in parentheses as a constant expression.
  void parseFoldedExpr(BinaryWriter& to, SourceMapPart& map);

  /// Whether any instruction named a data segment: the data count section is for these.
  bool usesData() const { return usesData_; }

 private:
  enum class FrameKind : u8 {
    Operands,       ///< `(op`: operands
    Flat,           ///< `block`, `loop`, `try_table`: up to `end`
    FlatIf,         ///< `if`: up to `else` or `end`
    FlatElse,       ///< `else`: up to `end`
    FlatTry,        ///< `try`: up to `catch`, `catch_all`, `delegate` or `end`
    FlatCatch,      ///< `catch`: the same without `delegate`
    FlatCatchAll,   ///< `catch_all`: up to `end`
    Folded,         ///< `(block`, `(loop`, `(try_table`
    If,             ///< `(if`: operands, then `(then`
    AfterThen,      ///< `(if ... (then ...)`: `(else`, or its end
    AfterElse,      ///< its end
    Try,            ///< `(try`: `(do`
    AfterDo,        ///< `(catch`, `(catch_all`, `(delegate`, or its end
    AfterCatch,     ///< the same without `(delegate`
    AfterCatchAll,  ///< its end
    AfterDelegate,  ///< its end, which has no opcode
    Part,           ///< `(then`, `(else`, `(do`, `(catch`, `(catch_all`: instructions
  };
  struct Frame {
    FrameKind kind;
    u32 offset;        // in the text
    u32 pendingBegin;  // Operands, If: where its own encoding begins in pending_
    std::optional<u8> hint;
    ModuleScope::Label label;
  };

  void begin(BinaryWriter& to, SourceMapPart& map);
  void run(bool one);
  bool takesInstructions() const;

  // Flat.
  void parseFlat();
  void parseElse();
  void parseEnd();
  void parseFlatCatch(wasm::Opcode opcode);
  void parseFlatDelegate();

  // Folded.
  void open();
  void openInstruction();
  void openBlock(wasm::Opcode opcode, bool folded);
  void openIf();
  void openThen();
  void openElse();
  void openInTry();
  void openPart();
  void close();
  void flush(const Frame& frame);

  // Blocks.
  Frame& push(FrameKind kind, u32 offset);
  void parseBlockType(BinaryWriter& to);
  void parseCatches(BinaryWriter& to);
  void countBlock(const ModuleScope::Label& label);
  void endBlock();

  // Operations (operations.cpp).
  void parseOperation(BinaryWriter& to, wasm::Opcode opcode);
  void parseImmediates(BinaryWriter& to, wasm::Opcode opcode);
  void parseGcImmediates(BinaryWriter& to, wasm::Opcode opcode);
  void parseSelect(BinaryWriter& to);
  void parseCast(BinaryWriter& to, wasm::Opcode plain, wasm::Opcode nullable);
  void parseBranchOnCast(BinaryWriter& to);
  void parseCallIndirect(BinaryWriter& to);
  void parsePair(BinaryWriter& to, Space space);
  void parseInit(BinaryWriter& to, Space segments, Space targets);
  void parseBranchTable(BinaryWriter& to);
  void parseMemArg(BinaryWriter& to, wasm::Opcode opcode, u32 memory);
  void parseLaneAccess(BinaryWriter& to, wasm::Opcode opcode);
  void parseConstant(BinaryWriter& to, wasm::Immediate kind);
  void parseVectorConstant(BinaryWriter& to);
  void parseShuffle(BinaryWriter& to);
  u32 readDataIndex();
  u8 readLane();
  std::optional<u64> takeWordValue(std::string_view word);

  // Branch hints.
  std::optional<u8> readHint();
  void useHint(std::optional<u8> hint, wasm::Opcode opcode);

  void mark(u32 textOffset) { map_->add(out_->size(), textOffset); }

  ModuleScope& scope_;
  TokenStream& in_;
  TypeParser& types_;
  BinaryWriter* out_ = nullptr;
  SourceMapPart* map_ = nullptr;
  std::vector<BranchHintText>* hints_ = nullptr;  // null outside of functions, as are labels_
  NameList* labels_ = nullptr;
  u32 blockCount_ = 0;  // whose opcodes are written
  std::vector<Frame> frames_;
  BinaryWriter pending_;  // of frames that wait for their operands
  BinaryWriter catches_;
  bool usesData_ = false;
};

}  // namespace wasmrun::text
