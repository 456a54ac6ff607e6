#include "wasi/fd_table.h"

#include <algorithm>
#include <utility>

namespace wasmrun::wasi {

u32 FdTable::add(Descriptor descriptor) {
  while (lowestFree_ < descriptors_.size() && descriptors_[lowestFree_].isOpen()) ++lowestFree_;
  if (lowestFree_ == descriptors_.size()) descriptors_.emplace_back();
  descriptors_[lowestFree_] = std::move(descriptor);
  return lowestFree_++;
}

void FdTable::append(Descriptor descriptor) { descriptors_.push_back(std::move(descriptor)); }

Fallible<Descriptor*> FdTable::find(u32 fd) {
  if (fd >= descriptors_.size() || !descriptors_[fd].isOpen()) return std::unexpected(Errno::BadF);
  return &descriptors_[fd];
}

Fallible<Descriptor*> FdTable::find(u32 fd, Rights rights) {
  WASI_ASSIGN(auto* descriptor, find(fd));
  WASI_TRY(descriptor->require(rights));
  return descriptor;
}

Fallible<Descriptor*> FdTable::findDirectory(u32 fd, Rights rights) {
  WASI_ASSIGN(auto* descriptor, find(fd));
  if (!descriptor->isDirectory()) return std::unexpected(Errno::NotDir);
  WASI_TRY(descriptor->require(rights));
  return descriptor;
}

Errno FdTable::close(u32 fd) {
  if (!find(fd)) return Errno::BadF;
  release(fd);
  return Errno::Success;
}

Errno FdTable::renumber(u32 from, u32 to) {
  WASI_ASSIGN(auto* source, find(from));
  WASI_ASSIGN(auto* target, find(to));
  if (from == to) return Errno::Success;
  *target = std::move(*source);
  release(from);
  return Errno::Success;
}

void FdTable::release(u32 fd) {
  descriptors_[fd] = Descriptor();
  lowestFree_ = std::min(lowestFree_, fd);
}

}  // namespace wasmrun::wasi
