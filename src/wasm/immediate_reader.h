// ImmediateReader: the bytes of a function body or constant expression, the immediates in them, and the error that ends
// the reading. It is what FunctionReader does that depends on neither its sink nor the operands' types.
//
// `p` (the next byte) lives in a register while instructions are read: what hot handlers call takes it by reference and
// is inlined; the rest uses the member p_.
#pragma once

#include <span>
#include <string>

#include "support/byte_reader.h"
#include "support/result.h"
#include "support/text.h"
#include "wasm/control.h"
#include "wasm/limits.h"
#include "wasm/module.h"
#include "wasm/type_reader.h"

namespace wasmrun::wasm {

class ImmediateReader {
 public:
  /// Offset in the module of the instruction being read.
  u32 offset() const { return static_cast<u32>(baseOffset_ + static_cast<u64>(opStart_ - begin_)); }

 protected:
  explicit ImmediateReader(const Module& module) : module_(module), features_(module.features()) {}

  /// Begins with `bytes`, which are at `offset` in the module.
  void openBytes(std::span<const u8> bytes, u64 offset);

  // -- Errors ------------------------------------------------------------------------------------------------------
  // Each records one and returns false; inline, so that compilers see that nothing follows it.

  bool failAt(const u8* where, ErrorKind kind, std::string message) {
    return recordAt(where, kind, std::move(message)), false;
  }
  bool failHere(ErrorKind kind, std::string message) { return recordAt(opStart_, kind, std::move(message)), false; }
  bool invalid(std::string message) { return failHere(ErrorKind::Invalid, std::move(message)); }
  bool unknown(const char* what, u64 index) { return recordUnknown(what, index), false; }
  bool needsFeature(Feature feature) { return recordNeeded(feature), false; }
  bool illegalOpcode() { return recordIllegalOpcode(), false; }
  /// The body's bytes are used up where an instruction should start.
  bool missingEnd() { return recordMissingEnd(), false; }

  // -- Numbers and bytes -------------------------------------------------------------------------------------------

  [[gnu::always_inline]] bool readU32(const u8*& p, u32& value) {
    if (p < end_ && *p < 0x80) [[likely]]
      return value = *p++, true;
    return readLeb(p, value, [](support::ByteReader& reader) { return reader.readU32(); });
  }

  // By value, not by reference: what has its address taken is not kept in a register.
  template <class T, class Read>
  [[gnu::always_inline]] bool readLeb(const u8*& p, T& value, Read read) {
    const LongLeb<T> leb = readLongLeb<T>(p, read);
    if (leb.next == nullptr) [[unlikely]]
      return false;
    value = leb.value;
    p = leb.next;
    return true;
  }

  bool readByte(u8& byte) {
    if (p_ == end_) return failAt(p_, ErrorKind::Malformed, support::ByteReader::kUnexpectedEnd);
    byte = *p_++;
    return true;
  }

  bool readBytes(const u8*& bytes, size_t count) {
    if (static_cast<size_t>(end_ - p_) < count)
      return failAt(p_, ErrorKind::Malformed, support::ByteReader::kUnexpectedEnd);
    bytes = p_;
    p_ += count;
    return true;
  }

  // -- Types and indexes -------------------------------------------------------------------------------------------

  bool readType(ValType& type);
  bool readHeap(HeapType& heap);
  bool readBlockType(BlockType& type);

  bool readIndex(u32& index, size_t count, const char* what) {
    if (!readU32(p_, index)) return false;
    return index < count || unknown(what, index);
  }

  /// A type index that must name a function type.
  bool readFuncTypeIndex(TypeId& id);
  /// Reads a type index that must name a type of `kind`.
  bool readTypeOf(CompositeKind kind, const TypeDef*& def);
  /// A data segment's index: needs the data count section, since data come after code.
  bool readData(u32& data);

  bool readMemory(MemoryIndex& memory, ValType& address) {
    u32 index = 0;
    if (!readIndex(index, module_.memories.size(), "memory")) return false;
    memory = MemoryIndex(index);
    address = module_.memories[index].limits.addressType();
    return true;
  }

  bool readTable(TableIndex& table, const TableType*& type) {
    u32 index = 0;
    if (!readIndex(index, module_.tables.size(), "table")) return false;
    table = TableIndex(index);
    type = &module_.tables[index].type;
    return true;
  }

  // -- A memory access's immediates --------------------------------------------------------------------------------

  [[gnu::always_inline]] bool readMemArg(const u8*& p, u32 naturalLog2, MemArg& arg) {
    // Nearly always: memory 0, a one-byte offset.
    if (end_ - p >= 2 && p[0] <= naturalLog2 && p[1] < 0x80 && !memory0_.isBottom()) [[likely]] {
      arg = {MemoryIndex(0), p[1], p[0], memory0_ == kI64};
      p += 2;
      return true;
    }
    p_ = p;
    MemArg any;  // of its own, so that `arg` can stay in registers
    if (!readMemArgSlow(naturalLog2, any)) return false;
    arg = any;
    p = p_;
    return true;
  }

  const Module& module_;
  const Features features_;
  const u8 *begin_ = nullptr, *p_ = nullptr, *end_ = nullptr, *opStart_ = nullptr;
  u64 baseOffset_ = 0;
  ValType memory0_;  ///< address type of memory 0; bottom if there is none
  Error error_;

 private:
  /// A number of any length, and where the next byte is: null after an error.
  template <class T>
  struct LongLeb {
    T value;
    const u8* next;
  };

  template <class T, class Read>
  [[gnu::noinline]] LongLeb<T> readLongLeb(const u8* p, Read read) {
    // Two bytes are by far the most common length.
    if (end_ - p >= 2 && p[0] >= 0x80 && p[1] < 0x80) [[likely]] {
      const u32 bits = (p[0] & 0x7fu) | u32{p[1]} << 7;
      if constexpr (std::signed_integral<T>)
        return {static_cast<T>(static_cast<i32>(bits << 18) >> 18), p + 2};
      else
        return {bits, p + 2};
    }
    support::ByteReader reader({p, static_cast<size_t>(end_ - p)}, baseOffset_ + static_cast<u64>(p - begin_));
    const T value = read(reader);
    if (!reader.ok()) return failLeb(p, read), LongLeb<T>{0, nullptr};
    return {value, reader.position()};
  }

  /// Says what is wrong with the number at `p`. One that goes on past the body's end may be too long or too large
  /// first.
  template <class Read>
  [[gnu::cold, gnu::noinline]] bool failLeb(const u8* p, Read read) {
    const std::span<const u8> module = module_.bytes();
    const size_t offset = static_cast<size_t>(p - module.data());
    support::ByteReader reader(module.subspan(offset), offset);
    read(reader);
    if (reader.ok()) return failAt(p, ErrorKind::Malformed, support::ByteReader::kUnexpectedEnd);
    error_ = reader.error();
    return false;
  }

  [[gnu::cold]] void recordAt(const u8* where, ErrorKind kind, std::string message);
  [[gnu::cold]] void recordUnknown(const char* what, u64 index);
  [[gnu::cold]] void recordNeeded(Feature feature);
  [[gnu::cold]] void recordIllegalOpcode();
  [[gnu::cold]] void recordMissingEnd();
  std::string illegalOpcodeText() const;

  bool readMemArgSlow(u32 naturalLog2, MemArg& arg);

  /// Runs a reader of wasm/type_reader.h at the current position.
  template <class T, class Read>
  bool readWith(T& value, Read read);
};

}  // namespace wasmrun::wasm
