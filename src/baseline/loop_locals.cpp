#include "baseline/loop_locals.h"

#include <algorithm>
#include <array>

#include "wasm/instruction_walk.h"
#include "wasm/mem_arg.h"

namespace wasmrun::baseline {

using support::ByteReader;
using wasm::Immediate;
using wasm::Opcode;

namespace {

/// How much more a use counts that is one loop deeper.
constexpr u32 kInnerWeight = 8;
constexpr u32 kLargestCount = 1u << 20;

/// What the walk does at an opcode of one byte: most have no immediate, a number, or two.
enum class Step : u8 { Other, Nothing, Number, MemArg, Get, Set, Open, Loop, End, Delegate };

constexpr Step stepOf(Opcode opcode) {
  if (opcode == Opcode::LocalGet) return Step::Get;
  if (opcode == Opcode::LocalSet || opcode == Opcode::LocalTee) return Step::Set;
  if (opcode == Opcode::Loop) return Step::Loop;
  if (opcode == Opcode::End) return Step::End;
  if (opcode == Opcode::Delegate) return Step::Delegate;
  if (wasm::opensBlock(opcode)) return Step::Open;
  switch (wasm::info(opcode).immediate) {
    case Immediate::None: return Step::Nothing;
    case Immediate::MemArg: return Step::MemArg;
    case Immediate::Label:
    case Immediate::Func:
    case Immediate::Global:
    case Immediate::I32:
    case Immediate::I64: return Step::Number;
    default: return Step::Other;
  }
}

constexpr auto kSteps = [] {
  std::array<Step, 256> steps{};
  for (u32 i = 0; i < wasm::kOpcodeCount; ++i) {
    const Opcode opcode = static_cast<Opcode>(i);
    if (wasm::info(opcode).prefix == 0) steps[wasm::info(opcode).code] = stepOf(opcode);
  }
  return steps;
}();

/// The end of a LEB128 number. What is walked over is valid.
const u8* skipNumber(const u8* p) {
  while (*p++ & 0x80) {
  }
  return p;
}

/// The instruction after the one at `p`.
const u8* skipInstruction(const u8* p, const u8* end) {
  ByteReader reader({p, end});
  wasm::skipImmediates(reader, wasm::readOpcode(reader));
  return reader.position();
}

u32 readIndex(const u8*& p) {
  if (*p < 0x80) return *p++;
  ByteReader reader({p, 5});
  const u32 index = reader.readU32();
  p = reader.position();
  return index;
}

}  // namespace

void LoopLocals::read(wasm::DefinedFuncIndex index) {
  open_.clear();
  tables_.clear();
  loops_.clear();
  uses_.clear();
  next_ = 0;
  const std::span<const u8> bytes = module_.bodyBytes(index);
  const u8* const end = bytes.data() + bytes.size();
  ByteReader reader(bytes);
  wasm::skipLocals(reader);
  for (const u8* p = reader.position(); p != end;) {
    switch (kSteps[*p]) {
      case Step::Nothing: ++p; break;
      case Step::Number: p = skipNumber(p + 1); break;
      case Step::Get: count(readIndex(++p), false); break;
      case Step::Set: count(readIndex(++p), true); break;
      case Step::MemArg:
        p = (p[1] & wasm::kMemArgHasMemory) != 0 ? skipInstruction(p, end) : skipNumber(skipNumber(p + 1));
        break;
      case Step::End:
        close();
        ++p;
        break;
      case Step::Delegate:
        close();
        p = skipNumber(p + 1);
        break;
      case Step::Loop:
        openLoop(module_.bodies[index.value].offset + static_cast<u32>(p - bytes.data()));
        p = skipInstruction(p, end);
        break;
      case Step::Open:
        open_.push_back(kNone);
        p = skipInstruction(p, end);
        break;
      case Step::Other: p = skipInstruction(p, end); break;
    }
  }
}

std::span<const LoopLocals::Use> LoopLocals::ofLoop(u32 offset) {
  while (next_ < loops_.size() && loops_[next_].offset < offset) ++next_;
  CHECK(next_ < loops_.size() && loops_[next_].offset == offset, "every loop has been walked over");
  return std::span(uses_).subspan(loops_[next_].begin, loops_[next_].end - loops_[next_].begin);
}

void LoopLocals::openLoop(u32 offset) {
  const u32 number = static_cast<u32>(loops_.size());
  loops_.push_back({offset, 0, 0});
  const bool isCounted = tables_.size() < kDeepest;
  open_.push_back(isCounted ? number : kNone);
  if (isCounted) tables_.emplace_back().number = number;
}

/// The place of a local in a table, or table.used.
u32 LoopLocals::find(const Table& table, u32 local) {
  u8& hint = hints_[local % kHints];
  if (hint < table.used && table.uses[hint].local == local) return hint;
  u32 i = 0;
  while (i < table.used && table.uses[i].local != local) ++i;
  hint = static_cast<u8>(i);
  return i;
}

void LoopLocals::add(Table& table, Use use) {
  if (const u32 place = find(table, use.local); place < table.used) {
    Use& known = table.uses[place];
    known.count = std::min(known.count + use.count, kLargestCount);
    known.isWritten |= use.isWritten;
    return;
  }
  if (table.used < kMost) {
    table.uses[table.used++] = use;
    return;
  }
  table.isFull = true;
  u32 kept = 0;
  for (u32 i = 0; i < table.used; ++i) {
    if (table.uses[i].count <= use.count) continue;
    table.uses[i].count -= use.count;
    table.uses[kept++] = table.uses[i];
  }
  table.used = kept;
}

void LoopLocals::close() {
  if (open_.empty()) return;  // the function's own end
  const u32 loop = open_.back();
  open_.pop_back();
  if (loop == kNone) return;
  Table table = tables_.back();
  tables_.pop_back();
  const std::span<Use> uses(table.uses, table.used);
  std::sort(uses.begin(), uses.end(),
            [](const Use& a, const Use& b) { return a.count != b.count ? a.count > b.count : a.local < b.local; });
  loops_[loop].begin = static_cast<u32>(uses_.size());
  for (Use use : uses) {
    use.isWritten |= table.isFull;
    uses_.push_back(use);
    if (!tables_.empty())
      add(tables_.back(), {use.local, std::min(use.count * kInnerWeight, kLargestCount), use.isWritten});
  }
  if (!tables_.empty()) tables_.back().isFull |= table.isFull;
  loops_[loop].end = static_cast<u32>(uses_.size());
}

}  // namespace wasmrun::baseline
