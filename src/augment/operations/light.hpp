// Light: from one side, past an obstacle, into the lens.
//
// All work in place on 8-bit BGR of any size, which may be a part of a larger picture; nothing
// outside that part is read or written. Thread safe.
//
// Angles are degrees, counter-clockwise from the right. Positions across the picture are measured
// along such a direction from -1 to 1, the corners furthest back and furthest forward; 0 is the
// centre.
#pragma once

#include <opencv2/core.hpp>

namespace faceshot::augment {

/// Lights the picture from one side: the gain falls from 1 + strength there to 1 - strength on the
/// other side.
/// @param angle to the light
/// @param strength 0 (no change) to 1
/// @param softness 0 (two halves) to 1 (linear from end to end)
void directional_light(cv::Mat& image, float angle, float strength, float softness);

/// A band of shadow across the picture.
struct Shadow {
  float angle = 0;     ///< of the direction across the band
  float position = 0;  ///< of its centre along that direction, -1..1
  float width = 1;     ///< along that direction; 2 and more at position -1 or 1 shades one side
  float darkness = 0;  ///< share of the light removed, 0..1
  float softness = 0;  ///< width of the penumbra, centred on each edge
};

/// Casts the shadow. Pixels outside it do not change.
void shadow(cv::Mat& image, const Shadow& cast);

/// Darkens towards the corners, by the cosine-fourth law of a simple lens.
/// @param strength loss of light in the corners, 0 (no change) to 0.99
void vignette(cv::Mat& image, float strength);

/// The bloom of a lamp or the sun: everything around it fades to white.
/// @param x, y of the light in pixels; may be outside
/// @param radius in pixels, > 0, at which a quarter of it is left; it ends at four times that
/// @param strength at the centre, 0 (no change) to 1 (white)
void glare(cv::Mat& image, float x, float y, float radius, float strength);

}  // namespace faceshot::augment
