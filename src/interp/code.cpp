#include "interp/code.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "interp/dispatch.h"
#include "interp/interpreter.h"
#include "interp/translator.h"
#include "platform/clock.h"

namespace wasmrun::interp {

/// What only translation needs, made when the first function is translated.
struct ModuleCode::Translation {
  Translation(ModuleCode& code, TranslateOptions options) : translator(code, options) {}

  Translator translator;
  std::vector<Origin> origins;
  const Code* originsOf = nullptr;         ///< the function that `origins` is of
  std::map<const Word*, Code*> byAddress;  ///< translated functions by their first word
  std::unordered_map<const Code*, ReferenceMaps> maps;
};

ModuleCode::ModuleCode(const wasm::Module& module, const gc::LayoutSet* layouts, TranslateOptions options)
    : module_(module), layouts_(layouts), options_(options), codes_(std::make_unique<Code[]>(module.bodies.size())) {
  if (options.profile != runtime::ProfileKind::None)
    profile = std::make_unique<runtime::WorkProfile>(support::narrow<u32>(module.bodies.size()), options.profile);
  dispatch();  // fills the special words
  for (u32 i = 0; i < module.bodies.size(); ++i) {
    Code& code = codes_[i];
    code.threaded.store(&specialWords.firstCall, std::memory_order_relaxed);
    code.module = this;
    code.index = wasm::DefinedFuncIndex(i);
    code.shape = runtime::CallShape(module.funcType(module.funcIndex(code.index)));
    code.bodyBytes = module.bodies[i].size;
  }
}

ModuleCode::~ModuleCode() { attachment.reset(); }  // first: it may still read code records

ModuleCode::Translation& ModuleCode::translation() const {
  if (!translation_) translation_ = std::make_unique<Translation>(const_cast<ModuleCode&>(*this), options_);
  return *translation_;
}

const Word* ModuleCode::translate(Code& code) {
  const std::scoped_lock lock(mutex_);
  if (code.translated) return code.translated->words.data();
  Translation& state = translation();
  const u64 start = profile == nullptr ? 0 : platform::monotonicNanos();
  code.translated = std::make_unique<FunctionCode>(state.translator.translate(code.index));
  if (profile != nullptr) totals_.nanos += platform::monotonicNanos() - start;
  ++totals_.functions;
  totals_.bodyBytes += module_.bodies[code.index.value].size;
  totals_.codeBytes += code.translated->words.size() * sizeof(Word);
  const Word* entry = code.translated->words.data();
  state.byAddress.emplace(entry, &code);
  // Unless somebody made machine code of it meanwhile.
  const Word* expected = &specialWords.firstCall;
  code.threaded.compare_exchange_strong(expected, entry, std::memory_order_acq_rel);
  return entry;
}

void useMachineCode(runtime::FuncCode& code) {
  code.threaded.store(&specialWords.enterMachine, std::memory_order_release);
}

Code* ModuleCode::findCode(const Word* pc) {
  const std::scoped_lock lock(mutex_);
  Translation& state = translation();
  const auto after = state.byAddress.upper_bound(pc);
  if (after == state.byAddress.begin()) return nullptr;
  const auto& [words, code] = *std::prev(after);
  return pc < words + code->translated->words.size() ? code : nullptr;
}

u32 ModuleCode::wasmOffset(const Code& code, u32 word) const {
  const std::scoped_lock lock(mutex_);
  Translation& state = translation();
  // A recursive function's frames ask again and again.
  if (state.originsOf != &code) {
    state.origins.clear();
    state.translator.translate(code.index, &state.origins);
    state.originsOf = &code;
  }
  const auto after = std::ranges::upper_bound(state.origins, word, {}, &Origin::word);
  return after == state.origins.begin() ? module_.bodies[code.index.value].offset : after[-1].wasmOffset;
}

FrameReferences ModuleCode::referencesAt(const Code& code, u32 word) const {
  const std::scoped_lock lock(mutex_);
  Translation& state = translation();
  const auto [maps, isNew] = state.maps.try_emplace(&code);
  if (isNew) {
    const FunctionCode again = state.translator.translate(code.index, nullptr, &maps->second);
    CHECK(again.words.size() == code.translated->words.size(), "a function is translated the same way every time");
  }
  return maps->second.at(word);
}

ModuleCode::Totals ModuleCode::totals() const {
  const std::scoped_lock lock(mutex_);
  return totals_;
}

}  // namespace wasmrun::interp
