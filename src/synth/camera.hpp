// A camera's imperfections, so that drawings are as imperfect as photographs.
#pragma once

#include <opencv2/core.hpp>

#include "base/random.hpp"

namespace faceshot::synth {

/// How much a picture is out of focus or shaken.
struct CameraBlur {
  float focus = 0;   ///< standard deviation of a Gaussian, pixels; 0: sharp
  float motion = 0;  ///< length of a streak, pixels; 0: at rest
};

/// Draws exposure, colour cast, blur, noise and JPEG artefacts, and applies them in place; each is
/// usually mild. Works in 8 bits throughout. Thread safe with separate `random`s.
/// @param image 8-bit BGR
/// @return the blur, which determines the faces' labels
CameraBlur apply_camera(cv::Mat& image, base::Random& random);

}  // namespace faceshot::synth
