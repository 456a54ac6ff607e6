// MemoryImage: a module's active data segments laid out as its memory 0 begins, in a file without a name, to be mapped
// copy on write instead of copied.
#pragma once

#include <memory>
#include <optional>

#include "platform/anonymous_file.h"
#include "wasm/module.h"

namespace wasmrun::runtime {

/// Where a module's active data segments write.
struct DataExtent {
  u64 begin = 0, end = 0;  ///< of the memory
  u64 bytes = 0;           ///< written in between, counting twice what is written twice
};

/// The extent if all active segments write to the module's only memory, its own, at constant places inside its minimum:
/// none of them can trap then. Nothing otherwise, and if there are none.
std::optional<DataExtent> activeDataExtent(const wasm::Module& module);

class MemoryImage {
 public:
  /// Bytes of data that are worth a descriptor. Measured (x86-64, 4 KiB pages; instantiation and a program that
  /// touches none, a quarter or all of its data): 64 KiB copied 23 us, mapped 2, 10, 22; 1 MiB copied 340 us, mapped 2,
  /// 78, 295. Below 32 KiB a program that touches everything loses by the mapping.
  static constexpr u64 kSmallest = 64 * 1024;

  /// The image, or null if it does not pay, would change what the module does (there is no activeDataExtent), or cannot
  /// be had.
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
