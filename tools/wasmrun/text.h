// Text for people and for programs: escaping, JSON, columns, filled paragraphs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace wasmrun::cli {

/// Names come out of modules and may hold anything: control characters, what changes the direction of text or breaks
/// lines, and bytes that are not UTF-8 become \u{..} and \xx, as the text format writes them, so that they can neither
/// drive a terminal nor look like other names.
std::string escaped(std::string_view text);
/// The same for whole messages: line feeds stay.
std::string escapedLines(std::string_view text);

/// The first `limit` bytes, cut between characters and with "..." behind them when there are more.
std::string shortened(std::string_view text, size_t limit);

/// A JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD.
std::string jsonString(std::string_view text);

/// "0x1f"
std::string hex(uint64_t number);

/// Spaces on the right, or on the left, up to `width` bytes.
std::string padRight(std::string_view text, size_t width);
std::string padLeft(std::string_view text, size_t width);

/// Breaks at spaces so that lines, indented by `indent`, stay within `width`; the first line is not indented. No
/// newline at the end.
std::string filled(std::string_view text, size_t indent, size_t width = 80);

}  // namespace wasmrun::cli
