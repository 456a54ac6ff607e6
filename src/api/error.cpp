#include "wasmrun/error.h"

#include "support/text.h"
#include "wasmrun/handle.h"

namespace wasmrun {

using support::concat;
using support::Hex;

std::string_view kindName(ErrorKind kind) noexcept {
  constexpr std::string_view kNames[] = {"malformed", "invalid",  "limit", "unsupported", "link",     "io",
                                         "usage",     "internal", "trap",  "exit",        "exception"};
  return kNames[static_cast<size_t>(kind)];
}

// -- Backtraces in Wasmtime's layout ---------------------------------------------------------------------------------

namespace {

/// A name out of a module, on one line and without control characters: a module could print lines of its own else.
std::string nameOnALine(std::string_view name) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const char character : name) {
    const auto byte = static_cast<unsigned char>(character);
    if (byte >= 0x20 && byte != 0x7f)
      out += character;
    else
      out += concat("\\u{", kDigits[byte >> 4], kDigits[byte & 15], '}');
  }
  return out;
}

/// The function that location `i` belongs to, without one the frame's.
std::string functionAt(const Frame& frame, size_t i) {
  if (i < frame.locations.size() && !frame.locations[i].inlinedFunction.empty())
    return nameOnALine(frame.locations[i].inlinedFunction);
  return frame.functionName.empty() ? concat("<wasm function ", frame.functionIndex, '>')
                                    : nameOnALine(frame.functionName);
}

std::string padLeft(std::string text, size_t width) {
  if (text.size() < width) text.insert(0, width - text.size(), ' ');
  return text;
}

void appendLocation(std::string& out, const std::string& indent, const SourceLocation& location) {
  out += concat(indent, "                    at ", nameOnALine(location.file));
  if (location.line != 0) out += concat(':', location.line);
  if (location.line != 0 && location.column != 0) out += concat(':', location.column);
  out += '\n';
}

}  // namespace

std::string formatBacktrace(std::span<const Frame> frames, uint32_t indent, ShowTiers tiers) {
  const std::string margin(indent, ' ');
  std::string out;
  for (size_t i = 0; i < frames.size(); ++i) {
    const Frame& frame = frames[i];
    const bool tier = tiers == ShowTiers::Yes && !frame.tier.empty();
    out += concat(margin, padLeft(std::to_string(i), 5), ": ", padLeft(concat(Hex{frame.moduleOffset}), 8), " - ",
                  frame.moduleName.empty() ? "<unknown>" : nameOnALine(frame.moduleName), '!', functionAt(frame, 0),
                  tier ? concat(" [", frame.tier, ']') : "", '\n');
    for (size_t k = 0; k < frame.locations.size(); ++k) {
      if (k != 0) out += concat(margin, "              - ", functionAt(frame, k), '\n');
      appendLocation(out, margin, frame.locations[k]);
    }
  }
  return out;
}

// -- The whole error -------------------------------------------------------------------------------------------------

namespace {

std::string placeText(const Error& error) {
  if (error.offset != Error::kNoOffset) return concat(" (at offset ", Hex{error.offset}, ')');
  return {};
}

/// "file:line:column: message" and the line with a caret.
std::string textErrorText(const Error& error) {
  const std::string file = error.detail && !error.detail->fileName.empty() ? error.detail->fileName + ':' : "";
  const std::string message = concat(file, error.line, ':', error.column, ": ", error.message);
  return error.detail && !error.detail->excerpt.empty() ? concat(message, '\n', error.detail->excerpt) : message;
}

/// What a trap says besides its kind: "" if its message is the kind's own text.
std::string trapText(const Error& error, TrapKind kind) {
  if (kind == TrapKind::Host) return error.message;
  const std::string_view words = longText(kind);
  if (error.message == specText(kind) || error.message.empty()) return concat("wasm trap: ", words);
  if (error.message.starts_with(words)) return concat("wasm trap: ", error.message);
  // The message begins with the specification's words; ours are said already.
  std::string_view details = error.message;
  if (details.starts_with(specText(kind))) details.remove_prefix(specText(kind).size());
  if (details.starts_with(": ")) details.remove_prefix(2);
  return concat("wasm trap: ", words, " (", details, ')');
}

}  // namespace

std::string Error::toString() const {
  std::string out;
  if (!backtrace().empty()) {
    out = concat("error while executing at wasm backtrace:\n", formatBacktrace(backtrace()));
    if (detail->framesLeftOut != 0) out += concat("  ... ", detail->framesLeftOut, " frames more\n");
  }
  if (const auto fault = memoryFault())
    out += concat("memory fault at wasm address ", Hex{fault->address}, " in linear memory of size ",
                  Hex{fault->memorySize}, '\n');
  if (line != 0) return out + textErrorText(*this);
  const auto kind = trap();
  return out + (kind ? trapText(*this, *kind) : concat(message, placeText(*this)));
}

}  // namespace wasmrun
