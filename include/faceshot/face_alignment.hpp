// How to rotate, scale and translate a face so that its eyes, nose and mouth are where recognition
// networks expect them. All functions are pure and thread safe.
#pragma once

#include "faceshot/landmarks.hpp"

namespace faceshot {
inline namespace v0_1 {

/// Rotation, scaling and translation in the plane: x' = a x - b y + tx, y' = b x + a y + ty. Its
/// scale is sqrt(a^2 + b^2), its angle atan2(b, a) from the x to the y axis (clockwise on a
/// screen).
struct Similarity {
  double a = 1, b = 0, tx = 0, ty = 0;

  [[nodiscard]] double scale() const noexcept;
  /// @pre scale() > 0
  [[nodiscard]] Similarity inverse() const noexcept;
  /// The five points, transformed.
  [[nodiscard]] Landmarks apply(const Landmarks& points) const noexcept;
};

/// The positions of the five points in an aligned crop: the positions that ArcFace (Deng et al.,
/// CVPR 2019) and InsightFace use for 112 x 112, scaled to `size`.
/// @param size side of the crop in pixels, > 0
[[nodiscard]] Landmarks alignment_template(int size = 112) noexcept;

/// The similarity that maps `from` closest to `to`: the least sum of squared distances over all
/// similarities without reflection (S. Umeyama, "Least-squares estimation of transformation
/// parameters between two point patterns", PAMI 13(4), 1991).
/// @throws Error(invalid_argument) if points are not finite or those of `from` fall together
[[nodiscard]] Similarity fit_similarity(const Landmarks& from, const Landmarks& to);

}  // namespace v0_1
}  // namespace faceshot
