#include "code/jit_dump.h"

#include <atomic>
#include <vector>

#include "code/byte_image.h"
#include "code/debug_rules.h"
#include "platform/clock.h"
#include "support/text.h"

namespace wasmrun::code {

namespace {

// The format's records, in the byte order of the machine.
struct FileHeader {
  u32 magic = 0x4A695444;
  u32 version = 1;
  u32 totalSize = sizeof(FileHeader);
  u32 elfMachine = kDebugRules.elfMachine;
  u32 padding = 0;
  u32 processId = platform::processId();
  u64 timestamp = platform::monotonicNanos();
  u64 flags = 0;
};
static_assert(sizeof(FileHeader) == 40);

struct CodeLoad {
  u32 id = 0;
  u32 totalSize = 0;  // of the record with name and code
  u64 timestamp = platform::monotonicNanos();
  u32 processId = platform::processId();
  u32 threadId = platform::threadId();
  u64 virtualAddress = 0;
  u64 codeAddress = 0;
  u64 codeSize = 0;
  u64 codeIndex = 0;  // different for each
};
static_assert(sizeof(CodeLoad) == 56);

/// Several engines write one file.
std::atomic<u64> nextCodeIndex{0};

}  // namespace

Result<std::unique_ptr<CodeObserver>> JitDump::make() {
  const std::string path = support::concat("jit-", platform::processId(), ".dump");
  WASMRUN_TRY_ASSIGN(platform::ProfileFile* const file, platform::ProfileFile::ofProcess(path));
  if (file->isEmpty()) {
    ByteImage image;
    image.add(FileHeader());
    file->append(image.bytes());
    file->announce();
  }
  return std::unique_ptr<CodeObserver>(new JitDump(*file));
}

void JitDump::published(const FunctionRecord&, std::span<const CodeSymbol> symbols) {
  ByteImage image;
  for (const CodeSymbol& symbol : symbols) {
    CodeLoad load;
    load.totalSize = support::narrow<u32>(sizeof(load) + symbol.name.size() + 1 + symbol.size);
    load.virtualAddress = load.codeAddress = reinterpret_cast<u64>(symbol.begin);
    load.codeSize = symbol.size;
    load.codeIndex = nextCodeIndex.fetch_add(1, std::memory_order_relaxed);
    image.add(load);
    image.addText(symbol.name);
    image.addBytes({symbol.begin, symbol.size});
  }
  file_.append(image.bytes());  // at once: other engines write between
}

}  // namespace wasmrun::code
