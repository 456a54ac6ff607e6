// CodePrinter: instructions as text, straight from the bytes of valid code and the opcode table. Bodies and constant
// expressions are printed by it, and every dump that shows WebAssembly code.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "support/byte_reader.h"
#include "text/identifiers.h"
#include "text/printed_module.h"
#include "wasm/opcodes.h"

namespace wasmrun::text {

/// Reads instructions front to back and appends their texts to `out`. Keeps count of open constructs, so each
/// instruction must be printed.
class CodePrinter {
 public:
  /// `reader` is at an instruction; `locals` and `labels` are the function's. All but `reader` must outlive the
  /// printer.
  CodePrinter(const PrintedModule& module, support::ByteReader reader, const IdSpace& locals, const IdSpace& labels,
              std::string& out)
      : module_(module), reader_(reader), locals_(locals), labels_(labels), out_(out) {}

  bool atEnd() const { return reader_.atEnd(); }
  /// Of the next instruction, in the module.
  u64 offset() const { return reader_.offset(); }
  /// The next instruction's opcode, without reading it.
  wasm::Opcode peek() const;
  /// Constructs that are open, the function's own not counted.
  u32 depth() const { return static_cast<u32>(open_.size()); }

  /// The next instruction: its word and what follows the opcode.
  void print();

 private:
  void word(std::string_view text);
  void number(u64 value);
  u32 index() { return reader_.readU32(); }
  void reference(wasm::NameKind kind) { module_.printReference(out_, kind, index()); }
  void optional(wasm::NameKind kind, u32 index);

  void immediates(wasm::Opcode opcode);
  void block();
  void blockType();
  void open();
  void level(u32 nesting);
  void label();
  void brTable();
  void callIndirect();
  void memArg(wasm::Opcode opcode);
  void two(wasm::NameKind first, wasm::NameKind second);
  void pair(wasm::NameKind kind);
  void segment(wasm::NameKind segment, wasm::NameKind target);
  void typeAndField();
  void heapType();
  void referenceType(bool nullable);
  void selectTypes();
  void tryTable();
  void brOnCast();
  void vector();
  void lanes();

  wasm::ValType readValType();
  wasm::HeapType readHeapType();

  const PrintedModule& module_;
  support::ByteReader reader_;
  const IdSpace& locals_;
  const IdSpace& labels_;
  std::string& out_;
  std::vector<u32> open_;  // label indices
  u32 blocks_ = 0;         // label index of the next block
};

}  // namespace wasmrun::text
