// Image files made on the spot for the tests of this room.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace faceshot::test {

using Bytes = std::vector<std::uint8_t>;

/// A smooth picture that differs from all its rotations and mirror images, 8-bit BGR.
inline cv::Mat make_picture(int width, int height) {
  cv::Mat image(height, width, CV_8UC3);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      image.at<cv::Vec3b>(y, x) = {
          static_cast<std::uint8_t>(255 * x / width), static_cast<std::uint8_t>(255 * y / height),
          static_cast<std::uint8_t>(x * 2 < width && y * 3 < height ? 220 : 40)};
  return image;
}

inline Bytes encode(const std::string& extension, const cv::Mat& image,
                    const std::vector<int>& parameters = {}) {
  Bytes bytes;
  EXPECT_TRUE(cv::imencode(extension, image, bytes, parameters));
  return bytes;
}

/// A TIFF structure whose one directory entry is the orientation, in either byte order.
inline Bytes make_tiff(int orientation, bool little) {
  const auto value = static_cast<std::uint8_t>(orientation);
  if (little)
    return {'I', 'I', 42, 0, 8, 0,     0, 0, 1, 0, 0x12, 0x01, 3,
            0,   1,   0,  0, 0, value, 0, 0, 0, 0, 0,    0,    0};
  return {'M', 'M', 0, 42, 0, 0, 0,     8, 0, 1, 0x01, 0x12, 0,
          3,   0,   0, 0,  1, 0, value, 0, 0, 0, 0,    0,    0};
}

/// The JPEG with an APP1 segment "Exif" that holds `tiff`, right after its start marker.
inline Bytes with_exif(const Bytes& jpeg, const Bytes& tiff) {
  constexpr std::string_view prefix("Exif\0\0", 6);
  const std::size_t length = 2 + prefix.size() + tiff.size();
  Bytes result;
  result.reserve(jpeg.size() + length + 2);
  const auto append = [&](auto begin, auto end) {
    std::copy(begin, end, std::back_inserter(result));
  };
  append(jpeg.begin(), jpeg.begin() + 2);
  for (const std::size_t byte : {std::size_t{0xFF}, std::size_t{0xE1}, length >> 8, length & 0xFF})
    result.push_back(static_cast<std::uint8_t>(byte));
  append(prefix.begin(), prefix.end());
  append(tiff.begin(), tiff.end());
  append(jpeg.begin() + 2, jpeg.end());
  return result;
}

/// A fresh folder below TempDir() named after the running test.
inline std::filesystem::path make_test_folder() {
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  const auto folder = std::filesystem::path(::testing::TempDir()) /
                      ("media_" + std::string(test->test_suite_name()) + "_" + test->name());
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

inline std::filesystem::path write_bytes(const std::filesystem::path& path, const Bytes& bytes) {
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()),
            static_cast<std::streamsize>(bytes.size()));
  return path;
}

}  // namespace faceshot::test
