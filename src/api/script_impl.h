// What a Script refers to.
#pragma once

#include <string>
#include <vector>

#include "text/source.h"
#include "wasmrun/script.h"

namespace wasmrun::detail {

/// Any thread, once it is made: the source has found its lines by then.
struct ScriptImpl {
  ScriptImpl(std::string content, std::string name) : text(std::move(content)), source(text, std::move(name)) {
    source.positionOf(0);
  }
  ScriptImpl(const ScriptImpl&) = delete;
  ScriptImpl& operator=(const ScriptImpl&) = delete;

  const std::string text;
  const text::SourceText source;  // of `text`
  std::vector<script::Command> commands;
};

}  // namespace wasmrun::detail
