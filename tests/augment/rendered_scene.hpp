// A scene in which every pixel encodes what it is, so that annotations can be verified against the
// pixels.
#pragma once

#include <algorithm>
#include <array>
#include <opencv2/core.hpp>

#include "base/random.hpp"
#include "geometry/annotation.hpp"

namespace faceshot::test {

/// Blue 255: the face; green 255: the image and not padding; red: which landmark, from 40 in steps
/// of 40, in blocks of 9 x 9 pixels.
struct RenderedScene {
  cv::Mat image;
  geometry::Annotation annotation;
};

enum class FaceShape { rectangle, ellipse };

inline RenderedScene render_scene(base::Random& random, FaceShape shape = FaceShape::rectangle) {
  const int width = 200 + static_cast<int>(random.below(300));
  const int height = 200 + static_cast<int>(random.below(300));
  const int w = 60 + static_cast<int>(random.below(90));
  const int h = 60 + static_cast<int>(random.below(90));
  const int x = 2 + static_cast<int>(random.below(static_cast<std::uint32_t>(width - w - 4)));
  const int y = 2 + static_cast<int>(random.below(static_cast<std::uint32_t>(height - h - 4)));

  RenderedScene scene;
  scene.image = cv::Mat(height, width, CV_8UC3, cv::Scalar(0, 255, 0));
  for (int row = y; row < y + h; ++row) {
    for (int column = x; column < x + w; ++column) {
      const double dx = (column + 0.5 - x - w / 2.0) / (w / 2.0);
      const double dy = (row + 0.5 - y - h / 2.0) / (h / 2.0);
      if (shape == FaceShape::rectangle || dx * dx + dy * dy <= 1)
        scene.image.at<cv::Vec3b>(row, column) = {255, 255, 0};
    }
  }
  const std::array<cv::Point, 5> dots{cv::Point{x + w / 4, y + h / 4},
                                      {x + w * 3 / 4, y + h / 4},
                                      {x + w / 2, y + h / 2},
                                      {x + w / 4, y + h * 3 / 4},
                                      {x + w * 3 / 4, y + h * 3 / 4}};
  Landmarks landmarks;
  for (std::size_t i = 0; i < 5; ++i) {
    scene.image(cv::Rect(dots[i].x - 4, dots[i].y - 4, 9, 9))
        .setTo(cv::Scalar(255, 255, 40.0 + 40.0 * static_cast<double>(i)));
    landmarks[i] = {static_cast<float>(dots[i].x) + 0.5F, static_cast<float>(dots[i].y) + 0.5F};
  }
  scene.annotation.box = {static_cast<float>(x), static_cast<float>(y), static_cast<float>(x + w),
                          static_cast<float>(y + h)};
  scene.annotation.landmarks = landmarks;
  return scene;
}

/// Bounds of the pixels that are more face than background or padding.
inline Box face_pixels(const cv::Mat& image) {
  Box bounds{1e9F, 1e9F, -1, -1};
  for (int y = 0; y < image.rows; ++y) {
    for (int x = 0; x < image.cols; ++x) {
      const auto& pixel = image.at<cv::Vec3b>(y, x);
      // In padding, blue and green are equal.
      if (pixel[0] < 128 || pixel[1] < 192) continue;
      bounds.x1 = std::min(bounds.x1, static_cast<float>(x));
      bounds.y1 = std::min(bounds.y1, static_cast<float>(y));
      bounds.x2 = std::max(bounds.x2, static_cast<float>(x + 1));
      bounds.y2 = std::max(bounds.y2, static_cast<float>(y + 1));
    }
  }
  return bounds;
}

}  // namespace faceshot::test
