#include "runtime/dwarf_lines.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "runtime/dwarf_sections.h"
#include "runtime/dwarf_units.h"
#include "support/text.h"

namespace wasmrun::runtime {

namespace {

using support::ByteReader;
using Row = DwarfLines::Row;

/// `path` as seen from `directory`.
std::string joinPath(std::string_view directory, std::string_view path) {
  if (directory.empty() || path.starts_with('/')) return std::string(path);
  return support::concat(directory, directory.ends_with('/') ? "" : "/", path);
}

/// The files of one line table; full names are made for those that rows name.
class FileNames {
 public:
  explicit FileNames(std::vector<std::string>& all) : all_(all) {}

  void addDirectory(std::string_view directory) { directories_.push_back(directory); }
  void addFile(std::string_view name, u64 directory) { files_.push_back({name, directory, kUnnamed}); }

  /// Number in the list of all of the table's file `index`.
  u32 number(u64 index) {
    if (index >= files_.size()) return kUnnamed;
    File& file = files_[index];
    if (file.number == kUnnamed) {
      file.number = support::narrow<u32>(all_.size());
      all_.push_back(fullName(file));
    }
    return file.number;
  }
  static constexpr u32 kUnnamed = ~u32{0};

 private:
  struct File {
    std::string_view name;
    u64 directory;
    u32 number;
  };
  std::string fullName(const File& file) const {
    if (file.directory >= directories_.size()) return std::string(file.name);
    // Directory 0 is the compilation directory, where the others begin.
    return joinPath(directories_[0], joinPath(file.directory == 0 ? "" : directories_[file.directory], file.name));
  }

  std::vector<std::string>& all_;
  std::vector<std::string_view> directories_;
  std::vector<File> files_;
};

/// What a line table's header says of its program.
struct Header {
  u16 version = 0;
  u8 minInstructionLength = 1;
  i8 lineBase = 0;
  u8 lineRange = 1;
  u8 opcodeBase = 1;
  std::span<const u8> operandCounts;  // of opcodes 1 to opcodeBase - 1
};

/// Reads line tables into rows.
class LineReader {
 public:
  LineReader(const DwarfSections& sections, u64 codeSize, std::vector<Row>& rows, std::vector<std::string>& files)
      : sections_(sections), codeSize_(codeSize), rows_(rows), all_(files) {}

  void readAll() {
    const UnitDirectories units = readUnitDirectories(sections_);
    ByteReader reader(sections_.line);
    while (!reader.atEnd()) {
      const u64 offset = reader.offset();
      const DwarfUnit unit = DwarfUnit::read(reader);
      const auto directory = units.find(offset);
      readTable(unit, directory == units.end() ? std::string_view() : directory->second);
    }
  }

  /// The name of a file of one table.
  std::string fileName(u64 table, std::string_view directory, u64 index) {
    if (table >= sections_.line.size()) return {};
    ByteReader reader(sections_.line.subspan(table));
    const DwarfUnit unit = DwarfUnit::read(reader);
    ByteReader program(unit.bytes);
    Header header;
    FileNames files(all_);
    if (!readHeader(program, unit, directory, header, files)) return {};
    const u32 number = files.number(index);
    return number == FileNames::kUnnamed ? std::string() : all_[number];
  }

 private:
  // -- Header --------------------------------------------------------------------------------------------------------

  void readTable(const DwarfUnit& unit, std::string_view directory) {
    ByteReader reader(unit.bytes);
    Header header;
    FileNames files(all_);
    if (readHeader(reader, unit, directory, header, files)) run(reader, header, files);
  }

  /// Leaves `reader` at the table's program; false if the header does not read.
  bool readHeader(ByteReader& reader, const DwarfUnit& unit, std::string_view directory, Header& header,
                  FileNames& files) {
    header.version = reader.readFixed<u16>();
    if (header.version < 2 || header.version > 5) return false;
    if (header.version >= 5) reader.readFixed<u16>();  // sizes of addresses and segments
    ByteReader rest(reader.readBytes(unit.readOffset(reader)));
    header.minInstructionLength = rest.readByte();
    if (header.version >= 4) rest.readByte();  // operations an instruction
    rest.readByte();                           // is_stmt at the start
    header.lineBase = static_cast<i8>(rest.readByte());
    header.lineRange = rest.readByte();
    header.opcodeBase = rest.readByte();
    if (header.lineRange == 0 || header.opcodeBase == 0) return false;
    header.operandCounts = rest.readBytes(header.opcodeBase - 1);
    if (header.version >= 5) {
      readEntries(rest, unit, [&](std::string_view path, u64) { files.addDirectory(path); });
      readEntries(rest, unit, [&](std::string_view path, u64 index) { files.addFile(path, index); });
    } else {
      readOldNames(rest, directory, files);
    }
    return rest.ok() && reader.ok();
  }

  /// Directories or files of DWARF 5: a format, then as many entries.
  template <class Add>
  void readEntries(ByteReader& reader, const DwarfUnit& unit, Add add) {
    constexpr u64 kPath = 1, kDirectoryIndex = 2;  // DW_LNCT
    std::vector<std::pair<u64, DwarfForm>> format(reader.readByte());
    for (auto& [content, form] : format) {
      content = reader.readU64();
      form = static_cast<DwarfForm>(reader.readU64());
    }
    const u64 count = reader.readU64();
    if (format.empty()) return;
    for (u64 i = 0; i < count && reader.ok(); ++i) {
      std::string_view path;
      u64 directory = 0;
      const u64 before = reader.remaining();
      for (const auto& [content, form] : format) {
        const DwarfValue value = readDwarfValue(reader, unit, form, sections_);
        if (content == kPath) path = value.text;
        if (content == kDirectoryIndex) directory = value.number;
      }
      if (reader.remaining() == before) return;  // entries without bytes could be any number
      if (reader.ok()) add(path, directory);
    }
  }

  /// Directories and files before DWARF 5: lists that end with an empty name, counted from 1.
  static void readOldNames(ByteReader& reader, std::string_view directory, FileNames& files) {
    files.addDirectory(directory);
    while (reader.ok()) {
      const std::string_view name = readDwarfString(reader);
      if (name.empty()) break;
      files.addDirectory(name);
    }
    files.addFile({}, 0);
    while (reader.ok()) {
      const std::string_view name = readDwarfString(reader);
      if (name.empty()) break;
      files.addFile(name, reader.readU64());
      reader.readU64();  // time
      reader.readU64();  // size
    }
  }

  // -- Program -------------------------------------------------------------------------------------------------------

  struct Registers {
    u64 address = 0;
    u64 file = 1;
    u32 line = 1;
    u32 column = 0;
  };

  void run(ByteReader& reader, const Header& header, FileNames& files) {
    Registers state;
    sequence_.clear();
    while (!reader.atEnd()) {
      const u8 opcode = reader.readByte();
      if (opcode >= header.opcodeBase) {
        const u32 adjusted = opcode - header.opcodeBase;
        state.address += u64{adjusted / header.lineRange} * header.minInstructionLength;
        state.line += static_cast<u32>(header.lineBase + static_cast<i32>(adjusted % header.lineRange));
        addRow(state, files);
      } else if (opcode == 0) {
        extended(reader, state);
      } else {
        standard(opcode, reader, header, state, files);
      }
    }
  }

  void standard(u8 opcode, ByteReader& reader, const Header& header, Registers& state, FileNames& files) {
    switch (opcode) {
      case 1: addRow(state, files); break;                                             // DW_LNS_copy
      case 2: state.address += reader.readU64() * header.minInstructionLength; break;  // advance_pc
      case 3: state.line += static_cast<u32>(reader.readI64()); break;                 // advance_line
      case 4: state.file = reader.readU64(); break;                                    // set_file
      case 5: state.column = static_cast<u32>(reader.readU64()); break;                // set_column
      case 8:                                                                          // const_add_pc
        state.address += u64{(255u - header.opcodeBase) / header.lineRange} * header.minInstructionLength;
        break;
      case 9: state.address += reader.readFixed<u16>(); break;  // fixed_advance_pc
      default:                                                  // flags, and opcodes of later versions
        for (u32 i = 0; i < header.operandCounts[opcode - 1u]; ++i) reader.readU64();
        break;
    }
  }

  void extended(ByteReader& reader, Registers& state) {
    constexpr u8 kEndSequence = 1, kSetAddress = 2;
    ByteReader operands(reader.readBytes(reader.readU64()));
    const u8 opcode = operands.readByte();
    if (opcode == kEndSequence) {
      endSequence(state.address);
      state = Registers{};
    } else if (opcode == kSetAddress) {
      state.address = operands.remaining() >= 8 ? operands.readFixed<u64>() : operands.readFixed<u32>();
    }
  }

  void addRow(const Registers& state, FileNames& files) {
    // Past the code: nothing valid, endSequence drops the lot.
    const u32 address = static_cast<u32>(std::min<u64>(state.address, ~u32{0}));
    // Of several rows at an address, the last says what is executed there.
    if (!sequence_.empty() && sequence_.back().address == address) sequence_.pop_back();
    sequence_.push_back({address, files.number(state.file), state.line, state.column});
  }

  /// Takes the rows of a sequence over if they are in order and lie in the code. Functions that the linker dropped have
  /// address 0 or one past the end.
  void endSequence(u64 end) {
    const auto before = [](const Row& a, const Row& b) { return a.address < b.address; };
    const bool valid = !sequence_.empty() && std::is_sorted(sequence_.begin(), sequence_.end(), before) &&
                       sequence_.front().address != 0 && sequence_.front().address < end &&
                       sequence_.back().address <= end && end <= codeSize_;
    if (valid) {
      if (sequence_.back().address == end) sequence_.pop_back();
      rows_.insert(rows_.end(), sequence_.begin(), sequence_.end());
      rows_.push_back({static_cast<u32>(end), FileNames::kUnnamed, 0, 0});
    }
    sequence_.clear();
  }

  const DwarfSections& sections_;
  const u64 codeSize_;
  std::vector<Row>& rows_;
  std::vector<std::string>& all_;
  std::vector<Row> sequence_;
};

/// By address; where one sequence ends and another begins, the end first. (Rows of one sequence have different
/// addresses; the rest of the order is for damaged tables whose sequences overlap.)
void sortRows(std::vector<Row>& rows) {
  const auto key = [](const Row& row) {
    return std::tuple(row.address, row.file != FileNames::kUnnamed, row.file, row.line, row.column);
  };
  std::sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) { return key(a) < key(b); });
}

}  // namespace

DwarfLines::DwarfLines(const wasm::Module& module) {
  const DwarfSections sections(module);
  if (sections.codeSize == 0 || sections.line.empty()) return;
  codeStart_ = sections.codeStart;
  LineReader(sections, sections.codeSize, rows_, files_).readAll();
  sortRows(rows_);
}

std::string readDwarfFileName(const DwarfSections& sections, u64 table, std::string_view directory, u64 index) {
  std::vector<Row> rows;
  std::vector<std::string> files;
  return LineReader(sections, sections.codeSize, rows, files).fileName(table, directory, index);
}

SourceLocation DwarfLines::find(u64 moduleOffset) const {
  SourceLocation location;
  if (moduleOffset < codeStart_) return location;
  const u64 address = moduleOffset - codeStart_;
  const auto after = std::upper_bound(rows_.begin(), rows_.end(), address,
                                      [](u64 wanted, const Row& row) { return wanted < row.address; });
  if (after == rows_.begin()) return location;
  const Row& row = *(after - 1);
  if (row.line == 0 || row.file >= files_.size()) return location;
  location.file = files_[row.file];
  location.line = row.line;
  location.column = row.column;
  return location;
}

}  // namespace wasmrun::runtime
