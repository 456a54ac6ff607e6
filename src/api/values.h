// Values on their way between the API and slots.
#pragma once

#include <span>
#include <vector>

#include "api/impl.h"
#include "support/result.h"
#include "wasm/types.h"
#include "wasmrun/value.h"

namespace wasmrun::detail {

/// The value in a slot (v128: two). References are rooted.
Value valueFromSlot(StoreImpl& store, const ValType& type, const u64* slot);
/// Values in a row of slots.
std::vector<Value> valuesFromSlots(StoreImpl& store, std::span<const ValType> types, const u64* slots);

/// Writes a value that matches `type` (spec: valid/matching; a reference by its object's type). Usage error for others,
/// and for references of another store; nothing is written then.
Result<void> valueToSlot(StoreImpl& store, const ValType& type, const Value& value, u64* slot);
/// The same in a row. Usage error when there are more or fewer values than types; errors say which `what` it is, the
/// first one being number `first`: fields and elements have indexes, arguments and results are counted.
Result<void> valuesToSlots(StoreImpl& store, std::string_view what, std::span<const ValType> types,
                           std::span<const Value> values, u64* slots, u32 first = 1);

/// Slots that a call of these types needs: at least one.
size_t callSlotCount(std::span<const ValType> params, std::span<const ValType> results);

}  // namespace wasmrun::detail
