#include "augment/pixels/warp.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "augment/pixels/resample.hpp"

namespace faceshot::augment {
namespace {

/// With more source pixels than this per output pixel, linear interpolation would skip some.
constexpr double shrink_limit = 1.5;

/// The position of `out` in the source, and the number of source pixels along an output pixel's
/// side.
struct Preimage {
  Window bounds;
  double shrink;
};

Preimage preimage(const PixelMap& map, cv::Size out) {
  const PixelMap back = map.inv();
  const double w = out.width;
  const double h = out.height;
  const std::array<cv::Point2d, 4> corners{apply(back, 0, 0), apply(back, w, 0), apply(back, w, h),
                                           apply(back, 0, h)};
  double x1 = corners[0].x, x2 = x1, y1 = corners[0].y, y2 = y1, twice_area = 0;
  for (std::size_t i = 0; i < corners.size(); ++i) {
    const auto& a = corners[i];
    const auto& b = corners[(i + 1) % corners.size()];
    x1 = std::min(x1, a.x);
    x2 = std::max(x2, a.x);
    y1 = std::min(y1, a.y);
    y2 = std::max(y2, a.y);
    twice_area += a.x * b.y - a.y * b.x;
  }
  return {{x1, y1, x2 - x1, y2 - y1}, std::sqrt(std::abs(twice_area) / 2 / (w * h))};
}

/// OpenCV's coordinates start at the centre of the first pixel.
PixelMap from_pixel_centres(const PixelMap& map) {
  const PixelMap to(1, 0, 0.5, 0, 1, 0.5, 0, 0, 1);
  const PixelMap back(1, 0, -0.5, 0, 1, -0.5, 0, 0, 1);
  return back * map * to;
}

void interpolate(const cv::Mat& image, const PixelMap& map, cv::Mat& out) {
  const PixelMap centred = from_pixel_centres(map);
  const auto gray = cv::Scalar::all(padding_gray);
  if (map(2, 0) == 0 && map(2, 1) == 0) {
    const cv::Matx23d affine(centred.val[0], centred.val[1], centred.val[2], centred.val[3],
                             centred.val[4], centred.val[5]);
    cv::warpAffine(image, out, affine * (1 / centred(2, 2)), out.size(), cv::INTER_LINEAR,
                   cv::BORDER_CONSTANT, gray);
  } else {
    cv::warpPerspective(image, out, centred, out.size(), cv::INTER_LINEAR, cv::BORDER_CONSTANT,
                        gray);
  }
}

}  // namespace

void warp(const cv::Mat& image, const PixelMap& map, cv::Mat& out) {
  const auto [bounds, shrink] = preimage(map, out.size());
  if (keeps_axes(map)) {
    resample(image, bounds, {map(0, 0) / map(2, 2) < 0, map(1, 1) / map(2, 2) < 0}, out);
    return;
  }
  if (shrink <= shrink_limit) {
    interpolate(image, map, out);
    return;
  }
  // The visible part, in whole pixels, with a margin for the interpolation.
  const double margin = 2 * shrink;
  const cv::Rect seen =
      cv::Rect(cv::Point(static_cast<int>(std::floor(bounds.x - margin)),
                         static_cast<int>(std::floor(bounds.y - margin))),
               cv::Point(static_cast<int>(std::ceil(bounds.x + bounds.width + margin)),
                         static_cast<int>(std::ceil(bounds.y + bounds.height + margin)))) &
      cv::Rect(cv::Point(), image.size());
  if (seen.empty()) {
    out.setTo(cv::Scalar::all(padding_gray));
    return;
  }
  cv::Mat reduced(std::max(1, static_cast<int>(std::lround(seen.height / shrink))),
                  std::max(1, static_cast<int>(std::lround(seen.width / shrink))), CV_8UC3);
  resample(image(seen), {0, 0, static_cast<double>(seen.width), static_cast<double>(seen.height)},
           {}, reduced);
  const PixelMap from_reduced(static_cast<double>(seen.width) / reduced.cols, 0, seen.x,   //
                              0, static_cast<double>(seen.height) / reduced.rows, seen.y,  //
                              0, 0, 1);
  interpolate(reduced, map * from_reduced, out);
}

}  // namespace faceshot::augment
