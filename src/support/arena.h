// Arena: memory for many small things that die together.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

#include "support/int.h"

namespace wasmrun::support {

/// Allocations stay where they are until the arena dies; no destructors run. One thread at a time.
class Arena {
 public:
  Arena() = default;
  Arena(Arena&&) = default;
  Arena& operator=(Arena&&) = default;

  /// `count` value-initialized elements; an empty span for none.
  template <class T>
  std::span<T> make(size_t count) {
    static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= kAlignment);
    if (count == 0) return {};
    CHECK(count <= SIZE_MAX / 2 / sizeof(T), "an arena allocation's size fits size_t");
    T* const first = static_cast<T*>(allocate(count * sizeof(T)));
    std::uninitialized_value_construct_n(first, count);
    return {first, count};
  }

  template <class T>
  std::span<T> copy(std::span<const T> source) {
    const std::span<T> target = make<T>(source.size());
    std::copy(source.begin(), source.end(), target.begin());
    return target;
  }

 private:
  static constexpr size_t kAlignment = alignof(std::max_align_t);
  static constexpr size_t kFirstChunk = 1024;
  static constexpr size_t kLargestChunk = 256 * 1024;

  void* allocate(size_t size) {
    size = (size + kAlignment - 1) & ~(kAlignment - 1);
    if (size > left_) {
      nextChunk_ = std::min(nextChunk_ * 2, kLargestChunk);
      left_ = std::max(size, nextChunk_);
      chunks_.push_back(std::make_unique_for_overwrite<std::byte[]>(left_));
      at_ = chunks_.back().get();
    }
    void* const place = at_;
    at_ += size;
    left_ -= size;
    return place;
  }

  std::vector<std::unique_ptr<std::byte[]>> chunks_;
  std::byte* at_ = nullptr;
  size_t left_ = 0;
  size_t nextChunk_ = kFirstChunk / 2;
};

}  // namespace wasmrun::support
