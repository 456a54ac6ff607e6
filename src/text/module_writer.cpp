#include "text/module_writer.h"

#include <algorithm>

namespace wasmrun::text {

namespace {

// spec: binary/modules, by Section.
constexpr u8 kSectionIds[kSectionCount] = {1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11};
constexpr u8 kCustomId = 0;

constexpr u8 kHeader[] = {0, 'a', 's', 'm', 1, 0, 0, 0};

// Subsections of the name section (spec: appendix/custom), and the index spaces that have one.
constexpr u8 kModuleNames = 0;
constexpr u8 kFunctionNames = 1;
constexpr u8 kLocalNames = 2;
constexpr u8 kLabelNames = 3;
constexpr u8 kFieldNames = 10;
struct NameSubsection {
  u8 id;
  Space space;
};
constexpr NameSubsection kNamesBehindLabels[] = {{4, Space::Type},   {5, Space::Table}, {6, Space::Memory},
                                                 {7, Space::Global}, {8, Space::Elem},  {9, Space::Data}};
constexpr NameSubsection kTagNames = {11, Space::Tag};

constexpr const char* kNameSection = "name";
constexpr const char* kHintSection = "metadata.code.branch_hint";

// -- Names ----------------------------------------------------------------------------------------------------------

void writeNameMap(BinaryWriter& to, const NameList& names) {
  to.leb(names.size());
  for (const NamedIndex& named : names) {
    to.leb(named.index);
    to.name(named.name);
  }
}

class NameWriter {
 public:
  explicit NameWriter(ModuleParser& parser) : parser_(parser) {}

  /// Empty if nothing has a name.
  BinaryWriter write() {
    if (parser_.name()) {
      content_.name(*parser_.name());
      add(kModuleNames);
    }
    writeSpace({kFunctionNames, Space::Func});
    writeIndirect(kLocalNames, parser_.localNames());
    writeIndirect(kLabelNames, parser_.labelNames());
    for (const NameSubsection subsection : kNamesBehindLabels) writeSpace(subsection);
    writeIndirect(kFieldNames, parser_.types().fieldNames());
    writeSpace(kTagNames);
    return std::move(out_);
  }

 private:
  void add(u8 id) {
    out_.byte(id);
    out_.sized(content_.bytes());
    content_.clear();
  }

  void writeSpace(NameSubsection subsection) {
    const NameList names = parser_.scope().names(subsection.space);
    if (names.empty()) return;
    writeNameMap(content_, names);
    add(subsection.id);
  }

  void writeIndirect(u8 id, const std::vector<std::pair<u32, NameList>>& lists) {
    if (lists.empty()) return;
    content_.leb(lists.size());
    for (const auto& [index, names] : lists) {
      content_.leb(index);
      writeNameMap(content_, names);
    }
    add(id);
  }

  ModuleParser& parser_;
  BinaryWriter out_, content_;
};

BinaryWriter writeHints(const OfFunctions<BranchHintText>& functions) {
  BinaryWriter out;
  if (functions.empty()) return out;
  out.leb(functions.size());
  for (const auto& [index, hints] : functions) {
    out.leb(index);
    out.leb(hints.size());
    for (const BranchHintText& hint : hints) {
      out.leb(hint.bodyOffset);
      out.leb(1);
      out.byte(hint.value);
    }
  }
  return out;
}

// -- Sections -------------------------------------------------------------------------------------------------------

class ModuleWriter {
 public:
  explicit ModuleWriter(ModuleParser& parser) : parser_(parser) {
    const SectionWriter& datas = parser.section(Section::Data);
    if (parser.usesData()) {
      parser.section(Section::DataCount).out.leb(datas.count);
      parser.section(Section::DataCount).count = 1;
    }
  }

  EncodedModule write() {
    out_.append(kHeader);
    for (u32 i = 0; i < kSectionCount; ++i) {
      writeCustoms(i);
      if (static_cast<Section>(i) == Section::Code && !isSpelledOut(kHintSection))
        writeCustom(kHintSection, writeHints(parser_.hints()).bytes());
      writeSection(static_cast<Section>(i));
    }
    if (!isSpelledOut(kNameSection)) writeCustom(kNameSection, NameWriter(parser_).write().bytes());
    writeCustoms(kSectionCount);
    return {std::move(out_.buffer()), std::move(map_)};
  }

 private:
  /// Start and data count sections are one number each; all others are lists.
  void writeSection(Section which) {
    SectionWriter& section = parser_.section(which);
    if (section.count == 0) return;
    BinaryWriter count;
    if (which != Section::Start && which != Section::DataCount) count.leb(section.count);
    out_.byte(kSectionIds[static_cast<u32>(which)]);
    out_.leb(count.size() + section.out.size());
    out_.append(count.bytes());
    map_.addSection(out_.size(), std::move(section.map));
    out_.append(section.out.bytes());
    section.out = {};  // a module is in memory once, not twice
  }

  void writeCustoms(u32 place) {
    for (const CustomSectionText& custom : parser_.customs()) {
      if (custom.place != place) continue;
      BinaryWriter name;
      name.name(custom.name);
      out_.byte(kCustomId);
      out_.leb(name.size() + custom.payload.size());
      out_.append(name.bytes());
      out_.append(custom.payload);
    }
  }

  void writeCustom(std::string_view sectionName, std::span<const u8> payload) {
    if (payload.empty()) return;
    BinaryWriter name;
    name.name(sectionName);
    out_.byte(kCustomId);
    out_.leb(name.size() + payload.size());
    out_.append(name.bytes());
    out_.append(payload);
  }

  bool isSpelledOut(std::string_view name) const {
    return std::ranges::any_of(parser_.customs(), [&](const CustomSectionText& custom) { return custom.name == name; });
  }

  ModuleParser& parser_;
  BinaryWriter out_;
  SourceMap map_;
};

}  // namespace

EncodedModule writeModule(ModuleParser& parser) { return ModuleWriter(parser).write(); }

}  // namespace wasmrun::text
