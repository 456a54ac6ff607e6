#include "run_record.h"

#include <nlohmann/json.hpp>

#include "demangle.h"

namespace wasmrun::cli {

using Json = nlohmann::json;

static std::unexpected<Error> noRecord(const std::string& why) {
  return fail(ErrorKind::Malformed, "this is not what 'wasmrun --stats=json:FILE' writes: " + why);
}

/// Null and what is missing mean "".
static bool readText(const Json& from, const char* name, std::string& to) {
  const auto found = from.find(name);
  if (found == from.end() || found->is_null()) return true;
  if (!found->is_string()) return false;
  to = found->get<std::string>();
  return true;
}

static bool readNumber(const Json& from, const char* name, uint64_t& to) {
  const auto found = from.find(name);
  if (found == from.end()) return true;
  if (!found->is_number_unsigned()) return false;
  to = found->get<uint64_t>();
  return true;
}

/// What is missing is all zeros.
static bool readWork(const Json& from, const char* name, RecordedWork& to) {
  const auto found = from.find(name);
  if (found == from.end()) return true;
  return found->is_object() && readNumber(*found, "entered_at", to.enteredAt) &&
         readNumber(*found, "calls", to.calls) && readNumber(*found, "loop_iterations", to.loopIterations) &&
         readNumber(*found, "sampled_time", to.sampledTime);
}

static bool readFunction(const Json& from, RecordedFunction& function) {
  uint64_t index = 0;
  if (!from.is_object() || !from.contains("index") || !readNumber(from, "index", index)) return false;
  const bool isRead =
      readText(from, "name", function.name) && readText(from, "tier", function.tier) &&
      readText(from, "promoted", function.promoted) && readText(from, "held", function.held) &&
      readNumber(from, "body_bytes", function.bodyBytes) && readNumber(from, "code_bytes", function.codeBytes) &&
      readNumber(from, "queued_at", function.queuedAt) && readNumber(from, "compiled_at", function.compiledAt) &&
      readNumber(from, "compile_time", function.compileTime) &&
      readNumber(from, "loop_entered_at", function.loopEnteredAt) &&
      readNumber(from, "loop_entries", function.loopEntries) && readNumber(from, "host_time", function.hostTime) &&
      readWork(from, "interp", function.interp) && readWork(from, "baseline", function.baseline);
  function.name = function.name.empty() ? "func " + std::to_string(index) : demangled(function.name);
  return isRead;
}

uint64_t RunRecord::number(std::string_view name) const {
  const auto found = numbers.find(name);
  return found == numbers.end() ? 0 : found->second;
}

/// Parses `text` into `json`; else what is wrong with it.
static std::string parse(std::string_view text, Json& json) {
  try {
    json = Json::parse(text);
    return {};
  } catch (const Json::parse_error& error) {
    return "byte " + std::to_string(error.byte) + " is no JSON";
  } catch (const Json::exception& error) {
    return error.what();
  }
}

Result<RunRecord> readRunRecord(std::string_view text) {
  Json json;
  if (const std::string why = parse(text, json); !why.empty()) return noRecord(why);
  if (!json.is_object()) return noRecord("it is no object");
  const auto functions = json.find("functions");
  if (functions == json.end() || !functions->is_array()) return noRecord("it has no list \"functions\"");
  if (!json.contains("module.bytes")) return noRecord("it has no number \"module.bytes\"");

  RunRecord record;
  if (!readText(json, "file", record.file)) return noRecord("\"file\" is no text");
  for (const auto& [name, value] : json.items())
    if (value.is_number_unsigned()) record.numbers[name] = value.get<uint64_t>();
  for (const Json& from : *functions) {
    if (!readFunction(from, record.functions.emplace_back()))
      return noRecord("entry " + std::to_string(record.functions.size() - 1) + " of \"functions\" does not read");
  }
  return record;
}

}  // namespace wasmrun::cli
