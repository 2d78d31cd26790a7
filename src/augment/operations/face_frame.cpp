#include "augment/operations/face_frame.hpp"

#include <algorithm>
#include <cmath>

namespace faceshot::augment {

FaceFrame face_frame(const Landmarks& landmarks, const Box& face) noexcept {
  const auto point = [&](std::size_t i) { return cv::Point2f(landmarks[i].x, landmarks[i].y); };
  const cv::Point2f eyes = 0.5F * (point(0) + point(1));
  const cv::Point2f mouth = 0.5F * (point(3) + point(4));
  const cv::Point2f across = point(1) - point(0), down = mouth - eyes;
  const auto length = [](const cv::Point2f& v) { return std::hypot(v.x, v.y); };

  // Both lines determine the roll; the longer one is more accurate (in profile the eyes coincide).
  const cv::Point2f sum = across + cv::Point2f(down.y, -down.x);
  FaceFrame frame;
  frame.origin = eyes;
  // Nodding shortens one, turning the head the other.
  const float unit = std::max(length(down), 0.9F * length(across));
  if (unit <= 0 || length(sum) <= 0) return frame;
  frame.unit = unit;
  frame.right = sum * (unit / length(sum));
  frame.left_eye = frame.place(point(0));
  frame.right_eye = frame.place(point(1));
  frame.nose = frame.place(point(2));
  frame.mouth = frame.place(mouth);
  const float middle = frame.place({face.center_x(), face.center_y()}).x;
  frame.center = std::clamp(middle, -0.6F, 0.6F);
  // The shorter side is the width of the face, even if it lies on its side.
  frame.half = std::clamp(0.5F * std::min(face.width(), face.height()) / unit, 0.7F, 1.3F);
  return frame;
}

}  // namespace faceshot::augment
