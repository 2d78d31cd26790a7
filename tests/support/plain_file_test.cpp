#include "support/plain_file.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include "base/refusal.hpp"
#include "faceshot/error.hpp"

namespace faceshot::support {
namespace {

using faceshot::testing::refusal;

namespace fs = std::filesystem;

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class PlainFile : public ::testing::Test {
 protected:
  PlainFile() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder = fs::path(::testing::TempDir()) /
             (std::string("faceshot_plain_") + test->name() + "_" + std::to_string(::getpid()));
    fs::create_directories(folder);
  }
  ~PlainFile() override { fs::remove_all(folder); }
  fs::path folder;
};

TEST_F(PlainFile, CopiesBytesAndPermissions) {
  std::string bytes((1 << 20) + 7, 'x');
  bytes[5] = '\0';
  write_file(folder / "a", bytes);
  fs::permissions(folder / "a", fs::perms::owner_read | fs::perms::owner_write);
  support::copy_file(folder / "a", folder / "b");
  EXPECT_EQ(bytes_of(folder / "b"), bytes);
  EXPECT_EQ(fs::status(folder / "b").permissions(), fs::status(folder / "a").permissions());
  write_file(folder / "a", "shorter");
  EXPECT_EQ(bytes_of(folder / "a"), "shorter");
}

TEST_F(PlainFile, ErrorsNameTheFileAndTheReason) {
  write_file(folder / "a", "x");
  const std::string quoted = "'" + (folder / "gone").string() + "': ";
  EXPECT_EQ(refusal(ErrorCode::io, [&] { support::copy_file(folder / "gone", folder / "b"); }),
            "cannot read " + quoted + "No such file or directory");
  EXPECT_FALSE(fs::exists(folder / "b"));
  EXPECT_EQ(refusal(ErrorCode::io, [&] { support::copy_file(folder / "a", folder / "a"); }),
            "cannot write '" + (folder / "a").string() + "': File exists");
  EXPECT_EQ(refusal(ErrorCode::io, [&] { write_file(folder, "x"); }),
            "cannot write '" + folder.string() + "': Is a directory");
  // Linux's file that is always full.
  EXPECT_EQ(refusal(ErrorCode::io, [&] { write_file("/dev/full", "x"); }),
            "cannot write '/dev/full': No space left on device");
}

}  // namespace
}  // namespace faceshot::support
