#include "text/function_printer.h"

#include <algorithm>

#include "support/byte_reader.h"
#include "support/text.h"
#include "text/code_printer.h"
#include "wasm/instruction_walk.h"
#include "wasm/type_reader.h"

namespace wasmrun::text {

using support::concat;
using support::Hex;
using wasm::NameKind;
using wasm::Opcode;
using wasm::ValType;

namespace {

/// ` (param i32 i32)`: `count` variables in one list, or each with its identifier in one of its own.
class VariableList {
 public:
  VariableList(const PrintedModule& module, const IdSpace& ids, std::string_view keyword)
      : module_(module), ids_(ids), keyword_(keyword) {}

  void add(std::string& out, u32 index, ValType type) {
    const bool named = ids_.has(index);
    if (open_ && named) end(out);
    if (!open_) support::appendTo(out, concat(" (", keyword_));
    open_ = true;
    ids_.printDefinition(out, index);
    module_.printValType(out, type);
    if (named) end(out);
  }
  void end(std::string& out) {
    if (open_) out += ')';
    open_ = false;
  }

 private:
  const PrintedModule& module_;
  const IdSpace& ids_;
  std::string_view keyword_;
  bool open_ = false;
};

class FunctionPrinter {
 public:
  FunctionPrinter(const PrintedModule& module, wasm::DefinedFuncIndex func, FunctionLayout layout, PieceWriter& writer)
      : module_(module),
        func_(module.module().funcIndex(func)),
        layout_(layout),
        writer_(writer),
        out_(writer.text()),
        reader_(module.module().bodyBytes(func), module.module().bodies[func.value].offset),
        bodyOffset_(reader_.offset()),
        locals_(module.idsWithin(NameKind::Local, func_)),
        labels_(module.idsWithin(NameKind::Label, func_)),
        hints_(module.branchHints(func_)) {}

  void run() {
    margin(bodyOffset_, 0);
    out_ += "(func";
    printSignature(module_, func_, locals_, out_);
    writer_.endLine();
    locals();
    code();
    margin(bodyOffset_ + module_.module().bodies[func_.value - module_.module().importedFuncs].size, 0);
    out_ += ')';
    writer_.endLine();
  }

 private:
  void margin(u64 offset, u32 depth) {
    out_.append(layout_.indent, ' ');
    if (layout_.offsets) support::appendTo(out_, concat("(;", Hex{offset, 6}, ";) "));
    out_.append(2 * std::min(depth, kMaxIndented), ' ');
  }

  void locals() {
    constexpr u32 kLine = 16;
    u32 index = static_cast<u32>(module_.module().funcType(func_).params.size()), onLine = 0;
    VariableList list(module_, locals_, "local");
    for (u32 groups = reader_.readU32(); groups > 0 && reader_.ok(); --groups) {
      const u64 offset = reader_.offset();
      const u32 count = reader_.readU32();
      const auto type = wasm::readValType(reader_, {module_.module().types, 0}, module_.module().features());
      for (u32 i = 0; type && i < count; ++i) {
        if (onLine == 0) margin(offset, 1), out_.pop_back();  // the list begins with a space
        list.add(out_, index++, *type);
        if (++onLine == kLine) list.end(out_), writer_.endLine(), onLine = 0;
      }
    }
    if (onLine != 0) list.end(out_), writer_.endLine();
  }

  void code() {
    CodePrinter printer(module_, reader_, locals_, labels_, out_);
    for (;;) {
      const Opcode opcode = printer.peek();
      if (opcode == Opcode::kCount || (opcode == Opcode::End && printer.depth() == 0)) return;
      const u32 depth = printer.depth() + 1;
      margin(printer.offset(), wasm::closesBlock(opcode) ? depth - 1 : depth);
      hint(printer.offset());
      printer.print();
      writer_.endLine();
    }
  }

  void hint(u64 offset) {
    if (hints_.empty() || hints_.front().bodyOffset != offset - bodyOffset_) return;
    support::appendTo(out_, concat("(@metadata.code.branch_hint \"\\0", hints_.front().likely ? 1 : 0, "\") "));
    hints_ = hints_.subspan(1);
  }

  static constexpr u32 kMaxIndented = 40;
  const PrintedModule& module_;
  const wasm::FuncIndex func_;
  const FunctionLayout layout_;
  PieceWriter& writer_;
  std::string& out_;
  support::ByteReader reader_;
  const u64 bodyOffset_;
  const IdSpace locals_, labels_;
  std::span<const wasm::BranchHint> hints_;
};

}  // namespace

void printSignature(const PrintedModule& module, wasm::FuncIndex func, const IdSpace& locals, std::string& out) {
  module.ids(NameKind::Func).printDefinition(out, func.value);
  support::appendTo(out, concat(" (;", func.value, ";)"));
  out += " (type";
  module.printReference(out, NameKind::Type, module.typeIndex(module.module().funcTypes[func.value]));
  out += ')';
  const wasm::FuncType& type = module.module().funcType(func);
  VariableList params(module, locals, "param");
  for (u32 i = 0; i < type.params.size(); ++i) params.add(out, i, type.params[i]);
  params.end(out);
  module.printTypes(out, "result", type.results);
}

void printFunction(const PrintedModule& module, wasm::DefinedFuncIndex func, FunctionLayout layout,
                   PieceWriter& writer) {
  FunctionPrinter(module, func, layout, writer).run();
}

}  // namespace wasmrun::text
