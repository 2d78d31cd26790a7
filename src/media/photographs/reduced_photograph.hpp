// Decodes photographs no larger than a network needs, and maps detections to pixels of the whole
// photograph.
#pragma once

#include <vector>

#include "faceshot/detector.hpp"
#include "media/photographs/image_file.hpp"

namespace faceshot::media {

/// ReadOptions::max_side for a detector: the longest side that it processes; 0 if it processes
/// photographs at their own size. Thread safe.
[[nodiscard]] int reduced_side(const Detector& detector);

/// From pixels of the delivered picture to those of another size of it.
/// @param whole its size, and its pixels per delivered pixel
void scale_detection(Detection& detection, const PhotographInfo& whole);

/// All of them, to pixels of the whole photograph, clipped to it. The last row and column of a
/// reduced picture may reach beyond the photograph; detections only there are dropped.
void scale_detections(std::vector<Detection>& detections, const PhotographInfo& whole);

}  // namespace faceshot::media
