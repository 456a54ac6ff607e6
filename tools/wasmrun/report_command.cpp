// wasmrun report: statistics of a run as a page for a browser.
#include "commands.h"
#include "exit_code.h"
#include "output.h"
#include "read_file.h"
#include "report_error.h"
#include "report_page.h"

namespace wasmrun::cli {

static Result<std::string> pageOf(const std::string& file) {
  constexpr uint64_t kLargest = uint64_t{1} << 30;
  auto bytes = readFile(file, kLargest, [](std::span<const uint8_t>) { return true; });
  if (!bytes) return fail(std::move(bytes).error());
  auto record = readRunRecord({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
  if (record) return reportPage(*record);
  Error error = std::move(record).error();
  error.message.insert(0, shownName(file) + ": ");
  return fail(std::move(error));
}

int reportCommand(Options& options) {
  auto page = pageOf(options.files[0]);
  if (!page) return reportError(page.error());
  if (!options.output) {
    print(*page);
    return kExitOk;
  }
  auto written = writeFile(*options.output, *page);
  return written ? kExitOk : reportError(written.error());
}

}  // namespace wasmrun::cli
