// Scenery without faces, and objects that are easily mistaken for faces.
#pragma once

#include <opencv2/core.hpp>

#include "base/random.hpp"

namespace faceshot::synth {

/// Fills a picture with a rough room, street or landscape: gradients, clouds, bricks, tiles,
/// stripes, windows, leaves, lettering, and lookalikes (paint_lookalike). Thread safe with separate
/// `random`s.
/// @throws Error(invalid_argument) if a side is not in 1..16384
[[nodiscard]] cv::Mat paint_background(cv::Size size, base::Random& random);

/// Draws an object with the colour or shape of a face: a ball, a skin-coloured oval, a hand, a
/// plate. Without these, a network learns that skin-coloured ovals are faces.
/// @param image 8-bit BGR @param center, radius pixels
void paint_lookalike(cv::Mat& image, cv::Point2f center, float radius, base::Random& random);

}  // namespace faceshot::synth
