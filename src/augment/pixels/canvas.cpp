#include "augment/pixels/canvas.hpp"

#include <algorithm>
#include <utility>

#include "augment/operations/photometric.hpp"
#include "augment/pixels/warp.hpp"

namespace faceshot::augment {

using geometry::Annotation;

Canvas::Canvas(const cv::Mat& image, std::span<const Annotation> annotations, const FaceRule& rule,
               CanvasMemory& memory)
    : memory_(memory), rule_(rule), image_(image), width_(image.cols), height_(image.rows) {
  faces_.reserve(annotations.size());
  for (const auto& annotation : annotations) faces_.push_back({annotation, 1});
}

bool Canvas::has_geometry() const {
  return width_ != image_.cols || height_ != image_.rows || map_ != PixelMap::eye();
}

std::vector<Annotation> Canvas::annotations() const {
  std::vector<TrackedFace> moved;
  moved.reserve(faces_.size());
  for (const auto& face : faces_) moved.push_back(map_face(face, map_, rule_.turned));
  settle_faces(moved, width_, height_, rule_);
  std::vector<Annotation> result;
  result.reserve(moved.size());
  for (auto& face : moved) result.push_back(std::move(face.annotation));
  return result;
}

void Canvas::move(const PixelMap& map, int width, int height) {
  map_ = map * map_;
  width_ = width;
  height_ = height;
}

void Canvas::recolor(const cv::Matx34f& matrix) { color_ = then(color_, matrix); }

cv::Mat& Canvas::spare_buffer() {
  auto& [first, second] = memory_.buffers;
  return image_.data == first.data && owned_ ? second : first;
}

void Canvas::settle_into(cv::Mat& destination) {
  destination.create(height_, width_, CV_8UC3);
  if (has_geometry()) {
    warp(image_, map_, destination);
    for (auto& face : faces_) face = map_face(face, map_, rule_.turned);
  } else {
    image_.copyTo(destination);
  }
  if (color_ != cv::Matx34f::eye()) apply_color(color_, destination);
  settle_faces(faces_, width_, height_, rule_);
  map_ = PixelMap::eye();
  color_ = cv::Matx34f::eye();
  image_ = destination;
  owned_ = true;
}

void Canvas::settle() {
  const bool recolored = color_ != cv::Matx34f::eye();
  if (owned_ && !has_geometry()) {
    if (recolored) apply_color(std::exchange(color_, cv::Matx34f::eye()), image_);
  } else if (recolored || has_geometry()) {
    settle_into(spare_buffer());
  }
}

cv::Mat& Canvas::pixels() {
  settle();
  if (!owned_) settle_into(spare_buffer());
  return image_;
}

std::vector<TrackedFace>& Canvas::faces() {
  settle();
  return faces_;
}

void Canvas::replace(cv::Mat image, std::vector<TrackedFace> faces) {
  image_ = std::move(image);
  owned_ = true;
  faces_ = std::move(faces);
  map_ = PixelMap::eye();
  color_ = cv::Matx34f::eye();
  width_ = image_.cols;
  height_ = image_.rows;
}

void Canvas::finish(cv::Mat& out, std::vector<Annotation>& annotations) {
  settle_into(out);
  annotations.clear();
  for (auto& face : faces_) annotations.push_back(std::move(face.annotation));
}

PixelMap letterbox_map(int width, int height, int new_width, int new_height) {
  const double scale =
      std::min(static_cast<double>(new_width) / width, static_cast<double>(new_height) / height);
  return {scale, 0,     0.5 * (new_width - scale * width),    //
          0,     scale, 0.5 * (new_height - scale * height),  //
          0,     0,     1};
}

}  // namespace faceshot::augment
