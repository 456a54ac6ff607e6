// wasmrun inspect: what a module is made of, as text or JSON.
#include <set>

#include "commands.h"
#include "exit_code.h"
#include "load_module.h"
#include "output.h"
#include "read_file.h"
#include "report_error.h"
#include "text.h"

namespace wasmrun::cli {

static uint32_t importedFunctions(const Module& module) {
  uint32_t count = 0;
  for (const ImportType& item : module.imports()) count += item.type.kind() == ExternKind::Func;
  return count;
}

/// A custom section's name is the module's own word, the others are the spec's.
static std::string shownSection(const SectionInfo& section) {
  return section.id == 0 ? "custom \"" + escaped(section.name) + "\"" : section.name;
}

// -- Defined types ---------------------------------------------------------------------------------------------------

/// The defined types that imports and exports name, written "(ref 17)" there.
static std::vector<ValType> typesReferredTo(const Module& module) {
  std::vector<ValType> found;
  std::set<uint32_t> seen;
  auto see = [&](const ValType& type) {
    bool isDefined = type.isRef() && type.heap() == HeapKind::Concrete;
    if (isDefined && seen.insert(type.typeId()).second) found.push_back(type);
  };
  auto seeAll = [&](const FuncType& type) {
    for (const ValType& param : type.params) see(param);
    for (const ValType& result : type.results) see(result);
  };
  auto look = [&](const ExternType& type) {
    if (auto* function = type.function()) seeAll(*function);
    if (auto* table = type.table()) see(table->element);
    if (auto* global = type.global()) see(global->value);
    if (auto* tag = type.tag()) seeAll(tag->function);
  };
  for (const ImportType& item : module.imports()) look(item.type);
  for (const ExportType& item : module.exports()) look(item.type);
  return found;
}

// -- Text ------------------------------------------------------------------------------------------------------------

static void printSections(const Module& module) {
  print("\nSections\n      offset        size   entries  name\n");
  for (const SectionInfo& section : module.sections()) {
    print(padLeft(hex(section.offset), 12) + padLeft(std::to_string(section.size), 12) +
          padLeft(section.count ? std::to_string(*section.count) : "", 10) + "  " + shownSection(section) + "\n");
  }
}

static void printImports(const Module& module) {
  if (module.imports().empty()) return;
  print("\nImports\n");
  for (const ImportType& item : module.imports()) {
    print("  \"" + escaped(item.module) + "\" \"" + escaped(item.name) + "\" " + item.type.toString() + "\n");
  }
}

static void printExports(const Module& module) {
  if (module.exports().empty()) return;
  print("\nExports\n");
  for (const ExportType& item : module.exports()) {
    print("  \"" + escaped(item.name) + "\" " + item.type.toString() + " = " + std::string(kindName(item.type.kind())) +
          " " + std::to_string(item.index) + "\n");
  }
}

static Result<void> printTypes(const Module& module) {
  std::vector<ValType> types = typesReferredTo(module);
  if (types.empty()) return {};
  print("\nTypes referred to\n");
  for (const ValType& type : types) {
    auto text = module.engine().describe(type);
    if (!text) return fail(std::move(text).error());
    print("  " + *text + "\n");
  }
  return {};
}

static Result<void> printFunctions(const Module& module) {
  print("\nFunctions\n     index      offset        size  name and type\n");
  for (uint32_t i = 0; i < module.functionCount(); i++) {
    auto function = module.function(i);
    if (!function) return fail(std::move(function).error());
    std::string type = function->type.toString();
    print(padLeft(std::to_string(i), 10) + padLeft(function->imported ? "import" : hex(function->bodyOffset), 12) +
          padLeft(function->imported ? "" : std::to_string(function->bodySize), 12) + "  " +
          (function->name.empty() ? "" : escaped(function->name) + " ") + "(func" + (type.empty() ? "" : " " + type) +
          ")\n");
  }
  return {};
}

static Result<void> printText(const Module& module, const Options& options) {
  const std::string& file = options.files[0];
  print(shownName(file) + ": " + std::to_string(module.bytes().size()) + " bytes");
  if (!module.name().empty()) print(", module \"" + escaped(module.name()) + "\"");
  print(", " + std::to_string(module.functionCount()) + " functions, " + std::to_string(importedFunctions(module)) +
        " of them imported\n");
  printSections(module);
  printImports(module);
  printExports(module);
  if (auto printed = printTypes(module); !printed) return printed;
  return options.functions ? printFunctions(module) : Result<void>();
}

// -- JSON ------------------------------------------------------------------------------------------------------------

static std::string field(std::string_view name, std::string_view text) {
  return jsonString(name) + ": " + jsonString(text);
}
static std::string field(std::string_view name, uint64_t number) {
  return jsonString(name) + ": " + std::to_string(number);
}

/// Prints `"name": [ ... ]` with one item a line; `each` gives an item's JSON.
template <class Items, class Each>
static void printArray(std::string_view name, const Items& items, Each each) {
  print(",\n  " + jsonString(name) + ": [");
  bool first = true;
  for (const auto& item : items) {
    print((first ? "\n    {" : ",\n    {") + each(item) + "}");
    first = false;
  }
  print(first ? "]" : "\n  ]");
}

static Result<void> printJson(const Module& module, const Options& options) {
  print("{\n  " + field("file", options.files[0]) + ",\n  " + field("size", module.bytes().size()) + ",\n  " +
        field("name", module.name()) + ",\n  " + field("functionCount", module.functionCount()) + ",\n  " +
        field("importedFunctionCount", importedFunctions(module)));
  printArray("sections", module.sections(), [](const SectionInfo& section) {
    return field("id", section.id) + ", " + field("name", section.name) + ", " + field("offset", section.offset) +
           ", " + field("size", section.size) + (section.count ? ", " + field("entries", *section.count) : "");
  });
  printArray("imports", module.imports(), [](const ImportType& item) {
    return field("module", item.module) + ", " + field("name", item.name) + ", " +
           field("kind", kindName(item.type.kind())) + ", " + field("type", item.type.toString());
  });
  printArray("exports", module.exports(), [](const ExportType& item) {
    return field("name", item.name) + ", " + field("kind", kindName(item.type.kind())) + ", " +
           field("type", item.type.toString()) + ", " + field("index", item.index);
  });
  if (options.functions) {
    std::vector<FunctionInfo> functions;
    for (uint32_t i = 0; i < module.functionCount(); i++) {
      auto function = module.function(i);
      if (!function) return fail(std::move(function).error());
      functions.push_back(std::move(*function));
    }
    printArray("functions", functions, [](const FunctionInfo& function) {
      return field("name", function.name) + ", " + field("type", function.type.toString()) +
             (function.imported
                  ? std::string(", \"imported\": true")
                  : ", " + field("offset", function.bodyOffset) + ", " + field("size", function.bodySize));
    });
  }
  print("\n}\n");
  return {};
}

int inspectCommand(Options& options) {
  auto engine = Engine::make(options.config);
  if (!engine) return reportError(engine.error());
  auto module = loadModule(*engine, options.files[0]);
  if (!module) return reportError(module.error());
  auto printed = options.json ? printJson(*module, options) : printText(*module, options);
  return printed ? kExitOk : reportError(printed.error());
}

}  // namespace wasmrun::cli
