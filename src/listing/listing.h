// Listing: machine code as text that reads the same wherever the code lies.
//
//     wasm 0x2a..0x5c, 12 slots, 84 bytes
//       0000  lea r11, [rbx + 0x60]
//       0004  cmp r11, qword ptr [r13 + 8]
//     L0:
//       0020  call qword ptr [slot app!fib]     ; wasm 0x31, frame +3, references 4 5
//       0026  jne L0
//       0028  mov eax, dword ptr [r15 + rax]    ; wasm 0x38, access
#pragma once

#include <functional>
#include <string>

#include "code/code_map.h"

namespace wasmrun::listing {

struct ListingOptions {
  bool bytes = false;  ///< the bytes of each instruction as well
  /// The name of an address outside of the code that is listed; empty: none is known.
  std::function<std::string(const void* address)> nameOf;
};

/// A published function or block of stubs, one instruction a line, with what its record knows of places in it. Lines
/// end with newlines. The code must not go meanwhile.
std::string listCode(const code::FunctionRecord& record, const ListingOptions& options);

}  // namespace wasmrun::listing
