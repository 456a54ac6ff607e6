#include <algorithm>

#include "support/text.h"
#include "wasmrun/engine.h"

namespace wasmrun {

using support::concat;

void Statistics::append(const Statistics& other) {
  entries.insert(entries.end(), other.entries.begin(), other.entries.end());
}

namespace {

/// 1234567 as "1 234 567": statistics are read, not computed with.
std::string grouped(uint64_t value) {
  std::string digits = std::to_string(value);
  for (size_t at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ' ');
  return digits;
}

}  // namespace

std::string Statistics::toText() const {
  size_t nameWidth = 0, valueWidth = 0;
  for (const Entry& entry : entries) {
    nameWidth = std::max(nameWidth, entry.name.size());
    valueWidth = std::max(valueWidth, grouped(entry.value).size());
  }
  constexpr size_t kUnitWidth = 5;
  std::string out;
  for (const Entry& entry : entries) {
    const std::string value = grouped(entry.value);
    out += concat(entry.name, std::string(nameWidth - entry.name.size() + 2 + valueWidth - value.size(), ' '), value,
                  ' ', entry.unit, std::string(kUnitWidth - std::min(kUnitWidth, entry.unit.size()), ' '), "  ",
                  entry.help, '\n');
  }
  return out;
}

std::string Statistics::toJson() const {
  std::string out = "{";
  for (const Entry& entry : entries) {
    if (out.size() > 1) out += ", ";
    out += concat(support::quoted(entry.name), ": ", entry.value);
  }
  return out + "}\n";
}

}  // namespace wasmrun
