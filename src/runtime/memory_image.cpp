#include "runtime/memory_image.h"

#include <algorithm>
#include <optional>

#include "platform/mapping.h"

namespace wasmrun::runtime {

namespace {

/// The address a segment's bytes go to, if it is written in the module as one constant.
std::optional<u64> constantOffset(const wasm::DataSegment& segment) {
  if (segment.memoryOffset.ops.size() != 1) return std::nullopt;
  const wasm::ConstOp& op = segment.memoryOffset.ops[0];
  if (op.opcode != wasm::Opcode::I32Const && op.opcode != wasm::Opcode::I64Const) return std::nullopt;
  return op.bits;
}

struct Extent {
  u64 end = 0;    ///< past the last byte written
  u64 bytes = 0;  ///< written
};

/// What the active segments write; nothing if one may trap or its place is not constant.
std::optional<Extent> extentOf(const wasm::Module& module, u64 memoryBytes) {
  Extent extent;
  for (const wasm::DataSegment& segment : module.data) {
    if (segment.mode != wasm::SegmentMode::Active) continue;
    const std::optional<u64> offset = constantOffset(segment);
    const u64 count = segment.bytes.size();
    if (!offset || count > memoryBytes || *offset > memoryBytes - count) return std::nullopt;
    extent.end = std::max(extent.end, *offset + count);
    extent.bytes += count;
  }
  return extent;
}

}  // namespace

std::unique_ptr<MemoryImage> MemoryImage::make(const wasm::Module& module) {
  if (module.memories.size() != 1 || module.importedMemories != 0) return nullptr;
  const wasm::MemoryType& type = module.memories[0];
  if (type.limits.min > u64{1} << 32 || type.pageSizeLog2 > 16) return nullptr;
  const u64 memoryBytes = type.limits.min << type.pageSizeLog2;
  const std::optional<Extent> extent = extentOf(module, memoryBytes);
  if (!extent || extent->bytes < kSmallest) return nullptr;

  const u64 size = platform::roundUpToPage(extent->end);
  if (size > memoryBytes) return nullptr;
  auto file = platform::AnonymousFile::make("wasmrun-memory-image", size);
  if (!file) return nullptr;
  for (const wasm::DataSegment& segment : module.data)
    if (segment.mode == wasm::SegmentMode::Active)
      if (!file->write(*constantOffset(segment), segment.bytes.data(), segment.bytes.size())) return nullptr;
  if (!file->seal()) return nullptr;
  return std::unique_ptr<MemoryImage>(new MemoryImage(*std::move(file), size));
}

}  // namespace wasmrun::runtime
