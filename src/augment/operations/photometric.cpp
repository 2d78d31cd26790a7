#include "augment/operations/photometric.hpp"

#include <cassert>
#include <cmath>
#include <numbers>
#include <opencv2/core.hpp>

namespace faceshot::augment {

cv::Matx34f color_matrix(const ColorChange& change) noexcept {
  // RGB to YIQ (FCC NTSC standard, 47 CFR 73.682), with columns in the order B, G, R.
  const cv::Matx33d to_yiq(0.114, 0.587, 0.299,       //
                           -0.3213, -0.2746, 0.5959,  //
                           0.3112, -0.5227, 0.2115);
  const double angle = static_cast<double>(change.hue) * std::numbers::pi / 180;
  const double c = static_cast<double>(change.saturation) * std::cos(angle);
  const double s = static_cast<double>(change.saturation) * std::sin(angle);
  const cv::Matx33d chroma(1, 0, 0,   //
                           0, c, -s,  //
                           0, s, c);
  const double contrast = static_cast<double>(change.contrast);
  const cv::Matx33d linear = contrast * (to_yiq.inv() * chroma * to_yiq);
  const double offset = 128 * (1 - contrast) + static_cast<double>(change.brightness);

  cv::Matx34f matrix;
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column) {
      matrix(row, column) = static_cast<float>(linear(row, column));
    }
    matrix(row, 3) = static_cast<float>(offset);
  }
  return matrix;
}

cv::Matx34f then(const cv::Matx34f& first, const cv::Matx34f& second) noexcept {
  cv::Matx34f both;
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 4; ++column) {
      both(row, column) = column == 3 ? second(row, 3) : 0;
      for (int k = 0; k < 3; ++k) both(row, column) += second(row, k) * first(k, column);
    }
  }
  return both;
}

void apply_color(const cv::Matx34f& matrix, cv::Mat& image) {
  assert(image.type() == CV_8UC3);
  cv::transform(image, image, matrix);
}

}  // namespace faceshot::augment
