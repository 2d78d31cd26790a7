// Fog and rain between the camera and the scene.
//
// Both work in place on 8-bit BGR of any size, which may be a part of a larger picture; nothing
// outside that part is read or written. Thread safe (with a Random of one's own).
#pragma once

#include <opencv2/core.hpp>

#include "base/random.hpp"

namespace faceshot::augment {

/// Mixes the picture with light grey, in drifting clouds.
/// @param density mean density of the fog, 0 (changes nothing) to 1; it varies by up to a third of
///        the smaller of the fog and the picture
void fog(cv::Mat& image, float density, base::Random& random);

/// Falling rain.
struct Rain {
  float amount = 0;  ///< 0 (changes nothing) to 1 (downpour): streaks, and the veil of the far ones
  float slant = 0;   ///< degrees from straight down; positive falls to the right
  float length = 20;  ///< of a streak half way, in pixels; near ones are up to twice as long
};

/// Draws streaks, and lowers the contrast a little.
void rain(cv::Mat& image, const Rain& rain, base::Random& random);

}  // namespace faceshot::augment
