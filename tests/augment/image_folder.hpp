// A small data set on disk for the tests of this room.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <opencv2/imgcodecs.hpp>
#include <string>

#include "data/prepared/prepared.hpp"

namespace faceshot::test {

/// Writes `count` noisy PNGs of different sizes, each with one face, under TempDir()/name.
inline data::PreparedSet make_image_folder(const std::string& name, int count) {
  data::PreparedSet set;
  set.images_dir = std::filesystem::path(::testing::TempDir()) / name;
  std::filesystem::create_directories(set.images_dir);
  for (int i = 0; i < count; ++i) {
    cv::Mat image(60 + i, 80 + 2 * i, CV_8UC3);
    cv::RNG(static_cast<std::uint64_t>(i) + 1).fill(image, cv::RNG::UNIFORM, 0, 256);
    geometry::ImageRecord record;
    record.image = std::to_string(i) + ".png";
    record.width = image.cols;
    record.height = image.rows;
    geometry::Annotation face;
    face.box = {10, 12, 40, 50};
    record.annotations.push_back(face);
    cv::imwrite((set.images_dir / record.image).string(), image);
    set.records.push_back(record);
  }
  return set;
}

}  // namespace faceshot::test
