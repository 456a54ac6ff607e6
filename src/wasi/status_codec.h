// File status and time changes between the host's terms and the guest's memory.
#pragma once

#include "wasi/guest_memory.h"
#include "wasi/host_files.h"

namespace wasmrun::wasi {

/// Writes the filestat struct.
Errno writeFileStatus(GuestMemory memory, u32 address, const FileStatus& status);

struct TimeChanges {
  TimeChange accessed;
  TimeChange modified;
};

/// What timeflag bits and the two times ask for. Inval for unknown flags, or both a time and now.
Fallible<TimeChanges> readTimeChanges(u64 accessed, u64 modified, u32 flags);

}  // namespace wasmrun::wasi
