// Decodes photographs no larger than a network needs, and maps detections to pixels of the whole
// photograph.
#pragma once

#include <vector>

#include "faceshot/detector.hpp"
#include "media/photographs/image_file.hpp"

namespace faceshot::media {

/// ReadOptions::max_side for a detector: the longest side that it looks at; 0 where it looks at
/// photographs at their own size. Thread safe.
[[nodiscard]] int reduced_side(const Detector& detector);

/// From pixels of the picture that was delivered to those of another size of it.
/// @param whole its size, and its pixels a pixel that was delivered
void scale_detection(Detection& detection, const PhotographInfo& whole);

/// All of them, to pixels of the whole photograph, cut to it. What lies in the last row and column
/// of a reduced picture alone, which reach beyond the photograph, is left out.
void scale_detections(std::vector<Detection>& detections, const PhotographInfo& whole);

}  // namespace faceshot::media
