#include "media/aligned_face.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "faceshot/error.hpp"
#include "faceshot/face_alignment.hpp"

namespace faceshot::media {
namespace {

/// The part of the image that the crop shows, and `margin` pixels around it.
cv::Rect source_of(const cv::Mat& image, const Similarity& to_crop, int size, double margin) {
  const Similarity back = to_crop.inverse();
  const auto side = static_cast<float>(size);
  const Landmarks corners =
      back.apply({0, 0, side, 0, 0, side, side, side, 0.5F * side, 0.5F * side});
  // Clamped to the image before rounding: no coordinate is too large for an int then.
  const auto clamped = [&](double value, int end) {
    return static_cast<int>(std::clamp(value, 0.0, static_cast<double>(end)));
  };
  const auto range = [&](std::size_t axis, int end) {
    const auto [low, high] =
        std::minmax({corners[axis], corners[axis + 2], corners[axis + 4], corners[axis + 6]});
    return std::array{clamped(std::floor(static_cast<double>(low) - margin), end),
                      clamped(std::ceil(static_cast<double>(high) + margin), end)};
  };
  const auto [left, right] = range(0, image.cols);
  const auto [top, bottom] = range(1, image.rows);
  return {left, top, right - left, bottom - top};
}

}  // namespace

cv::Mat align_face(const cv::Mat& image, const Landmarks& landmarks, int size) {
  if (image.empty() || image.type() != CV_8UC3)
    throw Error(ErrorCode::invalid_argument, "the image to align must be 8-bit BGR and not empty");
  if (size < 1)
    throw Error(ErrorCode::invalid_argument, "an aligned crop needs a side of at least one pixel");
  Landmarks from_centres = landmarks;
  for (float& coordinate : from_centres) coordinate -= 0.5F;
  const Similarity fit = fit_similarity(from_centres, alignment_template(size));
  cv::Mat crop(size, size, CV_8UC3, cv::Scalar::all(0));
  if (!(fit.scale() > 0)) return crop;

  // Bilinear sampling looks at four pixels whatever the scale: a large face is first averaged down.
  const double shrink = std::max(1.0, std::floor(1 / fit.scale()));
  const cv::Rect part = source_of(image, fit, size, 2 * shrink);
  if (part.empty()) return crop;
  cv::Mat source = image(part);
  if (shrink > 1)
    cv::resize(image(part), source,
               {std::max(1, static_cast<int>(part.width / shrink)),
                std::max(1, static_cast<int>(part.height / shrink))},
               0, 0, cv::INTER_AREA);
  const double sx = static_cast<double>(part.width) / source.cols;
  const double sy = static_cast<double>(part.height) / source.rows;
  // The first pixel's centre of `source`, in the image's pixels counted from its first centre.
  const double x0 = part.x + 0.5 * sx - 0.5;
  const double y0 = part.y + 0.5 * sy - 0.5;
  const cv::Matx23d map(fit.a * sx, -fit.b * sy, fit.a * x0 - fit.b * y0 + fit.tx,  //
                        fit.b * sx, fit.a * sy, fit.b * x0 + fit.a * y0 + fit.ty);
  cv::warpAffine(source, crop, map, crop.size(), cv::INTER_LINEAR, cv::BORDER_CONSTANT,
                 cv::Scalar::all(0));
  return crop;
}

}  // namespace faceshot::media
