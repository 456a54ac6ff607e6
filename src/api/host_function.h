// Host functions: how C++ callables become functions of a store.
#pragma once

#include <memory>
#include <unordered_map>

#include "runtime/func.h"
#include "wasmrun/func.h"

namespace wasmrun::detail {

/// A host function that every store of an engine may have: what a Linker keeps. Immutable, shared by threads.
struct HostDefinition {
  HostFunc host;
  FuncType type;  ///< of its parameters and results; `defined` if it was made from a module's type
};

/// Runs `type`d callables whose type is only known at run time; the HostFunc's `env` keeps all it needs.
HostFunc makeDynamic(const FuncType& type, Func::Dynamic callable);

/// The function of a definition in one store, made at the first call.
class HostFunctionCache {
 public:
  /// Limit error when types are used up, Usage error for a type of another engine.
  Result<runtime::Func*> get(StoreImpl& store, const std::shared_ptr<const HostDefinition>& definition);

 private:
  // The functions keep their definitions, so no address comes to mean another.
  std::unordered_map<const HostDefinition*, runtime::Func*> functions_;
};

/// A function of its own, kept by nobody but the store.
Result<runtime::Func*> makeHostFunction(StoreImpl& store, std::shared_ptr<const HostDefinition> definition);

/// Notes why the host function that runs now fails, and what its entry is to return.
runtime::CallStatus failHostFunction(StoreImpl& store, Error error);

}  // namespace wasmrun::detail
