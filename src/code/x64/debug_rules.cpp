#include "code/debug_rules.h"

// docs/ABI-x64.md: a function's frame is a return address. Stubs that call C++ keep rsp in rbp; `enter` pushes rbp,
// rbx, r12 .. r15 and one word more.
namespace wasmrun::code {

namespace {

constexpr u8 kDefCfa = 0x0C;        // register, offset
constexpr u8 kDefCfaOffset = 0x0E;  // offset
constexpr u8 kOffset = 0x80;        // | register; words below the frame's address

// DWARF's numbers.
constexpr u8 kRbx = 3, kRbp = 6, kRsp = 7, kR12 = 12, kReturnAddress = 16;

constexpr u8 kFunction[] = {kDefCfa, kRsp, 8, kOffset | kReturnAddress, 1};
constexpr u8 kStub[] = {kDefCfa, kRbp, 8};
constexpr u8 kCallOther[] = {kDefCfaOffset, 16};
constexpr u8 kEnter[] = {kDefCfaOffset,        64, kOffset | kRbp,       2, kOffset | kRbx,       3, kOffset | kR12, 4,
                         kOffset | (kR12 + 1), 5,  kOffset | (kR12 + 2), 6, kOffset | (kR12 + 3), 7};

}  // namespace

const DebugRules kDebugRules = {62, kReturnAddress, kFunction, kStub, kCallOther, kEnter};

}  // namespace wasmrun::code
