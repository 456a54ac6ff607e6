// The numbers of the preview 1 ABI (witx: typenames): rights, flags, enumerations and struct layouts. Error numbers
// are in errno.def. Structs are given by the offsets of their fields; all fields are little-endian.
#pragma once

#include "support/int.h"

namespace wasmrun::wasi {

// -- Rights ----------------------------------------------------------------------------------------------------------

/// What may be done with a descriptor (its base rights), or with descriptors opened through it (inheriting rights).
using Rights = u64;

namespace right {
inline constexpr Rights kFdDatasync = 1 << 0;
inline constexpr Rights kFdRead = 1 << 1;
inline constexpr Rights kFdSeek = 1 << 2;
inline constexpr Rights kFdFdstatSetFlags = 1 << 3;
inline constexpr Rights kFdSync = 1 << 4;
inline constexpr Rights kFdTell = 1 << 5;
inline constexpr Rights kFdWrite = 1 << 6;
inline constexpr Rights kFdAdvise = 1 << 7;
inline constexpr Rights kFdAllocate = 1 << 8;
inline constexpr Rights kPathCreateDirectory = 1 << 9;
inline constexpr Rights kPathCreateFile = 1 << 10;
inline constexpr Rights kPathLinkSource = 1 << 11;
inline constexpr Rights kPathLinkTarget = 1 << 12;
inline constexpr Rights kPathOpen = 1 << 13;
inline constexpr Rights kFdReaddir = 1 << 14;
inline constexpr Rights kPathReadlink = 1 << 15;
inline constexpr Rights kPathRenameSource = 1 << 16;
inline constexpr Rights kPathRenameTarget = 1 << 17;
inline constexpr Rights kPathFilestatGet = 1 << 18;
inline constexpr Rights kPathFilestatSetSize = 1 << 19;
inline constexpr Rights kPathFilestatSetTimes = 1 << 20;
inline constexpr Rights kFdFilestatGet = 1 << 21;
inline constexpr Rights kFdFilestatSetSize = 1 << 22;
inline constexpr Rights kFdFilestatSetTimes = 1 << 23;
inline constexpr Rights kPathSymlink = 1 << 24;
inline constexpr Rights kPathRemoveDirectory = 1 << 25;
inline constexpr Rights kPathUnlinkFile = 1 << 26;
inline constexpr Rights kPollFdReadwrite = 1 << 27;
inline constexpr Rights kSockShutdown = 1 << 28;
inline constexpr Rights kSockAccept = 1 << 29;

inline constexpr Rights kRegularFile = kFdDatasync | kFdRead | kFdSeek | kFdFdstatSetFlags | kFdSync | kFdTell |
                                       kFdWrite | kFdAdvise | kFdAllocate | kFdFilestatGet | kFdFilestatSetSize |
                                       kFdFilestatSetTimes | kPollFdReadwrite;

inline constexpr Rights kDirectory =
    kFdFdstatSetFlags | kFdSync | kFdDatasync | kFdAdvise | kPathCreateDirectory | kPathCreateFile | kPathLinkSource |
    kPathLinkTarget | kPathOpen | kFdReaddir | kPathReadlink | kPathRenameSource | kPathRenameTarget |
    kPathFilestatGet | kPathFilestatSetSize | kPathFilestatSetTimes | kFdFilestatGet | kFdFilestatSetTimes |
    kPathSymlink | kPathRemoveDirectory | kPathUnlinkFile | kPollFdReadwrite;

/// Terminals and pipes. The absence of seek and tell is how wasi-libc's isatty knows a terminal.
inline constexpr Rights kStream =
    kFdRead | kFdFdstatSetFlags | kFdWrite | kFdFilestatGet | kPollFdReadwrite | kFdSync | kFdDatasync;

inline constexpr Rights kSocket = kStream | kSockShutdown | kSockAccept;

/// Devices that are not terminals (/dev/null, /dev/urandom, disks).
inline constexpr Rights kDevice = kStream | kFdSeek | kFdTell;

/// What a read-only preopen lacks, in both sets. Reading sources of links and renames counts as writing: a link made
/// elsewhere would make the file writable.
inline constexpr Rights kWriting = kFdWrite | kFdAllocate | kFdFilestatSetSize | kFdFilestatSetTimes |
                                   kPathCreateDirectory | kPathCreateFile | kPathLinkSource | kPathLinkTarget |
                                   kPathRenameSource | kPathRenameTarget | kPathFilestatSetSize |
                                   kPathFilestatSetTimes | kPathSymlink | kPathRemoveDirectory | kPathUnlinkFile;
}  // namespace right

// -- Enumerations and flags ------------------------------------------------------------------------------------------

enum class FileType : u8 {
  Unknown = 0,  ///< also FIFOs, for which preview 1 has no number
  BlockDevice = 1,
  CharacterDevice = 2,
  Directory = 3,
  RegularFile = 4,
  SocketDgram = 5,
  SocketStream = 6,
  SymbolicLink = 7,
};

namespace fdflag {
inline constexpr u16 kAppend = 1, kDsync = 2, kNonblock = 4, kRsync = 8, kSync = 16;
inline constexpr u16 kAnySync = kDsync | kRsync | kSync, kAll = kAppend | kNonblock | kAnySync;
}  // namespace fdflag

namespace openflag {
inline constexpr u32 kCreate = 1, kDirectory = 2, kExclusive = 4, kTruncate = 8, kAll = 15;
}

namespace lookupflag {
inline constexpr u32 kSymlinkFollow = 1, kAll = 1;
}

namespace timeflag {
inline constexpr u32 kAccessed = 1, kAccessedNow = 2, kModified = 4, kModifiedNow = 8, kAll = 15;
}

namespace sockflag {
inline constexpr u32 kReceivePeek = 1, kReceiveWaitAll = 2, kReceiveAll = 3;
inline constexpr u16 kDataTruncated = 1;
inline constexpr u32 kShutdownRead = 1, kShutdownWrite = 2, kShutdownAll = 3;
}  // namespace sockflag

enum class Whence : u8 { Set = 0, Current = 1, End = 2 };
enum class ClockId : u8 { Realtime = 0, Monotonic = 1, ProcessCpuTime = 2, ThreadCpuTime = 3 };
enum class EventType : u8 { Clock = 0, FdRead = 1, FdWrite = 2 };

inline constexpr u16 kEventHangup = 1;
inline constexpr u16 kSubscriptionAbsoluteTime = 1;
inline constexpr u8 kPreopenTypeDirectory = 0;

// -- Layouts: offsets and sizes in bytes -----------------------------------------------------------------------------

namespace fdstat_layout {
inline constexpr u32 kFileType = 0, kFlags = 2, kBase = 8, kInheriting = 16, kSize = 24;
}
namespace filestat_layout {
inline constexpr u32 kDevice = 0, kInode = 8, kFileType = 16, kLinks = 24, kFileSize = 32, kAccessed = 40,
                     kModified = 48, kChanged = 56, kSize = 64;
}
namespace dirent_layout {
inline constexpr u32 kNext = 0, kInode = 8, kNameLength = 16, kFileType = 20, kSize = 24;
}
namespace prestat_layout {
inline constexpr u32 kTag = 0, kNameLength = 4, kSize = 8;
}
namespace subscription_layout {
inline constexpr u32 kUserdata = 0, kTag = 8, kClockId = 16, kTimeout = 24, kPrecision = 32, kClockFlags = 40, kFd = 16,
                     kSize = 48;
}
namespace event_layout {
inline constexpr u32 kUserdata = 0, kError = 8, kType = 10, kBytes = 16, kFlags = 24, kSize = 32;
}

}  // namespace wasmrun::wasi
