#include "data/stats/face_crop.hpp"

#include <algorithm>
#include <opencv2/imgproc.hpp>

namespace faceshot::data {

FaceCrop crop_around(const cv::Mat& photograph, const cv::Rect2d& box, int side, double context,
                     double least) {
  const double wanted = std::max(least, context * std::max(box.width, box.height));
  const double length = std::min<double>(wanted, std::max(photograph.cols, photograph.rows));
  const auto begin = [length](double center, int limit) {
    const double centered = center - length / 2;
    return length < limit ? std::clamp(centered, 0.0, limit - length) : (limit - length) / 2;
  };
  FaceCrop crop;
  crop.region = {begin(box.x + box.width / 2, photograph.cols),
                 begin(box.y + box.height / 2, photograph.rows), length, length};
  const double scale = side / length;
  const cv::Matx23d map(scale, 0, -crop.region.x * scale, 0, scale, -crop.region.y * scale);
  cv::Mat reduced = photograph;
  cv::Matx23d reduced_map = map;
  if (scale < 0.5) {  // warpAffine samples only four pixels
    cv::resize(photograph, reduced, {}, scale, scale, cv::INTER_AREA);
    const double x = static_cast<double>(photograph.cols) / reduced.cols;
    const double y = static_cast<double>(photograph.rows) / reduced.rows;
    reduced_map = {scale * x, 0, map(0, 2), 0, scale * y, map(1, 2)};
  }
  cv::warpAffine(reduced, crop.image, reduced_map, {side, side}, cv::INTER_LINEAR,
                 cv::BORDER_CONSTANT, {90, 90, 90});
  return crop;
}

void draw_box(FaceCrop& crop, const cv::Rect2d& box, const cv::Scalar& color, int thickness) {
  const double scale = crop.image.cols / crop.region.width;
  const auto at = [&](double x, double y) {
    return cv::Point(cvRound((x - crop.region.x) * scale), cvRound((y - crop.region.y) * scale));
  };
  cv::rectangle(crop.image, at(box.x, box.y), at(box.x + box.width, box.y + box.height), color,
                thickness, cv::LINE_AA);
}

}  // namespace faceshot::data
