#include "report_error.h"

#include <cstdio>

#include "exit_code.h"
#include "text.h"

namespace wasmrun::cli {

static constexpr std::string_view kBacktrace = "error while executing at wasm backtrace:";

static void appendTrap(const Error& error, std::vector<std::string>& lines) {
  if (auto fault = error.memoryFault()) {
    lines.push_back("memory fault at wasm address " + hex(fault->address) + " in linear memory of size " +
                    hex(fault->memorySize));
  }
  TrapKind kind = error.trap().value_or(TrapKind::Host);
  if (kind == TrapKind::Host) {
    lines.push_back(error.message);
    return;
  }
  // The library's message may know more than the table's text: which import, which limit.
  bool knowsMore = error.message.size() > longText(kind).size() && error.message.starts_with(longText(kind));
  lines.push_back("wasm trap: " + (knowsMore ? error.message : std::string(longText(kind))));
}

/// The lines under "Caused by:" that tell of the error itself; some have several lines.
static void appendCauses(const Error& error, std::vector<std::string>& lines) {
  if (!error.backtrace().empty()) {
    std::string backtrace = std::string(kBacktrace) + "\n" + formatBacktrace(error.backtrace());
    if (error.detail->framesLeftOut) {
      backtrace += "  ... " + std::to_string(error.detail->framesLeftOut) + " frames more (-D max-backtrace=N)\n";
    }
    backtrace.pop_back();
    lines.push_back(std::move(backtrace));
  }
  if (error.kind == ErrorKind::Trap) {
    appendTrap(error, lines);
  } else if (error.kind == ErrorKind::Exception) {
    lines.push_back("wasm exception that nothing caught: " + error.message);
  } else {
    std::string place = error.offset == Error::kNoOffset ? "" : " (at offset " + hex(error.offset) + ")";
    lines.push_back(error.message + place);
  }
}

/// The lines after the first get the indentation that they belong under.
static std::string numbered(size_t number, const std::string& lines) {
  std::string result = padLeft(std::to_string(number), 5) + ": ";
  for (char c : lines) {
    result += c;
    if (c == '\n') result += "       ";
  }
  return result + "\n";
}

/// Names out of modules and file names end up in messages, so nothing is sent to the terminal as it is.
static void writeMessage(std::string_view text) {
  std::string clean = escapedLines(text);
  std::fwrite(clean.data(), 1, clean.size(), stderr);
}

void reportFailure(std::string_view message) { writeMessage("Error: " + std::string(message) + "\n"); }

int reportError(const Error& error, std::vector<std::string> attempts) {
  if (error.kind == ErrorKind::Exit) return static_cast<int>(error.exitCode().value_or(kExitFailure) & 0xff);

  std::vector<std::string> lines = std::move(attempts);
  appendCauses(error, lines);
  std::string text = "Error: " + lines[0] + "\n";
  if (lines.size() > 1) text += "\nCaused by:\n";
  for (size_t i = 1; i < lines.size(); i++) text += numbered(i - 1, lines[i]);
  writeMessage(text);

  bool ofGuest = error.kind == ErrorKind::Trap || error.kind == ErrorKind::Exception;
  return ofGuest ? kExitTrap : kExitFailure;
}

}  // namespace wasmrun::cli
