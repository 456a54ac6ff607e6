#include "text/instruction_parser.h"

#include "text/literals.h"
#include "text/mnemonics.h"

namespace wasmrun::text {

using wasm::Opcode;

namespace {

constexpr u8 codeOf(Opcode opcode) { return static_cast<u8>(wasm::info(opcode).code); }

constexpr u8 kEmptyBlockType = 0x40;

}  // namespace

// -- Sequences ------------------------------------------------------------------------------------------------------

void InstructionParser::begin(BinaryWriter& to, SourceMapPart& map) {
  out_ = &to;
  map_ = &map;
  frames_.clear();
  pending_.clear();
  scope_.resetLabels();
}

void InstructionParser::parseBody(BinaryWriter& to, SourceMapPart& map, std::vector<BranchHintText>& hints,
                                  NameList& labels) {
  begin(to, map);
  hints_ = &hints;
  labels_ = &labels;
  blockCount_ = 0;
  run(false);
  mark(in_.offset());
  to.byte(codeOf(Opcode::End));
  hints_ = nullptr;
  labels_ = nullptr;
}

void InstructionParser::parseExpr(BinaryWriter& to, SourceMapPart& map) {
  begin(to, map);
  scope_.beginLocals();
  run(false);
  to.byte(codeOf(Opcode::End));
}

void InstructionParser::parseFoldedExpr(BinaryWriter& to, SourceMapPart& map) {
  if (!in_.at(TokenKind::LeftParen)) return in_.unexpected();
  begin(to, map);
  scope_.beginLocals();
  run(true);
  to.byte(codeOf(Opcode::End));
}

/// `one`: until what the first parenthesis opens is closed.
void InstructionParser::run(bool one) {
  do {
    switch (in_.kind()) {
      case TokenKind::Keyword: parseFlat(); break;
      case TokenKind::LeftParen: open(); break;
      case TokenKind::RightParen:
        if (frames_.empty()) return;
        close();
        break;
      default: in_.unexpected();
    }
  } while (!in_.failed() && !(one && frames_.empty()));
}

bool InstructionParser::takesInstructions() const {
  if (frames_.empty()) return true;
  switch (frames_.back().kind) {
    case FrameKind::Flat:
    case FrameKind::FlatIf:
    case FrameKind::FlatElse:
    case FrameKind::FlatTry:
    case FrameKind::FlatCatch:
    case FrameKind::FlatCatchAll:
    case FrameKind::Folded:
    case FrameKind::Part: return true;
    default: return false;
  }
}

// -- Flat instructions ----------------------------------------------------------------------------------------------

void InstructionParser::parseFlat() {
  const Opcode opcode = findOpcode(in_.text());
  if (opcode == Opcode::kCount || !takesInstructions()) return in_.unexpected();
  const auto hint = readHint();
  mark(in_.offset());
  useHint(hint, opcode);
  switch (opcode) {
    case Opcode::Block:
    case Opcode::Loop:
    case Opcode::TryTable:
    case Opcode::If:
    case Opcode::Try: return openBlock(opcode, false);
    case Opcode::Else: return parseElse();
    case Opcode::End: return parseEnd();
    case Opcode::Catch:
    case Opcode::CatchAll: return parseFlatCatch(opcode);
    case Opcode::Delegate: return parseFlatDelegate();
    default: in_.advance(); return parseOperation(*out_, opcode);
  }
}

void InstructionParser::parseElse() {
  if (frames_.empty() || frames_.back().kind != FrameKind::FlatIf) return in_.unexpected();
  in_.advance();
  out_->byte(codeOf(Opcode::Else));
  frames_.back().kind = FrameKind::FlatElse;
  scope_.checkLabelName(frames_.back().label);
}

void InstructionParser::parseEnd() {
  if (frames_.empty() || frames_.back().kind < FrameKind::Flat || frames_.back().kind > FrameKind::FlatCatchAll)
    return in_.unexpected();
  in_.advance();
  scope_.checkLabelName(frames_.back().label);
  endBlock();
}

void InstructionParser::parseFlatCatch(Opcode opcode) {
  if (frames_.empty() || (frames_.back().kind != FrameKind::FlatTry && frames_.back().kind != FrameKind::FlatCatch))
    return in_.unexpected();
  in_.advance();
  out_->byte(codeOf(opcode));
  if (opcode == Opcode::Catch) out_->leb(scope_.readIndex(Space::Tag));
  frames_.back().kind = opcode == Opcode::Catch ? FrameKind::FlatCatch : FrameKind::FlatCatchAll;
}

/// Its label counts from outside of the try, which ends here.
void InstructionParser::parseFlatDelegate() {
  if (frames_.empty() || frames_.back().kind != FrameKind::FlatTry) return in_.unexpected();
  in_.advance();
  scope_.popLabel(frames_.back().label);
  frames_.pop_back();
  out_->byte(codeOf(Opcode::Delegate));
  out_->leb(scope_.readLabel());
}

// -- Folded instructions --------------------------------------------------------------------------------------------

void InstructionParser::open() {
  const FrameKind kind = frames_.empty() ? FrameKind::Part : frames_.back().kind;
  switch (kind) {
    case FrameKind::If:
      if (in_.atList("then")) return openThen();
      return openInstruction();
    case FrameKind::AfterThen:
      if (in_.atList("else")) return openElse();
      break;
    case FrameKind::Try:
    case FrameKind::AfterDo:
    case FrameKind::AfterCatch: return openInTry();
    case FrameKind::Operands: return openInstruction();
    default:
      if (takesInstructions()) return openInstruction();
  }
  in_.advance();
  in_.unexpected();
}

void InstructionParser::openInstruction() {
  const auto hint = readHint();
  const u32 offset = in_.offset();
  in_.advance();
  const Opcode opcode = in_.at(TokenKind::Keyword) ? findOpcode(in_.text()) : Opcode::kCount;
  switch (opcode) {
    case Opcode::Block:
    case Opcode::Loop:
    case Opcode::TryTable:
    case Opcode::Try:
      useHint(hint, opcode);
      mark(offset);
      return openBlock(opcode, true);
    case Opcode::If:
      openIf();
      frames_.back().hint = hint;
      return;
    case Opcode::Else:
    case Opcode::End:
    case Opcode::Catch:
    case Opcode::CatchAll:
    case Opcode::Delegate:
    case Opcode::kCount: return in_.unexpected();
    default: break;
  }
  if (opcode != Opcode::BrIf) useHint(hint, opcode);  // refused; a br_if has its place when its operands are there
  push(FrameKind::Operands, in_.offset()).hint = hint;
  in_.advance();
  parseOperation(pending_, opcode);
}

/// block, loop, try_table, try, and flat if: the opcode comes first.
void InstructionParser::openBlock(Opcode opcode, bool folded) {
  const u32 offset = in_.offset();
  in_.advance();
  ModuleScope::Label label = scope_.readLabelName();
  countBlock(label);
  out_->byte(codeOf(opcode));
  parseBlockType(*out_);
  if (opcode == Opcode::TryTable) parseCatches(*out_);
  FrameKind kind = folded ? FrameKind::Folded : FrameKind::Flat;
  if (opcode == Opcode::Try) kind = folded ? FrameKind::Try : FrameKind::FlatTry;
  if (opcode == Opcode::If) kind = FrameKind::FlatIf;
  scope_.pushLabel(label);
  push(kind, offset).label = label;
}

/// The condition comes before the opcode, and is outside of the label.
void InstructionParser::openIf() {
  Frame& frame = push(FrameKind::If, in_.offset());
  in_.advance();
  frame.label = scope_.readLabelName();
  pending_.byte(codeOf(Opcode::If));
  parseBlockType(pending_);
}

void InstructionParser::openThen() {
  Frame& frame = frames_.back();
  flush(frame);
  countBlock(frame.label);
  scope_.pushLabel(frame.label);
  frame.kind = FrameKind::AfterThen;
  openPart();
}

void InstructionParser::openElse() {
  mark(in_.offset());
  out_->byte(codeOf(Opcode::Else));
  frames_.back().kind = FrameKind::AfterElse;
  openPart();
}

void InstructionParser::openInTry() {
  Frame& frame = frames_.back();
  const u32 offset = in_.offset();
  if (frame.kind == FrameKind::Try) {
    if (!in_.atList("do")) return in_.advance(), in_.unexpected();
    frame.kind = FrameKind::AfterDo;
    return openPart();
  }
  mark(offset);
  if (in_.atList("catch_all")) {
    frame.kind = FrameKind::AfterCatchAll;
    out_->byte(codeOf(Opcode::CatchAll));
    openPart();
  } else if (in_.atList("catch")) {
    frame.kind = FrameKind::AfterCatch;
    out_->byte(codeOf(Opcode::Catch));
    openPart();
    out_->leb(scope_.readIndex(Space::Tag));
  } else if (frame.kind == FrameKind::AfterDo && in_.takeList("delegate")) {
    frame.kind = FrameKind::AfterDelegate;
    scope_.popLabel(frame.label);
    out_->byte(codeOf(Opcode::Delegate));
    out_->leb(scope_.readLabel());
    in_.expect(TokenKind::RightParen);
  } else {
    in_.advance();
    in_.unexpected();
  }
}

/// Past a parenthesis and keyword that open a part of a block.
void InstructionParser::openPart() {
  push(FrameKind::Part, in_.offset());
  in_.advance();
  in_.advance();
}

void InstructionParser::close() {
  const u32 offset = in_.offset();
  switch (frames_.back().kind) {
    case FrameKind::Operands: flush(frames_.back()); break;
    case FrameKind::Part:
    case FrameKind::AfterDelegate: break;
    case FrameKind::Folded:
    case FrameKind::AfterThen:
    case FrameKind::AfterElse:
    case FrameKind::AfterDo:
    case FrameKind::AfterCatch:
    case FrameKind::AfterCatchAll:
      in_.advance();
      mark(offset);
      return endBlock();
    default: return in_.unexpected();
  }
  frames_.pop_back();
  in_.advance();
}

/// What waited for its operands goes to the output.
void InstructionParser::flush(const Frame& frame) {
  mark(frame.offset);
  if (frame.hint) useHint(frame.hint, frame.kind == FrameKind::If ? Opcode::If : Opcode::BrIf);
  out_->append(pending_.bytes().subspan(frame.pendingBegin));
  pending_.truncate(frame.pendingBegin);
}

// -- Blocks ---------------------------------------------------------------------------------------------------------

InstructionParser::Frame& InstructionParser::push(FrameKind kind, u32 offset) {
  return frames_.emplace_back(Frame{kind, offset, pending_.size(), std::nullopt, {}});
}

void InstructionParser::countBlock(const ModuleScope::Label& label) {
  if (label.name && labels_ != nullptr) labels_->push_back({blockCount_, *label.name});
  ++blockCount_;
}

void InstructionParser::endBlock() {
  out_->byte(codeOf(Opcode::End));
  scope_.popLabel(frames_.back().label);
  frames_.pop_back();
}

void InstructionParser::parseBlockType(BinaryWriter& to) {
  const TypeUse use = types_.parseUse(TypeParser::ParamNames::None);
  if (use.isExplicit || use.paramCount != 0 || use.resultCount > 1)
    to.signedLeb(types_.indexOf(use));
  else if (use.resultCount == 1)
    to.append(types_.onlyResult());
  else
    to.byte(kEmptyBlockType);
}

/// A try_table's clauses; their labels count from outside of it.
void InstructionParser::parseCatches(BinaryWriter& to) {
  static constexpr std::string_view kClauses[] = {"catch", "catch_ref", "catch_all", "catch_all_ref"};
  catches_.clear();
  u32 count = 0;
  for (;; ++count) {
    u8 kind = 0;
    while (kind < std::size(kClauses) && !in_.takeList(kClauses[kind])) ++kind;
    if (kind == std::size(kClauses)) break;
    catches_.byte(kind);
    if (kind < 2) catches_.leb(scope_.readIndex(Space::Tag));
    catches_.leb(scope_.readLabel());
    in_.expect(TokenKind::RightParen);
  }
  to.leb(count);
  to.append(catches_.bytes());
}

// -- Branch hints ---------------------------------------------------------------------------------------------------

/// The hint that an annotation right before the instruction gives.
std::optional<u8> InstructionParser::readHint() {
  const auto annotation = in_.takeAnnotation(AnnotationKind::BranchHint);
  if (!annotation) return std::nullopt;
  constexpr const char* kName = "@metadata.code.branch_hint annotation: ";
  if (hints_ == nullptr) in_.fail(std::string(kName) + "not in a function", annotation->offset);
  if (const auto second = in_.takeAnnotation(AnnotationKind::BranchHint))
    in_.fail(std::string(kName) + "duplicate annotation", second->offset);
  Lexer lexer(scope_.source(), annotation->inner);
  const Token token = lexer.next();
  const std::string value = token.kind == TokenKind::String ? decodeString(lexer.text(token)) : "";
  if (value.size() != 1 || static_cast<u8>(value[0]) > 1 || lexer.next().kind != TokenKind::End) {
    in_.fail(std::string(kName) + "\"\\00\" or \"\\01\" expected", annotation->offset);
    return std::nullopt;
  }
  return static_cast<u8>(value[0]);
}

/// The hint belongs to the opcode that is written next.
void InstructionParser::useHint(std::optional<u8> hint, Opcode opcode) {
  if (!hint || in_.failed()) return;
  if (opcode != Opcode::If && opcode != Opcode::BrIf)
    return in_.fail("@metadata.code.branch_hint annotation: invalid target, neither if nor br_if", in_.offset(),
                    ErrorKind::Invalid);
  hints_->push_back({out_->size(), *hint});
}

}  // namespace wasmrun::text
