// MemoryImage: a module's active data segments laid out as its memory 0 begins, in a file without a name, to be mapped
// copy on write instead of copied.
#pragma once

#include <memory>

#include "platform/anonymous_file.h"
#include "wasm/module.h"

namespace wasmrun::runtime {

class MemoryImage {
 public:
  /// Fewer bytes are copied faster than mapped and faulted in (bench: tests/unit/runtime/memory_image_test.cpp).
  static constexpr u64 kSmallest = 256 * 1024;

  /// The image, or null if it does not pay or would change what a module does: it needs one defined memory, and every
  /// active segment at a constant place inside its minimum, so that no segment can trap; and the system's support.
  static std::unique_ptr<MemoryImage> make(const wasm::Module& module);

  const platform::AnonymousFile& file() const { return file_; }
  /// Bytes, whole system pages, at most the memory's minimum.
  u64 size() const { return size_; }

 private:
  MemoryImage(platform::AnonymousFile file, u64 size) : file_(std::move(file)), size_(size) {}
  platform::AnonymousFile file_;
  u64 size_;
};

}  // namespace wasmrun::runtime
