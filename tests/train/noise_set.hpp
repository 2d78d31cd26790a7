// A small prepared set for tests that train.
#pragma once

#include <filesystem>
#include <string>

#include "base/random.hpp"
#include "data/prepared/prepared.hpp"
#include "media/opencv.hpp"

namespace faceshot::testing {

/// Writes 24 pictures of noise with bright squares as "faces" into `dir`.
/// @return its train.csv
inline std::filesystem::path make_noise_set(const std::filesystem::path& dir) {
  std::filesystem::create_directories(dir / "images");
  data::PreparedSet set;
  set.images_dir = dir / "images";
  for (std::uint32_t i = 0; i < 24; ++i) {
    base::Random random(5, 0, i);
    cv::Mat image(120, 160, CV_8UC3);
    for (int y = 0; y < image.rows; ++y)
      for (int x = 0; x < image.cols * 3; ++x)
        image.ptr(y)[x] = static_cast<unsigned char>(random.below(100));
    geometry::ImageRecord record{std::to_string(i) + ".png", 160, 120, {}};
    for (std::uint32_t f = 0; f < i % 3; ++f) {
      const int side = 16 + static_cast<int>(random.below(40));
      const cv::Rect at(static_cast<int>(random.below(100)), static_cast<int>(random.below(60)),
                        side, side);
      image(at).setTo(cv::Scalar(200, 210, 230));
      geometry::Annotation a;
      a.box = {static_cast<float>(at.x), static_cast<float>(at.y), static_cast<float>(at.x + side),
               static_cast<float>(at.y + side)};
      record.annotations.push_back(a);
    }
    media::write_mat(set.images_dir / record.image, image);
    set.records.push_back(record);
  }
  data::write_prepared(dir, "train", set, "made by a test");
  return dir / "train.csv";
}

}  // namespace faceshot::testing
