#include "augment/operations/degrade.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

#include "augment/operations/noise.hpp"
#include "faceshot/error.hpp"
#include "media/opencv.hpp"

namespace faceshot::augment {
namespace {

constexpr int kNoiseBits = 16;  // fractional bits of a noise factor
constexpr int kNoiseHalf = 1 << (kNoiseBits - 1);

/// The factor that gives NormalNoise the deviation `sigma`, in fixed point.
int noise_factor(float sigma) {
  return static_cast<int>(std::lround(sigma / NormalNoise::kDeviation * (1 << kNoiseBits)));
}

std::uint8_t saturated(int value) { return static_cast<std::uint8_t>(std::clamp(value, 0, 255)); }

std::size_t row_size(const cv::Mat& image) { return static_cast<std::size_t>(image.cols) * 3; }

constexpr int kBlotch = 4;  // pixels between two values of coarse noise

/// A row of coarse noise, interpolated horizontally: one value every kBlotch pixels.
void coarse_row(NormalNoise& noise, std::vector<std::int16_t>& row) {
  const auto values = noise.next(row.size() / kBlotch + 2);
  for (std::size_t x = 0; x < row.size(); ++x) {
    const std::size_t cell = x / kBlotch;
    const int right = 2 * static_cast<int>(x % kBlotch) + 1;  // eighths
    row[x] = static_cast<std::int16_t>(((8 - right) * values[cell] + right * values[cell + 1]) / 8);
  }
}

}  // namespace

void downscale(cv::Mat& image, float factor) {
  if (factor <= 1 || image.empty()) return;
  const auto smaller = [&](int size) {
    return std::max(1, static_cast<int>(std::lround(static_cast<float>(size) / factor)));
  };
  cv::Mat small;
  cv::resize(image, small, {smaller(image.cols), smaller(image.rows)}, 0, 0, cv::INTER_AREA);
  cv::resize(small, image, image.size(), 0, 0, cv::INTER_LINEAR);
}

void jpeg(cv::Mat& image, int quality) {
  if (quality < 1 || quality > 100) {
    throw Error(ErrorCode::invalid_argument,
                "JPEG quality " + std::to_string(quality) + " is not in 1..100");
  }
  if (image.empty()) return;
  media::pass_through_jpeg(image, quality);
}

void gaussian_noise(cv::Mat& image, float sigma, base::Random& random) {
  const int factor = noise_factor(sigma);
  NormalNoise noise(random);
  for (int y = 0; y < image.rows; ++y) {
    auto* row = image.ptr<std::uint8_t>(y);
    const auto values = noise.next(row_size(image));
    for (std::size_t i = 0; i < values.size(); ++i) {
      row[i] = saturated(row[i] + ((values[i] * factor + kNoiseHalf) >> kNoiseBits));
    }
  }
}

void poisson_noise(cv::Mat& image, float photons, base::Random& random) {
  // n photons have the variance n, and one grey level is photons/255 of them.
  std::array<int, 256> factor{};
  for (std::size_t level = 0; level < factor.size(); ++level) {
    factor[level] = noise_factor(std::sqrt(static_cast<float>(level) * 255 / photons));
  }
  NormalNoise noise(random);
  for (int y = 0; y < image.rows; ++y) {
    auto* row = image.ptr<std::uint8_t>(y);
    const auto values = noise.next(row_size(image));
    for (std::size_t i = 0; i < values.size(); ++i) {
      row[i] = saturated(row[i] + ((values[i] * factor[row[i]] + kNoiseHalf) >> kNoiseBits));
    }
  }
}

void iso_noise(cv::Mat& image, float luma, float chroma, base::Random& random) {
  // Between its values, coarse noise is an average with a smaller variance: in each direction by
  // the mean of a^2 + (1-a)^2 over the four positions.
  constexpr float kShrink = 84.0F / 128;
  const float coarse = chroma / kShrink;
  const int luma_factor = noise_factor(luma);
  // Cb and Cr to B, G, R as in ITU-T T.871.
  const int cb_to_b = noise_factor(1.772F * coarse);
  const int cb_to_g = noise_factor(-0.3441F * coarse);
  const int cr_to_g = noise_factor(-0.7141F * coarse);
  const int cr_to_r = noise_factor(1.402F * coarse);

  const auto width = static_cast<std::size_t>(image.cols);
  NormalNoise noise(random);
  std::array<std::vector<std::int16_t>, 2> above, below;  // Cb, Cr
  for (std::size_t plane = 0; plane < 2; ++plane) {
    above[plane].resize(width);
    below[plane].resize(width);
    coarse_row(noise, below[plane]);
  }
  for (int y = 0; y < image.rows; ++y) {
    if (y % kBlotch == 0) {
      std::swap(above, below);
      for (auto& plane : below) coarse_row(noise, plane);
    }
    const int down = 2 * (y % kBlotch) + 1;  // eighths
    auto* row = image.ptr<std::uint8_t>(y);
    const auto fine = noise.next(width);
    for (std::size_t x = 0; x < width; ++x) {
      const int cb = ((8 - down) * above[0][x] + down * below[0][x]) / 8;
      const int cr = ((8 - down) * above[1][x] + down * below[1][x]) / 8;
      const int grain = fine[x] * luma_factor + kNoiseHalf;
      std::uint8_t* pixel = row + 3 * x;
      pixel[0] = saturated(pixel[0] + ((grain + cb * cb_to_b) >> kNoiseBits));
      pixel[1] = saturated(pixel[1] + ((grain + cb * cb_to_g + cr * cr_to_g) >> kNoiseBits));
      pixel[2] = saturated(pixel[2] + ((grain + cr * cr_to_r) >> kNoiseBits));
    }
  }
}

}  // namespace faceshot::augment
