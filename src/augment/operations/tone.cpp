#include "augment/operations/tone.hpp"

#include <cmath>
#include <cstdint>
#include <opencv2/imgproc.hpp>
#include <string>

#include "faceshot/error.hpp"

namespace faceshot::augment {
namespace {

/// Maps every value through `map`, int to int.
template <class Map>
void look_up(cv::Mat& image, Map map) {
  cv::Mat table(1, 256, CV_8U);
  for (int value = 0; value < 256; ++value) {
    table.at<std::uint8_t>(value) = static_cast<std::uint8_t>(map(value));
  }
  cv::LUT(image, table, image);
}

cv::Mat luma(const cv::Mat& image) {
  cv::Mat gray;
  cv::cvtColor(image, gray, cv::COLOR_BGR2GRAY);
  return gray;
}

/// Adds the difference of two lumas to all channels: equivalent to going through YCbCr, without
/// rounding the chroma.
void change_luma(cv::Mat& image, const cv::Mat& before, const cv::Mat& after) {
  for (int y = 0; y < image.rows; ++y) {
    auto* pixel = image.ptr<std::uint8_t>(y);
    const auto* from = before.ptr<std::uint8_t>(y);
    const auto* to = after.ptr<std::uint8_t>(y);
    for (int x = 0; x < image.cols; ++x, pixel += 3) {
      const int change = to[x] - from[x];
      for (int c = 0; c < 3; ++c) pixel[c] = cv::saturate_cast<std::uint8_t>(pixel[c] + change);
    }
  }
}

}  // namespace

void gamma(cv::Mat& image, float exponent) {
  if (!(exponent > 0)) {
    throw Error(ErrorCode::invalid_argument,
                "gamma " + std::to_string(exponent) + " is not greater than 0");
  }
  look_up(image, [&](int value) {
    return std::lround(255 * std::pow(static_cast<float>(value) / 255, exponent));
  });
}

void posterize(cv::Mat& image, int bits) {
  if (bits < 1 || bits > 8) {
    throw Error(ErrorCode::invalid_argument,
                "posterizing to " + std::to_string(bits) + " bits is not in 1..8");
  }
  look_up(image, [&](int value) { return value >> (8 - bits) << (8 - bits); });
}

void equalize(cv::Mat& image) {
  const cv::Mat before = luma(image);
  cv::Mat after;
  cv::equalizeHist(before, after);
  change_luma(image, before, after);
}

void clahe(cv::Mat& image, float clip_limit, int tiles) {
  if (!(clip_limit > 0) || tiles < 1) {
    throw Error(ErrorCode::invalid_argument, "CLAHE with clip limit " + std::to_string(clip_limit) +
                                                 " and " + std::to_string(tiles) +
                                                 " tiles: both must be greater than 0");
  }
  const cv::Mat before = luma(image);
  cv::Mat after;
  cv::createCLAHE(static_cast<double>(clip_limit), {tiles, tiles})->apply(before, after);
  change_luma(image, before, after);
}

}  // namespace faceshot::augment
