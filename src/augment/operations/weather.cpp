#include "augment/operations/weather.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <opencv2/imgproc.hpp>

namespace faceshot::augment {
namespace {

/// Blends `color` (B, G, R) over each pixel, by its share of 255.
void mix(cv::Mat& image, const cv::Mat& share, const std::array<int, 3>& color) {
  for (int y = 0; y < image.rows; ++y) {
    auto* pixel = image.ptr<std::uint8_t>(y);
    const auto* weight = share.ptr<std::uint8_t>(y);
    for (int x = 0; x < image.cols; ++x, pixel += 3) {
      // 257/65536 is close enough to 1/255: 255 of 255 gives exactly `color`.
      const int part = weight[x] * 257;
      for (std::size_t c = 0; c < 3; ++c) {
        pixel[c] =
            static_cast<std::uint8_t>(pixel[c] + (((color[c] - pixel[c]) * part + 32768) >> 16));
      }
    }
  }
}

/// Clouds of several sizes in a small square, -1..1: octaves of value noise, each half as strong as
/// the previous one.
cv::Mat clouds(base::Random& random) {
  constexpr int kSide = 32;
  cv::Mat sum = cv::Mat::zeros(kSide, kSide, CV_32F);
  float weight = 4.0F / 7;
  for (const int cells : {4, 8, 16}) {
    cv::Mat octave(cells, cells, CV_32F);
    for (int y = 0; y < cells; ++y) {
      for (int x = 0; x < cells; ++x) octave.at<float>(y, x) = random.uniform(-weight, weight);
    }
    cv::resize(octave, octave, sum.size(), 0, 0, cv::INTER_LINEAR);
    sum += octave;
    weight /= 2;
  }
  return sum - cv::mean(sum);
}

}  // namespace

void fog(cv::Mat& image, float density, base::Random& random) {
  if (density <= 0 || image.empty()) return;
  const float mean = std::min(density, 1.0F);
  const float variation = std::min(mean, 1 - mean) / 1.5F;
  cv::Mat share;
  clouds(random).convertTo(share, CV_8U, static_cast<double>(255 * variation),
                           static_cast<double>(255 * mean));
  cv::resize(share, share, image.size(), 0, 0, cv::INTER_CUBIC);
  mix(image, share, {226, 222, 218});  // slightly blue, like scattered light
}

void rain(cv::Mat& image, const Rain& rain, base::Random& random) {
  if (rain.amount <= 0 || image.empty()) return;
  // Distant drops are too small to be seen individually and form a thin haze.
  const auto veil = static_cast<int>(std::lround(45 * rain.amount));
  cv::Mat share(image.size(), CV_8U, cv::Scalar::all(veil));

  const auto width = static_cast<float>(image.cols), height = static_cast<float>(image.rows);
  const float radians = rain.slant * std::numbers::pi_v<float> / 180;
  const float right = std::sin(radians), down = std::cos(radians);
  const auto streaks = static_cast<int>(std::lround(rain.amount * width * height / 300));
  constexpr int kShift = 4;  // OpenCV's subpixels
  const auto subpixels = [](float x, float y) {
    return cv::Point(static_cast<int>(std::lround(x * (1 << kShift))),
                     static_cast<int>(std::lround(y * (1 << kShift))));
  };
  for (int i = 0; i < streaks; ++i) {
    // Few drops are near; near ones are longer, brighter and wider.
    const float u = random.uniform();
    const float near = u * u;
    const float half = 0.5F * rain.length * (0.5F + 1.5F * near);
    const float x = random.uniform(0, width), y = random.uniform(0, height);
    const int brightness = std::min(255, veil + static_cast<int>(45 + 85 * near));
    cv::line(share, subpixels(x - half * right, y - half * down),
             subpixels(x + half * right, y + half * down), brightness, near > 0.85F ? 2 : 1,
             cv::LINE_AA, kShift);
  }
  cv::GaussianBlur(share, share, {3, 3}, 0);  // drops are round, and out of focus
  mix(image, share, {215, 210, 205});
}

}  // namespace faceshot::augment
