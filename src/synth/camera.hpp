// What a camera does to a scene: so that drawings are as imperfect as photographs.
#pragma once

#include <opencv2/core.hpp>

#include "base/random.hpp"

namespace faceshot::synth {

/// How far out of focus or shaken a picture is.
struct CameraBlur {
  float focus = 0;   ///< deviation of a Gaussian, pixels; 0: sharp
  float motion = 0;  ///< length of a streak, pixels; 0: at rest
};

/// Draws exposure, colour cast, blur, noise and JPEG artefacts, and applies them in place; each is
/// mild most of the time. Works in 8 bits throughout. Thread safe with a `random` of its own.
/// @param image 8-bit BGR
/// @return the blur, by which faces are judged
CameraBlur apply_camera(cv::Mat& image, base::Random& random);

}  // namespace faceshot::synth
