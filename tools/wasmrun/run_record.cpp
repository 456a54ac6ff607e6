#include "run_record.h"

#include <nlohmann/json.hpp>

#include "demangle.h"

namespace wasmrun::cli {

using Json = nlohmann::json;

static std::unexpected<Error> noRecord(const std::string& why) {
  return fail(ErrorKind::Malformed, "this is not what 'wasmrun --stats=json:FILE' writes: " + why);
}

namespace {

/// Reads the fields of one object; keeps the first that is not what it should be.
class Fields {
 public:
  Fields(const Json& from, std::string place) : from_(from), place_(std::move(place)) {
    if (!from.is_object()) wrong_ = place_ + " is no object";
  }

  /// Null and what is missing mean "".
  void text(const char* name, std::string& to) {
    const Json* field = find(name);
    if (!field || field->is_null()) return;
    if (field->is_string())
      to = field->get<std::string>();
    else
      refuse(name, "no text");
  }

  /// What is missing is 0.
  void number(const char* name, uint64_t& to) {
    const Json* field = find(name);
    if (!field) return;
    if (field->is_number_unsigned())
      to = field->get<uint64_t>();
    else
      refuse(name, "no number from 0 on");
  }

  /// What is missing is all zeros.
  void work(const char* name, RecordedWork& to) {
    const Json* field = find(name);
    if (!field) return;
    Fields fields(*field, "\"" + std::string(name) + "\" of " + place_);
    fields.number("entered_at", to.enteredAt);
    fields.number("calls", to.calls);
    fields.number("loop_iterations", to.loopIterations);
    fields.number("sampled_time", to.sampledTime);
    if (wrong_.empty()) wrong_ = fields.wrong_;
  }

  void require(const char* name) {
    if (!find(name)) refuse(name, "missing");
  }

  /// Which field is wrong, and how; empty if none is.
  const std::string& wrong() const { return wrong_; }

 private:
  const Json* find(const char* name) const {
    if (!from_.is_object()) return nullptr;
    const auto found = from_.find(name);
    return found == from_.end() ? nullptr : &*found;
  }

  void refuse(const char* name, const char* why) {
    if (wrong_.empty()) wrong_ = "\"" + std::string(name) + "\" of " + place_ + " is " + why;
  }

  const Json& from_;
  const std::string place_;
  std::string wrong_;
};

}  // namespace

/// What is wrong with it; empty if nothing is.
static std::string readFunction(const Json& from, const std::string& place, RecordedFunction& function) {
  Fields fields(from, place);
  uint64_t index = 0;
  std::string module, name;
  fields.require("index");
  fields.number("index", index);
  fields.text("module", module);
  fields.text("name", name);
  fields.text("tier", function.tier);
  fields.text("promoted", function.promoted);
  fields.text("held", function.held);
  fields.number("body_bytes", function.bodyBytes);
  fields.number("code_bytes", function.codeBytes);
  fields.number("queued_at", function.queuedAt);
  fields.number("compiled_at", function.compiledAt);
  fields.number("compile_time", function.compileTime);
  fields.number("loop_entered_at", function.loopEnteredAt);
  fields.number("loop_entries", function.loopEntries);
  fields.number("host_time", function.hostTime);
  fields.work("interp", function.interp);
  fields.work("baseline", function.baseline);
  function.name =
      (module.empty() ? "" : module + "!") + (name.empty() ? "func " + std::to_string(index) : demangled(name));
  return fields.wrong();
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

  RunRecord record;
  Fields fields(json, "the run");
  fields.require("module.bytes");
  fields.text("file", record.file);
  // The names of numbers have a dot.
  for (const auto& [name, value] : json.items())
    if (name.find('.') != std::string::npos) fields.number(name.c_str(), record.numbers[name]);
  if (!fields.wrong().empty()) return noRecord(fields.wrong());
  for (const Json& from : *functions) {
    const std::string place = "entry " + std::to_string(record.functions.size()) + " of \"functions\"";
    if (const std::string wrong = readFunction(from, place, record.functions.emplace_back()); !wrong.empty())
      return noRecord(wrong);
  }
  return record;
}

}  // namespace wasmrun::cli
