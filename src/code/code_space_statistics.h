// What a code space has used so far.
#pragma once

#include "support/int.h"

namespace wasmrun::code {

struct CodeSpaceStatistics {
  u64 reservedBytes = 0;  ///< address space for code and slots; the second view is not counted
  u64 chunkBytes = 0;     ///< handed to areas
  u64 codeBytes = 0;      ///< in blocks
  u64 slots = 0;          ///< jump table slots in use
  u64 recordBytes = 0;    ///< memory of the records
  u64 blocks = 0;
  bool dualMapped = false;
};

}  // namespace wasmrun::code
