#include "synth/camera.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "media/opencv.hpp"

namespace faceshot::synth {
namespace {

void expose(cv::Mat& image, base::Random& random) {
  const float gain = std::exp(random.normal() * 0.2F);
  const float gamma = std::exp(random.normal() * 0.15F);
  const float haze = random.chance(0.2F) ? random.uniform(0, 45) : 0.0F;
  const bool gray = random.chance(0.04F);
  cv::Mat table(1, 256, CV_8UC3);
  for (int c = 0; c < 3; ++c) {
    const float cast = std::exp(random.normal() * 0.06F);
    for (int i = 0; i < 256; ++i) {
      const float lit = std::pow(static_cast<float>(i) / 255, gamma) * gain * cast;
      table.at<cv::Vec3b>(0, i)[c] =
          cv::saturate_cast<std::uint8_t>(haze + (255 - haze) * std::min(1.0F, lit));
    }
  }
  cv::LUT(image, table, image);
  if (gray) {
    cv::Mat one;
    cv::cvtColor(image, one, cv::COLOR_BGR2GRAY);
    cv::cvtColor(one, image, cv::COLOR_GRAY2BGR);
  }
}

CameraBlur blur(cv::Mat& image, base::Random& random) {
  CameraBlur blur;
  if (random.chance(0.5F)) {
    blur.focus = random.uniform(0.4F, random.chance(0.2F) ? 3.0F : 1.1F);
    const auto sigma = static_cast<double>(blur.focus);
    cv::GaussianBlur(image, image, {}, sigma, sigma);
  }
  if (random.chance(0.1F)) {
    blur.motion = random.uniform(2, 9);
    const float angle = random.uniform(0, 3.1416F);
    const int side = 2 * static_cast<int>(std::ceil(blur.motion / 2)) + 1;
    cv::Mat kernel = cv::Mat::zeros(side, side, CV_32F);
    const auto middle = static_cast<float>(side / 2);
    const cv::Point2f half(0.5F * blur.motion * std::cos(angle),
                           0.5F * blur.motion * std::sin(angle));
    const cv::Point2f at(middle, middle);
    cv::line(kernel, at - half, at + half, cv::Scalar(1), 1);
    kernel /= cv::sum(kernel)[0];
    cv::filter2D(image, image, -1, kernel);
  }
  return blur;
}

/// Sensor noise, from a strip of random numbers at a different offset for each row: a number for
/// every pixel would cost more than all drawing.
void add_noise(cv::Mat& image, float deviation, base::Random& random) {
  std::array<std::int8_t, 16384> strip;
  for (std::int8_t& value : strip) {
    // The number of set bits in 32 is close enough to normal: mean 16, deviation 2.83.
    const auto ones = static_cast<float>(std::popcount(random.bits()));
    value = static_cast<std::int8_t>(std::clamp(
        std::lround((ones - 16) * deviation / 2.83F + random.uniform() - 0.5F), -127L, 127L));
  }
  const std::size_t row_values = static_cast<std::size_t>(image.cols) * 3;
  for (int y = 0; y < image.rows; ++y) {
    auto* row = image.ptr<std::uint8_t>(y);
    std::size_t from = random.below(static_cast<std::uint32_t>(strip.size()));
    for (std::size_t x = 0; x < row_values;) {
      const std::size_t n = std::min(row_values - x, strip.size() - from);
      for (std::size_t i = 0; i < n; ++i)
        row[x + i] = static_cast<std::uint8_t>(std::clamp(row[x + i] + strip[from + i], 0, 255));
      x += n;
      from = 0;
    }
  }
}

}  // namespace

CameraBlur apply_camera(cv::Mat& image, base::Random& random) {
  expose(image, random);
  const CameraBlur blurred = blur(image, random);
  if (random.chance(0.7F))
    add_noise(image, random.uniform(0.5F, random.chance(0.2F) ? 12.0F : 5.0F), random);
  if (random.chance(0.3F)) media::pass_through_jpeg(image, 25 + static_cast<int>(random.below(60)));
  return blurred;
}

}  // namespace faceshot::synth
