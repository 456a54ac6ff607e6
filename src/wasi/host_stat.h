// Conversions between the host's structures and WASI's. Included by host_*.cpp files only: it needs OS headers.
#pragma once

#include <sys/stat.h>
#include <time.h>

#include "wasi/host_files.h"

namespace wasmrun::wasi {

/// The type by st_mode; sockets count as streams until asked (fileNature asks).
FileType fileTypeOfMode(mode_t mode);
FileStatus fileStatusOf(const struct stat& host);

/// Nanoseconds; 0 for times before 1970, the greatest u64 for times after 2554.
u64 nanosecondsOf(const timespec& time);
timespec timespecOf(u64 nanoseconds);
timespec timespecOf(TimeChange change);

}  // namespace wasmrun::wasi
