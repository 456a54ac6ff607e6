// Transcripts: what a module does in one tier of one build of the engine, as text. Equal behaviour is equal text.
#pragma once

#include <cstddef>
#include <cstdint>

/// Instantiates a module with imports made up for it, calls its exported functions several times with fixed arguments,
/// and writes results (to the bit), errors with backtraces, fuel left, and at the end all exported globals, memories
/// and tables.
using WriteTranscript = void(const uint8_t* bytes, size_t size, const char* tier,
                             void (*write)(void* to, const char* text, size_t size), void* to);

extern "C" {
/// The library as it is shipped.
WriteTranscript wasmrunTranscriptShipped;
/// With the interpreter's handlers reached by computed goto, not fused. In a shared library of its own.
WriteTranscript wasmrunTranscriptComputedGoto;
}
