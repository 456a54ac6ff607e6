#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "assembled.h"
#include "code/debug_image.h"
#include "code/gdb_interface.h"
#include "code/jit_dump.h"
#include "code/perf_map.h"
#include "support/text.h"

namespace wasmrun::code {
namespace {

std::string nameOf(const FunctionRecord& record) { return support::concat("app!f", record.identity().functionIndex); }

std::string contentOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

/// Stubs named "enter" and "leave".
const FunctionRecord* publishStubs(CodeArea& area) {
  const CodeBlock block = *area.allocate(32);
  FunctionRecordBuilder builder;
  CodeIdentity identity;
  identity.kind = CodeKind::Stubs;
  builder.begin(identity);
  builder.addStubPart("enter", 0);
  builder.addStubPart("leave", 24);
  builder.addStubReturn({StubReturn::Kind::Enter, 20});
  return *area.publish(block, builder.finish(block.executable, 32));
}

/// Notes what it is told.
class Notes : public CodeObserver {
 public:
  explicit Notes(std::vector<std::string>& notes) : notes_(notes) {}
  void published(const FunctionRecord&, std::span<const CodeSymbol> symbols) override {
    for (const CodeSymbol& symbol : symbols) notes_.push_back(support::concat("+", symbol.name, " ", symbol.size));
  }
  void released(const FunctionRecord& record) override { notes_.push_back(record.isStubs() ? "-stubs" : "-function"); }

 private:
  std::vector<std::string>& notes_;
};

TEST(CodeObserver, IsToldOfAllCodeAsItComesAndGoes) {
  std::vector<std::string> notes;
  {
    const auto space = makeSpace(u64{1} << 20);
    space->observe(std::make_unique<Notes>(notes), &nameOf);
    CodeArea stubs(*space);
    publishStubs(stubs);
    CodeArea area(*space);
    publish(area, returning(1), 8);
    (void)area.allocate(100);  // never published
  }
  EXPECT_EQ(notes, (std::vector<std::string>{"+enter 24", "+leave 8", "+app!f8 6", "-function", "-stubs"}));
}

TEST(PerfMap, HasALineASymbol) {
  const auto space = makeSpace(u64{1} << 20);
  auto observer = PerfMap::make();
  ASSERT_TRUE(observer) << observer.error().message;
  space->observe(*std::move(observer), [](const FunctionRecord&) { return std::string("two\nlines"); });
  CodeArea area(*space);
  const FunctionRecord* const record = publish(area, returning(1), 8);
  publishStubs(area);
  const std::string path = support::concat("/tmp/perf-", platform::processId(), ".map");
  char expected[200];
  std::snprintf(expected, sizeof(expected), "%lx 6 two?lines\n%lx 18 enter\n%lx 8 leave\n",
                reinterpret_cast<unsigned long>(record->begin()), reinterpret_cast<unsigned long>(record->begin() + 16),
                reinterpret_cast<unsigned long>(record->begin() + 16 + 24));
  EXPECT_EQ(contentOf(path), expected);
  // A second engine of the process adds to the same file.
  const auto second = makeSpace(u64{1} << 20);
  second->observe(*PerfMap::make(), &nameOf);
  CodeArea other(*second);
  publish(other, returning(1), 9);
  EXPECT_EQ(contentOf(path).substr(0, std::strlen(expected)), expected);
  EXPECT_NE(contentOf(path).find("app!f9\n"), std::string::npos);
  std::remove(path.c_str());
}

TEST(JitDump, HasAHeaderAndTheCode) {
  char folder[] = "/tmp/jit_dump_test.XXXXXX";
  ASSERT_NE(mkdtemp(folder), nullptr);
  std::filesystem::current_path(folder);
  const auto space = makeSpace(u64{1} << 20);
  auto observer = JitDump::make();
  ASSERT_TRUE(observer) << observer.error().message;
  space->observe(*std::move(observer), &nameOf);
  CodeArea area(*space);
  const std::vector<u8> code = returning(5);
  const FunctionRecord* const record = publish(area, code, 8);
  publish(area, code, 10);

  const std::string file = contentOf(support::concat("jit-", platform::processId(), ".dump"));
  const auto word = [&](size_t offset) {
    u64 value = 0;
    std::memcpy(&value, file.data() + offset, 8);
    return value;
  };
  ASSERT_EQ(file.size(), 40u + (56 + 7 + 6) + (56 + 8 + 6));
  EXPECT_EQ(word(0), u64{1} << 32 | 0x4A695444);
  EXPECT_EQ(word(8) & 0xFFFFFFFF, 40u);
  EXPECT_EQ(word(40), u64{56 + 7 + 6} << 32);
  EXPECT_EQ(word(40 + 24), reinterpret_cast<u64>(record->begin()));
  EXPECT_EQ(word(40 + 40), 6u);
  EXPECT_STREQ(file.data() + 40 + 56, "app!f8");
  EXPECT_EQ(std::memcmp(file.data() + 40 + 56 + 7, code.data(), 6), 0);
  EXPECT_NE(word(40 + 48), word(40 + 56 + 7 + 6 + 48)) << "indexes differ";
  std::filesystem::current_path("/");
  std::filesystem::remove_all(folder);
}

/// What a program prints, or nothing if there is none.
std::string outputOf(const std::string& command) {
  std::FILE* const pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return "";
  std::string output;
  char buffer[4096];
  for (size_t count = 0; (count = std::fread(buffer, 1, sizeof(buffer), pipe)) != 0;) output.append(buffer, count);
  ::pclose(pipe);
  return output;
}

TEST(DebugImage, IsAnObjectFileWithNamesAndFrames) {
  const auto space = makeSpace(u64{1} << 20);
  CodeArea area(*space);
  const FunctionRecord* const stubs = publishStubs(area);
  const CodeSymbol symbols[] = {{stubs->begin(), 24, "enter"}, {stubs->begin() + 24, 8, "leave"}};
  const ByteImage image = debugImage(*stubs, symbols);
  EXPECT_EQ(image.bytes()[0], 0x7F);
  if (outputOf("readelf --version 2>/dev/null").empty()) GTEST_SKIP() << "there is no readelf";

  const std::string path = support::concat("/tmp/debug_image_test.", platform::processId());
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(image.bytes().data()), static_cast<std::streamsize>(image.size()));
  const std::string said = outputOf("readelf -aW --debug-dump=frames " + path + " 2>&1");
  std::remove(path.c_str());
  EXPECT_EQ(said.find("arning"), std::string::npos) << said;
  EXPECT_EQ(said.find("rror"), std::string::npos) << said;
  EXPECT_NE(said.find("24 FUNC    GLOBAL DEFAULT    1 enter"), std::string::npos) << said;
  EXPECT_NE(said.find("0000000000000018     8 FUNC    GLOBAL DEFAULT    1 leave"), std::string::npos) << said;
  if (!kHasX64) return;
  EXPECT_NE(said.find("DW_CFA_def_cfa: r7 (rsp) ofs 8"), std::string::npos) << said;
  EXPECT_NE(said.find("DW_CFA_offset: r15 (r15) at cfa-56"), std::string::npos) << said;
  EXPECT_NE(said.find("DW_CFA_def_cfa: r6 (rbp) ofs 8"), std::string::npos) << said;
}

}  // namespace
}  // namespace wasmrun::code

// -- What a debugger reads -------------------------------------------------------------------------------------------

extern "C" {
struct jit_code_entry {
  jit_code_entry* next_entry;
  jit_code_entry* prev_entry;
  const char* symfile_addr;
  uint64_t symfile_size;
};
struct jit_descriptor {
  uint32_t version;
  uint32_t action_flag;
  jit_code_entry* relevant_entry;
  jit_code_entry* first_entry;
};
extern jit_descriptor __jit_debug_descriptor;
}

namespace wasmrun::code {
namespace {

u32 registered() {
  u32 count = 0;
  for (const jit_code_entry* entry = __jit_debug_descriptor.first_entry; entry != nullptr; entry = entry->next_entry)
    ++count;
  return count;
}

TEST(GdbInterface, ListsWhatIsThere) {
  EXPECT_EQ(registered(), 0u);
  const auto space = makeSpace(u64{1} << 20);
  space->observe(std::make_unique<GdbInterface>(), &nameOf);
  CodeArea kept(*space);
  publish(kept, returning(1), 1);
  {
    CodeArea gone(*space);
    publish(gone, returning(2), 2);
    publish(gone, returning(3), 3);
    EXPECT_EQ(registered(), 3u);
    EXPECT_EQ(__jit_debug_descriptor.first_entry->symfile_addr[1], 'E');
  }
  EXPECT_EQ(registered(), 1u);
}

}  // namespace
}  // namespace wasmrun::code
