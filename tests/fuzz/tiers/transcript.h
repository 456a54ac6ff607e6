// Transcripts: what a module does in one tier of one build of the engine, as text. Equal behaviour is equal text.
#pragma once

#include <cstddef>
#include <cstdint>

/// Instantiates a module with imports made up for it, calls its exported functions several times with fixed arguments,
/// and writes results (to the bit), errors with backtraces, fuel left if it is counted, and at the end all exported
/// globals, memories and tables. `options`: of the engine, as "name=value,name=value"; the same ones make the same
/// engine again. With `fuel` each call may execute kTranscriptFuel instructions; without, it ends after seconds.
using WriteTranscript = void(const uint8_t* bytes, size_t size, const char* options, bool fuel,
                             void (*write)(void* to, const char* text, size_t size), void* to);
inline constexpr uint64_t kTranscriptFuel = 20'000;

extern "C" {
/// The library as it is shipped.
WriteTranscript wasmrunTranscriptShipped;
/// With the interpreter's handlers reached by computed goto, not fused. In a shared library of its own.
WriteTranscript wasmrunTranscriptComputedGoto;
}
