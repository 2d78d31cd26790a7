// WIDER FACE's official evaluation, as the authors' MATLAB tools compute it. docs/evaluation.md
// describes the protocol; here is only the computation, from plain structures.
//
// S. Yang, P. Luo, C. C. Loy, X. Tang, "WIDER FACE: A Face Detection Benchmark", CVPR 2016.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "evaluate/wider_ground_truth.hpp"
#include "evaluate/wider_matching.hpp"

namespace faceshot::evaluate {

/// All that was detected in one image.
struct ImageDetections {
  std::string event;  ///< e.g. "0--Parade"
  std::string image;  ///< file name without extension
  std::vector<ScoredBox> boxes;
};

/// The official number of score thresholds.
inline constexpr std::size_t wider_thresholds = 1000;

/// One setting's outcome.
struct WiderCurve {
  double ap = 0;                  ///< in [0, 1]; 0 if the scored images have no face that counts
  std::vector<double> precision;  ///< per threshold (of the normalised score) 0.999, 0.998, ... 0;
                                  ///< 0 where nothing counted was detected yet
  std::vector<double> recall;     ///< same thresholds
  std::size_t faces = 0;          ///< faces that count, in the scored images
  std::size_t images = 0;         ///< scored images with at least one such face
};

struct WiderResult {
  std::array<WiderCurve, wider_settings.size()> settings;
  std::size_t images_scored = 0;
  std::size_t detections = 0;        ///< in the scored images
  std::vector<std::string> missing;  ///< "event/image" of the ground truth, not in the detections
  std::vector<std::string> unknown;  ///< "event/image" of the detections, not in the ground truth
};

/// Scores the images that `detections` names (an image in which nothing was found is named with no
/// boxes); the others are listed as missing and count for nothing. With all images named this is
/// the official number. Boxes of an image may come in any order.
///
/// Two degenerate cases where the official tools divide by zero are defined here: if all scores are
/// equal, every threshold admits every detection; a setting without faces has AP 0.
/// @throws Error(invalid_argument) if an image is named twice, or a number is not finite
/// Thread safe.
[[nodiscard]] WiderResult evaluate_wider(const WiderGroundTruth& truth,
                                         std::span<const ImageDetections> detections);

}  // namespace faceshot::evaluate
