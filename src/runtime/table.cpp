#include "runtime/table.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "support/text.h"

namespace wasmrun::runtime {

namespace {

constexpr u64 kFirstCapacity = 8;
/// Elements that fit in memory at all; limiters allow fewer.
constexpr u64 kMaxElements = u64{1} << 48;

std::optional<u64> declaredMax(const wasm::TableType& type) {
  if (!type.limits.hasMax) return std::nullopt;
  return type.limits.max;
}

u64 maxElements(const wasm::TableType& type) {
  const u64 most = type.limits.is64 ? kMaxElements : u64{0xffff'ffff};
  return type.limits.hasMax ? std::min(type.limits.max, most) : most;
}

}  // namespace

Result<std::unique_ptr<Table>> Table::make(const wasm::TableType& type, u64 initial, ResourceLimiter& limiter) {
  const u64 count = type.limits.min;
  std::unique_ptr<Table> table(new Table(type));
  if (count > maxElements(type))
    return fail(ErrorKind::Limit, support::concat("table minimum size of ", count, " elements exceeds the limits"));
  WASMRUN_TRY(limiter.makeTable(count, declaredMax(type)));
  // calloc gives large tables of null without touching them.
  if (count != 0) {
    table->elements = static_cast<u64*>(std::calloc(count, sizeof(u64)));
    table->cards_ = static_cast<u8*>(std::calloc(cardsFor(count), 1));
    if (table->elements == nullptr || table->cards_ == nullptr)
      return fail(ErrorKind::Limit, support::concat("no memory for a table of ", count, " elements"));
  }
  table->size = table->capacity_ = count;
  if (initial != 0) table->fill(0, initial, count);
  return table;
}

Table::~Table() {
  std::free(elements);
  std::free(cards_);
}

u64 Table::cardsFor(u64 elements) {
  const u64 cards = (elements + (u64{1} << kCardLog2) - 1) >> kCardLog2;
  return (cards + 7) & ~u64{7};
}

bool Table::reserve(u64 wanted) {
  if (wanted <= capacity_) return true;
  const u64 capacity = std::max({wanted, capacity_ + capacity_ / 2, kFirstCapacity});
  void* const moved = std::realloc(elements, capacity * sizeof(u64));
  if (moved == nullptr) return false;
  elements = static_cast<u64*>(moved);
  const u64 before = cardsFor(capacity_), after = cardsFor(capacity);
  void* const cards = std::realloc(cards_, after);
  if (cards == nullptr) return false;
  cards_ = static_cast<u8*>(cards);
  std::memset(cards_ + before, 0, after - before);
  capacity_ = capacity;
  return true;
}

// -- Elements --------------------------------------------------------------------------------------------------------

void Table::mark(u64 first, u64 count) {
  const u64 begin = first >> kCardLog2, last = (first + count - 1) >> kCardLog2;
  std::memset(cards_ + begin, 1, last - begin + 1);
}

void Table::fill(u64 to, u64 value, u64 count) {
  if (count == 0) return;
  std::fill_n(elements + to, count, value);
  mark(to, count);
}

void Table::copy(u64 to, const Table& from, u64 first, u64 count) {
  if (count == 0) return;
  std::memmove(elements + to, from.elements + first, count * sizeof(u64));
  mark(to, count);
}

void Table::visitElements(gc::RootVisitor& visitor, gc::RootSet set) {
  if (set == gc::RootSet::All) {
    visitor.slots({elements, size});
    return;
  }
  const u64 cards = cardsFor(size);
  for (u64 first = 0; first < cards; first += sizeof(u64)) {
    u64 word;
    std::memcpy(&word, cards_ + first, sizeof word);
    if (word == 0) continue;
    for (u64 card = first; card < first + sizeof word; ++card) {
      if (cards_[card] == 0) continue;
      const u64 begin = card << kCardLog2;
      const u64 count = std::min(u64{1} << kCardLog2, size - begin);
      cards_[card] = visitor.slots({elements + begin, count});
    }
  }
}

std::optional<u64> Table::grow(u64 delta, u64 initial, ResourceLimiter& limiter) {
  const u64 before = size;
  if (delta > maxElements(type) - before) return std::nullopt;
  if (delta == 0) return before;
  if (!limiter.growTable(before, before + delta, declaredMax(type)) || !reserve(before + delta)) return std::nullopt;
  size = before + delta;
  // Null needs no mark: a young collection has nothing to see there.
  if (initial != 0) {
    fill(before, initial, delta);
  } else {
    std::fill_n(elements + before, delta, u64{0});
  }
  return before;
}

wasm::TableType Table::presentType() const {
  wasm::TableType present = type;
  present.limits.min = size;
  return present;
}

}  // namespace wasmrun::runtime
