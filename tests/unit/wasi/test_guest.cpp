#include "test_guest.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace wasmrun::wasi {

namespace fs = std::filesystem;

Guest::Guest(const WasiConfig& config) : memory_(kMemorySize) {
  auto context = WasiContext::create(config);
  if (!context) {
    ADD_FAILURE() << context.error().message;
    std::abort();
  }
  context_ = *std::move(context);
}

u32 Guest::allocate(u32 size) {
  const u32 address = used_;
  used_ += (size + 7) & ~7u;
  if (used_ > kMemorySize) {
    ADD_FAILURE() << "the test's guest memory is full";
    std::abort();
  }
  std::fill_n(memory_.begin() + address, size, std::byte{0});
  return address;
}

u32 Guest::put(std::string_view text) {
  const u32 address = allocate(static_cast<u32>(text.size()));
  EXPECT_EQ(memory().writeBytes(address, text), Errno::Success);
  return address;
}

std::string Guest::bytes(u32 address, u32 size) const {
  const auto range = memory().range(address, size);
  return std::string(reinterpret_cast<const char*>(*range), size);
}

Errno Guest::callWith(std::string_view name, const u64* slots, size_t count) {
  const WasiFunction* function = findWasiFunction(name);
  EXPECT_NE(function, nullptr) << name;
  EXPECT_EQ(function->parameters.size(), count) << name;
  const WasiOutcome outcome = function->call(*context_, memory(), slots);
  EXPECT_EQ(outcome.kind, WasiOutcome::Kind::Errno) << name;
  return static_cast<Errno>(outcome.value);
}

Fallible<u32> Guest::open(u32 dir, std::string_view path, const Open& how) {
  const u32 out = allocate(4);
  WASI_TRY(call("path_open", dir, how.follow ? 1 : 0, put(path), path.size(), how.flags, how.base, how.inheriting,
                how.fdFlags, out));
  return get<u32>(out);
}

Fallible<u32> Guest::openToRead(u32 dir, std::string_view path, bool follow) {
  Open how;
  how.base = ~right::kFdWrite;
  how.follow = follow;
  return open(dir, path, how);
}

Fallible<u32> Guest::create(u32 dir, std::string_view path) {
  Open how;
  how.flags = openflag::kCreate;
  return open(dir, path, how);
}

u32 Guest::iovec(u32 buffer, u32 size) {
  const u32 array = allocate(8);
  set<u32>(array, buffer);
  set<u32>(array + 4, size);
  return array;
}

Fallible<std::string> Guest::readAll(u32 fd) {
  std::string text;
  const u32 buffer = allocate(4096), size = allocate(4);
  const u32 array = iovec(buffer, 4096);
  for (;;) {
    WASI_TRY(call("fd_read", fd, array, 1, size));
    if (get<u32>(size) == 0) return text;
    text += bytes(buffer, get<u32>(size));
  }
}

Fallible<std::string> Guest::readFile(u32 dir, std::string_view path) {
  WASI_ASSIGN(const u32 fd, openToRead(dir, path));
  Fallible<std::string> text = readAll(fd);
  EXPECT_EQ(call("fd_close", fd), Errno::Success);
  return text;
}

Fallible<u32> Guest::write(u32 fd, std::string_view text) {
  const u32 size = allocate(4);
  WASI_TRY(call("fd_write", fd, iovec(put(text), static_cast<u32>(text.size())), 1, size));
  return get<u32>(size);
}

Errno Guest::path1(std::string_view function, u32 dir, std::string_view path) {
  return call(function, dir, put(path), path.size());
}

Errno Guest::rename(u32 oldDir, std::string_view from, u32 newDir, std::string_view to) {
  return call("path_rename", oldDir, put(from), from.size(), newDir, put(to), to.size());
}

Errno Guest::link(u32 oldDir, std::string_view from, u32 newDir, std::string_view to, bool follow) {
  return call("path_link", oldDir, follow ? 1 : 0, put(from), from.size(), newDir, put(to), to.size());
}

Errno Guest::symlink(std::string_view target, u32 dir, std::string_view path) {
  return call("path_symlink", put(target), target.size(), dir, put(path), path.size());
}

Errno Guest::setTimes(u32 dir, std::string_view path, u64 nanoseconds, bool follow) {
  return call("path_filestat_set_times", dir, follow ? 1 : 0, put(path), path.size(), nanoseconds, nanoseconds,
              timeflag::kAccessed | timeflag::kModified);
}

Fallible<std::string> Guest::readlink(u32 dir, std::string_view path, u32 capacity) {
  const u32 buffer = allocate(capacity), size = allocate(4);
  WASI_TRY(call("path_readlink", dir, put(path), path.size(), buffer, capacity, size));
  return bytes(buffer, get<u32>(size));
}

Guest::Status Guest::statusAt(u32 address) const {
  return {get<u64>(address),      get<u64>(address + 8),  static_cast<FileType>(get<u8>(address + 16)),
          get<u64>(address + 24), get<u64>(address + 32), get<u64>(address + 40),
          get<u64>(address + 48)};
}

Fallible<Guest::Status> Guest::stat(u32 dir, std::string_view path, bool follow) {
  const u32 out = allocate(64);
  WASI_TRY(call("path_filestat_get", dir, follow ? 1 : 0, put(path), path.size(), out));
  return statusAt(out);
}

Fallible<Guest::Status> Guest::fstat(u32 fd) {
  const u32 out = allocate(64);
  WASI_TRY(call("fd_filestat_get", fd, out));
  return statusAt(out);
}

Fallible<Guest::FdStat> Guest::fdstat(u32 fd) {
  const u32 out = allocate(24);
  WASI_TRY(call("fd_fdstat_get", fd, out));
  return FdStat{static_cast<FileType>(get<u8>(out)), get<u16>(out + 2), get<u64>(out + 8), get<u64>(out + 16)};
}

Scratch::Scratch() {
  std::string pattern = (fs::temp_directory_path() / "wasmrun_wasi_XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) std::abort();
  root_ = pattern;
  makeDirectory("sandbox");
  makeDirectory("outside");
  write("outside/secret", "the secret");
}

Scratch::~Scratch() {
  std::error_code ignored;
  fs::remove_all(root_, ignored);
}

void Scratch::write(const std::string& path, std::string_view text) const {
  std::ofstream(root_ + '/' + path, std::ios::binary) << text;
}

std::string Scratch::read(const std::string& path) const {
  std::ifstream in(root_ + '/' + path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

bool Scratch::exists(const std::string& path) const {
  struct stat status;
  return lstat((root_ + '/' + path).c_str(), &status) == 0;
}

void Scratch::makeDirectory(const std::string& path) const { ASSERT_EQ(mkdir((root_ + '/' + path).c_str(), 0777), 0); }

void Scratch::symlink(const std::string& target, const std::string& path) const {
  ASSERT_EQ(::symlink(target.c_str(), (root_ + '/' + path).c_str()), 0);
}

std::string Scratch::describe(const std::string& path) const {
  const std::string top = root_ + '/' + path;
  std::vector<std::string> names = {top};
  std::error_code error;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(top, error)) {
    names.push_back(entry.path().string());
  }
  std::sort(names.begin(), names.end());
  std::ostringstream text;
  for (const std::string& name : names) {
    struct stat status;
    if (lstat(name.c_str(), &status) != 0) continue;
    text << name << ' ' << status.st_ino << ' ' << status.st_mode << ' ' << status.st_nlink << ' ' << status.st_size
         << ' ' << status.st_mtim.tv_sec << '.' << status.st_mtim.tv_nsec;
    if (S_ISREG(status.st_mode)) text << ' ' << std::ifstream(name).rdbuf();
    text << '\n';
  }
  return text.str();
}

}  // namespace wasmrun::wasi
