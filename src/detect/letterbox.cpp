#include "detect/letterbox.hpp"

#include <algorithm>
#include <cmath>

namespace faceshot {

LetterboxSize letterbox_size(int image_width, int image_height, int max_side, bool upscale,
                             int size_divisor) {
  const int longer = std::max(image_width, image_height);
  const double scale =
      max_side > 0 && (upscale || longer > max_side) ? static_cast<double>(max_side) / longer : 1.0;
  const auto scaled = [&](int side) {
    return std::max(1, static_cast<int>(std::lround(side * scale)));
  };
  const auto padded = [&](int side) {
    return (side + size_divisor - 1) / size_divisor * size_divisor;
  };
  LetterboxSize size;
  size.content_width = scaled(image_width);
  size.content_height = scaled(image_height);
  size.width = padded(size.content_width);
  size.height = padded(size.content_height);
  return size;
}

LetterboxSize letterbox_into(int image_width, int image_height, int width, int height,
                             bool upscale) {
  double scale = std::min(static_cast<double>(width) / image_width,
                          static_cast<double>(height) / image_height);
  if (!upscale) scale = std::min(scale, 1.0);
  const auto scaled = [&](int side, int most) {
    return std::clamp(static_cast<int>(std::lround(side * scale)), 1, most);
  };
  return {width, height, scaled(image_width, width), scaled(image_height, height)};
}

void Letterbox::Taps::make(int source_size, int target_size) {
  if (source == source_size && target == target_size) return;
  source = source_size;
  target = target_size;
  const double ratio = static_cast<double>(source_size) / target_size;
  stride = ratio > 1 ? static_cast<int>(std::ceil(ratio)) + 1 : 2;
  const auto n = static_cast<std::size_t>(target_size);
  first.assign(n, 0);
  count.assign(n, 0);
  weights.assign(n * static_cast<std::size_t>(stride), 0.0F);
  for (int i = 0; i < target_size; ++i) {
    const auto at = static_cast<std::size_t>(i);
    float* const w = weights.data() + at * static_cast<std::size_t>(stride);
    if (ratio > 1) {
      const double low = i * ratio;
      const double high = std::min(low + ratio, static_cast<double>(source_size));
      first[at] = std::min(static_cast<int>(low), source_size - 1);
      for (int s = first[at]; s < source_size && s < high; ++s) {
        const double covered = std::min(high, s + 1.0) - std::max(low, static_cast<double>(s));
        // A sliver left by rounding is no pixel.
        if (covered > 1e-6) w[count[at]++] = static_cast<float>(covered / (high - low));
      }
    } else {
      const double center = (i + 0.5) * ratio - 0.5;
      const int left = std::clamp(static_cast<int>(std::floor(center)), 0, source_size - 1);
      const int right = std::min(left + 1, source_size - 1);
      const auto share = static_cast<float>(std::clamp(center - left, 0.0, 1.0));
      first[at] = left;
      count[at] = right > left ? 2 : 1;
      w[0] = right > left ? 1 - share : 1.0F;
      w[1] = right > left ? share : 0.0F;
    }
  }
}

namespace {

/// One source row as three planes of floats in the order of `order`.
void split_row(const ImageView& image, int y, PixelFormat order, float* planes) {
  const std::uint8_t* const row = image.row(y);
  const int width = image.width;
  if (image.format == PixelFormat::gray) {
    for (int x = 0; x < width; ++x)
      planes[x] = planes[width + x] = planes[2 * width + x] = static_cast<float>(row[x]);
    return;
  }
  const int step = bytes_per_pixel(image.format);
  const bool source_bgr = image.format == PixelFormat::bgr || image.format == PixelFormat::bgra;
  const bool swap = source_bgr != (order == PixelFormat::bgr);
  float* const first = planes + (swap ? 2 * width : 0);
  float* const second = planes + width;
  float* const third = planes + (swap ? 0 : 2 * width);
  const auto split = [&](auto pixel_bytes) {
    for (int x = 0; x < width; ++x) {
      first[x] = static_cast<float>(row[x * pixel_bytes]);
      second[x] = static_cast<float>(row[x * pixel_bytes + 1]);
      third[x] = static_cast<float>(row[x * pixel_bytes + 2]);
    }
  };
  // The distance of pixels as a constant lets the compiler vectorise.
  if (step == 3)
    split(std::integral_constant<int, 3>{});
  else
    split(std::integral_constant<int, 4>{});
}

}  // namespace

void Letterbox::run(const ImageView& image, const LetterboxSize& size, const ModelInfo& model,
                    float* output) {
  const int width = size.content_width;
  const int height = size.content_height;
  const bool same_width = width == image.width;
  horizontal_.make(image.width, width);
  vertical_.make(image.height, height);
  const auto plane = static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height);
  const auto row_floats = static_cast<std::size_t>(3 * width);
  const int ring = vertical_.stride + 1;
  source_row_.resize(static_cast<std::size_t>(3 * image.width));
  scaled_rows_.resize(static_cast<std::size_t>(ring) * row_floats);

  const auto scaled_row = [&](int y) {
    return scaled_rows_.data() + static_cast<std::size_t>(y % ring) * row_floats;
  };
  const auto scale_horizontally = [&](int y) {
    float* const out = scaled_row(y);
    if (same_width) {
      split_row(image, y, model.channel_order, out);
      return;
    }
    split_row(image, y, model.channel_order, source_row_.data());
    for (int c = 0; c < 3; ++c) {
      const float* const in = source_row_.data() + c * image.width;
      float* const to = out + c * width;
      for (int x = 0; x < width; ++x) {
        const auto at = static_cast<std::size_t>(x);
        const float* const w =
            horizontal_.weights.data() + at * static_cast<std::size_t>(horizontal_.stride);
        const float* const from = in + horizontal_.first[at];
        float sum = 0;
        for (int t = 0; t < horizontal_.count[at]; ++t) sum += w[t] * from[t];
        to[x] = sum;
      }
    }
  };

  int ready = 0;  // source rows below this one are in the ring, as far as they are still needed
  for (int y = 0; y < height; ++y) {
    const auto at = static_cast<std::size_t>(y);
    const int first = vertical_.first[at];
    const int count = vertical_.count[at];
    for (ready = std::max(ready, first); ready < first + count; ++ready) scale_horizontally(ready);
    const float* const w =
        vertical_.weights.data() + at * static_cast<std::size_t>(vertical_.stride);
    for (std::size_t c = 0; c < 3; ++c) {
      float* const out = output + c * plane + at * static_cast<std::size_t>(size.width);
      const float gain = model.scale[c];
      const float offset = -model.mean[c] * gain;
      const float* row = scaled_row(first) + c * static_cast<std::size_t>(width);
      for (int x = 0; x < width; ++x) out[x] = offset + gain * w[0] * row[x];
      for (int t = 1; t < count; ++t) {
        row = scaled_row(first + t) + c * static_cast<std::size_t>(width);
        const float factor = gain * w[t];
        for (int x = 0; x < width; ++x) out[x] += factor * row[x];
      }
      std::fill(out + width, out + size.width, 0.0F);
    }
  }
  for (std::size_t c = 0; c < 3; ++c)
    std::fill(output + c * plane +
                  static_cast<std::size_t>(height) * static_cast<std::size_t>(size.width),
              output + (c + 1) * plane, 0.0F);
}

}  // namespace faceshot
