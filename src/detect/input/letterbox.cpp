#include "detect/input/letterbox.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "engine/kernels/row_stage.hpp"

namespace faceshot::detect {

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
  const auto n = static_cast<std::size_t>(target_size);
  first.assign(n, 0);
  if (ratio <= 1) {
    count = ratio < 1 ? 2 : 1;
    weights.assign(n * count, 0.0F);
    for (std::size_t i = 0; i < n; ++i) {
      const double center = (static_cast<double>(i) + 0.5) * ratio - 0.5;
      const int left = std::clamp(static_cast<int>(std::floor(center)), 0, source_size - 1);
      const double share = left + 1 < source_size ? std::clamp(center - left, 0.0, 1.0) : 0;
      first[i] = left;
      weights[i * count] = static_cast<float>(1 - share);
      if (count == 2) weights[i * count + 1] = static_cast<float>(share);
    }
    return;
  }
  // How much of source pixel s is between low and high. A sliver left by rounding does not count.
  const auto covered = [](double low, double high, int s) {
    const double part = std::min(high, s + 1.0) - std::max(low, static_cast<double>(s));
    return part > 1e-6 ? part : 0.0;
  };
  const auto low_of = [&](std::size_t i) { return static_cast<double>(i) * ratio; };
  const auto high_of = [&](std::size_t i) {
    return std::min(low_of(i) + ratio, static_cast<double>(source_size));
  };
  count = 1;
  for (std::size_t i = 0; i < n; ++i) {
    int s = std::min(static_cast<int>(low_of(i)), source_size - 1);
    if (covered(low_of(i), high_of(i), s) == 0 && s + 1 < source_size) ++s;
    first[i] = s;
    std::size_t taps = 0;
    for (; s < source_size && covered(low_of(i), high_of(i), s) > 0; ++s) ++taps;
    count = std::max(count, taps);
  }
  weights.assign(n * count, 0.0F);
  for (std::size_t i = 0; i < n; ++i) {
    const double low = low_of(i), high = high_of(i);
    for (std::size_t t = 0; t < count && first[i] + static_cast<int>(t) < source_size; ++t)
      weights[i * count + t] =
          static_cast<float>(covered(low, high, first[i] + static_cast<int>(t)) / (high - low));
  }
}

/// Sums over the source rows of an output row, of `values` bytes each.
void Letterbox::sum_source(int y, const SourcePlane& plane, std::size_t values,
                           std::vector<pixels::WeightedRow>& rows, std::vector<float>& into) const {
  const auto at = static_cast<std::size_t>(y);
  rows.clear();
  for (std::size_t t = 0; t < vertical_.count; ++t) {
    const float weight = vertical_.weights[at * vertical_.count + t];
    const int row = (vertical_.first[at] + static_cast<int>(t)) / plane.half;
    const std::uint8_t* const of_row = plane.data + plane.stride * row;
    if (!(weight > 0)) continue;
    if (!rows.empty() && rows.back().values == of_row)  // two of luma's rows share one of chroma
      rows.back().weight += weight;
    else
      rows.push_back({of_row, weight});
  }
  pixels::sum_rows(rows, values, into.data());
}

/// Asks for the memory of the source rows of an output row. Rows of a film are too short for the
/// processor to foresee the next ones.
void Letterbox::prefetch_source(int y, const SourcePlane& plane, std::size_t values) const {
  if (y >= size_.content_height) return;
  const int first = vertical_.first[static_cast<std::size_t>(y)];
  const int last = std::min(first + static_cast<int>(vertical_.count), image_.height) - 1;
  for (int row = first / plane.half; row <= last / plane.half; ++row)
    for (std::size_t i = 0; i < values; i += 64)
      __builtin_prefetch(plane.data + plane.stride * row + i);
}

void Letterbox::row_of_planes(int y, Buffers& buffers, const pixels::Planes& planes) const {
  const auto width = static_cast<std::size_t>(image_.width);
  const auto columns = static_cast<std::size_t>(size_.content_width);
  const pixels::ColumnTaps taps{horizontal_.first, horizontal_.weights, horizontal_.count};
  const pixels::ColumnTaps chroma_taps{of_chroma_.first, of_chroma_.weights, of_chroma_.count};
  const auto sum = [&](const SourcePlane& plane, std::size_t values, std::vector<float>& into) {
    sum_source(y, plane, values, buffers.rows, into);
  };
  const SourcePlane luma{image_.data, image_.stride, 1};
  prefetch_source(y + 1, luma, width);
  if (halves_) {
    const std::ptrdiff_t chroma = y * image_.chroma_stride;
    return pixels::halve_yuv({image_.row(2 * y), image_.row(2 * y + 1), image_.chroma + chroma,
                              image_.chroma_red + chroma, image_.colour},
                             columns, planes);
  }
  sum(luma, width, buffers.luma);
  pixels::scale_plane(buffers.luma.data(), taps, buffers.scaled_luma.data());
  sum({image_.chroma, image_.chroma_stride, 2}, width / 2, buffers.chroma);
  sum({image_.chroma_red, image_.chroma_stride, 2}, width / 2, buffers.red);
  const float* blue = buffers.chroma.data();
  const float* red = buffers.red.data();
  if (of_chroma_.source != of_chroma_.target) {
    pixels::scale_plane(blue, chroma_taps, buffers.scaled_chroma.data());
    pixels::scale_plane(red, chroma_taps, buffers.scaled_red.data());
    blue = buffers.scaled_chroma.data();
    red = buffers.scaled_red.data();
  }
  pixels::convert_yuv_planes({buffers.scaled_luma.data(), blue, red, 1, image_.colour}, columns,
                             planes);
}

const float* Letterbox::scaled_row(int y, Buffers& buffers) const {
  const auto width = static_cast<std::size_t>(image_.width);
  const auto sum = [&](const std::uint8_t* data, std::ptrdiff_t stride, int half,
                       std::size_t values, std::vector<float>& into) {
    sum_source(y, {data, stride, half}, values, buffers.rows, into);
  };
  switch (image_.format) {
    case PixelFormat::gray:
      sum(image_.data, image_.stride, 1, width, buffers.luma);
      pixels::expand_gray(buffers.luma.data(), width, buffers.row.data());
      break;
    case PixelFormat::nv12:
      sum(image_.data, image_.stride, 1, width, buffers.luma);
      sum(image_.chroma, image_.chroma_stride, 2, (width + 1) / 2 * 2, buffers.chroma);
      pixels::convert_yuv(
          {buffers.luma.data(), buffers.chroma.data(), buffers.chroma.data() + 1, 2, image_.colour},
          width, buffers.row.data());
      break;
    case PixelFormat::i420:
      sum(image_.data, image_.stride, 1, width, buffers.luma);
      sum(image_.chroma, image_.chroma_stride, 2, (width + 1) / 2, buffers.chroma);
      sum(image_.chroma_red, image_.chroma_stride, 2, (width + 1) / 2, buffers.red);
      pixels::convert_yuv(
          {buffers.luma.data(), buffers.chroma.data(), buffers.red.data(), 1, image_.colour}, width,
          buffers.row.data());
      break;
    default:
      sum(image_.data, image_.stride, 1,
          width * static_cast<std::size_t>(bytes_per_pixel(image_.format)), buffers.row);
  }
  return buffers.row.data();
}

namespace {

/// Whether the first byte of a pixel is blue, in the form returned by Letterbox::scaled_row().
bool blue_first(PixelFormat format) {
  return format != PixelFormat::rgb && format != PixelFormat::rgba;
}

std::size_t step_of(PixelFormat format) {
  return static_cast<std::size_t>(std::max(3, bytes_per_pixel(format)));
}

}  // namespace

void Letterbox::start(const ImageView& image, const LetterboxSize& size, const ModelInfo& model,
                      int workers) {
  image_ = image;
  size_ = size;
  horizontal_.make(image.width, size.content_width);
  vertical_.make(image.height, size.content_height);
  planes_first_ = false;
  as_it_is_ = image.width == size.content_width && image.height == size.content_height &&
              bytes_per_pixel(image.format) >= 3;
  channel_ = {0, 1, 2};
  if (blue_first(image.format) != (model.channel_order == PixelFormat::bgr))
    std::swap(channel_[0], channel_[2]);
  for (std::size_t k = 0; k < 3; ++k) {
    planes_.gain[k] = model.scale[channel_[k]];
    planes_.offset[k] = -model.mean[channel_[k]] * model.scale[channel_[k]];
  }
  const auto width = static_cast<std::size_t>(image.width);
  buffers_.resize(static_cast<std::size_t>(workers));
  if (as_it_is_) return;
  planes_first_ =
      image.format == PixelFormat::i420 && image.width % 2 == 0 && size.content_width < image.width;
  if (planes_first_) of_chroma_.make(image.width / 2, size.content_width);
  halves_ = planes_first_ && image.width == 2 * size.content_width &&
            image.height == 2 * size.content_height;
  const auto content = static_cast<std::size_t>(size.content_width);
  for (Buffers& buffers : buffers_) {
    buffers.rows.reserve(vertical_.count);
    // After the last value, zeros for taps of weight 0.
    buffers.luma.resize(width + horizontal_.count);
    buffers.chroma.resize(width + 1 + of_chroma_.count);
    buffers.red.resize(width + 1 + of_chroma_.count);
    if (planes_first_) {
      buffers.scaled_luma.resize(content);
      buffers.scaled_chroma.resize(content);
      buffers.scaled_red.resize(content);
    }
    // After the last pixel, zeros for taps of weight 0.
    buffers.row.assign(step_of(image.format) * (width + horizontal_.count) + 1, 0.0F);
  }
}

void Letterbox::row(int y, int worker, const Planes& planes) const {
  const auto width = static_cast<std::size_t>(size_.content_width);
  if (y >= size_.content_height) {
    for (const std::span<float> plane : planes) std::fill(plane.begin(), plane.end(), 0.0F);
    return;
  }
  pixels::Planes out = planes_;
  for (std::size_t k = 0; k < 3; ++k) out.out[k] = planes[channel_[k]].data();
  const std::size_t step = step_of(image_.format);
  if (as_it_is_)
    pixels::split_pixels(image_.row(y), width, step, out);
  else if (planes_first_)
    row_of_planes(y, buffers_[static_cast<std::size_t>(worker)], out);
  else
    pixels::scale_columns(scaled_row(y, buffers_[static_cast<std::size_t>(worker)]), step,
                          {horizontal_.first, horizontal_.weights, horizontal_.count}, out);
  for (const std::span<float> plane : planes)
    std::fill(plane.begin() + size_.content_width, plane.end(), 0.0F);
}

void Letterbox::run(const ImageView& image, const LetterboxSize& size, const ModelInfo& model,
                    float* output) {
  start(image, size, model);
  const std::int64_t width = size.width;
  const std::int64_t plane = width * size.height;
  for (int y = 0; y < size.height; ++y)
    row(y, 0, engine::row_of_planes(output + y * width, plane, width));
}

}  // namespace faceshot::detect
