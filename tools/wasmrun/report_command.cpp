// wasmrun report: statistics of a run as a page for a browser.
#include <unistd.h>

#include <new>

#include "commands.h"
#include "exit_code.h"
#include "output.h"
#include "read_file.h"
#include "report_error.h"
#include "report_page.h"

namespace wasmrun::cli {

static Result<std::string> pageOf(const std::string& file) {
  constexpr uint64_t kLargest = uint64_t{256} << 20;
  auto bytes = readFile(file, kLargest, [](std::span<const uint8_t>) { return true; });
  if (!bytes) return fail(std::move(bytes).error());
  auto record = readRunRecord({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
  if (record) return reportPage(*record);
  Error error = std::move(record).error();
  error.message.insert(0, shownName(file) + ": ");
  return fail(std::move(error));
}

static std::string outOfMemoryMessage;

/// Names the file: what is read takes several times its size. An exception would not do, as the JSON library's
/// destructors want memory too.
[[noreturn]] static void outOfMemory() {
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, outOfMemoryMessage.data(), outOfMemoryMessage.size());
  _exit(kExitFailure);
}

int reportCommand(Options& options) {
  outOfMemoryMessage = "Error: " + shownName(options.files[0]) + ": out of memory, it is too large\n";
  std::set_new_handler(outOfMemory);
  auto page = pageOf(options.files[0]);
  if (!page) return reportError(page.error());
  auto written = writeFile(options.output.value_or(std::string(kStandardOutput)), *page);
  return written ? kExitOk : reportError(written.error());
}

}  // namespace wasmrun::cli
