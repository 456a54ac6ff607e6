#include "code/debug_image.h"

#include <array>

#include "code/debug_rules.h"

namespace wasmrun::code {

namespace {

// -- ELF (System V ABI, chapter 4) -----------------------------------------------------------------------------------

struct ElfHeader {
  u8 identification[16] = {0x7F, 'E', 'L', 'F', 2, 1, 1};  // 64 bits, little end first, version 1
  u16 type = 1;                                            // relocatable
  u16 machine = kDebugRules.elfMachine;
  u32 version = 1;
  u64 entry = 0;
  u64 programHeaders = 0;
  u64 sectionHeaders = 0;
  u32 flags = 0;
  u16 headerSize = 64;
  u16 programHeaderSize = 0;
  u16 programHeaderCount = 0;
  u16 sectionHeaderSize = 64;
  u16 sectionHeaderCount = 0;
  u16 sectionNames = 0;
};
static_assert(sizeof(ElfHeader) == 64);

struct SectionHeader {
  u32 name = 0;
  u32 type = 0;
  u64 flags = 0;
  u64 address = 0;
  u64 offset = 0;
  u64 size = 0;
  u32 link = 0;
  u32 info = 0;
  u64 alignment = 1;
  u64 entrySize = 0;
};
static_assert(sizeof(SectionHeader) == 64);

struct Symbol {
  u32 name = 0;
  u8 info = 0;
  u8 other = 0;
  u16 section = 0;
  u64 value = 0;  // from the section's start
  u64 size = 0;
};
static_assert(sizeof(Symbol) == 24);

enum SectionType : u32 { kProgramBits = 1, kSymbolTable = 2, kStringTable = 3, kNoBits = 8 };
enum SectionFlag : u64 { kAllocated = 2, kExecutable = 4 };
constexpr u8 kGlobalFunction = 1 << 4 | 2;

// The sections, by number.
enum Section : u16 { kNull, kText, kFrames, kSymbols, kStrings, kSectionCount };
constexpr std::string_view kSectionNames[kSectionCount] = {"", ".text", ".eh_frame", ".symtab", ".strtab"};

// -- Unwinding -------------------------------------------------------------------------------------------------------

/// Ends an entry of .eh_frame that begins at `start` with its length.
void endEntry(ByteImage& frames, u64 start) {
  while ((frames.size() - start) % 8 != 0) frames.add(u8{0});  // DW_CFA_nop
  frames.set(start, support::narrow<u32>(frames.size() - start - 4));
}

std::span<const u8> rulesOf(const FunctionRecord& record, const CodeSymbol& symbol) {
  if (!record.isStubs()) return {};
  std::span<const u8> rules = kDebugRules.stub;
  const u64 begin = record.offsetOf(symbol.begin);
  for (const StubReturn& place : record.stubReturns()) {
    if (place.codeOffset <= begin || place.codeOffset > begin + symbol.size) continue;
    if (place.kind == StubReturn::Kind::Enter) rules = kDebugRules.enter;
    if (place.kind == StubReturn::Kind::CallOther) rules = kDebugRules.callOther;
  }
  return rules;
}

/// LSB core specification, "Exception Frames": one common entry, and one a symbol.
ByteImage frameSection(const FunctionRecord& record, std::span<const CodeSymbol> symbols) {
  ByteImage frames;
  if (kDebugRules.function.empty()) return frames;
  frames.add(u32{0});    // length, known at the end
  frames.add(u32{0});    // this is the common entry
  frames.add(u8{1});     // version
  frames.add(u8{0});     // no augmentation: addresses are absolute
  frames.add(u8{1});     // code alignment
  frames.add(u8{0x78});  // data alignment: -8
  frames.add(kDebugRules.returnAddressRegister);
  frames.addBytes(kDebugRules.function);
  endEntry(frames, 0);
  for (const CodeSymbol& symbol : symbols) {
    const u64 start = frames.size();
    frames.add(u32{0});
    frames.add(support::narrow<u32>(start + 4));  // back to the common entry
    frames.add(reinterpret_cast<u64>(symbol.begin));
    frames.add(symbol.size);
    frames.addBytes(rulesOf(record, symbol));
    endEntry(frames, start);
  }
  frames.add(u32{0});
  return frames;
}

}  // namespace

ByteImage debugImage(const FunctionRecord& record, std::span<const CodeSymbol> symbols) {
  std::array<SectionHeader, kSectionCount> sections;
  ByteImage image, strings, table;
  image.add(ElfHeader());  // completed at the end
  const auto put = [&](Section section, SectionType type, u64 alignment, const ByteImage& content) {
    image.align(alignment);
    sections[section].type = type;
    sections[section].alignment = alignment;
    sections[section].offset = image.size();
    sections[section].size = content.size();
    image.addBytes(content.bytes());
  };

  strings.addText("");
  for (u16 section = kText; section < kSectionCount; ++section) {
    sections[section].name = support::narrow<u32>(strings.size());
    strings.addText(kSectionNames[section]);
  }
  table.add(Symbol());
  for (const CodeSymbol& symbol : symbols) {
    table.add(Symbol{support::narrow<u32>(strings.size()), kGlobalFunction, 0, kText, record.offsetOf(symbol.begin),
                     symbol.size});
    strings.addText(symbol.name);
  }

  put(kText, kNoBits, 16, ByteImage());
  sections[kText].flags = kAllocated | kExecutable;
  sections[kText].address = reinterpret_cast<u64>(record.begin());
  sections[kText].size = record.size();
  put(kFrames, kProgramBits, 8, frameSection(record, symbols));
  sections[kFrames].flags = kAllocated;
  put(kSymbols, kSymbolTable, 8, table);
  sections[kSymbols].link = kStrings;
  sections[kSymbols].info = 1;  // of the first that is not local
  sections[kSymbols].entrySize = sizeof(Symbol);
  put(kStrings, kStringTable, 1, strings);

  image.align(8);
  ElfHeader header;
  header.sectionHeaders = image.size();
  header.sectionHeaderCount = kSectionCount;
  header.sectionNames = kStrings;
  image.set(0, header);
  for (const SectionHeader& section : sections) image.add(section);
  return image;
}

}  // namespace wasmrun::code
