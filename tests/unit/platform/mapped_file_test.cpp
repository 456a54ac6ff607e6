#include "platform/mapped_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <thread>

namespace wasmrun::platform {
namespace {

class MappedFileTest : public testing::Test {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/mapped_file_test.XXXXXX";
    ASSERT_NE(::mkdtemp(pattern), nullptr);
    folder_ = pattern;
    path_ = folder_ + "/file";
  }
  void TearDown() override {
    ::unlink(path_.c_str());
    ::rmdir(folder_.c_str());
  }
  void write(const std::string& content) {
    std::FILE* const file = std::fopen(path_.c_str(), "wb");
    ASSERT_NE(file, nullptr);
    ASSERT_EQ(std::fwrite(content.data(), 1, content.size(), file), content.size());
    std::fclose(file);
  }
  static std::string textOf(const MappedFile& file) { return std::string(file.bytes().begin(), file.bytes().end()); }

  std::string folder_, path_;
};

TEST_F(MappedFileTest, FilesOfEverySizeReadBack) {
  for (const size_t size : {0, 1, 65535, 65536, 65537, 262143, 262144, 1'000'000}) {
    std::string content(size, 'x');
    for (size_t i = 0; i < size; i += 1000) content[i] = static_cast<char>('a' + i / 1000 % 26);
    write(content);
    const Result<MappedFile> file = MappedFile::open(path_);
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_EQ(textOf(*file), content);
  }
}

TEST_F(MappedFileTest, StaysReadableWhenMovedAndUnlinked) {
  write(std::string(300'000, 'y'));
  Result<MappedFile> file = MappedFile::open(path_);
  ASSERT_TRUE(file);
  const MappedFile moved = std::move(*file);
  ::unlink(path_.c_str());
  EXPECT_EQ(moved.bytes().size(), 300'000u);
  EXPECT_EQ(moved.bytes().back(), 'y');
}

TEST_F(MappedFileTest, ErrorsNameTheFileAndTheReason) {
  EXPECT_EQ(MappedFile::open(path_).error().message, "cannot open \"" + path_ + "\": No such file or directory");
  EXPECT_EQ(MappedFile::open(folder_).error().message, "cannot read \"" + folder_ + "\": it is a directory");
  write("12345");
  EXPECT_EQ(MappedFile::open(path_, 4).error().message,
            "cannot read \"" + path_ + "\": larger than the limit of 4 bytes");
  EXPECT_EQ(MappedFile::open(path_, 4).error().kind, ErrorKind::Io);
  if (::geteuid() == 0) return;  // root may read everything
  ::chmod(path_.c_str(), 0);
  EXPECT_EQ(MappedFile::open(path_).error().message, "cannot open \"" + path_ + "\": Permission denied");
}

TEST_F(MappedFileTest, DevicesAreReadNoFurtherThanTheyMakeSense) {
  const auto refuse = [](std::span<const u8>) { return false; };
  const Result<MappedFile> zeros = MappedFile::open("/dev/zero", u64{1} << 40, refuse);
  ASSERT_TRUE(zeros);
  EXPECT_FALSE(zeros->bytes().empty());
  const auto accept = [](std::span<const u8> start) { return start.size() <= 4096; };
  EXPECT_EQ(MappedFile::open("/dev/zero", 1'000'000, accept).error().message,
            "cannot read \"/dev/zero\": larger than the limit of 1000000 bytes");
  write("12345");
  EXPECT_EQ(textOf(*MappedFile::open(path_, 5, refuse)), "12345") << "a file has an end";
}

TEST_F(MappedFileTest, PipesAndDevicesAreRead) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  const std::string content(200'000, 'p');
  std::thread writer([&] { write(content); });
  const Result<MappedFile> file = MappedFile::open(path_);
  writer.join();
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(textOf(*file), content);

  const Result<MappedFile> null = MappedFile::open("/dev/null");
  ASSERT_TRUE(null);
  EXPECT_TRUE(null->bytes().empty());
  EXPECT_EQ(MappedFile::open("/dev/zero", 1'000'000).error().message,
            "cannot read \"/dev/zero\": larger than the limit of 1000000 bytes");
}

}  // namespace
}  // namespace wasmrun::platform
