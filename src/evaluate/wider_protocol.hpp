// WIDER FACE's official evaluation, as the authors' MATLAB tools compute it. docs/evaluation.md
// describes the protocol; this is only the computation, from plain structures.
//
// S. Yang, P. Luo, C. C. Loy, X. Tang, "WIDER FACE: A Face Detection Benchmark", CVPR 2016.
#pragma once

#include <array>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "evaluate/wider_ground_truth.hpp"
#include "evaluate/wider_matching.hpp"

namespace faceshot::evaluate {

/// All detections in one image.
struct ImageDetections {
  std::string event;  ///< e.g. "0--Parade"
  std::string image;  ///< file name without extension
  std::vector<ScoredBox> boxes;
};

/// The official number of score thresholds.
inline constexpr std::size_t wider_thresholds = 1000;

/// The lowest and the highest score of a set, which are mapped to 0 and 1.
class ScoreRange {
 public:
  void add(double score) {
    if (score < low_) low_ = score;
    if (score > high_) high_ = score;
  }
  [[nodiscard]] double normalized(double score) const {
    return high_ == low_ ? 1.0 : (score - low_) / (high_ - low_);
  }
  /// The score of a normalised value.
  [[nodiscard]] double score_at(double normalized) const {
    return high_ == low_ ? low_ : low_ + normalized * (high_ - low_);
  }

 private:
  // `norm_score.m` starts from realmax and realmin of single, the latter being the smallest
  // positive number: scores that are all negative are normalised by 0, not by their maximum.
  double low_ = std::numeric_limits<float>::max();
  double high_ = std::numeric_limits<float>::min();
};

/// The thresholds of the normalised score: 0.999, 0.998, ... 0.
[[nodiscard]] double wider_threshold(std::size_t index);
/// The first, that is the highest, threshold that admits a normalised score; wider_thresholds if
/// none does.
[[nodiscard]] std::size_t first_wider_threshold(double normalized);

/// The result of one setting.
struct WiderCurve {
  double ap = 0;                  ///< in [0, 1]; 0 if the scored images have no face that counts
  std::vector<double> precision;  ///< per threshold (of the normalised score) 0.999, 0.998, ... 0;
                                  ///< 0 until a detection counts
  std::vector<double> recall;     ///< same thresholds
  std::size_t faces = 0;          ///< faces that count, in the scored images
  std::size_t images = 0;         ///< scored images with at least one such face
};

struct WiderResult {
  std::array<WiderCurve, wider_settings.size()> settings;
  ScoreRange scores;  ///< of the detections in the scored images
  std::size_t images_scored = 0;
  std::size_t detections = 0;        ///< in the scored images
  std::vector<std::string> missing;  ///< "event/image" of the ground truth, not in the detections
  std::vector<std::string> unknown;  ///< "event/image" of the detections, not in the ground truth
};

/// Scores the images listed in `detections` (images without detections are listed without boxes);
/// the others are reported as missing and do not count. If all images are listed, this is the
/// official number. Boxes of an image may come in any order.
///
/// Two degenerate cases in which the official tools divide by zero are defined here: if all scores
/// are equal, every threshold admits every detection; a setting without faces has AP 0.
/// @throws Error(invalid_argument) if an image is listed twice, or for a non-finite number
/// Thread safe.
[[nodiscard]] WiderResult evaluate_wider(const WiderGroundTruth& truth,
                                         std::span<const ImageDetections> detections);

}  // namespace faceshot::evaluate
