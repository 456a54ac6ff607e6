// What a Module keeps to itself.
#pragma once

#include <mutex>
#include <vector>

#include "support/arena.h"
#include "wasm/branch_hints.h"
#include "wasm/export_table.h"
#include "wasm/module.h"
#include "wasm/name_section.h"

namespace wasmrun::wasm {

struct Module::Impl {
  support::Arena arena;            // what the module's spans refer to, unless it is in its bytes
  std::vector<TypeId> heldGroups;  // first ids of recursive groups, released with the module
  ExportTable exportTable;

  std::once_flag namesOnce;
  ModuleNames names;
  std::once_flag hintsOnce;
  BranchHints hints;
};

}  // namespace wasmrun::wasm
