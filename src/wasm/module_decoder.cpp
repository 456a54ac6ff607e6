#include "wasm/module_decoder.h"

#include "support/text.h"
#include "support/utf8.h"
#include "wasm/const_expr_reader.h"
#include "wasm/limits.h"

namespace wasmrun::wasm {

using support::concat;
using support::Hex;

// -- The order of sections ------------------------------------------------------------------------------------------

namespace {

constexpr u8 kCustomSection = 0;
constexpr u8 kLastSectionId = 13;
constexpr u32 kVersion = 1;

}  // namespace

struct ModuleDecoder::SectionRow {
  u8 id;
  const char* name;
  Result<void> (ModuleDecoder::*decode)();
};

/// The row of a section that is not custom, or null. Rows are in the order that sections must have.
const ModuleDecoder::SectionRow* ModuleDecoder::findSection(u8 id) {
  static constexpr SectionRow kSections[] = {
      {1, "type", &ModuleDecoder::decodeTypeSection},
      {2, "import", &ModuleDecoder::decodeImportSection},
      {3, "function", &ModuleDecoder::decodeFunctionSection},
      {4, "table", &ModuleDecoder::decodeTableSection},
      {5, "memory", &ModuleDecoder::decodeMemorySection},
      {13, "tag", &ModuleDecoder::decodeTagSection},
      {6, "global", &ModuleDecoder::decodeGlobalSection},
      {7, "export", &ModuleDecoder::decodeExportSection},
      {8, "start", &ModuleDecoder::decodeStartSection},
      {9, "element", &ModuleDecoder::decodeElementSection},
      {12, "data count", &ModuleDecoder::decodeDataCountSection},
      {10, "code", &ModuleDecoder::decodeCodeSection},
      {11, "data", &ModuleDecoder::decodeDataSection},
  };
  for (const SectionRow& row : kSections)
    if (row.id == id) return &row;
  return nullptr;
}

ModuleDecoder::ModuleDecoder(TypeRegistry& registry, Features features, std::shared_ptr<const ModuleBytes> bytes)
    : module_(std::make_shared<Module>(registry, features, std::move(bytes))),
      registry_(registry),
      features_(features),
      reader_(module_->bytes()) {}

Result<void> ModuleDecoder::decode() {
  Result<void> decoded = decodeSections();
  module_->declaredFuncs.resize(module_->funcTypes.size());
  return decoded;
}

Result<void> ModuleDecoder::decodeSections() {
  if (module_->bytes().size() > limits::kMaxModuleSize)
    return fail(ErrorKind::Limit, concat("size of the module exceeds the limit of ", limits::kMaxModuleSize, " bytes"),
                0);
  WASMRUN_TRY(decodeHeader());
  while (!reader_.atEnd()) WASMRUN_TRY(decodeSection());
  return checkWhole();
}

Result<void> ModuleDecoder::decodeHeader() {
  const u32 magic = reader_.readFixed<u32>();
  WASMRUN_TRY(checkReads());
  if (magic != 0x6d736100)
    return fail(ErrorKind::Malformed, "magic header not detected: this is not a WebAssembly module", 0);
  const u32 version = reader_.readFixed<u32>();
  WASMRUN_TRY(checkReads());
  if (version == 0x1000d)
    return fail(ErrorKind::Unsupported, "unknown binary version: this is a component, not a module", 4);
  if (version != kVersion) return fail(ErrorKind::Malformed, concat("unknown binary version ", version), 4);
  return {};
}

Result<void> ModuleDecoder::decodeSection() {
  const u64 offset = reader_.offset();
  const u8 id = reader_.readByte();
  if (id > kLastSectionId) return fail(ErrorKind::Malformed, concat("malformed section id ", id), offset);
  const SectionRow* const row = findSection(id);
  if (id != kCustomSection) {
    const u32 rank = static_cast<u32>(row - findSection(1)) + 1;
    if (rank <= lastRank_) {
      const char* const why = rank == lastRank_ ? " section is there twice" : " section is out of order";
      return fail(ErrorKind::Malformed, concat("unexpected content after last section: the ", row->name, why), offset);
    }
    lastRank_ = rank;
  }
  Result<u32> size = readLength();
  const u64 begin = reader_.offset(), end = size ? begin + *size : module_->bytes().size();
  module_->sections.push_back({id, static_cast<u32>(begin), size.value_or(0), {}});
  if (id == kCustomSection) {
    WASMRUN_TRY(size);
    return decodeCustomSection(end);
  }
  Result<void> decoded = (this->*row->decode)();
  // Of a section that is cut off, malformed contents come first, as far as they are there.
  if (!size && (decoded || decoded.error().kind != ErrorKind::Malformed || decoded.error().offset >= end))
    return fail(std::move(size).error());
  if (!decoded) return fail(explainOverrun(std::move(decoded).error(), row->name, end));
  if (reader_.offset() != end)
    return fail(ErrorKind::Malformed,
                concat("section size mismatch: the ", row->name, " section has ", *size, " bytes, its contents ",
                       reader_.offset() - begin),
                begin);
  return {};
}

/// What is read past a section's end is not meant to be read so: no rule is broken there, the section is too short.
Error ModuleDecoder::explainOverrun(Error error, std::string_view section, u64 end) const {
  if (error.offset == Error::kNoOffset || error.offset < end) return error;
  if (error.kind == ErrorKind::Invalid) error.message = support::ByteReader::kUnexpectedEnd;
  if (error.kind == ErrorKind::Invalid || error.kind == ErrorKind::Malformed) {
    error.kind = ErrorKind::Malformed;
    error.message += concat(" (past the end of the ", section, " section at ", Hex{end}, ')');
  }
  return error;
}

Result<void> ModuleDecoder::decodeCustomSection(u64 end) {
  WASMRUN_TRY_ASSIGN(const std::string_view name, readName("custom section"));
  const u64 payload = reader_.offset();
  if (payload > end)
    return fail(ErrorKind::Malformed, "unexpected end of section or function: a custom section ends within its name",
                end);
  const u32 size = static_cast<u32>(end - payload);
  module_->customSections.push_back({name, reader_.readBytes(size), static_cast<u32>(payload)});
  module_->sections.back().name = name;
  return {};
}

Result<void> ModuleDecoder::checkWhole() {
  if (module_->bodies.size() != declaredBodies_)
    return fail(ErrorKind::Malformed,
                concat("function and code section have inconsistent lengths: ", declaredBodies_, " and ",
                       module_->bodies.size()),
                reader_.offset());
  if (module_->hasDataCount && module_->data.size() != module_->dataCount)
    return fail(ErrorKind::Malformed,
                concat("data count and data section have inconsistent lengths: ", module_->dataCount, " and ",
                       module_->data.size()),
                reader_.offset());
  return {};
}

// -- What all share -------------------------------------------------------------------------------------------------

Result<void> ModuleDecoder::checkReads() const {
  if (!reader_.ok()) return fail(reader_.error());
  return {};
}

Result<u32> ModuleDecoder::readCount(const char* what, u32 limit, size_t have) {
  const u64 offset = reader_.offset();
  const u32 count = reader_.readU32();
  WASMRUN_TRY(checkReads());
  if (count > limit || have + count > limit)
    return fail(ErrorKind::Limit, concat("number of ", what, " (", have + count, ") exceeds the limit of ", limit),
                offset);
  return count;
}

Result<u32> ModuleDecoder::readLength() {
  const u64 offset = reader_.offset();
  const size_t before = reader_.remaining();
  const u32 length = reader_.readU32();
  WASMRUN_TRY(checkReads());
  // The spec's decoder compares a length with what is left including the length itself, before it meets the end.
  const char* const text =
      length > before ? support::ByteReader::kLengthOutOfBounds : support::ByteReader::kUnexpectedEnd;
  if (length > reader_.remaining())
    return fail(ErrorKind::Malformed, concat(text, ": ", length, " bytes announced, ", reader_.remaining(), " left"),
                offset);
  return length;
}

Result<std::string_view> ModuleDecoder::readName(const char* what) {
  const u64 offset = reader_.offset();
  WASMRUN_TRY_ASSIGN(const u32 length, readLength());
  const std::span<const u8> bytes = reader_.readBytes(length);
  const std::string_view name(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (length > limits::kMaxStringSize)
    return fail(
        ErrorKind::Limit,
        concat("length of a name (", what, ", ", length, " bytes) exceeds the limit of ", limits::kMaxStringSize),
        offset);
  if (!support::isUtf8(name))
    return fail(ErrorKind::Malformed, concat("malformed UTF-8 encoding of a name: ", what), offset);
  return name;
}

Result<u32> ModuleDecoder::readIndex(const char* what, size_t count) {
  const u64 offset = reader_.offset();
  const u32 index = reader_.readU32();
  WASMRUN_TRY(checkReads());
  if (index >= count) return fail(ErrorKind::Invalid, concat("unknown ", what, ' ', index), offset);
  return index;
}

Result<ConstExpr> ModuleDecoder::readExpr(ValType expected) {
  const u32 offset = static_cast<u32>(reader_.offset());
  ops_.clear();
  referenced_.clear();
  WASMRUN_TRY(readConstExpr(reader_, *module_, expected, exprScratch_, ops_, referenced_));
  for (const FuncIndex index : referenced_) declare(index);
  return ConstExpr{module_->impl_->arena.copy<ConstOp>(ops_), offset};
}

Result<void> ModuleDecoder::require(Feature feature, std::string_view what, u64 offset) const {
  if (features_.has(feature)) return {};
  // What Wasm 3.0 has can be switched off; what it does not have is malformed there.
  const FeatureInfo& info = kFeatures[static_cast<u32>(feature)];
  return fail(info.onByDefault ? ErrorKind::Unsupported : ErrorKind::Malformed,
              concat(what, ": needs the proposal -W ", info.option), offset);
}

void ModuleDecoder::declare(FuncIndex index) {
  std::vector<bool>& declared = module_->declaredFuncs;
  if (declared.empty()) declared.resize(module_->funcTypes.size());
  declared[index.value] = true;
}

}  // namespace wasmrun::wasm
