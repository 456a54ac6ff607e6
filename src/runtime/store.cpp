#include "runtime/store.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <unordered_set>

#include "platform/futex.h"
#include "runtime/fields.h"
#include "runtime/sampling.h"
#include "support/text.h"

namespace wasmrun::runtime {

namespace {

/// Inaccessible bytes after the value stack: a frame written past the limit by mistake faults instead of spreading.
constexpr u64 kStackGuard = 64 * 1024;

/// Places of an instance's arrays in its one allocation.
class InstanceLayout {
 public:
  explicit InstanceLayout(u64 start) : size_(start) {}
  template <class T>
  u64 place(u64 count) {
    static_assert(alignof(T) <= 16);
    const u64 offset = (size_ + alignof(T) - 1) / alignof(T) * alignof(T);
    size_ = offset + count * sizeof(T);
    return offset;
  }
  u64 size() const { return size_; }

 private:
  u64 size_;
};

}  // namespace

TrapKind ExecContext::takeInterrupt() {
  const u32 bits = interrupt.load(std::memory_order_acquire);
  if ((bits & kSampleWanted) != 0) takeSample(*this);
  if ((bits & kDeadlineReached) != 0) return TrapKind::DeadlineReached;
  if ((bits & kInterrupted) == 0) return TrapKind::None;
  interrupt.fetch_and(~kInterrupted);
  return TrapKind::Interrupted;
}

Result<std::unique_ptr<Store>> Store::make(wasm::TypeRegistry& registry, const TierHooks& hooks,
                                           const StoreOptions& options) {
  constexpr u64 kLargestStack = u64{1} << 40;
  if (options.maxWasmStack > kLargestStack)
    return fail(ErrorKind::Limit, support::concat("a wasm stack of ", options.maxWasmStack, " bytes is too large"));
  const u64 bytes = platform::roundUpToPage(options.maxWasmStack);
  WASMRUN_TRY_ASSIGN(auto stack, platform::Mapping::reserve(bytes + platform::roundUpToPage(kStackGuard)));
  WASMRUN_TRY(stack.commit(0, bytes));
  return std::unique_ptr<Store>(new Store(registry, hooks, options, std::move(stack)));
}

Store::Store(wasm::TypeRegistry& registry, const TierHooks& hooks, const StoreOptions& options, platform::Mapping stack)
    : registry_(registry), hooks_(hooks), options_(options), limiter_(options.limits), stack_(std::move(stack)) {
  context_.store = this;
  context_.stackBase = context_.stackTop = reinterpret_cast<u64*>(stack_.base());
  context_.stackLimit = context_.stackBase + options.maxWasmStack / sizeof(u64);
  context_.jitStackLimit.store(context_.stackLimit, std::memory_order_relaxed);
  hooks.prepareContext(context_);
}

Store::~Store() {
  CHECK(context_.activation == nullptr, "no call is active when a store goes");
  for (const HostFunc& func : hostFuncs_)
    if (func.release != nullptr) func.release(func.hostData);
  for (const wasm::TypeId type : heldTypes_) registry_.release(type);
}

void Store::FreeDeleter::operator()(Instance* instance) const {
  instance->~Instance();
  std::free(instance);
}

// -- Making things ---------------------------------------------------------------------------------------------------

Func* Store::makeHostFunc(wasm::TypeId type, SlotEntry entry, void* data, void (*release)(void* data)) {
  heldTypes_.push_back(type);
  HostFunc& func = hostFuncs_.emplace_back();
  func.type = type;
  func.slotEntry = options_.isSampled ? callSampledHost : entry;
  func.entry = entry;
  func.hostData = data;
  func.shape = CallShape(registry_.get(type).func);
  func.release = release;
  return &func;
}

Result<Memory*> Store::makeMemory(const wasm::MemoryType& type) {
  WASMRUN_TRY_ASSIGN(auto memory, Memory::make(type, options_.memory, limiter_));
  return memories_.emplace_back(std::move(memory)).get();
}

Memory* Store::adoptMemory(std::shared_ptr<Memory> memory) {
  CHECK(memory->type.isShared, "only shared memories belong to several stores");
  for (const auto& known : memories_)
    if (known == memory) return known.get();
  return memories_.emplace_back(std::move(memory)).get();
}

std::shared_ptr<Memory> Store::ownerOf(const Memory* memory) const {
  for (const auto& known : memories_)
    if (known.get() == memory) return known;
  return nullptr;
}

Result<Table*> Store::makeTable(const wasm::TableType& type, u64 initial) {
  WASMRUN_TRY_ASSIGN(auto table, Table::make(type, initial, limiter_));
  return tables_.emplace_back(std::move(table)).get();
}

Global* Store::makeGlobal(const wasm::GlobalType& type, const u64* initial) {
  Global& global = globals_.emplace_back();
  global.type = type;
  global.cell = global.storage;
  std::memcpy(global.storage, initial, type.type.slots() * sizeof(u64));
  return &global;
}

Tag* Store::makeTag(wasm::TypeId type, bool ownsType) {
  if (ownsType) heldTypes_.push_back(type);
  const u32 number = support::narrow<u32>(tags_.size());
  return &tags_.emplace_back(Tag{type, registry_.get(type).func.paramSlots, number});
}

Global* Store::global(Instance& instance, wasm::GlobalIndex index) {
  Global*& known = instance.globals[index.value];
  if (known == nullptr) {
    known = &globals_.emplace_back();
    known->type = instance.module->globals[index.value].type;
    known->cell = instance.globalCell(index);
  }
  return known;
}

Result<Instance*> Store::makeInstance(std::shared_ptr<const PreparedModule> prepared) {
  WASMRUN_TRY(limiter_.makeInstance());
  const wasm::Module& module = prepared->module();
  if (prepared->layouts() != nullptr) {
    WASMRUN_TRY(needHeap());
    WASMRUN_TRY(heap_->addTypes(prepared->layouts()));
  }
  const u64 globals = module.globals.size(), tags = module.tags.size();
  const auto words = [](u64 bits) { return (bits + 63) / 64; };

  InstanceLayout layout(globalCellOffset(support::narrow<u32>(globals - module.importedGlobals)));
  const u64 funcsAt = layout.place<Func>(module.bodies.size());
  const u64 memoriesAt = layout.place<Memory*>(module.memories.size());
  const u64 tablesAt = layout.place<Table*>(module.tables.size());
  const u64 importedFuncsAt = layout.place<Func*>(module.importedFuncs);
  const u64 importedGlobalsAt = layout.place<u64*>(module.importedGlobals);
  const u64 tagsAt = layout.place<Tag*>(tags);
  const u64 globalsAt = layout.place<Global*>(globals);
  const u64 droppedElementsAt = layout.place<u64>(words(module.elements.size()));
  const u64 droppedDataAt = layout.place<u64>(words(module.data.size()));

  // calloc: zeros, aligned to 16, and large ones untouched.
  u8* const place = static_cast<u8*>(std::calloc(1, layout.size()));
  if (place == nullptr)
    return fail(ErrorKind::Limit, support::concat("no memory for an instance of ", layout.size(), " bytes"));
  Instance* const instance = new (place) Instance;
  instance->context = &context_;
  // Machine code tells by null that there is no memory 0.
  instance->memories = module.memories.empty() ? nullptr : reinterpret_cast<Memory**>(place + memoriesAt);
  instance->tables = reinterpret_cast<Table**>(place + tablesAt);
  instance->importedFuncs = reinterpret_cast<Func**>(place + importedFuncsAt);
  instance->funcs = reinterpret_cast<Func*>(place + funcsAt);
  instance->importedGlobals = reinterpret_cast<u64**>(place + importedGlobalsAt);
  instance->tags = reinterpret_cast<Tag**>(place + tagsAt);
  instance->module = &module;
  instance->store = this;
  instance->prepared = prepared.get();
  instance->heap = heap_ != nullptr ? &heap_->state() : nullptr;
  instance->globals = reinterpret_cast<Global**>(place + globalsAt);
  instance->droppedElements = reinterpret_cast<u64*>(place + droppedElementsAt);
  instance->droppedData = reinterpret_cast<u64*>(place + droppedDataAt);
  OwnedInstance& owned = instances_.emplace_back();
  owned.instance.reset(instance);
  if (prepared->makesElementObjects()) {
    owned.elementObjects = std::make_unique<ElementObjects[]>(module.elements.size());
    instance->elementObjects = owned.elementObjects.get();
  }
  owned.module = std::move(prepared);
  return instance;
}

std::vector<const wasm::Module*> Store::modules() const {
  std::vector<const wasm::Module*> modules;
  std::unordered_set<const wasm::Module*> known;
  for (const OwnedInstance& owned : instances_)
    if (known.insert(&owned.module->module()).second) modules.push_back(&owned.module->module());
  return modules;
}

// -- The heap --------------------------------------------------------------------------------------------------------

Result<void> Store::needHeap() {
  if (heap_ != nullptr) return {};
  gc::HeapOptions options = options_.heap;
  options.mayGrow = [this](u64 current, u64 desired) { return limiter_.growHeap(current, desired); };
  WASMRUN_TRY_ASSIGN(heap_, gc::Heap::make(options));
  heap_->addRoots(*this);
  gc::HeapState& state = heap_->state();
  context_.heapBase = state.base;
  noteFuncHandles();
  nullFaults_ = std::make_unique<code::GuardedRange>(state.base, gc::kFirstOffset, &state);
  // Instances of modules without struct and array types may be older than the heap, and be handed objects all the same.
  for (const OwnedInstance& owned : instances_) owned.instance->heap = &state;
  return {};
}

void Store::giveNumber(Func& func) {
  func.heapNumber = funcHandles_.add(&func);
  noteFuncHandles();
}

void Store::noteFuncHandles() {
  context_.heapFuncs = funcHandles_.data();
  context_.heapFuncsEnd = funcHandles_.end();
}

gc::AllocResult Store::makeExtern(gc::HostData data) {
  if (!needHeap()) return std::unexpected(gc::AllocFailure::HeapFull);
  // Host objects stand for memory that the heap does not see.
  if (heap_->weak().count() >= hostObjectsToCollect_) {
    heap_->collect(gc::CollectionKind::Full, gc::CollectionReason::HostObjects);
    hostObjectsToCollect_ = std::max(kFirstHostObjects, heap_->weak().count() * 2);
  }
  return heap_->makeHost(data);
}

/// Modules bring the layouts of their struct and array types. Others are made when the first object of a type is.
Result<const gc::Layout*> Store::layoutOf(wasm::TypeId type) {
  WASMRUN_TRY(needHeap());
  if (const gc::Layout* const known = heap_->core().layouts.find(gc::typeWord(type))) return known;
  WASMRUN_TRY(heap_->addTypes(std::make_shared<const gc::LayoutSet>(registry_, std::span(&type, 1))));
  return &heap_->layoutOf(type);
}

gc::AllocResult Store::makeException(Tag& tag, const u64* payload) {
  const Result<const gc::Layout*> layout = layoutOf(tag.type);
  if (!layout) return std::unexpected(gc::AllocFailure::HeapFull);
  newExceptionTag_ = &tag;
  newExceptionPayload_ = const_cast<u64*>(payload);
  const gc::AllocResult made = heap_->allocate(**layout);
  newExceptionTag_ = nullptr;
  if (!made) return made;
  heap_->store(*made, kExceptionTagOffset, tag.number);
  for (const gc::FieldPlace place : (*layout)->fields) {
    writeField(*this, heap_->at(*made).bytes() + place.offset, place.storage, payload);
    payload += slotsOf(place.storage);
  }
  return made;
}

// -- Stopping --------------------------------------------------------------------------------------------------------

void Store::stop(u32 bit) {
  context_.interrupt.fetch_or(bit);
  context_.jitStackLimit.store(nullptr);  // after the bit: checkEntry sets it back, then looks at the bits
  // The thread may sleep in an atomic wait. It reads `wakeups` before it looks at `interrupt`, so no order is missed.
  context_.wakeups.fetch_add(1);
  platform::futexWake(context_.wakeups, ~u32{0});
  // Or in a host function, in a poll of files.
  context_.wakeEvent.signal();
}

void Store::wantSample(u64 nanos) {
  context_.unsampledNanos.fetch_add(nanos, std::memory_order_relaxed);
  // As `stop`, but for waking the thread: while it sleeps nothing else runs.
  context_.interrupt.fetch_or(ExecContext::kSampleWanted);
  context_.jitStackLimit.store(nullptr);
}

}  // namespace wasmrun::runtime
