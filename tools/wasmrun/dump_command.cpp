// wasmrun dump: the code of functions as text, at a stage of translation; the module in the text format.
#include <algorithm>
#include <optional>

#include "commands.h"
#include "exit_code.h"
#include "find_function.h"
#include "load_module.h"
#include "output.h"
#include "report_error.h"

namespace wasmrun::cli {

static Result<std::string> chosenStage(const Options& options) {
  if (options.wat && options.stage)
    return fail(ErrorKind::Usage, "--wat and --stage: only one of them can say what to show");
  auto stages = Module::dumpStages();
  std::string stage = options.stage.value_or("wasm");
  if (std::find(stages.begin(), stages.end(), stage) != stages.end()) return stage;
  std::string known;
  for (std::string_view name : stages) known += (known.empty() ? "" : ", ") + std::string(name);
  return fail(ErrorKind::Usage, "--stage: this build has no stage '" + stage + "'; it has " + known);
}

static void printText(std::string_view text) {
  print(text);
  if (!text.ends_with('\n')) print("\n");
}

static Result<void> dumpEveryFunction(const Module& module, const std::string& stage) {
  bool first = true;
  return module.dumpAll(stage, [&](uint32_t, std::string_view text) {
    if (!first) print("\n");
    first = false;
    printText(text);
  });
}

static Result<void> dumpStage(const Module& module, const std::optional<std::string>& function,
                              const std::string& stage) {
  if (!function) return dumpEveryFunction(module, stage);
  auto index = findFunction(module, *function);
  if (!index) return fail(index.error());
  auto text = module.dump(*index, stage);
  if (!text) return fail(std::move(text).error());
  printText(*text);
  return {};
}

static Result<void> dumpText(const Module& module, const std::optional<std::string>& function) {
  if (!function) {
    module.writeText(print);
    return {};
  }
  auto index = findFunction(module, *function);
  if (!index) return fail(index.error());
  auto text = module.toText(*index);
  if (!text) return fail(std::move(text).error());
  printText(*text);
  return {};
}

int dumpCommand(Options& options) {
  auto stage = chosenStage(options);
  if (!stage) {
    reportError(stage.error());
    return kExitUsage;
  }
  auto engine = Engine::make(options.config);
  if (!engine) return reportError(engine.error());
  auto module = loadModule(*engine, options.files[0]);
  if (!module) return reportError(module.error());

  auto dumped = options.wat ? dumpText(*module, options.function) : dumpStage(*module, options.function, *stage);
  return dumped ? kExitOk : reportError(dumped.error());
}

}  // namespace wasmrun::cli
