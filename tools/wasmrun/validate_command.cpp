// wasmrun validate: are these files valid modules?
#include "commands.h"
#include "exit_code.h"
#include "load_module.h"
#include "report_error.h"

namespace wasmrun::cli {

int validateCommand(Options& options) {
  auto engine = Engine::make(options.config);
  if (!engine) return reportError(engine.error());
  int code = kExitOk;
  for (const std::string& file : options.files) {
    if (auto module = loadModule(*engine, file); !module) code = reportError(module.error());
  }
  return code;
}

}  // namespace wasmrun::cli
