#include "read_file.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "load_module.h"

namespace wasmrun::cli {

static std::unexpected<Error> unreadable(const std::string& file) {
  return fail(ErrorKind::Io, "cannot read " + shownName(file) + ": " + std::strerror(errno));
}

static Result<std::string> readAll(std::FILE* stream, const std::string& file) {
  std::string bytes;
  constexpr size_t kStep = 64 << 10;
  for (;;) {
    size_t before = bytes.size();
    bytes.resize(before + std::max(kStep, before / 2));
    size_t got = std::fread(bytes.data() + before, 1, bytes.size() - before, stream);
    bytes.resize(before + got);
    if (std::ferror(stream)) return unreadable(file);
    if (got == 0) return bytes;
  }
}

Result<std::string> readFile(const std::string& file) {
  if (file == "-") return readAll(stdin, file);
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> stream(std::fopen(file.c_str(), "rb"), std::fclose);
  return stream ? readAll(stream.get(), file) : unreadable(file);
}

}  // namespace wasmrun::cli
