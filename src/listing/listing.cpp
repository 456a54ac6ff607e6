#include "listing/listing.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <map>

#include "listing/disassembler.h"
#include "support/text.h"

namespace wasmrun::listing {

using code::FunctionRecord;
using code::kNone;
using support::concat;

namespace {

std::string hex(u64 number, int digits = 1) {
  char text[20];
  std::snprintf(text, sizeof(text), "%0*llx", digits, static_cast<unsigned long long>(number));
  return text;
}

class Writer {
 public:
  Writer(const FunctionRecord& record, const ListingOptions& options) : record_(record), options_(options) {}

  std::string write() {
    noteSites();
    noteEntries();
    findLabels();
    header();
    forEachPiece([this](u32 offset, const Instruction* instruction, u32 size) { line(offset, instruction, size); });
    return std::move(text_);
  }

 private:
  /// Calls `visit(offset, instruction, size)` for everything in the code. A null instruction: `size` bytes of data.
  /// Constants lie behind all instructions, from the first place that an instruction before it reads.
  template <class Visit>
  void forEachPiece(Visit&& visit) {
    constants_ = record_.size();
    for (u32 offset = 0; offset < record_.size();) {
      if (record_.dataAt(offset) != nullptr || offset >= constants_) {
        const u32 size = std::min<u32>(record_.dataAt(offset) != nullptr ? 4 : 8, record_.size() - offset);
        visit(offset, nullptr, size);
        offset += size;
        continue;
      }
      const std::span<const u8> rest(record_.begin() + offset, record_.size() - offset);
      const Instruction* const instruction = disassembler_.decode(rest, addressOf(offset));
      const u32 size = instruction == nullptr ? 1 : instruction->size;
      if (instruction != nullptr) noteConstant(offset, *instruction);
      visit(offset, instruction, size);
      offset += size;
    }
  }

  void noteConstant(u32 offset, const Instruction& instruction) {
    if (!instruction.refersTo || !isInside(*instruction.refersTo)) return;
    const u32 place = offsetOf(*instruction.refersTo);
    if (place > offset && record_.dataAt(place) == nullptr) constants_ = std::min(constants_, place);
  }

  // -- What is known of places ---------------------------------------------------------------------------------------

  void note(std::map<u32, std::string>& notes, u32 offset, const std::string& what) {
    std::string& all = notes[offset];
    all += concat(all.empty() ? "" : "; ", what);
  }

  void noteSites() {
    record_.calls().forEach([&](const code::Site& site) {
      std::string what = concat("wasm 0x", hex(site.wasmOffset));
      if (site.frameDelta != 0) what += concat(", frame +", site.frameDelta);
      if (site.references != kNone) what += concat(", references", slots(site.references));
      if (site.tryRange != kNone) what += concat(", try ", site.tryRange);
      note(returns_, site.codeOffset, what);
    });
    record_.accesses().forEach([&](const code::Site& site) {
      note(begins_, site.codeOffset, concat("wasm 0x", hex(site.wasmOffset), ", access"));
    });
  }

  std::string slots(u32 chain) const {
    std::vector<u32> all;
    record_.forEachReference(chain, [&](u32 slot) { all.push_back(slot); });
    std::reverse(all.begin(), all.end());
    std::string result;
    for (const u32 slot : all) result += concat(" ", slot);
    return result;
  }

  void noteEntries() {
    for (const code::LoopEntry& entry : record_.loopEntries())
      note(begins_, entry.codeOffset, concat("enters the loop at wasm 0x", hex(entry.wasmOffset)));
    for (u32 index = 0; index < record_.tryRanges().size(); ++index) {
      for (const code::CatchClause& clause : record_.clausesOf(record_.tryRanges()[index])) {
        const bool hasTag = clause.kind == wasm::CatchClause::Catch || clause.kind == wasm::CatchClause::CatchRef;
        note(begins_, clause.landing,
             concat("catches for try ", index, hasTag ? concat(", tag ", clause.tag.value) : ""));
      }
    }
  }

  /// Numbers the places inside that something jumps to or reads, in the order of code.
  void findLabels() {
    forEachPiece([&](u32 offset, const Instruction* instruction, u32) {
      if (instruction != nullptr)
        for (const std::optional<u64>& place : {instruction->jumpsTo, instruction->refersTo})
          if (place && isInside(*place)) labels_[offsetOf(*place)] = 0;
      if (instruction == nullptr && record_.dataAt(offset) != nullptr) labels_[tableTarget(offset)] = 0;
    });
    u32 number = 0;
    for (auto& [offset, label] : labels_) label = number++;
  }

  // -- Lines ---------------------------------------------------------------------------------------------------------

  void header() {
    const code::CodeIdentity& identity = record_.identity();
    if (!record_.isStubs())
      text_ += concat("wasm 0x", hex(identity.wasmBegin), "..0x", hex(identity.wasmEnd), ", ", identity.frameSlots,
                      " slots, ");
    text_ += concat(record_.size(), " bytes\n");
  }

  void line(u32 offset, const Instruction* instruction, u32 size) {
    if (const code::StubPart* part = record_.stubPartAt(offset); part != nullptr && part->codeOffset == offset)
      text_ += concat(part->name, ":\n");
    if (labels_.contains(offset)) text_ += concat(label(offset), ":\n");
    std::string now = concat("  ", hex(offset, 4), "  ");
    if (options_.bytes) now += bytesOf(offset, size);
    now += instruction != nullptr ? instructionText(*instruction) : dataText(offset, size);
    const std::string notes = notesOf(offset, size);
    if (!notes.empty()) {
      constexpr size_t kNoteColumn = 44;
      now.resize(std::max(now.size() + 1, kNoteColumn), ' ');
      now += concat("; ", notes);
    }
    text_ += concat(now, "\n");
  }

  std::string notesOf(u32 offset, u32 size) const {
    std::string notes;
    if (const auto begin = begins_.find(offset); begin != begins_.end()) notes = begin->second;
    if (const auto end = returns_.find(offset + size); end != returns_.end())
      notes += concat(notes.empty() ? "" : "; ", end->second);
    return notes;
  }

  std::string bytesOf(u32 offset, u32 size) const {
    std::string bytes;
    for (u32 i = 0; i < size; ++i) bytes += hex(record_.begin()[offset + i], 2);
    constexpr size_t kWidth = 22;
    bytes.resize(std::max(bytes.size() + 1, kWidth), ' ');
    return bytes;
  }

  std::string instructionText(const Instruction& instruction) const {
    std::string operands = instruction.operands;
    if (instruction.jumpsTo) operands = target(*instruction.jumpsTo);
    if (instruction.refersTo)
      operands = concat(instruction.operandsBefore, target(*instruction.refersTo), instruction.operandsAfter);
    return operands.empty() ? instruction.mnemonic : concat(instruction.mnemonic, " ", operands);
  }

  std::string dataText(u32 offset, u32 size) const {
    if (record_.dataAt(offset) != nullptr) return concat(".long ", label(tableTarget(offset)));
    if (size == 1) return concat(".byte 0x", hex(record_.begin()[offset], 2));
    u64 constant = 0;
    std::memcpy(&constant, record_.begin() + offset, size);
    return concat(".quad 0x", hex(constant, 16));
  }

  /// An address in words: a label, a name, or a number if need be.
  std::string target(u64 address) const {
    if (isInside(address)) {
      const u32 offset = offsetOf(address);
      return labels_.contains(offset) ? label(offset) : concat("+0x", hex(offset));
    }
    std::string name = options_.nameOf ? options_.nameOf(reinterpret_cast<const void*>(address)) : "";
    return name.empty() ? concat("0x", hex(address)) : name;
  }

  std::string label(u32 offset) const {
    const auto found = labels_.find(offset);
    return found != labels_.end() ? concat("L", found->second) : concat("+0x", hex(offset));
  }

  /// Where a jump table's word at `offset` leads: words are relative to the table's begin.
  u32 tableTarget(u32 offset) const {
    const code::DataRange* const table = record_.dataAt(offset);
    u32 distance = 0;
    std::memcpy(&distance, record_.begin() + offset, 4);
    return table->codeOffset + distance;
  }

  u64 addressOf(u32 offset) const { return reinterpret_cast<u64>(record_.begin()) + offset; }
  bool isInside(u64 address) const { return address - addressOf(0) < record_.size(); }
  u32 offsetOf(u64 address) const { return static_cast<u32>(address - addressOf(0)); }

  const FunctionRecord& record_;
  const ListingOptions& options_;
  Disassembler disassembler_;
  u32 constants_ = 0;                   // where they begin
  std::map<u32, u32> labels_;           // code offset -> number
  std::map<u32, std::string> begins_;   // of the instruction that begins there
  std::map<u32, std::string> returns_;  // of the call that returns there
  std::string text_;
};

}  // namespace

std::string listCode(const FunctionRecord& record, const ListingOptions& options) {
  return Writer(record, options).write();
}

}  // namespace wasmrun::listing
