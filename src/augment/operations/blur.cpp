#include "augment/operations/blur.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

#include "faceshot/error.hpp"

namespace faceshot::augment {
namespace {

/// A run of neighbours in one row: from `left` to `right` of the pixel, `down` rows below it.
struct Run {
  int down = 0, left = 0, right = 0;
};

/// Replaces each pixel by the mean of its neighbours. The cost depends on the number of runs, not
/// of neighbours: a run is the difference of two running sums along the row. (cv::filter2D uses a
/// DFT for kernels beyond 11x11, which is ten times slower.)
/// @pre the runs have 2 to 257 pixels in total, whose sum fits into 16 bits
void average(cv::Mat& image, const std::vector<Run>& runs) {
  int pad = 0;
  unsigned neighbours = 0;
  for (const Run& run : runs) {
    pad = std::max({pad, std::abs(run.down), -run.left, run.right});
    neighbours += static_cast<unsigned>(run.right - run.left + 1);
  }
  assert(neighbours >= 2 && neighbours <= 257);
  cv::Mat padded;
  cv::copyMakeBorder(image, padded, pad, pad, pad, pad,
                     cv::BORDER_REFLECT_101 | cv::BORDER_ISOLATED);

  // Running sums modulo 2^16: their differences are still exact.
  cv::Mat sums(padded.rows, padded.cols + 1, CV_16UC3);
  for (int y = 0; y < padded.rows; ++y) {
    const auto* in = padded.ptr<std::uint8_t>(y);
    auto* out = sums.ptr<std::uint16_t>(y);
    std::fill_n(out, 3, std::uint16_t{0});
    for (int i = 0; i < 3 * padded.cols; ++i) {
      out[i + 3] = static_cast<std::uint16_t>(out[i] + in[i]);
    }
  }

  constexpr unsigned kFraction = 24;
  const std::uint32_t factor = (1U << kFraction) / neighbours;
  std::vector<std::uint16_t> total(static_cast<std::size_t>(image.cols) * 3);
  for (int y = 0; y < image.rows; ++y) {
    std::fill(total.begin(), total.end(), std::uint16_t{0});
    for (const Run& run : runs) {
      if (run.left == run.right) {  // half the memory traffic; always the case for steep lines
        const auto* pixel = padded.ptr<std::uint8_t>(y + pad + run.down) + 3 * (pad + run.left);
        for (std::size_t i = 0; i < total.size(); ++i) {
          total[i] = static_cast<std::uint16_t>(total[i] + pixel[i]);
        }
        continue;
      }
      const auto* row = sums.ptr<std::uint16_t>(y + pad + run.down);
      const std::uint16_t* before = row + 3 * (pad + run.left);
      const std::uint16_t* after = row + 3 * (pad + run.right + 1);
      for (std::size_t i = 0; i < total.size(); ++i) {
        total[i] = static_cast<std::uint16_t>(total[i] + after[i] - before[i]);
      }
    }
    auto* out = image.ptr<std::uint8_t>(y);
    for (std::size_t i = 0; i < total.size(); ++i) {
      out[i] =
          static_cast<std::uint8_t>((total[i] * factor + (1U << (kFraction - 1))) >> kFraction);
    }
  }
}

}  // namespace

void gaussian_blur(cv::Mat& image, float sigma) {
  if (sigma <= 0 || image.empty()) return;
  cv::Mat blurred;  // OpenCV would otherwise copy the input
  const auto deviation = static_cast<double>(sigma);
  cv::GaussianBlur(image, blurred, {}, deviation, deviation,
                   cv::BORDER_REFLECT_101 | cv::BORDER_ISOLATED);
  blurred.copyTo(image);
}

void motion_blur(cv::Mat& image, float length, float angle) {
  if (!(length >= 0 && length <= 255)) {
    throw Error(ErrorCode::invalid_argument,
                "motion blur of length " + std::to_string(length) + " is not in 0..255");
  }
  const float radians = angle * std::numbers::pi_v<float> / 180;
  const float right = std::cos(radians), down = -std::sin(radians);
  const bool flat = std::abs(right) >= std::abs(down);
  const float slope = flat ? down / right : right / down;
  const float extent = length * std::max(std::abs(right), std::abs(down));
  const int reach = std::max(0, static_cast<int>(std::lround((extent - 1) / 2)));
  if (reach == 0 || image.empty()) return;

  std::vector<Run> runs;
  for (int i = -reach; i <= reach; ++i) {
    const int across = static_cast<int>(std::lround(static_cast<float>(i) * slope));
    if (!flat) {
      runs.push_back({i, across, across});
    } else if (!runs.empty() && runs.back().down == across) {
      runs.back().right = i;
    } else {
      runs.push_back({across, i, i});
    }
  }
  average(image, runs);
}

void defocus_blur(cv::Mat& image, float radius) {
  if (!(radius >= 0 && radius <= 9)) {
    throw Error(ErrorCode::invalid_argument,
                "defocus of radius " + std::to_string(radius) + " is not in 0..9");
  }
  const int reach = static_cast<int>(radius);
  if (reach == 0 || image.empty()) return;
  std::vector<Run> runs;
  for (int down = -reach; down <= reach; ++down) {
    const int side = static_cast<int>(std::sqrt(radius * radius - static_cast<float>(down * down)));
    runs.push_back({down, -side, side});
  }
  average(image, runs);
}

}  // namespace faceshot::augment
