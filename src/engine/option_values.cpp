#include "engine/option_values.h"

#include <charconv>
#include <optional>
#include <span>

#include "support/text.h"

namespace wasmrun::engine {

namespace {

struct Unit {
  std::string_view suffix;
  u64 factor;
};

// The one without a suffix comes before those that it is smaller than, and of two names for one the shorter first.
constexpr Unit kCounts[] = {{"", 1}, {"K", 1'000}, {"M", 1'000'000}, {"G", 1'000'000'000}};
constexpr Unit kBytes[] = {{"", 1},
                           {"K", u64{1} << 10},
                           {"M", u64{1} << 20},
                           {"G", u64{1} << 30},
                           {"T", u64{1} << 40},
                           {"KiB", u64{1} << 10},
                           {"MiB", u64{1} << 20},
                           {"GiB", u64{1} << 30},
                           {"TiB", u64{1} << 40}};
constexpr u64 kSecond = 1'000'000'000;
constexpr Unit kDurations[] = {{"ns", 1},     {"us", 1'000},       {"ms", 1'000'000},    {"s", kSecond},
                               {"", kSecond}, {"m", 60 * kSecond}, {"h", 3600 * kSecond}};

std::span<const Unit> unitsOf(OptionKind kind) {
  switch (kind) {
    case OptionKind::Bytes: return kBytes;
    case OptionKind::Duration: return kDurations;
    default: return kCounts;
  }
}

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

bool sameIgnoringCase(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i)
    if (upper(a[i]) != upper(b[i])) return false;
  return true;
}

std::expected<u64, NumberFault> parseFlag(std::string_view text) {
  for (const std::string_view yes : {"", "y", "yes", "true", "1", "on"})
    if (text == yes) return 1;
  for (const std::string_view no : {"n", "no", "false", "0", "off"})
    if (text == no) return 0;
  return std::unexpected(NumberFault::DoesNotRead);
}

std::optional<u64> factorOf(std::span<const Unit> units, std::string_view suffix) {
  for (const Unit& unit : units)
    if (sameIgnoringCase(unit.suffix, suffix)) return unit.factor;
  return std::nullopt;
}

/// `digits` of a fraction in units of 1/factor, rounded down.
u64 fractionOf(std::string_view digits, u64 factor) {
  u64 value = 0;
  for (const char digit : digits) {
    factor /= 10;
    value += factor * static_cast<u64>(digit - '0');
  }
  return value;
}

}  // namespace

std::expected<u64, NumberFault> parseNumber(OptionKind kind, std::string_view text) {
  constexpr std::unexpected doesNotRead(NumberFault::DoesNotRead), tooLarge(NumberFault::TooLarge);
  if (kind == OptionKind::Flag) return parseFlag(text);
  const bool isHex = kind == OptionKind::Bytes && (text.starts_with("0x") || text.starts_with("0X"));
  if (isHex) text.remove_prefix(2);
  u64 whole = 0;
  const char* const end = text.data() + text.size();
  const auto [afterWhole, error] = std::from_chars(text.data(), end, whole, isHex ? 16 : 10);
  if (error == std::errc::invalid_argument) return doesNotRead;
  const char* rest = afterWhole;

  std::string_view fraction;
  if (kind == OptionKind::Duration && rest != end && *rest == '.') {
    const char* const first = ++rest;
    while (rest != end && *rest >= '0' && *rest <= '9') ++rest;
    if (rest == first) return doesNotRead;
    fraction = std::string_view(first, rest);
  }
  const std::optional<u64> factor = factorOf(unitsOf(kind), std::string_view(rest, end));
  if (!factor) return doesNotRead;
  if (error == std::errc::result_out_of_range) return tooLarge;
  const auto value = static_cast<unsigned __int128>(whole) * *factor + fractionOf(fraction, *factor);
  if (value >= kUnset) return tooLarge;
  return static_cast<u64>(value);
}

std::string formatNumber(OptionKind kind, u64 value) {
  if (value == kUnset) return {};
  if (kind == OptionKind::Flag) return value != 0 ? "y" : "n";
  const std::span<const Unit> units = unitsOf(kind);
  const Unit* best = &units.front();
  for (const Unit& unit : units)
    if (value != 0 && value % unit.factor == 0 && unit.factor > best->factor) best = &unit;
  return support::concat(value / best->factor, best->suffix);
}

std::string_view describeKind(OptionKind kind) {
  switch (kind) {
    case OptionKind::Flag: return "y or n";
    case OptionKind::Count: return "a number, with K, M or G for powers of 1000";
    case OptionKind::Bytes: return "a number of bytes, with K, M, G or T for powers of 1024";
    case OptionKind::Duration: return "a time with ns, us, ms, s, m or h, as 1.5s";
    case OptionKind::Word: return "a word";
  }
  std::unreachable();
}

}  // namespace wasmrun::engine
