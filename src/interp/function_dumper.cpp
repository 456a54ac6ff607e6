#include "interp/function_dumper.h"

#include <span>
#include <unordered_map>

#include "interp/bodies_control.h"
#include "interp/dispatch.h"
#include "interp/fusion.h"
#include "interp/translator.h"
#include "runtime/prepared_module.h"
#include "support/text.h"

namespace wasmrun::interp {

namespace {

/// Appends the operands of an instruction at `words`, as their letters say.
void appendOperands(std::string& out, const char* letters, const Word* words, u32 at) {
  const u32* units = reinterpret_cast<const u32*>(words) + 2;
  for (u32 unit = 0; *letters; unit += operandUnits(*letters++)) {
    const u64 wide = operandUnits(*letters) == 2 ? units[unit] | static_cast<u64>(units[unit + 1]) << 32 : units[unit];
    out += ' ';
    switch (*letters) {
      case 's': out += support::concat("s", wide); break;
      case 'd': out += support::concat("-> s", wide); break;
      case 'k': out += support::concat("#", static_cast<i32>(wide)); break;
      case 'K': out += support::concat("#", support::Hex{wide}); break;
      case 'o': out += support::concat("+", wide); break;
      case 'j': out += support::concat("@", static_cast<i64>(at) + static_cast<i32>(wide)); break;
      // Pointers differ from run to run.
      case 'p': out += "*"; break;
      default: out += support::concat(wide);
    }
  }
}

/// What a handler's address in threaded code stands for.
struct Handler {
  HandlerId id;
  u32 others = 0;  ///< instructions that it executes as well, if it is a fused one
};

using HandlersByAddress = std::unordered_map<Word, Handler>;

/// Of the machine's dispatch. Where the linker has made one of several handlers, it is the first of them.
const HandlersByAddress& handlers() {
  static const HandlersByAddress all = [] {
    HandlersByAddress made;
    for (u32 i = 0; i < kHandlerCount; ++i) made.try_emplace(dispatch().handlers[i], static_cast<HandlerId>(i));
    for (u32 i = 0; i < dispatch().fusedCount; ++i) {
      const std::span<const HandlerId> sequence = fusedSequence(i);
      made.try_emplace(dispatch().handlers[kHandlerCount + i], sequence[0], support::narrow<u32>(sequence.size() - 1));
    }
    return made;
  }();
  return all;
}

u32 tableEntries(HandlerId id, const Word* words) {
  const u32* units = reinterpret_cast<const u32*>(words) + 2;
  if (id == HandlerId::JumpTable_s) return units[1] + 1;
  return id == HandlerId::JumpTable_a ? units[0] + 1 : 0;
}

}  // namespace

struct FunctionDumper::Impl {
  Impl(const wasm::Module& module, TranslateOptions options)
      : layouts(runtime::layoutsOf(module)), code(module, layouts.get(), options), translator(code, options) {}

  const std::shared_ptr<const gc::LayoutSet> layouts;
  ModuleCode code;
  Translator translator;
};

FunctionDumper::FunctionDumper(const wasm::Module& module, bool countsFuel)
    : impl_(std::make_unique<Impl>(module, TranslateOptions{.fuel = countsFuel})) {}

FunctionDumper::FunctionDumper(FunctionDumper&&) noexcept = default;
FunctionDumper::~FunctionDumper() = default;

std::string FunctionDumper::dump(wasm::DefinedFuncIndex func) {
  std::vector<Origin> origins;
  const FunctionCode function = impl_->translator.translate(func, &origins);
  std::string out;
  size_t origin = 0;
  for (u32 at = 0; at < function.words.size();) {
    const Word* words = function.words.data() + at;
    const auto found = handlers().find(*words);
    CHECK(found != handlers().end(), "threaded code is made of handlers");
    const auto [id, others] = found->second;
    while (origin + 1 < origins.size() && origins[origin + 1].word <= at) ++origin;
    support::appendTo(out, support::Hex{origins[origin].wasmOffset, 6});
    support::appendTo(out, support::concat("  @", at, "  ", handlerName(id)));
    appendOperands(out, info(id).operands, words, at);
    u32 size = info(id).words();
    for (u32 entries = tableEntries(id, words); entries > 0; --entries, ++size)
      out += support::concat(" @", static_cast<i64>(at) + static_cast<i64>(words[size]));
    if (others != 0) out += support::concat("  & next ", others);
    out += '\n';
    at += size;
  }
  return out;
}

}  // namespace wasmrun::interp
