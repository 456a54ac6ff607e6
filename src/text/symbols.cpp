#include "text/symbols.h"

#include "support/hash.h"
#include "text/literals.h"

namespace wasmrun::text {

Symbols::Symbols() : slots_(64) {}

Symbol Symbols::intern(std::string_view id) {
  std::string_view name = idName(id, scratch_);
  const u64 hash = support::hashOf(name);
  const size_t mask = slots_.size() - 1;
  for (size_t slot = hash & mask;; slot = (slot + 1) & mask) {
    if (slots_[slot] == 0) {
      slots_[slot] = static_cast<u32>(names_.size() + 1);
      break;
    }
    const Symbol symbol = slots_[slot] - 1;
    if (hashes_[symbol] == hash && names_[symbol] == name) return symbol;
  }
  if (name.data() == scratch_.data()) name = unescaped_.emplace_back(scratch_);
  names_.push_back(name);
  hashes_.push_back(hash);
  if (names_.size() * 2 > slots_.size()) grow();
  return static_cast<Symbol>(names_.size() - 1);
}

void Symbols::grow() {
  slots_.assign(slots_.size() * 2, 0);
  const size_t mask = slots_.size() - 1;
  for (u32 symbol = 0; symbol < names_.size(); ++symbol) {
    size_t slot = hashes_[symbol] & mask;
    while (slots_[slot] != 0) slot = (slot + 1) & mask;
    slots_[slot] = symbol + 1;
  }
}

}  // namespace wasmrun::text
