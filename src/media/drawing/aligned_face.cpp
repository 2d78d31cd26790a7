#include "media/drawing/aligned_face.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "faceshot/error.hpp"
#include "faceshot/face_alignment.hpp"
#include "geometry/move_landmarks.hpp"
#include "media/drawing/canvas.hpp"
#include "media/drawing/resample.hpp"

namespace faceshot::media {
namespace {

/// The part of the image that the crop shows, and `margin` pixels around it.
Rectangle source_of(const ImageView& image, const Similarity& to_crop, int size, double margin) {
  const Similarity back = to_crop.inverse();
  const auto side = static_cast<float>(size);
  const Landmarks corners =
      back.apply({{{0, 0}, {side, 0}, {0, side}, {side, side}, {0.5F * side, 0.5F * side}}});
  // Clamped to the image before rounding, so that every coordinate fits into an int.
  const auto clamped = [&](double value, int end) {
    return static_cast<int>(std::clamp(value, 0.0, static_cast<double>(end)));
  };
  const auto range = [&](float Point::*axis, int end) {
    const auto [low, high] =
        std::minmax({corners[0].*axis, corners[1].*axis, corners[2].*axis, corners[3].*axis});
    return std::array{clamped(std::floor(static_cast<double>(low) - margin), end),
                      clamped(std::ceil(static_cast<double>(high) + margin), end)};
  };
  const auto [left, right] = range(&Point::x, image.width);
  const auto [top, bottom] = range(&Point::y, image.height);
  return {left, top, right - left, bottom - top};
}

/// Pixels of the image, and the position of the first one's centre in the photograph.
struct Source {
  ImageView pixels;
  double x0 = 0, y0 = 0;          ///< relative to the photograph's first pixel centre
  double step_x = 1, step_y = 1;  ///< pixels of the photograph per pixel
};

/// Interpolated between four pixels; black outside.
void sample(const Source& source, double x, double y, std::uint8_t* bgr) {
  const double left = std::floor(x);
  const double top = std::floor(y);
  if (!(left >= -1 && top >= -1 && left < source.pixels.width && top < source.pixels.height))
    return;
  const double right_share = x - left;
  const double lower_share = y - top;
  double sum[3] = {};
  for (int corner = 0; corner < 4; ++corner) {
    const int column = static_cast<int>(left) + corner % 2;
    const int row = static_cast<int>(top) + corner / 2;
    if (column < 0 || row < 0 || column >= source.pixels.width || row >= source.pixels.height)
      continue;
    const double weight = (corner % 2 == 1 ? right_share : 1 - right_share) *
                          (corner / 2 == 1 ? lower_share : 1 - lower_share);
    const std::uint8_t* const pixel = source.pixels.row(row) + 3 * column;
    for (int channel = 0; channel < 3; ++channel) sum[channel] += weight * pixel[channel];
  }
  for (int channel = 0; channel < 3; ++channel)
    bgr[channel] = static_cast<std::uint8_t>(sum[channel] + 0.5);
}

}  // namespace

Image align_face(const ImageView& image, const Landmarks& landmarks, int size) {
  if (image.empty() || image.format != PixelFormat::bgr)
    throw Error(ErrorCode::invalid_argument, "the image to align must be 8-bit BGR and not empty");
  if (size < 1)
    throw Error(ErrorCode::invalid_argument, "an aligned crop needs a side of at least one pixel");
  Landmarks from_centres = landmarks;
  geometry::shift(from_centres, -0.5F, -0.5F);
  const Similarity fit = fit_similarity(from_centres, alignment_template(size));
  Image crop(size, size);
  std::memset(crop.row(0), 0, crop.stride() * static_cast<std::size_t>(size));
  if (!(fit.scale() > 0)) return crop;

  // Bilinear sampling reads four pixels at any scale: a large face is first averaged down.
  const double shrink = std::max(1.0, std::floor(1 / fit.scale()));
  const Rectangle part = source_of(image, fit, size, 2 * shrink);
  if (part.empty()) return crop;
  Source source{.pixels = image};
  source.pixels.data = image.row(part.y) + std::ptrdiff_t{3} * part.x;
  source.pixels.width = part.width;
  source.pixels.height = part.height;
  Image smaller;
  if (shrink > 1) {
    smaller = resampled(source.pixels, std::max(1, static_cast<int>(part.width / shrink)),
                        std::max(1, static_cast<int>(part.height / shrink)));
    source.pixels = smaller.view();
  }
  source.step_x = static_cast<double>(part.width) / source.pixels.width;
  source.step_y = static_cast<double>(part.height) / source.pixels.height;
  source.x0 = part.x + 0.5 * source.step_x - 0.5;
  source.y0 = part.y + 0.5 * source.step_y - 0.5;
  const Similarity back = fit.inverse();
  for (int y = 0; y < size; ++y)
    for (int x = 0; x < size; ++x) {
      const double photograph_x = back.a * x - back.b * y + back.tx;
      const double photograph_y = back.b * x + back.a * y + back.ty;
      sample(source, (photograph_x - source.x0) / source.step_x,
             (photograph_y - source.y0) / source.step_y, crop.row(y) + std::ptrdiff_t{3} * x);
    }
  return crop;
}

}  // namespace faceshot::media
