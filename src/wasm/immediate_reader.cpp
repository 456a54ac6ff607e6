#include "wasm/immediate_reader.h"

#include "wasm/mem_arg.h"

namespace wasmrun::wasm {

void ImmediateReader::openBytes(std::span<const u8> bytes, u64 offset) {
  begin_ = p_ = opStart_ = bytes.data();
  end_ = begin_ + bytes.size();
  baseOffset_ = offset;
  memory0_ = module_.memories.empty() ? kBottom : module_.memories[0].limits.addressType();
}

// -- Errors --------------------------------------------------------------------------------------------------------

void ImmediateReader::recordAt(const u8* where, ErrorKind kind, std::string message) {
  error_ = Error();
  error_.kind = kind;
  error_.message = std::move(message);
  error_.offset = baseOffset_ + static_cast<u64>(where - begin_);
}

void ImmediateReader::recordUnknown(const char* what, u64 index) {
  recordAt(opStart_, ErrorKind::Invalid, support::concat("unknown ", what, " ", index));
}

void ImmediateReader::recordNeeded(Feature feature) {
  recordAt(
      opStart_, ErrorKind::Unsupported,
      support::concat(illegalOpcodeText(), ": needs the proposal -W ", kFeatures[static_cast<u32>(feature)].option));
}

void ImmediateReader::recordIllegalOpcode() { recordAt(opStart_, ErrorKind::Malformed, illegalOpcodeText()); }

std::string ImmediateReader::illegalOpcodeText() const {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text = "illegal opcode ";
  for (const u8* byte = opStart_; byte == opStart_ || byte < p_; ++byte) {
    text += kDigits[*byte >> 4];
    text += kDigits[*byte & 15];
    if (byte == opStart_ && (*byte < 0xfb || *byte > 0xfe)) break;
  }
  return text;
}

void ImmediateReader::recordMissingEnd() {
  opStart_ = p_;
  // The spec's reference decoder reads on past the body, and says what it meets there.
  constexpr u8 kEnd = 0x0b;
  const u8* const moduleEnd = module_.bytes().data() + module_.bytes().size();
  const char* message = "END opcode expected";
  if (end_ == moduleEnd)
    message = support::ByteReader::kUnexpectedEnd;
  else if (*end_ == kEnd)
    message = "section size mismatch: a function body ends without its end";
  recordAt(opStart_, ErrorKind::Malformed, message);
}

// -- Types and indexes ---------------------------------------------------------------------------------------------

template <class T, class Read>
bool ImmediateReader::readWith(T& value, Read read) {
  support::ByteReader reader({p_, static_cast<size_t>(end_ - p_)}, baseOffset_ + static_cast<u64>(p_ - begin_));
  auto result = read(reader, TypeIndexSpace{module_.types}, features_);
  if (!result) return error_ = std::move(result).error(), false;
  value = *result;
  p_ = reader.position();
  return true;
}

bool ImmediateReader::readType(ValType& type) { return readWith(type, readValType); }

bool ImmediateReader::readHeap(HeapType& heap) {
  HeapType read(HeapType::Any);
  if (!readWith(read, readHeapType)) return false;
  heap = read;
  return true;
}

bool ImmediateReader::readBlockType(BlockType& type) {
  if (p_ == end_) return failAt(p_, ErrorKind::Malformed, support::ByteReader::kUnexpectedEnd);
  const u8 byte = *p_;
  if (byte == 0x40) return ++p_, true;
  if (byte == 0x7f) return ++p_, type.single = kI32, true;
  if (startsValType(byte)) return readType(type.single);
  i64 index = 0;
  if (!readLeb(p_, index, [](support::ByteReader& reader) { return reader.readI33(); })) return false;
  if (index < 0) return failHere(ErrorKind::Malformed, "malformed block type");
  if (static_cast<u64>(index) >= module_.types.size()) return unknown("type", static_cast<u64>(index));
  const TypeDef& def = module_.typeAt(TypeIndex(static_cast<u32>(index)));
  if (def.kind != CompositeKind::Func) return invalid(support::concat("non-function type ", index));
  if (!features_.has(Feature::MultiValue)) return needsFeature(Feature::MultiValue);
  type.type = &def.func;
  return true;
}

bool ImmediateReader::readFuncTypeIndex(TypeId& id) {
  u32 index = 0;
  if (!readIndex(index, module_.types.size(), "type")) return false;
  id = module_.types[index];
  return module_.registry().get(id).kind == CompositeKind::Func ||
         invalid(support::concat("non-function type ", index));
}

bool ImmediateReader::readTypeOf(CompositeKind kind, const TypeDef*& def) {
  u32 index = 0;
  if (!readIndex(index, module_.types.size(), "type")) return false;
  def = &module_.typeAt(TypeIndex(index));
  return def->kind == kind ||
         invalid(support::concat("type mismatch: type ", index,
                                 kind == CompositeKind::Struct ? " is not a structure" : " is not an array"));
}

bool ImmediateReader::readData(u32& data) {
  if (!readU32(p_, data)) return false;
  if (!module_.hasDataCount) return failHere(ErrorKind::Malformed, "data count section required");
  return data < module_.dataCount || unknown("data segment", data);
}

// -- A memory access's immediates ----------------------------------------------------------------------------------

bool ImmediateReader::readMemArgSlow(u32 naturalLog2, MemArg& arg) {
  u32 flags = 0;
  if (!readU32(p_, flags)) return false;
  u32 memory = 0;
  if (flags & kMemArgHasMemory) {
    if (!features_.has(Feature::MultiMemory)) return failHere(ErrorKind::Malformed, "malformed memop flags");
    flags -= kMemArgHasMemory;
    if (!readU32(p_, memory)) return false;
  }
  if (flags >= kMemArgHasMemory) return failHere(ErrorKind::Malformed, "malformed memop flags");
  if (!readLeb(p_, arg.offset, [](support::ByteReader& reader) { return reader.readU64(); })) return false;
  if (memory >= module_.memories.size()) return unknown("memory", memory);
  if (flags > naturalLog2) return invalid("alignment must not be larger than natural");
  arg.memory = MemoryIndex(memory);
  arg.alignLog2 = flags;
  arg.is64 = module_.memories[memory].limits.is64;
  if (!arg.is64 && arg.offset > ~u32{0}) return invalid("offset out of range");
  return true;
}

}  // namespace wasmrun::wasm
