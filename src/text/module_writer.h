// Puts a parsed module's sections together.
#pragma once

#include "text/encode.h"
#include "text/module_parser.h"

namespace wasmrun::text {

/// The module's bytes: sections that have entries, custom sections at the places they ask for, and, unless the text
/// spells these out, a name section made from identifiers and a section of branch hints.
EncodedModule writeModule(ModuleParser& parser);

}  // namespace wasmrun::text
