// A test's own folder, and short ways to fill it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "base/refusal.hpp"
#include "faceshot/error.hpp"
#include "media/photographs/image_file.hpp"

namespace faceshot::testing {

/// Empty at the start, removed at the end; named after the test.
class TestFolder {
 public:
  TestFolder() {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    path_ = std::filesystem::path(::testing::TempDir()) /
            (std::string("faceshot_") + info->test_suite_name() + "_" + info->name());
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const {
    return path_ / name;
  }

  std::filesystem::path write(const std::string& name, const std::string& bytes) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << bytes;
    return path_ / name;
  }

  /// A flat image; `shade` distinguishes it from others.
  std::filesystem::path write_image(const std::string& name, int width, int height,
                                    int shade = 100) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    media::Image image(width, height);
    std::fill_n(image.row(0), image.stride() * static_cast<std::size_t>(height),
                static_cast<std::uint8_t>(shade));
    media::write_image(path_ / name, image.view());
    return path_ / name;
  }

  /// Names directly in the folder, sorted.
  [[nodiscard]] std::vector<std::string> list() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path_))
      names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }

 private:
  std::filesystem::path path_;
};

inline std::string read_all(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Expects an Error of this code whose message contains `part`.
inline void expect_error(ErrorCode code, const std::string& part,
                         const std::function<void()>& body) {
  const std::string message = refusal(code, body);
  EXPECT_NE(message.find(part), std::string::npos)
      << "message: " << message << "\nexpected in it: " << part;
}

}  // namespace faceshot::testing
