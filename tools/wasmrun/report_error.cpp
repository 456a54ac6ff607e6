#include "report_error.h"

#include <cstdio>
#include <memory>

#include "demangle.h"
#include "exit_code.h"
#include "log.h"
#include "text.h"
#include "wasmrun/value.h"

namespace wasmrun::cli {

/// The reason alone: what the library says of the error without backtrace and memory fault, which are lines of their
/// own.
static std::string reasonOf(const Error& error) {
  Error bare = error;
  if (error.detail) {
    auto detail = std::make_shared<ErrorDetail>(*error.detail);
    detail->backtrace.clear();
    detail->framesLeftOut = 0;
    detail->fault.reset();
    bare.detail = std::move(detail);
  }
  std::string reason = bare.toString();
  if (const Exception* exception = error.exception()) {
    std::string payload;
    for (const Value& value : exception->payload()) payload += (payload.empty() ? "" : ", ") + value.toString();
    reason += payload.empty() ? ", without a payload" : ", with " + payload;
  }
  return reason;
}

static std::vector<Frame> readableFrames(const Error& error) {
  std::vector<Frame> frames(error.backtrace().begin(), error.backtrace().end());
  for (Frame& frame : frames) {
    frame.functionName = demangled(frame.functionName);
    for (SourceLocation& location : frame.locations) location.inlinedFunction = demangled(location.inlinedFunction);
  }
  return frames;
}

/// The lines under "Caused by:" that tell of the error itself; some have several lines.
static void appendCauses(const Error& error, std::vector<std::string>& lines) {
  if (!error.backtrace().empty()) {
    const ShowTiers tiers = logs(LogLevel::Info) ? ShowTiers::Yes : ShowTiers::No;
    std::string backtrace =
        "error while executing at wasm backtrace:\n" + formatBacktrace(readableFrames(error), 0, tiers);
    if (error.detail->framesLeftOut) {
      backtrace += "  ... " + std::to_string(error.detail->framesLeftOut) + " frames more (-D max-backtrace=N)\n";
    }
    backtrace.pop_back();
    lines.push_back(std::move(backtrace));
  }
  if (auto fault = error.memoryFault()) {
    lines.push_back("memory fault at wasm address " + hex(fault->address) + " in linear memory of size " +
                    hex(fault->memorySize));
  }
  lines.push_back(reasonOf(error));
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
  // Places in text are written as editors and terminals know them: first in the line.
  bool startsWithPlace = lines.size() == 1 && error.line != 0;
  std::string text = (startsWithPlace ? "" : "Error: ") + lines[0] + "\n";
  if (lines.size() > 1) text += "\nCaused by:\n";
  for (size_t i = 1; i < lines.size(); i++) text += numbered(i - 1, lines[i]);
  writeMessage(text);

  bool ofGuest = error.kind == ErrorKind::Trap || error.kind == ErrorKind::Exception;
  return ofGuest ? kExitTrap : kExitFailure;
}

}  // namespace wasmrun::cli
