#include "platform/code_mapping.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstring>

#include "support/text.h"

namespace wasmrun::platform {

namespace {

std::unexpected<Error> failed(const char* what, u64 size) {
  return fail(ErrorKind::Limit, support::concat("cannot ", what, ' ', size, " bytes: ", std::strerror(errno)));
}

}  // namespace

Result<CodeMapping> CodeMapping::make(u64 dataSize, u64 codeSize, Views views) {
  WASMRUN_TRY_ASSIGN(Mapping space, Mapping::reserve(dataSize + codeSize));
  WASMRUN_TRY(space.commit(0, dataSize));
  if (views == Views::Single) return CodeMapping(std::move(space), Mapping(), dataSize);

  // Shared memory, whose pages a mapping of zero bytes of it, moved, shows once more.
  WASMRUN_TRY_ASSIGN(Mapping writable, Mapping::reserve(codeSize));
  constexpr int kShared = MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE;
  if (mmap(writable.base(), codeSize, PROT_READ | PROT_WRITE, kShared, -1, 0) == MAP_FAILED)
    return failed("share", codeSize);
  u8* const code = space.base() + dataSize;
  if (mremap(writable.base(), 0, codeSize, MREMAP_MAYMOVE | MREMAP_FIXED, code) == MAP_FAILED)
    return failed("map a second time", codeSize);
  if (mprotect(code, codeSize, PROT_READ | PROT_EXEC) != 0) return failed("make executable", codeSize);
  return CodeMapping(std::move(space), std::move(writable), dataSize);
}

Result<void> CodeMapping::beginWrite(u64 offset, u64 size) {
  if (isDual()) return {};
  return space_.commit(dataSize_ + offset, size);
}

Result<void> CodeMapping::endWrite(u64 offset, u64 size) {
  if (isDual()) return {};
  if (mprotect(space_.base() + dataSize_ + offset, size, PROT_READ | PROT_EXEC) != 0)
    return failed("make executable", size);
  return {};
}

void CodeMapping::expectWrites(u64 offset, u64 size) {
  if (isDual()) madvise(writable(offset), size, MADV_POPULATE_WRITE);
}

void CodeMapping::release(u64 offset, u64 size) {
  // Best effort, both of them: memory that stays is used again by what is written next. Only shared memory can be taken
  // out of its file, only private memory left without access.
  if (isDual()) {
    if (madvise(writable(offset), size, MADV_REMOVE) != 0) std::memset(writable(offset), 0, size);
    return;
  }
  u8* const place = space_.base() + dataSize_ + offset;
  madvise(place, size, MADV_DONTNEED);
  mprotect(place, size, PROT_NONE);
}

}  // namespace wasmrun::platform
