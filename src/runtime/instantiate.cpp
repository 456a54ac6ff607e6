#include "runtime/instantiate.h"

#include <algorithm>
#include <cstring>

#include "runtime/builtins.h"
#include "runtime/const_expr.h"
#include "runtime/exception.h"
#include "runtime/global.h"
#include "runtime/import_match.h"
#include "runtime/store.h"
#include "support/text.h"

namespace wasmrun::runtime {

namespace {

/// One instantiation. The steps are the spec's, in its order (exec/modules, instantiation).
class Instantiation {
 public:
  Instantiation(Store& store, Instance& instance) : store_(store), instance_(instance), module_(*instance.module) {}

  void importAll(std::span<const Extern> imports) {
    for (u32 i = 0; i < imports.size(); ++i) import(module_.imports[i], imports[i]);
  }

  Result<void> makeMemories() {
    for (u32 i = module_.importedMemories; i < module_.memories.size(); ++i) {
      WASMRUN_TRY_ASSIGN(instance_.memories[i], store_.makeMemory(module_.memories[i]));
    }
    return {};
  }

  void makeFuncs() {
    const PreparedModule& prepared = *instance_.prepared;
    const SlotEntry entry = prepared.hooks().slotEntry();
    ModuleCode& code = prepared.code(strategy());
    for (u32 i = 0; i < module_.bodies.size(); ++i) {
      const wasm::FuncIndex index = module_.funcIndex(wasm::DefinedFuncIndex(i));
      Func& func = *new (&instance_.funcs[i]) Func;
      func.code = &code.code(wasm::DefinedFuncIndex(i));
      func.instance = &instance_;
      func.type = module_.funcTypes[index.value];
      func.index = index;
      func.slotEntry = entry;
    }
  }

  Result<void> makeState() {
    for (u32 i = module_.importedTags; i < module_.tags.size(); ++i)
      instance_.tags[i] = store_.makeTag(module_.tags[i]);
    for (u32 i = module_.importedGlobals; i < module_.globals.size(); ++i) {
      u64 value[2];
      WASMRUN_TRY(checkTrap(evaluate(instance_, module_.globals[i].init, value)));
      std::memcpy(instance_.globalCell(wasm::GlobalIndex(i)), value, sizeof value);
    }
    for (u32 i = module_.importedTables; i < module_.tables.size(); ++i) {
      const wasm::Table& table = module_.tables[i];
      u64 initial[2] = {};
      if (!table.init.ops.empty()) WASMRUN_TRY(checkTrap(evaluate(instance_, table.init, initial)));
      WASMRUN_TRY_ASSIGN(instance_.tables[i], store_.makeTable(table.type, initial[0]));
    }
    for (u32 i = 0; i < module_.elements.size(); ++i) WASMRUN_TRY(makeElementObjects(wasm::ElemIndex(i)));
    return {};
  }

  TrapKind runElements() {
    for (u32 i = 0; i < module_.elements.size(); ++i) {
      const wasm::ElementSegment& segment = module_.elements[i];
      const wasm::ElemIndex index(i);
      if (segment.mode == wasm::SegmentMode::Passive) continue;
      if (segment.mode == wasm::SegmentMode::Active) {
        const u64 to = evaluateNoObjects(instance_, segment.tableOffset);
        const TrapKind trap = tableInit(instance_, index, segment.table, to, 0, segment.size());
        if (trap != TrapKind::None) return trap;
      }
      elemDrop(instance_, index);
    }
    return TrapKind::None;
  }

  TrapKind runData() {
    const MemoryImage* const image =
        store_.options().memory.copyOnWrite ? instance_.prepared->imageForInstance() : nullptr;
    // An image stands for all active segments at once: none of them can trap.
    const bool mapped = image != nullptr && instance_.memories[0]->mapImage(*image);
    if (!mapped) expectData();
    for (u32 i = 0; i < module_.data.size(); ++i) {
      const wasm::DataSegment& segment = module_.data[i];
      const wasm::DataIndex index(i);
      if (segment.mode != wasm::SegmentMode::Active) continue;
      if (!mapped) {
        const u64 to = evaluateNoObjects(instance_, segment.memoryOffset);
        const TrapKind trap = memoryInit(instance_, index, segment.memory, to, 0, segment.bytes.size());
        if (trap != TrapKind::None) return trap;
      }
      dataDrop(instance_, index);
    }
    return TrapKind::None;
  }

  CallStatus runStart() {
    if (!module_.start) return CallStatus::Ok;
    u64 noSlots[1] = {};
    return instance_.func(*module_.start).call(store_.context(), noSlots);
  }

 private:
  /// What code of the instance may rely on.
  MemoryStrategy strategy() const {
    return module_.memories.empty() ? MemoryStrategy::Guarded : instance_.memories[0]->strategy;
  }

  Result<void> checkTrap(TrapKind trap) {
    if (trap == TrapKind::None) return {};
    const CallStatus status = beginTrap(store_.context(), trap);
    return std::unexpected(takeError(store_.context(), status));
  }

  /// The values of a segment that makes objects: they are the same whenever it is used.
  Result<void> makeElementObjects(wasm::ElemIndex index) {
    const wasm::ElementSegment& segment = module_.elements[index.value];
    if (!std::ranges::any_of(segment.exprs, makesObjects)) return {};
    ElementObjects& objects = instance_.elementObjects[index.value];
    objects.slots.resize(segment.exprs.size());
    for (size_t i = 0; i < objects.slots.size(); ++i) {
      u64 value[2];
      WASMRUN_TRY(checkTrap(evaluate(instance_, segment.exprs[i], value)));
      objects.slots[i] = value[0];
      objects.mayBeYoung = true;
    }
    return {};
  }

  void import(const wasm::Import& import, const Extern& item) {
    switch (import.kind) {
      case wasm::ExternKind::Func: instance_.importedFuncs[import.index] = item.func(); break;
      case wasm::ExternKind::Table: instance_.tables[import.index] = item.table(); break;
      case wasm::ExternKind::Memory: instance_.memories[import.index] = item.memory(); break;
      case wasm::ExternKind::Global:
        instance_.globals[import.index] = item.global();
        instance_.importedGlobals[import.index] = item.global()->cell;
        break;
      case wasm::ExternKind::Tag: instance_.tags[import.index] = item.tag(); break;
    }
  }

  /// Much data in a dense place is announced to the system: 5 MB are copied in half the time (esbuild.wasm: 6.5 ms for
  /// 13.6).
  void expectData() {
    constexpr u64 kWorthTheCall = 256 * 1024;
    const std::optional<DataExtent> extent = activeDataExtent(module_);
    if (extent && extent->bytes >= kWorthTheCall && extent->bytes >= (extent->end - extent->begin) / 2)
      instance_.memories[0]->expectWrites(extent->begin, extent->end);
  }

  Store& store_;
  Instance& instance_;
  const wasm::Module& module_;
};

}  // namespace

Result<Instance*> instantiate(Store& store, std::shared_ptr<const PreparedModule> prepared,
                              std::span<const Extern> imports) {
  const wasm::Module& module = prepared->module();
  if (imports.size() != module.imports.size())
    return fail(ErrorKind::Link, support::concat("unknown import: ", imports.size(), " imports given, the module has ",
                                                 module.imports.size()));
  for (u32 i = 0; i < imports.size(); ++i) WASMRUN_TRY(matchImport(module, i, imports[i]));

  WASMRUN_TRY_ASSIGN(Instance* const instance, store.makeInstance(std::move(prepared)));
  Instantiation steps(store, *instance);
  steps.importAll(imports);
  WASMRUN_TRY(steps.makeMemories());
  steps.makeFuncs();
  WASMRUN_TRY(steps.makeState());

  TrapKind trap = steps.runElements();
  if (trap == TrapKind::None) trap = steps.runData();
  const CallStatus status = trap == TrapKind::None ? steps.runStart() : beginTrap(store.context(), trap);
  if (status != CallStatus::Ok) return std::unexpected(takeError(store.context(), status));
  return instance;
}

}  // namespace wasmrun::runtime
