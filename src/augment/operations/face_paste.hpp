// Cuts a face out of one photograph and pastes it into another.
#pragma once

#include <opencv2/core.hpp>

#include "geometry/annotation.hpp"

namespace faceshot::augment {

/// Where a face is pasted, and how it is transformed. The defaults change as little as possible.
struct FacePaste {
  cv::Point2f center;    ///< of its box in the target, pixels
  float height = 0;      ///< of its box before rotation, pixels; > 0
  float roll = 0;        ///< clockwise rotation, as seen, radians
  bool flip = false;     ///< mirrors it left to right, before the rotation
  float margin = 0.35F;  ///< how far beyond the face's ellipse the cutout extends, as a share of
                         ///< its axes; it fades over the outer two thirds
  float relight = 0.5F;  ///< 0 keeps its light, 1 adopts the brightness and contrast of the target
  float gain = 1;        ///< additional brightness factor
};

/// Blends the face over `target`, in place; only the pixels around it are touched, in one
/// resampling (after a reduction by averaging if it shrinks much). Areas outside the source stay
/// transparent. Single-threaded; thread safe for distinct targets.
/// @param source 8-bit BGR, shares no memory with `target` @param face in its pixels
/// @param target 8-bit BGR, written to
/// @return the face in the target's pixels, not clipped: the box of the rotated ellipse inscribed
/// in
///         the old box (faces are round, so this is tighter than the box of the rotated corners),
///         landmarks moved along with left and right as the viewer sees them, the rest unchanged
/// @throws Error(invalid_argument) for an image not as above, or a box or height that is not
/// positive
geometry::Annotation paste_face(const cv::Mat& source, const geometry::Annotation& face,
                                const FacePaste& how, cv::Mat& target);

}  // namespace faceshot::augment
