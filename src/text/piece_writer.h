// PieceWriter: text on its way out, handed on in pieces so that it is never all in memory.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "support/int.h"

namespace wasmrun::text {

/// Takes text a piece at a time; a piece is gone when the call returns.
using TextSink = std::function<void(std::string_view piece)>;

class PieceWriter {
 public:
  explicit PieceWriter(const TextSink& sink) : sink_(sink) {}
  ~PieceWriter() { flush(); }
  PieceWriter(const PieceWriter&) = delete;
  PieceWriter& operator=(const PieceWriter&) = delete;

  /// What is appended here goes out some time.
  std::string& text() { return text_; }
  /// Hands the text on, if there is enough. For places that are passed often.
  void offer() {
    if (text_.size() >= kPiece) flush();
  }
  void endLine() {
    text_ += '\n';
    offer();
  }

 private:
  static constexpr size_t kPiece = 64 << 10;
  void flush() {
    if (!text_.empty()) sink_(text_);
    text_.clear();
  }

  const TextSink& sink_;
  std::string text_;
};

}  // namespace wasmrun::text
