#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <thread>

#include "api_test.h"

// GDB manual, "JIT Compilation Interface".
extern "C" {
struct jit_descriptor {
  uint32_t version, action;
  void *relevant, *first;
};
extern jit_descriptor __jit_debug_descriptor;
}

namespace wasmrun::test {
namespace {

using ModuleTest = ApiTest;

ModuleBuilder sample() {
  ModuleBuilder builder;
  const u32 type = builder.type({kI32Byte, kI32Byte}, {kI32Byte});
  builder.importFunc("f", type);
  builder.exportItem("add", kFuncExport, builder.func(type, kAdd));
  builder.exportItem("memory", kMemoryExport, builder.memory({1, 2}));
  builder.custom("notes", {1, 2, 3});
  return builder;
}

TEST_F(ModuleTest, ErrorsHaveKindAndPlace) {
  const std::vector<uint8_t> noModule{'h', 'e', 'l', 'l', 'o', 0, 0, 0};
  const Error malformed = bad(Module::compile(engine, noModule));
  EXPECT_EQ(malformed.kind, ErrorKind::Malformed);
  EXPECT_EQ(malformed.offset, 0u);
  const std::vector<uint8_t> noModuleText{'h', 'e', 'l', 'l', 'o', '!', '!', '!'};
  const Error malformedText = bad(Module::compile(engine, noModuleText));
  EXPECT_EQ(malformedText.kind, ErrorKind::Malformed);
  EXPECT_EQ(malformedText.line, 1u);
  ModuleBuilder wrong;
  wrong.func(wrong.type({}, {kI32Byte}), kNothing);
  const Error invalid = bad(Module::compile(engine, wrong.build()));
  EXPECT_EQ(invalid.kind, ErrorKind::Invalid);
  EXPECT_TRUE(invalid.message.starts_with("type mismatch"));
  EXPECT_EQ(bad(Module::validate(engine, wrong.build())).kind, ErrorKind::Invalid);
  good(Module::validate(engine, sample().build()));
  EXPECT_EQ(bad(Module::compileFile(engine, "/no/such/file.wasm")).kind, ErrorKind::Io);
}

constexpr std::string_view kText = "(module $sample\n  (func (export \"seven\") (result i32)\n    i32.const 7))\n";

std::span<const uint8_t> bytesOf(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

TEST_F(ModuleTest, TextIsTakenWhereBinaryIs) {
  const Module module = good(Module::compile(engine, bytesOf(kText)));
  EXPECT_EQ(module.name(), "sample");
  EXPECT_NE(module.findExport("seven"), nullptr);
  EXPECT_EQ(module.bytes()[1], 'a') << "bytes() is a binary";
  good(Module::validate(engine, bytesOf(kText)));
  good(Module::compile(engine, std::vector<uint8_t>(kText.begin(), kText.end())));
  good(Module::compile(engine, bytesOf(" \t\r\n;; nothing but a comment")));
  good(Module::compileText(engine, ""));
  EXPECT_EQ(bad(Module::compile(engine, bytesOf(""))).kind, ErrorKind::Malformed);
  EXPECT_TRUE(bad(Module::compileBinary(engine, bytesOf(kText))).message.starts_with("magic header not detected"));
  EXPECT_EQ(bad(Module::compileText(engine, std::string_view("\0asm\1\0\0\0", 8))).kind, ErrorKind::Malformed);
  good(Module::compileBinary(engine, good(textToBinary(kText))));
  EXPECT_EQ(good(textToBinary("(func (result i32))")).size(), 25u) << "encodes what is invalid";
}

TEST_F(ModuleTest, ErrorsInTextShowTheLine) {
  const Error malformed = bad(Module::compileText(engine, "(module\n  (func (call $f)))", "a.wat"));
  EXPECT_EQ(malformed.kind, ErrorKind::Malformed);
  EXPECT_EQ(malformed.line, 2u);
  EXPECT_EQ(malformed.column, 15u);
  EXPECT_EQ(malformed.toString(), "a.wat:2:15: unknown function $f\n  (func (call $f)))\n              ^");
  const Error invalid = bad(Module::compile(engine, bytesOf("(func\n  i32.add)"), "b.wat"));
  EXPECT_EQ(invalid.kind, ErrorKind::Invalid);
  EXPECT_TRUE(invalid.toString().starts_with("b.wat:2:3: type mismatch")) << invalid.toString();
}

TEST_F(ModuleTest, CompilesFromATextFile) {
  const std::string path = ::testing::TempDir() + "/api_module_test.wat";
  std::ofstream(path, std::ios::binary) << kText;
  EXPECT_EQ(good(Module::compileFile(engine, path)).name(), "sample");
  std::ofstream(path, std::ios::binary) << "(module (fun))";
  EXPECT_TRUE(bad(Module::compileFile(engine, path)).toString().starts_with(path + ":1:10: unknown operator fun"));
  std::remove(path.c_str());
  EXPECT_EQ(bad(Module::compileFile(engine, "/dev/zero")).kind, ErrorKind::Malformed);
}

TEST_F(ModuleTest, SaysWhetherAModuleCanBegin) {
  EXPECT_TRUE(Module::canBegin({}));
  EXPECT_TRUE(Module::canBegin(bytesOf("  ")));
  EXPECT_TRUE(Module::canBegin(bytesOf("\n(")));
  EXPECT_TRUE(Module::canBegin(bytesOf(std::string_view("\0as", 3))));
  EXPECT_FALSE(Module::canBegin(bytesOf(std::string_view("\0asn", 4))));
  EXPECT_FALSE(Module::canBegin(bytesOf("int main")));
}

TEST_F(ModuleTest, SwitchedOffProposalsAreUnsupported) {
  Config config;
  good(config.feature("simd", false));
  Engine plain = good(Engine::make(config));
  ModuleBuilder builder;
  builder.func(builder.type({kV128Byte}, {}), kNothing);
  const auto outcome = Module::compile(plain, builder.build());
  ASSERT_FALSE(outcome);
  EXPECT_CONTAINS(outcome.error().message, "simd");
}

TEST_F(ModuleTest, CompilesFromAFile) {
  const std::string path = ::testing::TempDir() + "/api_module_test.wasm";
  const Bytes bytes = sample().build();
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<long>(bytes.size()));
  const Module module = good(Module::compileFile(engine, path));
  EXPECT_EQ(module.bytes().size(), bytes.size());
  std::remove(path.c_str());
}

TEST_F(ModuleTest, ShowsWhatItNeedsAndGives) {
  const Module module = compile(sample());
  ASSERT_EQ(module.imports().size(), 1u);
  EXPECT_EQ(module.imports()[0].module, "m");
  EXPECT_EQ(module.imports()[0].type.toString(), "(func (param i32 i32) (result i32))");
  ASSERT_EQ(module.exports().size(), 2u);
  EXPECT_EQ(module.exports()[1].type.toString(), "(memory 1 2)");
  EXPECT_EQ(module.findExport("add")->index, 1u);
  EXPECT_EQ(module.findExport("sub"), nullptr);
  ASSERT_EQ(module.customSections().size(), 1u);
  EXPECT_EQ(module.customSections()[0].name, "notes");
  EXPECT_EQ(module.customSections()[0].contents.size(), 3u);
  EXPECT_EQ(module.engine().statistics().entries[0].value, 1u);
}

#ifdef __x86_64__
Engine pinned(std::string_view more = {}) {
  Config config;
  good(config.set("O", "tier=baseline"));
  if (!more.empty()) good(config.set("D", more));
  return good(Engine::make(config));
}

TEST_F(ModuleTest, TiersOfFunctionsAreKnown) {
  const Engine engine = pinned();
  const Module module = good(Module::compile(engine, sample().build()));
  EXPECT_TRUE(module.tiering().empty());
  EXPECT_EQ(good(module.tiering(1)).held, "the module has no instance");
  EXPECT_EQ(bad(module.tiering(0)).kind, ErrorKind::Usage) << "imported";
  EXPECT_EQ(bad(module.tiering(2)).kind, ErrorKind::Usage);

  Store store(engine);
  Linker linker(engine);
  good(linker.func("m", "f", [](int32_t, int32_t) { return 0; }));
  const Instance instance = good(linker.instantiate(store, module));
  EXPECT_EQ(good(module.tiering(1)).held, "it was never called");
  good(good(instance.func("add")).call({1, 2}));
  const FunctionTiering add = good(module.tiering(1));
  EXPECT_EQ(add.tier, "baseline");
  EXPECT_EQ(add.promoted, "first call");
  EXPECT_EQ(add.held, "");
  EXPECT_GT(add.compiledAt, 0u);
  EXPECT_GT(add.codeBytes, 0u);
  ASSERT_EQ(module.tiering().size(), 1u);
  EXPECT_EQ(module.tiering()[0].index, 1u);
}

TEST(Tiering, IsKnownWhileFunctionsRun) {
  const Engine engine;
  Store store(engine);
  Linker linker(engine);
  const Module module = good(Module::compileText(engine, R"((func (export "spin") (param $n i32)
    (loop $again (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))"));
  const Instance instance = good(linker.instantiate(store, module));
  std::atomic<bool> done = false;
  std::thread watcher([&] {
    while (!done)
      for (const FunctionTiering& function : module.tiering()) EXPECT_NE(function.tier, "none");
  });
  good(good(instance.func("spin")).call({3'000'000}));
  done = true;
  watcher.join();
  const FunctionTiering spin = good(module.tiering(0));
  EXPECT_EQ(spin.promoted, "loop");
  EXPECT_EQ(spin.loopEntries, 1u);
  EXPECT_GE(spin.loopEnteredAt, spin.compiledAt);
}

TEST_F(ModuleTest, DebuggersAreToldOfMachineCode) {
  EXPECT_EQ(__jit_debug_descriptor.first, nullptr);
  {
    const Engine engine = pinned("gdb");
    EXPECT_NE(__jit_debug_descriptor.first, nullptr) << "the stubs";
  }
  EXPECT_EQ(__jit_debug_descriptor.first, nullptr);
}
#endif

TEST_F(ModuleTest, SectionsAndFunctions) {
  const Module module = compile(sample());
  std::string names;
  for (const SectionInfo& section : module.sections()) names += section.name + " ";
  EXPECT_EQ(names, "type import function memory export code notes ");
  EXPECT_EQ(module.sections()[0].count, 1u);
  EXPECT_FALSE(module.sections().back().count);
  EXPECT_EQ(module.functionCount(), 2u);
  const FunctionInfo imported = good(module.function(0)), add = good(module.function(1));
  EXPECT_TRUE(imported.imported);
  EXPECT_FALSE(add.imported);
  EXPECT_EQ(add.name, "add");
  EXPECT_EQ(add.bodySize, 7u);
  EXPECT_EQ(module.findFunction("add"), 1u);
  EXPECT_FALSE(module.findFunction("nothing"));
  EXPECT_EQ(bad(module.function(2)).kind, ErrorKind::Usage);
}

TEST_F(ModuleTest, Dumps) {
  const Module module = compile(sample());
  const std::string text = good(module.dump(1, "wasm"));
  EXPECT_CONTAINS(text, "(func (;1;) (type 0) (param i32 i32) (result i32)\n");
  EXPECT_CONTAINS(text, "  local.get 0\n");
  EXPECT_CONTAINS(text, "  i32.add\n");
  EXPECT_FALSE(good(module.dump(1, "interp")).empty());
  EXPECT_EQ(bad(module.dump(0, "wasm")).kind, ErrorKind::Usage);
  EXPECT_EQ(bad(module.dump(9, "wasm")).kind, ErrorKind::Usage);
  EXPECT_CONTAINS(bad(module.dump(1, "machine")).message, "unknown stage");
  EXPECT_EQ(Module::dumpStages().front(), "wasm");
}

TEST_F(ModuleTest, DumpsOfAllFunctionsAreThoseOfEach) {
  ModuleBuilder builder = sample();
  const uint32_t type = builder.type({kI32Byte, kI32Byte}, {kI32Byte});
  builder.func(type, Bytes{0x20, 0, 0x20, 1, 0x20, 0, 0x6c, 0x10, 1});
  const Module module = compile(builder);
  for (const std::string_view stage : Module::dumpStages()) {
    std::vector<uint32_t> indices;
    const auto all = module.dumpAll(stage, [&](uint32_t index, std::string_view text) {
      indices.push_back(index);
      EXPECT_EQ(text, good(module.dump(index, stage))) << stage;
    });
    if (!all && all.error().kind == ErrorKind::Unsupported) continue;  // no machine code here
    good(all);
    EXPECT_EQ(indices, (std::vector<uint32_t>{1, 2})) << stage;
  }
  EXPECT_CONTAINS(bad(module.dumpAll("machine", [](uint32_t, std::string_view) {})).message, "unknown stage");
}

// What functions share was made anew for each, in time that grew with the module: minutes for this one.
TEST_F(ModuleTest, DumpsOfManyFunctionsTakeLittleEach) {
  ModuleBuilder builder;
  const uint32_t type = builder.type({}, {});
  for (int i = 0; i < 60'000; ++i) builder.func(type, Bytes{});
  const Module module = compile(builder);
  const auto start = std::chrono::steady_clock::now();
  for (const std::string_view stage : Module::dumpStages()) {
    uint32_t count = 0;
    const auto all = module.dumpAll(stage, [&](uint32_t, std::string_view) { ++count; });
    if (!all && all.error().kind == ErrorKind::Unsupported) continue;
    good(all);
    EXPECT_EQ(count, 60'000u);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
}

TEST_F(ModuleTest, Text) {
  const Module module = compile(sample());
  const std::string text = module.toText();
  EXPECT_EQ(text.substr(0, 7), "(module");
  EXPECT_CONTAINS(text, "    i32.add\n");
  std::string pieces;
  module.writeText([&](std::string_view piece) { pieces += piece; });
  EXPECT_EQ(pieces, text);
  const std::string function = good(module.toText(1));
  EXPECT_CONTAINS(function, "(func (;1;) (type 0) (param i32 i32) (result i32)\n  local.get 0\n");
  EXPECT_EQ(bad(module.toText(0)).kind, ErrorKind::Usage);
  EXPECT_EQ(bad(module.toText(9)).kind, ErrorKind::Usage);
}

TEST_F(ModuleTest, DumpIndentsWhatIsOpen) {
  ModuleBuilder builder;
  builder.func(builder.type({kI32Byte}, {}), Bytes{0x02, 0x40, 0x20, 0, 0x04, 0x40, 0x0c, 1, 0x05, 0x01, 0x0b, 0x0b});
  const std::string text = good(compile(builder).dump(0, "wasm"));
  std::string code;
  for (size_t at = text.find('\n') + 1; at < text.size(); at = text.find('\n', at) + 1)
    code += text.substr(at + 13, text.find('\n', at) + 1 - at - 13);
  EXPECT_EQ(
      code,
      "  block (;@1;)\n    local.get 0\n    if (;@2;)\n      br 1 (;@1;)\n    else\n      nop\n    end\n  end\n)\n");
}

TEST_F(ModuleTest, TypesOutliveTheirModule) {
  ValType kept;
  {
    ModuleBuilder builder;
    builder.exportItem("f", kFuncExport, builder.func(builder.type({kI64Byte, kI64Byte, kI32Byte}, {}), kNothing));
    kept = *compile(builder).exports()[0].type.function()->defined;
  }
  compile(sample());  // would take the number over
  EXPECT_CONTAINS(good(engine.describe(kept)), "(param i64 i64 i32)");
  EXPECT_TRUE(engine.matches(kept, ValType::funcref()));
  EXPECT_FALSE(engine.matches(ValType::funcref(), kept));
}

// -- WASI ------------------------------------------------------------------------------------------------------------

/// Calls functions of WASI imported from "m" (see aliasModule): writes "hi\n" to descriptor `fd`, then exits with the
/// error number.
ModuleBuilder writing(u8 fd) {
  ModuleBuilder builder;
  builder.importFunc("fd_write", builder.type({kI32Byte, kI32Byte, kI32Byte, kI32Byte}, {kI32Byte}));
  builder.importFunc("proc_exit", builder.type({kI32Byte}, {}));
  builder.exportItem("memory", kMemoryExport, builder.memory({1}));
  builder.activeData(i32Const(0), {8, 0, 0, 0, 3, 0, 0, 0, 'h', 'i', '\n'});
  builder.exportItem("_start", kFuncExport,
                     builder.func(builder.type({}, {}),
                                  i32Const(fd) + i32Const(0) + i32Const(1) + i32Const(64) + callFunc(0) + callFunc(1)));
  return builder;
}

class WasiTest : public ApiTest {
 protected:
  void SetUp() override {
    good(linker.defineWasi());
    good(linker.aliasModule("wasi_snapshot_preview1", "m"));
  }
};

TEST_F(WasiTest, OutputIsCapturedAndExitIsTheCode) {
  auto output = std::make_shared<std::string>();
  WasiConfig wasi;
  wasi.captureStdout(output);
  good(store.setWasi(std::move(wasi)));
  EXPECT_EQ(good(instantiate(writing(1)).runCommand()), 0u);
  EXPECT_EQ(*output, "hi\n");
}

TEST_F(WasiTest, OutputWithoutADestinationIsThrownAway) {
  WasiConfig wasi;
  wasi.captureStdout(nullptr).stderrTo(nullptr).stdinFrom(nullptr);
  good(store.setWasi(std::move(wasi)));
  EXPECT_EQ(good(instantiate(writing(1)).runCommand()), 0u);
  EXPECT_EQ(good(instantiate(writing(2)).runCommand()), 0u);
}

TEST_F(WasiTest, FailingSinkIsTheGuestsIoError) {
  WasiConfig wasi;
  wasi.stderrTo([](std::span<const uint8_t>) -> Result<void> { return fail(ErrorKind::Io, "full"); });
  good(store.setWasi(std::move(wasi)));
  EXPECT_EQ(good(instantiate(writing(2)).runCommand()), 29u);  // EIO
  EXPECT_EQ(good(instantiate(writing(9)).runCommand()), 8u);   // EBADF
}

TEST_F(WasiTest, StoreWithoutStateTraps) {
  const Error error = bad(instantiate(writing(1)).runCommand());
  EXPECT_EQ(error.kind, ErrorKind::Trap);
  EXPECT_CONTAINS(error.message, "setWasi");
}

TEST_F(WasiTest, DirectoriesAreCheckedWhenNamed) {
  WasiConfig wasi;
  const Error missing = bad(wasi.preopenDir("/no/such/directory", "/"));
  EXPECT_EQ(missing.kind, ErrorKind::Io);
  EXPECT_CONTAINS(missing.message, "/no/such/directory");
  EXPECT_EQ(bad(wasi.preopenDir("/dev/null", "/")).kind, ErrorKind::Usage);
  good(wasi.preopenDir(".", "/"));
  good(store.setWasi(std::move(wasi)));
}

TEST_F(WasiTest, NamesAreTakenOnce) {
  Linker other(engine);
  good(other.func("wasi_snapshot_preview1", "fd_write", [] {}));
  EXPECT_EQ(bad(other.defineWasi()).kind, ErrorKind::Usage);
  EXPECT_EQ(bad(linker.func("wasi_snapshot_preview1", "fd_write", [] {})).kind, ErrorKind::Usage);
  EXPECT_TRUE(linker.find(store, "wasi_unstable", "fd_write"));
  EXPECT_FALSE(linker.find(store, "wasi_unstable", "fd_seek")) << "another function there";
}

TEST_F(WasiTest, NoStartIsAUsageError) {
  EXPECT_EQ(bad(instantiate(ModuleBuilder()).runCommand()).kind, ErrorKind::Usage);
  good(instantiate(ModuleBuilder()).initialize());
}

TEST_F(ModuleTest, GoesWhileItsFunctionsWaitForTheCompiler) {
  constexpr int kFuncs = 200;
  std::string text = "(module";
  for (int i = 0; i < kFuncs; ++i)
    text += "(func (export \"f" + std::to_string(i) + "\") (local $n i32) (local.set $n (i32.const 9000)) " +
            "(loop $again (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))";
  text += ")";
  Config config;
  good(config.set("O", "tier-up-at-once=0"));
  const Engine climbing = good(Engine::make(config));
  for (int round = 0; round < 20; ++round) {
    const Module module = good(Module::compileText(climbing, text));
    Store own(climbing);
    const Instance instance = good(Instance::make(own, module, {}));
    for (int i = 0; i < kFuncs; ++i) good(good(instance.func("f" + std::to_string(i))).call({}));
  }
}

#if defined(__x86_64__)
TEST_F(ModuleTest, MachineCodeOfBranchesThatCarryMuchIsSmall) {
  constexpr int kResults = 1000, kBranches = 3000;
  std::string results, values, branches;
  for (int i = 0; i < kResults; ++i) results += " i32", values += "(i32.const " + std::to_string(i) + ")";
  for (int i = 0; i < kBranches; ++i) branches += "(br_if 0 (local.get 0))";
  Config config;
  good(config.set("O", "tier=baseline"));
  const Engine baseline = good(Engine::make(config));
  const Module module = good(Module::compileText(
      baseline, "(module (func (export \"f\") (param i32) (result" + results + ")" + values + branches + "))"));
  Store own(baseline);
  const Instance instance = good(Instance::make(own, module, {}));
  for (const int32_t taken : {0, 1}) {
    const std::vector<Value> got = good(good(instance.func("f")).call({Value(taken)}));
    ASSERT_EQ(got.size(), size_t{kResults});
    for (int i = 0; i < kResults; ++i) ASSERT_EQ(got[static_cast<size_t>(i)].i32(), i);
  }
  ASSERT_EQ(module.tiering().size(), 1u);
  EXPECT_LT(module.tiering()[0].codeBytes, 200'000u);
}
#endif

}  // namespace
}  // namespace wasmrun::test
