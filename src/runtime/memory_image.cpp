#include "runtime/memory_image.h"

#include <algorithm>

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

/// Bytes of the module's only memory, its own, at first; nothing if it has another number of memories.
std::optional<u64> onlyMemorySize(const wasm::Module& module) {
  if (module.memories.size() != 1 || module.importedMemories != 0) return std::nullopt;
  const wasm::MemoryType& type = module.memories[0];
  if (type.limits.min > u64{1} << 32 || type.pageSizeLog2 > 16) return std::nullopt;
  return type.limits.min << type.pageSizeLog2;
}

}  // namespace

std::optional<DataExtent> activeDataExtent(const wasm::Module& module) {
  const std::optional<u64> memorySize = onlyMemorySize(module);
  if (!memorySize) return std::nullopt;
  DataExtent extent{.begin = ~u64{0}};
  for (const wasm::DataSegment& segment : module.data) {
    if (segment.mode != wasm::SegmentMode::Active) continue;
    const std::optional<u64> offset = constantOffset(segment);
    const u64 count = segment.bytes.size();
    if (!offset || count > *memorySize || *offset > *memorySize - count) return std::nullopt;
    extent.begin = std::min(extent.begin, *offset);
    extent.end = std::max(extent.end, *offset + count);
    extent.bytes += count;
  }
  if (extent.begin > extent.end) return std::nullopt;
  return extent;
}

std::unique_ptr<MemoryImage> MemoryImage::make(const wasm::Module& module) {
  const std::optional<DataExtent> extent = activeDataExtent(module);
  if (!extent || extent->bytes < kSmallest) return nullptr;
  const u64 size = platform::roundUpToPage(extent->end);
  if (size > *onlyMemorySize(module)) return nullptr;
  auto file = platform::AnonymousFile::make("wasmrun-memory-image", size);
  if (!file) return nullptr;
  for (const wasm::DataSegment& segment : module.data)
    if (segment.mode == wasm::SegmentMode::Active)
      if (!file->write(*constantOffset(segment), segment.bytes.data(), segment.bytes.size())) return nullptr;
  if (!file->seal()) return nullptr;
  return std::unique_ptr<MemoryImage>(new MemoryImage(*std::move(file), size));
}

}  // namespace wasmrun::runtime
