// Fog and rain between the camera and the scene.
//
// Both work in place on 8-bit BGR of any size, which may be a part of a larger picture; nothing
// outside that part is read or written. Thread safe (each thread with its own Random).
#pragma once

#include <opencv2/core.hpp>

#include "base/random.hpp"

namespace faceshot::augment {

/// Blends the picture with light grey, in clouds.
/// @param density mean density of the fog, 0 (no change) to 1; it varies by up to a third of
///        min(density, 1 - density)
void fog(cv::Mat& image, float density, base::Random& random);

/// Falling rain.
struct Rain {
  float amount = 0;   ///< 0 (no change) to 1 (downpour): streaks, and the haze of distant ones
  float slant = 0;    ///< degrees from straight down; positive falls to the right
  float length = 20;  ///< of a streak at medium distance, in pixels; near ones are up to twice as
                      ///< long
};

/// Draws streaks, and slightly lowers the contrast.
void rain(cv::Mat& image, const Rain& rain, base::Random& random);

}  // namespace faceshot::augment
