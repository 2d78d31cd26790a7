#include "augment/pixels/resample.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <opencv2/core/hal/intrin.hpp>
#include <vector>

#include "augment/pixels/resample_kernels.hpp"

namespace faceshot::augment {
namespace {

/// The source pixels of one output pixel along one axis.
struct Taps {
  int first = 0;
  int count = 0;          ///< 0: outside the image
  std::size_t begin = 0;  ///< of its weights, which sum to 1
};

struct Axis {
  std::vector<Taps> taps;
  std::vector<float> weights;
  int first = 0, last = 0;  ///< range of all source pixels used, half open
};

/// @param n extent of the source; the window is [origin, origin + side)
Axis make_axis(int n, double origin, double side, int size, bool flip) {
  const double scale = side / size;
  const double half = 0.5 * std::max(1.0, scale);
  Axis axis;
  axis.taps.resize(static_cast<std::size_t>(size));
  axis.first = n;
  for (int i = 0; i < size; ++i) {
    const double center = origin + ((flip ? size - 1 - i : i) + 0.5) * scale;
    if (center < 0 || center >= n) continue;
    const double low = std::max(0.0, center - half);
    const double high = std::min(static_cast<double>(n), center + half);
    Taps& taps = axis.taps[static_cast<std::size_t>(i)];
    taps.first = std::min(static_cast<int>(low), n - 1);
    taps.count = std::max(1, static_cast<int>(std::ceil(high)) - taps.first);
    taps.begin = axis.weights.size();
    for (int j = taps.first; j < taps.first + taps.count; ++j) {
      const double covered = std::min(high, j + 1.0) - std::max(low, static_cast<double>(j));
      axis.weights.push_back(static_cast<float>(covered / (high - low)));
    }
    axis.first = std::min(axis.first, taps.first);
    axis.last = std::max(axis.last, taps.first + taps.count);
  }
  return axis;
}

/// The source rows of one output row, with 8-bit weights that sum to exactly 256.
void weigh_rows(const cv::Mat& image, const Axis& rows, const Taps& taps, int first_column,
                std::vector<WeightedRow>& weighted) {
  weighted.clear();
  float cumulative = 0;
  int spent = 0;
  for (int t = 0; t < taps.count; ++t) {
    cumulative += rows.weights[taps.begin + static_cast<std::size_t>(t)];
    const int upto = t + 1 == taps.count ? 256 : static_cast<int>(std::lround(cumulative * 256));
    const auto weight = static_cast<std::uint16_t>(upto - spent);
    spent = upto;
    if (weight > 0)
      weighted.push_back({image.ptr<std::uint8_t>(taps.first + t, first_column), weight});
  }
}

/// Weighted sums along one summed row, three channels of a pixel at a time. The vectors are wider
/// than a pixel: their excess is overwritten by the next pixel.
/// @param sum read up to 1 value, @param out written up to 5 bytes beyond the last pixel
void sum_columns(const std::uint16_t* sum, const Axis& columns, std::uint8_t* out) {
  for (const Taps& taps : columns.taps) {
    if (taps.count == 0) {
      std::memset(out, padding_gray, 3);
      out += 3;
      continue;
    }
    const std::uint16_t* source = sum + static_cast<std::ptrdiff_t>(taps.first - columns.first) * 3;
    const float* weights = columns.weights.data() + taps.begin;
    cv::v_float32x4 total = cv::v_setzero_f32();
    for (int t = 0; t < taps.count; ++t, source += 3) {
      const auto value = cv::v_cvt_f32(cv::v_reinterpret_as_s32(cv::v_load_expand(source)));
      total = cv::v_muladd(value, cv::v_setall_f32(weights[t]), total);
    }
    const auto rounded = cv::v_round(total * cv::v_setall_f32(1.0F / 256));
    const auto narrow = cv::v_pack(rounded, rounded);
    cv::v_pack_u_store(out, narrow);
    out += 3;
  }
}

}  // namespace

void resample(const cv::Mat& image, const Window& window, Flip flip, cv::Mat& sample) {
  assert(!image.empty() && image.type() == CV_8UC3 && sample.type() == CV_8UC3);
  const Axis columns = make_axis(image.cols, window.x, window.width, sample.cols, flip.left_right);
  const Axis rows = make_axis(image.rows, window.y, window.height, sample.rows, flip.up_down);
  const int used = std::max(0, columns.last - columns.first);
  const auto bytes = static_cast<std::size_t>(sample.cols) * 3;

  // With room for the values that sum_columns reads and writes beyond the last pixel.
  std::vector<std::uint16_t> sum(static_cast<std::size_t>(used) * 3 + 8);
  std::vector<std::uint8_t> line(bytes + 8);
  std::vector<WeightedRow> weighted;
  const SumRows sum_up = sum_rows();
  for (int y = 0; y < sample.rows; ++y) {
    const Taps& taps = rows.taps[static_cast<std::size_t>(y)];
    auto* out = sample.ptr<std::uint8_t>(y);
    if (taps.count == 0 || used == 0) {
      std::memset(out, padding_gray, bytes);
      continue;
    }
    weigh_rows(image, rows, taps, columns.first, weighted);
    assert(!weighted.empty());  // the weights sum to 256
    sum_up(weighted, static_cast<std::size_t>(used) * 3, sum.data());
    sum_columns(sum.data(), columns, line.data());
    std::memcpy(out, line.data(), bytes);
  }
}

}  // namespace faceshot::augment
