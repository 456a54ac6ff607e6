#include "engine/engine.h"

#include <optional>

#include "engine/module_text.h"
#include "engine/tier_choice.h"
#include "platform/clock.h"
#include "platform/mapping.h"
#include "platform/profile_file.h"
#include "support/text.h"
#include "text/encode.h"
#include "wasm/decoder.h"
#include "wasm/module_bytes.h"

namespace wasmrun::engine {

namespace {

using support::concat;

std::optional<u64> ifSet(u64 value) { return value == kUnset ? std::nullopt : std::optional(value); }

std::optional<gc::CollectorKind> collectorOf(std::string_view name) {
  if (name == "generational") return gc::CollectorKind::Generational;
  if (name == "copying") return gc::CollectorKind::Copying;
  if (name == "null") return gc::CollectorKind::Null;
  return std::nullopt;
}

runtime::StoreOptions storeOptionsOf(const Options& options) {
  runtime::StoreOptions store;
  store.maxWasmStack = options.maxWasmStack;
  store.maxBacktrace = static_cast<u32>(std::min<u64>(options.maxBacktrace, ~u32{0}));
  store.sourceLines = options.addressMap != 0;
  store.isSampled = options.isSampled();
  store.trapOnGrowFailure = options.trapOnGrowFailure != 0;
  store.memory.reservation = ifSet(options.memoryReservation);
  store.memory.guardSize = ifSet(options.memoryGuardSize);
  store.memory.copyOnWrite = options.memoryInitCow != 0;
  store.heap.collector = *collectorOf(options.collector);
  store.heap.maxBytes = std::min(options.maxGcHeapSize, gc::kLargestRegion);
  store.heap.stress = options.gcStress != 0;
  store.heap.verify = options.gcVerify != 0;
  store.limits.memoryBytes = options.maxMemorySize;
  store.limits.tableElements = options.maxTableElements;
  store.limits.instances = options.maxInstances;
  store.limits.memories = options.maxMemories;
  store.limits.tables = options.maxTables;
  return store;
}
static_assert(kUnset == runtime::ResourceLimits::kNone, "options that are not set are limits that do not limit");

struct TierName {
  std::string_view name;
  bool isBuilt;
};
constexpr TierName kTiers[] = {{"auto", true}, {"interp", true}, {"baseline", true}, {"opt", false}};

Result<void> checkTier(std::string_view name) {
  for (const TierName& tier : kTiers) {
    if (tier.name != name) continue;
    if (tier.isBuilt) return {};
    return fail(ErrorKind::Unsupported,
                concat("the tier ", name, " is not built yet; this build has interp and baseline"));
  }
  return fail(ErrorKind::Usage, concat("unknown tier ", support::quoted(name), ": auto, interp, baseline or opt"));
}

Result<void> checkReservation(const char* name, u64 bytes, u64 most) {
  if (bytes == kUnset || bytes <= most) return {};
  return fail(ErrorKind::Usage, concat(name, ": ", formatNumber(OptionKind::Bytes, bytes),
                                       " is too large, the most is ", formatNumber(OptionKind::Bytes, most)));
}

Result<void> checkOptions(const Options& options) {
  WASMRUN_TRY(checkTier(options.tier));
  constexpr u64 kSmallestStack = 4096;
  if (options.maxWasmStack < kSmallestStack)
    return fail(ErrorKind::Usage, concat("max-wasm-stack: ", options.maxWasmStack, " bytes is too small for any call"));
  // A store cannot say that it has no stack (its constructor does not fail), so a large one is tried here.
  constexpr u64 kOrdinaryStack = u64{64} << 20;
  if (options.maxWasmStack > kOrdinaryStack) {
    constexpr u64 kLargestStack = u64{1} << 40;
    if (options.maxWasmStack > kLargestStack ||
        !platform::Mapping::allocate(platform::roundUpToPage(options.maxWasmStack)))
      return fail(ErrorKind::Limit,
                  concat("max-wasm-stack: a stack of ", options.maxWasmStack, " bytes cannot be had"));
  }
  constexpr u64 kMostThreads = 1024, kMostReservation = u64{1} << 40;
  if (options.threads > kMostThreads)
    return fail(ErrorKind::Usage, concat("threads: ", options.threads, " are too many, the most is ", kMostThreads));
  WASMRUN_TRY(checkReservation("memory-reservation", options.memoryReservation, kMostReservation));
  WASMRUN_TRY(checkReservation("memory-guard-size", options.memoryGuardSize, kMostReservation));
  if (!collectorOf(options.collector))
    return fail(ErrorKind::Usage,
                concat("unknown collector ", support::quoted(options.collector), ": generational, copying or null"));
  constexpr u64 kShortestInterval = 10'000, kLongestInterval = u64{3'600'000'000'000};
  if (options.isSampled() && (options.sampleInterval < kShortestInterval || options.sampleInterval > kLongestInterval))
    return fail(ErrorKind::Usage,
                concat("sample-interval: ", formatNumber(OptionKind::Duration, options.sampleInterval),
                       " cannot be had; from 10us to 1h can, and 0 for no samples"));
  if (options.unknownImportsTrap != 0 && options.unknownImportsDefault != 0)
    return fail(ErrorKind::Usage, "unknown-imports-trap and unknown-imports-default exclude each other");
  return {};
}

/// Who wants to be told of machine code is told why there will be none.
Result<void> checkObservers(const Options& options, const TierUp& tierUp, Profile profile) {
  if (profile == Profile::Off && options.gdb == 0) return {};
  const bool isPinned = options.tier == "interp";
  if (!isPinned && (options.tier != "auto" || tierUp.mode != TierUp::Mode::Off)) return {};
  return fail(ErrorKind::Usage,
              concat(profile != Profile::Off ? "profile" : "gdb", ": there is no machine code to tell of with ",
                     isPinned ? "tier=interp" : "tier-up=off"));
}

/// Nothing for "off".
Result<std::optional<LogLevel>> parseLevel(std::string_view word) {
  if (word == "off") return std::nullopt;
  constexpr std::string_view kWords[] = {"error", "warn", "info", "debug", "trace"};
  for (size_t level = 0; level < std::size(kWords); ++level)
    if (word == kWords[level]) return static_cast<LogLevel>(level);
  return fail(ErrorKind::Usage,
              concat("logging: ", support::quoted(word), " is not off, error, warn, info, debug or trace"));
}

u32 nextId() {
  static std::atomic<u32> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

}  // namespace

Result<std::unique_ptr<Engine>> Engine::make(const Options& options, LogSink sink) {
  WASMRUN_TRY(checkOptions(options));
  WASMRUN_TRY_ASSIGN(const auto level, parseLevel(options.logging));
  WASMRUN_TRY_ASSIGN(const TierUp tierUp, parseTierUp(options.tierUp));
  WASMRUN_TRY_ASSIGN(const Profile profile, parseProfile(options.profile));
  WASMRUN_TRY(checkObservers(options, tierUp, profile));
  WASMRUN_TRY_ASSIGN(auto hooks, makeTierHooks(options, tierUp, profile));
  std::unique_ptr<Engine> engine(new Engine(options, std::move(hooks), level, std::move(sink)));
  if (options.timeout != kUnset && !engine->deadlines_.start())
    return fail(ErrorKind::Limit, "timeout: the system has no thread to give that would watch the time");
  return engine;
}

Engine::Engine(const Options& options, std::unique_ptr<const runtime::TierHooks> hooks, std::optional<LogLevel> level,
               LogSink sink)
    : id_(nextId()),
      options_(options),
      hooks_(std::move(hooks)),
      logLevel_(level),
      logSink_(std::move(sink)),
      storeOptions_(makeStoreOptions()) {
  if (options_.isSampled()) sampler_.emplace(options_.sampleInterval);
}

Engine::~Engine() {
  // Whoever asked for a profile wants to know what it lacks, whatever the level of messages is.
  if (!logSink_ || options_.profile == "off") return;
  for (const std::string& failure : platform::ProfileFile::takeFailures()) write(LogLevel::Error, failure);
}

runtime::StoreOptions Engine::makeStoreOptions() {
  runtime::StoreOptions options = storeOptionsOf(options_);
  if (options_.gcLog != 0 && logSink_)
    options.heap.onCollection = [this](const gc::CollectionRecord& record) { logCollection(record); };
  return options;
}

// -- Loading ---------------------------------------------------------------------------------------------------------

Result<LoadedModule> Engine::load(std::shared_ptr<const wasm::ModuleBytes> bytes, std::string name) {
  const std::span<const u8> contents = bytes->bytes();
  if (formatOf(contents) != ModuleFormat::Text) return loadBinary(std::move(bytes));
  const std::string_view text(reinterpret_cast<const char*>(contents.data()), contents.size());
  const text::SourceText source(text, std::move(name));
  return loadText(source, source.range());
}

Result<LoadedModule> Engine::loadText(const text::SourceText& source, text::TextRange range) {
  const u64 start = platform::monotonicNanos();
  WASMRUN_TRY_ASSIGN(text::EncodedModule encoded, text::encodeModule(source, range));
  const u64 nanos = platform::monotonicNanos() - start;
  auto loaded = loadBinary(wasm::ownBytes(std::move(encoded.bytes)));
  if (!loaded) return fail(text::locateError(source, encoded.map, std::move(loaded).error()));
  counters_.decodeNanos.fetch_add(nanos, std::memory_order_relaxed);
  loaded->nanos += nanos;
  return loaded;
}

Result<LoadedModule> Engine::loadBinary(std::shared_ptr<const wasm::ModuleBytes> bytes) {
  const u64 size = bytes->bytes().size(), start = platform::monotonicNanos();
  wasm::DecodeOptions decode;
  decode.threads = static_cast<u32>(std::min<u64>(options_.threads, ~u32{0}));
  WASMRUN_TRY_ASSIGN(auto module, wasm::decodeModule(registry_, options_.features, std::move(bytes), decode));
  const u64 nanos = platform::monotonicNanos() - start;

  counters_.modules.fetch_add(1, std::memory_order_relaxed);
  counters_.moduleBytes.fetch_add(size, std::memory_order_relaxed);
  counters_.decodeNanos.fetch_add(nanos, std::memory_order_relaxed);
  if (logs(LogLevel::Info))
    log(LogLevel::Info, concat("module of ", size, " bytes with ", module->funcTypes.size(), " functions validated in ",
                               nanos / 1000, " us"));
  return LoadedModule{std::move(module), nanos};
}

// -- The log ---------------------------------------------------------------------------------------------------------

void Engine::log(LogLevel level, std::string_view message) {
  if (logs(level)) write(level, message);
}

/// Only called with gc-log, which asks for these lines whatever the level of other messages is.
void Engine::logCollection(const gc::CollectionRecord& record) {
  write(LogLevel::Info,
        concat("gc: ", gc::nameOf(record.kind), " collection, ", gc::nameOf(record.reason), ": ", record.bytesBefore,
               " to ", record.bytesAfter, " bytes in ", record.pauseNanos / 1000, " us"));
}

void Engine::write(LogLevel level, std::string_view message) {
  const std::lock_guard lock(logMutex_);
  logSink_(level, message);
}

}  // namespace wasmrun::engine
