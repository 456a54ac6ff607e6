// ModuleBytes for the ways a module's bytes are held: owned, borrowed, or by whatever else has a `bytes()`.
#pragma once

#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "wasm/module.h"

namespace wasmrun::wasm {

/// The bytes of a `Holder` with `std::span<const u8> bytes() const`, such as platform::MappedFile.
template <class Holder>
class HeldBytes final : public ModuleBytes {
 public:
  explicit HeldBytes(Holder holder) : holder_(std::move(holder)) {}
  std::span<const u8> bytes() const override { return holder_.bytes(); }

 private:
  Holder holder_;
};

template <class Holder>
std::shared_ptr<const ModuleBytes> holdBytes(Holder holder) {
  return std::make_shared<HeldBytes<Holder>>(std::move(holder));
}

inline std::shared_ptr<const ModuleBytes> ownBytes(std::vector<u8> bytes) {
  struct Owner {
    std::vector<u8> vector;
    std::span<const u8> bytes() const { return vector; }
  };
  return holdBytes(Owner{std::move(bytes)});
}

/// The caller keeps `bytes` alive and unchanged as long as any module decoded from them.
inline std::shared_ptr<const ModuleBytes> borrowBytes(std::span<const u8> bytes) {
  struct Borrower {
    std::span<const u8> span;
    std::span<const u8> bytes() const { return span; }
  };
  return holdBytes(Borrower{bytes});
}

}  // namespace wasmrun::wasm
