// Draws one person: head, hair, accessories, neck and shoulders.
#pragma once

#include <cstdint>
#include <opencv2/core.hpp>

#include "geometry/annotation.hpp"
#include "synth/face_traits.hpp"

namespace faceshot::synth {

/// A person cut out, to be blended over a picture.
struct FaceLayer {
  cv::Rect place;                   ///< its position in the picture, clipped to it; may be empty
  cv::Mat pixels;                   ///< 8-bit BGRA of that size, colours premultiplied by alpha
  cv::Mat face;                     ///< 8-bit, of that size: share of each pixel that is face,
                                    ///< 0..255
  geometry::Annotation annotation;  ///< pixels of the picture, not clipped to it; five landmarks
};

/// Draws the visible part of a person in a picture. Small faces are drawn larger and reduced to
/// avoid aliasing. Thread safe.
/// @param center, height of the face's box, pixels: top of the forehead to chin, ear to ear
/// @param picture size of the picture
/// @throws Error(invalid_argument) if `height` is not at least 1
[[nodiscard]] FaceLayer paint_face(const FaceTraits& traits, cv::Point2f center, float height,
                                   cv::Size picture);

/// Blends it over the picture for which it was drawn, 8-bit BGR. Thread safe.
void blend(const FaceLayer& layer, cv::Mat& image);

}  // namespace faceshot::synth
