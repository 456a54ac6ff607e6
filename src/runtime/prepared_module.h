// PreparedModule: a validated module with what is made of it once for all instances and stores: the tiers' code, the
// memory image, the line table.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "gc/layout.h"
#include "runtime/dwarf_inlines.h"
#include "runtime/dwarf_lines.h"
#include "runtime/memory_image.h"
#include "runtime/tier_hooks.h"
#include "wasm/module.h"

namespace wasmrun::runtime {

/// How objects of a module's struct and array types lie in the heap; null if it has no such types.
std::shared_ptr<const gc::LayoutSet> layoutsOf(const wasm::Module& module);

/// Any thread.
class PreparedModule {
 public:
  /// `hooks` outlives it.
  static std::shared_ptr<const PreparedModule> make(std::shared_ptr<const wasm::Module> module, const TierHooks& hooks);
  ~PreparedModule();
  PreparedModule(const PreparedModule&) = delete;
  PreparedModule& operator=(const PreparedModule&) = delete;

  const wasm::Module& module() const { return *module_; }
  const TierHooks& hooks() const { return hooks_; }
  /// The code for instances whose memory 0 has `strategy`; made when the first one asks.
  ModuleCode& code(MemoryStrategy strategy) const;
  /// The same, or null if there was no such instance.
  ModuleCode* existingCode(MemoryStrategy strategy) const {
    return code_[static_cast<u32>(strategy)].known.load(std::memory_order_acquire);
  }

  /// Called by each instantiation; an image for the module's memory when it pays and can be had, else null.
  const MemoryImage* imageForInstance() const;

  /// Source lines, read from the custom sections at the first call. Empty without DWARF.
  const DwarfLines& lines() const;
  /// Inlined calls, likewise.
  const DwarfInlines& inlines() const;

  /// Whether instances have globals that a collector must look through.
  bool hasReferenceGlobals() const { return hasReferenceGlobals_; }
  /// layoutsOf(module()).
  const std::shared_ptr<const gc::LayoutSet>& layouts() const { return layouts_; }
  /// Whether an element segment makes objects: then its values are made once an instance.
  bool makesElementObjects() const { return makesElementObjects_; }

 private:
  PreparedModule(std::shared_ptr<const wasm::Module> module, const TierHooks& hooks);

  std::shared_ptr<const wasm::Module> module_;
  const TierHooks& hooks_;
  std::shared_ptr<const gc::LayoutSet> layouts_;
  struct Code {
    std::once_flag once;
    std::unique_ptr<ModuleCode> made;
    std::atomic<ModuleCode*> known{nullptr};
  };
  mutable Code code_[2];  // by MemoryStrategy
  bool hasReferenceGlobals_ = false;
  bool makesElementObjects_ = false;

  mutable std::atomic<u32> instances_{0};
  mutable std::once_flag imageOnce_, linesOnce_, inlinesOnce_;
  mutable std::unique_ptr<MemoryImage> image_;
  mutable DwarfLines lines_;
  mutable DwarfInlines inlines_;
};

}  // namespace wasmrun::runtime
