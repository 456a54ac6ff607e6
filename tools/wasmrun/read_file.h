// Whole files, and standard input.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "wasmrun/error.h"

namespace wasmrun::cli {

/// All bytes of a file; "-" is standard input. Of what is not what it should be, which `canBegin` says of its first
/// bytes, the beginning only: it may have no end. Io error naming file and reason, also when it is larger than `limit`.
Result<std::vector<uint8_t>> readFile(const std::string& file, uint64_t limit,
                                      bool (*canBegin)(std::span<const uint8_t> start));

/// How messages name it: `FILE`, or "<stdin>".
std::string shownName(const std::string& file);

}  // namespace wasmrun::cli
