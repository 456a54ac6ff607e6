// Instance and Linker: modules come to life and meet what they import.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wasmrun/extern.h"
#include "wasmrun/func.h"
#include "wasmrun/module.h"

namespace wasmrun {

/// One export of an instance.
struct NamedExtern {
  std::string name;
  Extern item;
};

/// A module that lives in a store. A handle (handle.h).
class WASMRUN_API Instance : public Handle {
 public:
  using Handle::Handle;
  Instance() noexcept = default;

  /// Makes an instance with imports given in the module's order, and runs its start function. Link error naming the
  /// import that does not match and both types; Limit error when memories or tables cannot be had; Unsupported for
  /// parts of a module that cannot be run yet; Trap, Exit or Exception from segments and the start function (what was
  /// written before the failure stays written, spec: exec/modules).
  static Result<Instance> make(StoreRef store, const Module& module, std::span<const Extern> imports);

  /// Its module. Only for a living handle.
  Module module() const;
  /// Exports in the module's order; empty when the store is gone.
  std::vector<NamedExtern> exports() const;
  /// The i-th export in the module's order, if there are so many.
  std::optional<Extern> exportAt(uint32_t index) const;
  /// The export of that name, if any.
  std::optional<Extern> find(std::string_view name) const;

  // Each gives the export of that name and sort; else a Usage error that says what is exported instead.
  Result<Func> func(std::string_view name) const;
  Result<Memory> memory(std::string_view name) const;
  Result<Table> table(std::string_view name) const;
  Result<Global> global(std::string_view name) const;
  Result<Tag> tag(std::string_view name) const;

  /// func(name) and Func::typed in one.
  template <class Signature>
  Result<TypedFunc<Signature>> typed(std::string_view name) const {
    auto function = func(name);
    if (!function) return fail(std::move(function).error());
    return function->template typed<Signature>();
  }

  /// A function by its index in the module, exported or not: for debuggers and tests. Usage error when there is none.
  Result<Func> functionAt(uint32_t functionIndex) const;

  /// Runs a WASI command: calls `_start`. Gives the exit code: proc_exit's, or 0 when it returns. Usage error when
  /// there is no `_start` of type [] -> []; Trap and Exception as they come.
  Result<uint32_t> runCommand() const;
  /// Prepares a WASI reactor: calls `_initialize` if it is exported. Call it once, before any other export.
  Result<void> initialize() const;
};

/// Names for things that modules import, two levels deep: "module" "name".
///
/// Belongs to an engine, not to a store: host functions defined with func() and WASI serve every store; what was put in
/// with define() and defineInstance() serves its own store only. Defining is for one thread; afterwards any number of
/// threads may instantiate at once, each with its own store, and host callables must bear that.
class WASMRUN_API Linker {
 public:
  explicit Linker(const Engine& engine);
  Linker(const Linker& other);
  Linker(Linker&& other) noexcept;
  Linker& operator=(const Linker& other);
  Linker& operator=(Linker&& other) noexcept;
  ~Linker();

  /// Whether a later definition of a name replaces the earlier one; off at first, when it is a Usage error.
  void allowShadowing(bool allow) noexcept;

  // -- Definitions ---------------------------------------------------------------------------------------------------
  /// Something that exists in a store. Usage error when the handle is dead or the name taken.
  Result<void> define(std::string_view module, std::string_view name, const Extern& item);
  /// A host function for every store; callables as for Func::wrap. Usage error when the name is taken.
  ///
  ///     linker.func("env", "now", [] { return clockMillis(); });
  template <class F>
  Result<void> func(std::string_view module, std::string_view name, F&& callable) {
    return defineHost(module, name, detail::makeHostFunc(std::forward<F>(callable)));
  }
  /// A host function whose type is only known at run time. Errors as Func::make.
  Result<void> dynamicFunc(std::string_view module, std::string_view name, const FuncType& type,
                           Func::Dynamic callable);
  /// All exports of an instance, as "module" "export".
  Result<void> defineInstance(std::string_view module, const Instance& instance);
  /// WASI preview 1 under "wasi_snapshot_preview1" (and "wasi_unstable" where it is the same). Each store needs its
  /// state before it runs: StoreRef::setWasi.
  Result<void> defineWasi();
  /// A second name for a definition. Usage error when the first does not exist.
  Result<void> alias(std::string_view module, std::string_view name, std::string_view asModule,
                     std::string_view asName);
  /// A second module name for all definitions of one.
  Result<void> aliasModule(std::string_view module, std::string_view asModule);
  /// Defines every function import of the module that has no definition, as one that traps with UnknownImport.
  Result<void> defineUnknownAsTraps(const Module& module);
  /// The same, as one that returns zeros and nulls. Link error for a result type that has no default.
  Result<void> defineUnknownAsDefaults(const Module& module);

  // -- Use -----------------------------------------------------------------------------------------------------------
  /// The definition as seen from a store, if any.
  std::optional<Extern> find(StoreRef store, std::string_view module, std::string_view name) const;
  /// The module's imports that have no definition, in its order.
  std::vector<ImportType> missing(const Module& module) const;
  /// Instance::make with imports looked up by name. The Link error for missing imports lists all of them, with types
  /// and, where one is defined, the nearest name.
  Result<Instance> instantiate(StoreRef store, const Module& module) const;

 private:
  friend struct detail::Access;
  Result<void> defineHost(std::string_view module, std::string_view name, detail::HostFunc host);
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace wasmrun
