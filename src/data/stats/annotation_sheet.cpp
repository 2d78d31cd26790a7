#include "data/stats/annotation_sheet.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <opencv2/imgproc.hpp>

#include "base/random.hpp"
#include "faceshot/error.hpp"
#include "media/drawing/draw.hpp"
#include "media/opencv.hpp"

namespace faceshot::data {
namespace {

using geometry::Annotation;

// Okabe and Ito's palette as BGR: distinguishable with any kind of colour vision.
const std::array<cv::Scalar, 6> class_colours{cv::Scalar(60, 230, 90),  cv::Scalar(0, 94, 213),
                                              cv::Scalar(233, 180, 86), cv::Scalar(167, 121, 204),
                                              cv::Scalar(66, 228, 240), cv::Scalar(178, 114, 0)};
const cv::Scalar ignore_colour(170, 170, 170);
const cv::Scalar detector_colour(0, 159, 230);  // the palette's orange
const std::array<cv::Scalar, 5> point_colours{cv::Scalar(255, 120, 0), cv::Scalar(255, 255, 0),
                                              cv::Scalar(0, 255, 255), cv::Scalar(0, 0, 255),
                                              cv::Scalar(255, 0, 255)};

cv::Scalar colour_of(const Annotation& a) {
  if (a.source == geometry::source_detector) return detector_colour;
  if (a.ignore) return ignore_colour;
  return class_colours[static_cast<std::size_t>(a.class_id) % class_colours.size()];
}

cv::Point pixel(float x, float y) {
  return {static_cast<int>(std::lround(x)), static_cast<int>(std::lround(y))};
}

/// Diagonal lines within the box.
void hatch(cv::Mat& image, const cv::Rect& box, const cv::Scalar& colour) {
  const cv::Rect visible = box & cv::Rect(0, 0, image.cols, image.rows);
  if (visible.empty()) return;
  cv::Mat part = image(visible);
  constexpr int distance = 6;
  for (int d = -part.rows; d < part.cols; d += distance)
    cv::line(part, {d, part.rows}, {d + part.rows, 0}, colour, 1);
}

void draw_landmarks(cv::Mat& image, const Landmarks& points, float scale, float side) {
  const int radius = std::max(1, static_cast<int>(std::lround(side / 24)));
  for (std::size_t p = 0; p < point_colours.size(); ++p)
    cv::circle(image, pixel(points[p].x * scale, points[p].y * scale), radius, point_colours[p],
               cv::FILLED, cv::LINE_AA);
}

}  // namespace

void draw_annotations(cv::Mat& image, std::span<const Annotation> annotations, float scale) {
  for (const Annotation& a : annotations) {
    const cv::Rect box(pixel(a.box.x1 * scale, a.box.y1 * scale),
                       pixel(a.box.x2 * scale, a.box.y2 * scale));
    const cv::Scalar colour = colour_of(a);
    if (a.ignore) hatch(image, box, colour);
    cv::rectangle(image, box, colour, box.width > 40 ? 2 : 1);
    if (a.landmarks)
      draw_landmarks(image, *a.landmarks, scale,
                     static_cast<float>(std::min(box.width, box.height)));
  }
}

AnnotationSheet annotation_sheet(const PreparedSet& set, const SheetOptions& options) {
  if (options.count < 1)
    throw Error(ErrorCode::invalid_argument, "a sheet needs at least one photograph");
  std::vector<std::size_t> order(set.records.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  base::Random random(options.seed);
  for (std::size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[random.below(static_cast<std::uint32_t>(i))]);

  AnnotationSheet sheet;
  std::vector<cv::Mat> cells;
  for (const std::size_t i : order) {
    if (cells.size() == static_cast<std::size_t>(options.count)) break;
    const geometry::ImageRecord& record = set.records[i];
    cv::Mat image;
    try {
      image = media::read_mat(set.images_dir / record.image);
    } catch (const Error& e) {
      sheet.damaged.emplace_back(e.what());
      continue;
    }
    const double scale = std::min(static_cast<double>(options.cell.width) / image.cols,
                                  static_cast<double>(options.cell.height) / image.rows);
    cv::Mat reduced;
    cv::resize(image, reduced, {}, scale, scale, scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
    draw_annotations(reduced, record.annotations, static_cast<float>(scale));
    cells.push_back(std::move(reduced));
    sheet.shown.push_back(record.image);
  }
  if (cells.empty())
    throw Error(ErrorCode::not_found,
                sheet.damaged.empty()
                    ? "the set has no photographs"
                    : "no photograph can be read; the first: " + sheet.damaged.front());
  sheet.image = media::contact_sheet(cells, options.columns, options.cell);
  return sheet;
}

}  // namespace faceshot::data
