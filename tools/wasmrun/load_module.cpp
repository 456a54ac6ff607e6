#include "load_module.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <vector>

#include "log.h"
#include "read_file.h"
#include "text.h"

namespace wasmrun::cli {

/// What somebody gave us instead of a module, seen from its first bytes; empty when it may well be one.
static std::string otherContents(std::span<const uint8_t> start) {
  constexpr uint8_t kMagic[] = {0, 'a', 's', 'm'};
  constexpr uint8_t kComponent[] = {0, 'a', 's', 'm', 0x0d, 0, 1, 0};
  auto startsWith = [&](std::span<const uint8_t> bytes) {
    return start.size() >= bytes.size() && std::equal(bytes.begin(), bytes.end(), start.begin());
  };
  if (startsWith(kComponent)) return "a component of the component model; wasmrun runs core modules";
  if (start.empty()) return "an empty file";
  if (startsWith(kMagic)) return {};
  constexpr uint8_t kElf[] = {0x7f, 'E', 'L', 'F'};
  if (startsWith(kElf)) return "a native program (ELF)";
  constexpr uint8_t kGzip[] = {0x1f, 0x8b};
  if (startsWith(kGzip)) return "compressed (gzip); unpack it first";
  bool isBlank = std::all_of(start.begin(), start.end(),
                             [](uint8_t byte) { return byte == ' ' || (byte >= '\t' && byte <= '\r'); });
  return isBlank ? "empty but for blanks" : "";
}

/// The error with the file in its message, and something better than "magic header not detected". Those in text have
/// their own way to show the place.
static Error explained(Error error, const std::string& file, std::span<const uint8_t> start) {
  if (error.line != 0) return error;
  if (error.kind == ErrorKind::Malformed) {
    if (std::string other = otherContents(start); !other.empty()) {
      error.message = shownName(file) + " is " + other;
      error.offset = Error::kNoOffset;
      return error;
    }
  }
  std::string what = isCompileError(error.kind) ? std::string(kindName(error.kind)) + " module: " : "";
  error.message = shownName(file) + ": " + what + error.message;
  return error;
}

static Result<Module> compileStandardInput(const Engine& engine) {
  auto bytes = readFile("-", Module::kMaxSize, Module::canBegin);
  if (!bytes) return fail(std::move(bytes).error());
  std::vector<uint8_t> start(bytes->begin(), bytes->begin() + std::min<size_t>(bytes->size(), 256));
  auto module = Module::compile(engine, std::move(*bytes), "<stdin>");
  if (!module) return fail(explained(std::move(module).error(), "-", start));
  return module;
}

/// The first bytes of a file, as many as can be had.
static std::vector<uint8_t> startOf(const std::string& file) {
  std::vector<uint8_t> start(256);
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> stream(std::fopen(file.c_str(), "rb"), std::fclose);
  start.resize(stream ? std::fread(start.data(), 1, start.size(), stream.get()) : 0);
  return start;
}

Result<Module> loadModule(const Engine& engine, const std::string& file) {
  if (file == "-") return compileStandardInput(engine);
  auto module = Module::compileFile(engine, file);
  if (module) {
    if (logs(LogLevel::Info)) {
      log(LogLevel::Info, "compiled " + file + ": " + std::to_string(module->functionCount()) + " functions");
    }
    return module;
  }
  Error error = std::move(module).error();
  if (error.kind == ErrorKind::Io && error.message.find(file) != std::string::npos) return fail(std::move(error));
  std::vector<uint8_t> start;
  if (error.kind == ErrorKind::Malformed) start = startOf(file);
  return fail(explained(std::move(error), file, start));
}

}  // namespace wasmrun::cli
