#include "media/drawing/resample.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace faceshot::media {
namespace {

/// The source pixels of one output pixel along one axis, and their weights.
struct Taps {
  int first = 0;
  std::vector<float> weights;  ///< they sum to 1
};

std::vector<Taps> taps_for(int source, int target) {
  const double ratio = static_cast<double>(source) / target;
  std::vector<Taps> taps(static_cast<std::size_t>(target));
  for (int i = 0; i < target; ++i) {
    Taps& tap = taps[static_cast<std::size_t>(i)];
    if (ratio >= 1) {
      const double begin = i * ratio;
      const double end = std::min<double>(source, (i + 1) * ratio);
      tap.first = static_cast<int>(begin);
      for (int s = tap.first; s < source && s < end; ++s)
        tap.weights.push_back(static_cast<float>(
            (std::min<double>(end, s + 1) - std::max<double>(begin, s)) / ratio));
    } else {
      const double centre = std::clamp((i + 0.5) * ratio - 0.5, 0.0, source - 1.0);
      tap.first = std::min(static_cast<int>(centre), std::max(0, source - 2));
      const auto second = static_cast<float>(centre - tap.first);
      tap.weights = source > 1 ? std::vector{1 - second, second} : std::vector{1.0F};
    }
  }
  return taps;
}

/// One row of the source, scaled along x.
void scale_row(const std::uint8_t* source, const std::vector<Taps>& taps,
               std::vector<float>& result) {
  float* out = result.data();
  for (const Taps& tap : taps) {
    const std::uint8_t* in = source + 3 * tap.first;
    float blue = 0;
    float green = 0;
    float red = 0;
    for (const float weight : tap.weights) {
      blue += weight * static_cast<float>(in[0]);
      green += weight * static_cast<float>(in[1]);
      red += weight * static_cast<float>(in[2]);
      in += 3;
    }
    *out++ = blue;
    *out++ = green;
    *out++ = red;
  }
}

}  // namespace

Image resampled(const ImageView& image, int width, int height) {
  const std::vector<Taps> across = taps_for(image.width, width);
  const std::vector<Taps> down = taps_for(image.height, height);
  const std::size_t values = 3 * static_cast<std::size_t>(width);
  std::vector<float> sum(values);
  // The last two scaled source rows are reused when enlarging, and by areas that share a row.
  std::vector<float> rows[2] = {std::vector<float>(values), std::vector<float>(values)};
  int held[2] = {-1, -1};
  Image result(width, height);
  for (int y = 0; y < height; ++y) {
    const Taps& tap = down[static_cast<std::size_t>(y)];
    std::fill(sum.begin(), sum.end(), 0.0F);
    for (std::size_t k = 0; k < tap.weights.size(); ++k) {
      const int source = tap.first + static_cast<int>(k);
      const auto slot = static_cast<std::size_t>(source % 2);
      if (held[slot] != source) {
        scale_row(image.row(source), across, rows[slot]);
        held[slot] = source;
      }
      for (std::size_t i = 0; i < values; ++i) sum[i] += tap.weights[k] * rows[slot][i];
    }
    std::uint8_t* const out = result.row(y);
    for (std::size_t i = 0; i < values; ++i)
      out[i] = static_cast<std::uint8_t>(std::clamp(sum[i] + 0.5F, 0.0F, 255.0F));
  }
  return result;
}

}  // namespace faceshot::media
