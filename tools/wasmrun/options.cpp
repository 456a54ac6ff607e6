#include "options.h"

#include <cstdlib>

namespace wasmrun::cli {

static std::unexpected<Error> usage(std::string message) { return fail(ErrorKind::Usage, std::move(message)); }

static std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

// A path may hold single colons (C:, 10:30), so they are only refused where no double one says what is meant: there,
// HOST:GUEST as other tools write it is the likelier reading, and taking it as a strange path would hide the mistake.
Result<Directory> parseDirectory(std::string_view text) {
  constexpr std::string_view kSeparator = "::";
  const std::string whole(text);
  if (text.find(":::") != std::string_view::npos) {
    return usage("--dir takes HOST[::GUEST[::ro]], not " + quoted(text) + ": three colons in a row");
  }
  std::vector<std::string_view> parts;
  for (size_t at; (at = text.find(kSeparator)) != std::string_view::npos; text.remove_prefix(at + kSeparator.size())) {
    parts.push_back(text.substr(0, at));
  }
  parts.push_back(text);

  if (parts.size() == 1) {
    if (size_t colon = text.find(':'); colon != std::string_view::npos) {
      return usage("--dir takes two colons between host and guest directory: --dir " +
                   std::string(text.substr(0, colon)) + "::" + std::string(text.substr(colon + 1)) + ", not " +
                   quoted(whole) + " (for a path with a colon: --dir " + whole + "::" + whole + ")");
    }
  }
  if (parts.size() > 3) return usage("--dir takes HOST[::GUEST[::ro]], not " + quoted(whole));
  if (parts.size() == 3 && parts[2] != "ro") {
    return usage("--dir takes HOST[::GUEST[::ro]]: the third part of " + quoted(whole) + " is not 'ro'");
  }
  for (std::string_view part : parts) {
    if (part.empty()) return usage("--dir takes HOST[::GUEST[::ro]]: a part of " + quoted(whole) + " is empty");
  }
  return Directory{std::string(parts[0]), std::string(parts.size() > 1 ? parts[1] : parts[0]), parts.size() == 3};
}

Result<Variable> parseVariable(std::string_view text) {
  size_t equals = text.find('=');
  std::string name(text.substr(0, equals));
  if (name.empty()) return usage("--env takes NAME[=VALUE], not " + quoted(text));
  if (equals != std::string_view::npos) return Variable{std::move(name), std::string(text.substr(equals + 1))};
  const char* value = std::getenv(name.c_str());
  if (!value) {
    return usage("--env " + name + ": no such variable in wasmrun's own environment; give a value with --env " + name +
                 "=VALUE");
  }
  return Variable{std::move(name), value};
}

Result<Preload> parsePreload(std::string_view text) {
  size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0 || equals + 1 == text.size()) {
    return usage("--preload takes NAME=FILE, not " + quoted(text));
  }
  return Preload{std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
}

Result<StatsOutput> parseStats(std::string_view text) {
  StatsOutput output;
  size_t colon = text.find(':');
  std::string_view format = text.substr(0, colon);
  if (format == "json") {
    output.format = StatsOutput::Format::Json;
  } else if (!format.empty() && format != "text") {
    return usage(
        "--stats takes text or json, then perhaps a file: --stats=json:FILE, not '--stats=" + std::string(text) + "'");
  }
  if (colon != std::string_view::npos) {
    output.file = text.substr(colon + 1);
    if (output.file.empty()) return usage("--stats: a file name belongs after the colon");
  }
  return output;
}

}  // namespace wasmrun::cli
