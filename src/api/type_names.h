// TypeNames: what people call the types of a store's objects, from the modules' name sections.
#pragma once

#include <string>
#include <unordered_map>
#include <unordered_set>

#include "api/store_impl.h"

namespace wasmrun::detail {

/// Made for one use: it is not kept up to date. On the store's thread.
class TypeNames {
 public:
  explicit TypeNames(const StoreImpl& store);

  /// By an object's type word. See GcTypeTotal::name.
  const std::string& ofType(u32 typeWord);
  /// "$next", or "field 3".
  std::string ofField(u32 typeWord, u32 field) const;

 private:
  struct Known {
    u32 index = 0;  ///< in the first module that has it
    std::string name;
    std::unordered_map<u32, std::string> fields;
  };
  void addModule(const wasm::Module& module);
  std::string makeName(u32 typeWord) const;

  const StoreImpl& store_;
  std::unordered_map<u32, Known> known_;        // by type word
  std::unordered_map<u32, std::string> given_;  // by type word
  std::unordered_set<std::string> givenNames_;
};

}  // namespace wasmrun::detail
