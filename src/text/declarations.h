// The first time through a module: numbers everything that has an index.
#pragma once

#include <vector>

#include "text/module_scope.h"

namespace wasmrun::text {

/// A `(type ...)` or `(rec ...)` field.
struct TypeFieldText {
  TextRange range;
  bool isRec;
};

/// Goes over the fields in `range` (up to a closing parenthesis that has no opening one, or the end) and declares in
/// `scope` whatever they define, without looking into functions. Returns the type fields, in order. Fails for
/// identifiers that are taken and for lists that nothing closes; other mistakes are left for the parser to find.
std::vector<TypeFieldText> declareAll(ModuleScope& scope, TextRange range);

}  // namespace wasmrun::text
