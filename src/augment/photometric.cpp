#include "augment/photometric.hpp"

#include <cmath>
#include <numbers>
#include <opencv2/core.hpp>

namespace faceshot {

std::optional<ColorChange> draw_color_change(const AugmentOptions& options, Random& random) {
  ColorChange change;
  bool any = false;
  const auto maybe = [&](float& value, float low, float high) {
    if (!random.chance(options.photometric_chance)) return;
    value = random.uniform(low, high);
    any = true;
  };
  maybe(change.brightness, -options.brightness, options.brightness);
  maybe(change.contrast, options.contrast_min, options.contrast_max);
  maybe(change.saturation, options.saturation_min, options.saturation_max);
  maybe(change.hue, -options.hue, options.hue);
  if (random.chance(options.gray_chance)) {
    change.saturation = 0;
    any = true;
  }
  return any ? std::optional(change) : std::nullopt;
}

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

void apply_color(const cv::Matx34f& matrix, cv::Mat& image) { cv::transform(image, image, matrix); }

}  // namespace faceshot
