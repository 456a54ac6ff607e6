// Values between scripts and the engine: what to pass, and whether what came back is what was expected.
#pragma once

#include "wasmrun/linker.h"
#include "wasmrun/script.h"

namespace wasmrun::cli {

/// The argument as a value of a store: `(ref.extern N)` becomes a host object that remembers its number, and
/// `(ref.func N)` a function of `instance`. Usage error for what only describes results, such as `(ref.func)`.
Result<Value> toValue(StoreRef store, const Instance& instance, const script::Value& argument);

/// Whether a result is one of those expected: numbers by their bits or their class of NaN, references by what they
/// refer to, null of the right hierarchy.
bool matches(StoreRef store, const Instance& instance, const Value& result, const script::Expected& expected);

/// The result written as scripts write it: a vector in the shape of what was expected, a reference with its number
/// where it has one.
std::string shownLike(const Engine& engine, const Value& result, const script::Expected& expected);
/// "(i32.const 1)", or "(either ...)" of several, of which the first eight are shown.
std::string toString(const script::Expected& expected);

}  // namespace wasmrun::cli
