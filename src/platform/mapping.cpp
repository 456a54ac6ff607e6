#include "platform/mapping.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "platform/anonymous_file.h"
#include "support/text.h"

namespace wasmrun::platform {

namespace {

constexpr int kOpen = PROT_READ | PROT_WRITE;
constexpr int kPrivate = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
/// No 64-bit system has more address space; sizes past it are not even shown to the kernel.
constexpr u64 kLargest = u64{1} << 56;

std::unexpected<Error> failed(const char* what, u64 size, int error) {
  return fail(ErrorKind::Limit, support::concat("cannot ", what, ' ', size, " bytes: ", std::strerror(error)));
}

Result<u8*> map(const char* what, u64 size, int protection) {
  if (size > kLargest) return failed(what, size, ENOMEM);
  void* const base = mmap(nullptr, size, protection, kPrivate, -1, 0);
  if (base == MAP_FAILED) return failed(what, size, errno);
  return static_cast<u8*>(base);
}

}  // namespace

u64 pageSize() {
  static const u64 size = static_cast<u64>(sysconf(_SC_PAGESIZE));
  return size;
}

u64 roundUpToPage(u64 bytes) { return (bytes + pageSize() - 1) & ~(pageSize() - 1); }

Result<Mapping> Mapping::reserve(u64 size) {
  if (size == 0) return Mapping();
  WASMRUN_TRY_ASSIGN(u8* const base, map("reserve address space of", size, PROT_NONE));
  return Mapping(base, size);
}

Result<Mapping> Mapping::allocate(u64 size) {
  if (size == 0) return Mapping();
  WASMRUN_TRY_ASSIGN(u8* const base, map("map", size, kOpen));
  return Mapping(base, size);
}

Mapping::~Mapping() {
  if (base_ != nullptr) CHECK(munmap(base_, size_) == 0, "a mapping is ours to unmap");
}

Result<void> Mapping::commit(u64 offset, u64 size) {
  DCHECK(offset <= size_ && size <= size_ - offset, "a range lies in its mapping");
  if (size != 0 && mprotect(base_ + offset, size, kOpen) != 0) return failed("open", size, errno);
  return {};
}

Result<void> Mapping::protect(u64 offset, u64 size) {
  DCHECK(offset <= size_ && size <= size_ - offset, "a range lies in its mapping");
  if (size != 0 && mprotect(base_ + offset, size, PROT_NONE) != 0) return failed("protect", size, errno);
  return {};
}

Result<void> Mapping::decommit(u64 offset, u64 size) {
  DCHECK(offset <= size_ && size <= size_ - offset, "a range lies in its mapping");
  if (size != 0 && madvise(base_ + offset, size, MADV_DONTNEED) != 0) return failed("give back", size, errno);
  return {};
}

void Mapping::expectWrites(u64 offset, u64 size) {
  DCHECK(offset <= size_ && size <= size_ - offset, "a range lies in its mapping");
  const u64 begin = roundUpToPage(offset);
  const u64 end = (offset + size) & ~(pageSize() - 1);
  if (begin >= end) return;
  madvise(base_ + begin, end - begin, MADV_HUGEPAGE);
  madvise(base_ + begin, end - begin, MADV_POPULATE_WRITE);
}

Result<void> Mapping::resize(u64 size) {
  if (base_ == nullptr) {
    WASMRUN_TRY_ASSIGN(*this, allocate(size));
    return {};
  }
  if (size == 0) {
    *this = Mapping();
    return {};
  }
  if (size > kLargest) return failed("map", size, ENOMEM);
  void* const moved = mremap(base_, size_, size, MREMAP_MAYMOVE);
  if (moved == MAP_FAILED) return failed("map", size, errno);
  base_ = static_cast<u8*>(moved);
  size_ = size;
  return {};
}

Result<void> Mapping::mapPrivate(const AnonymousFile& file, u64 size) {
  DCHECK(size <= size_, "a file's part fits the mapping");
  if (size == 0) return {};
  void* const place = mmap(base_, size, kOpen, MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE, file.descriptor(), 0);
  if (place == MAP_FAILED) return failed("map a file of", size, errno);
  return {};
}

}  // namespace wasmrun::platform
