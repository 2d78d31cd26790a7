// Coordinates of a face, for drawing onto it at any roll or turn.
#pragma once

#include <opencv2/core.hpp>

#include "geometry/annotation.hpp"

#include <cassert>
#include "faceshot/box.hpp"

namespace faceshot::augment {

/// Positions on a face. The unit is the distance from the eyes to the mouth, the origin the
/// midpoint between the eyes; `x` points to the viewer's right and `y` to the chin, rotated with
/// the head.
struct FaceFrame {
  cv::Point2f origin;                            ///< pixels of the image
  cv::Point2f right;                             ///< one unit to the right, in pixels
  float unit = 0;                                ///< pixels
  float center = 0, half = 1;                    ///< of the face's width: its centre's x, and half
                                                 ///< of it
  cv::Point2f left_eye, right_eye, nose, mouth;  ///< in units; the mouth is its centre

  /// Pixel position of a point in units.
  [[nodiscard]] cv::Point2f pixel(const cv::Point2f& point) const noexcept {
    return {origin.x + point.x * right.x - point.y * right.y,
            origin.y + point.x * right.y + point.y * right.x};
  }

  /// The reverse of pixel(). @pre unit > 0
  [[nodiscard]] cv::Point2f place(const cv::Point2f& pixel) const noexcept {
    assert(unit > 0);
    const cv::Point2f away = pixel - origin;
    const float square = unit * unit;
    return {(away.x * right.x + away.y * right.y) / square,
            (away.y * right.x - away.x * right.y) / square};
  }

  /// Whether this side of the head is visible (-1 left, 1 right), with its ear: false if the head
  /// is turned towards it.
  [[nodiscard]] bool shows(int side) const noexcept {
    return static_cast<float>(side) * (nose.x - center) < 0.3F * half;
  }
};

/// Pure, thread safe. @param face its box, for the width of the face
/// @return unit is 0 if the landmarks coincide
[[nodiscard]] FaceFrame face_frame(const Landmarks& landmarks, const Box& face) noexcept;

}  // namespace faceshot::augment
