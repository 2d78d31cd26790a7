// Where the light comes from: from one side, past an obstacle, into the lens.
//
// All work in place on 8-bit BGR of any size, which may be a part of a larger picture; nothing
// outside that part is read or written. Thread safe.
//
// Angles are degrees, counter-clockwise from the right. A place across the picture is measured
// along such a direction from -1 to 1, which are the corners furthest back and furthest on; 0 is
// the centre.
#pragma once

#include <opencv2/core.hpp>

namespace faceshot::augment {

/// Lights the picture from one side: the gain goes from 1 + strength there to 1 - strength on the
/// other.
/// @param angle to the light
/// @param strength 0 (changes nothing) to 1
/// @param softness 0 (two halves) to 1 (even from end to end)
void directional_light(cv::Mat& image, float angle, float strength, float softness);

/// A band of shadow across the picture.
struct Shadow {
  float angle = 0;     ///< of the direction along which the band is met
  float position = 0;  ///< of its middle along that direction, -1..1
  float width = 1;     ///< along that direction; 2 and more at position -1 or 1 shades one side
  float darkness = 0;  ///< share of the light removed, 0..1
  float softness = 0;  ///< width of each edge's penumbra, which lies around the edge
};

/// Casts the shadow. Where it is not, nothing changes.
void shadow(cv::Mat& image, const Shadow& cast);

/// Darkens towards the corners, by the cosine-fourth law of a simple lens.
/// @param strength loss of light in the corners, 0 (changes nothing) to 0.99
void vignette(cv::Mat& image, float strength);

/// The bloom of a lamp or the sun: everything around it fades to white.
/// @param x, y of the light in pixels; may lie outside
/// @param radius in pixels, > 0, at which a fourth of it is left; it ends at four times that
/// @param strength at the centre, 0 (changes nothing) to 1 (white)
void glare(cv::Mat& image, float x, float y, float radius, float strength);

}  // namespace faceshot::augment
