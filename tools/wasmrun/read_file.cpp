#include "read_file.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "text.h"

namespace wasmrun::cli {

std::string shownName(const std::string& file) { return file == "-" ? "<stdin>" : "`" + escaped(file) + "`"; }

/// Worded as the library words it, which opens the files of modules.
static std::unexpected<Error> unreadable(const std::string& file, const std::string& why, const char* what = "read") {
  std::string name = file == "-" ? shownName(file) : "\"" + escaped(file) + "\"";
  return fail(ErrorKind::Io, std::string("cannot ") + what + " " + name + ": " + why);
}

static std::string reasonOf(int error) { return error == EISDIR ? "it is a directory" : std::strerror(error); }

static Result<std::vector<uint8_t>> readAll(std::FILE* stream, const std::string& file, uint64_t limit,
                                            bool (*canBegin)(std::span<const uint8_t> start)) {
  constexpr size_t kStep = 64 << 10, kStart = 4096;
  std::vector<uint8_t> bytes;
  for (;;) {
    size_t before = bytes.size();
    bytes.resize(std::min<uint64_t>(before + std::max(kStep, before / 2), limit + 1));
    size_t got = std::fread(bytes.data() + before, 1, bytes.size() - before, stream);
    bytes.resize(before + got);
    if (std::ferror(stream)) return unreadable(file, reasonOf(errno));
    if (bytes.size() > limit) return unreadable(file, "larger than the limit of " + std::to_string(limit) + " bytes");
    if (got == 0 || !canBegin(std::span(bytes).first(std::min(bytes.size(), kStart)))) return bytes;
  }
}

Result<std::vector<uint8_t>> readFile(const std::string& file, uint64_t limit,
                                      bool (*canBegin)(std::span<const uint8_t> start)) {
  if (file == "-") return readAll(stdin, file, limit, canBegin);
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> stream(std::fopen(file.c_str(), "rb"), std::fclose);
  return stream ? readAll(stream.get(), file, limit, canBegin) : unreadable(file, reasonOf(errno), "open");
}

}  // namespace wasmrun::cli
