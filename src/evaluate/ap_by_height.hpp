// AP over faces of a height and up: what tells a better detector from one that merely finds more
// of the tiny faces that rule an AP over all. And its false positives where there is no face.
// Pure, thread safe.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "evaluate/average_precision.hpp"

namespace faceshot::evaluate {

/// From these heights on faces count, in pixels of the photograph (of its file: one that was
/// reduced when its set was prepared has smaller faces).
inline constexpr std::array<int, 3> face_heights{50, 30, 10};

struct HeightAp {
  int height = 0;         ///< of the smallest faces that count
  std::size_t faces = 0;  ///< that count
  double ap = 0;          ///< in [0, 1]; 0 if no face counts
};

struct ApByHeight {
  std::array<HeightAp, face_heights.size()> of{};  ///< in the order of face_heights
  double mean = 0;                                 ///< of those that have faces; 0 if none has
};

/// Matching is WIDER FACE's (wider_matching.hpp): each detection is compared with the face that it
/// overlaps most, whether that one counts or not. Of a face that counts it is a hit, or a false
/// positive if that face was found before; of one that is too small or ignored it is nothing; of no
/// face it is a false positive. Beyond WIDER's rules, as in average_precision(): an ignored box
/// that covers half of a detection of no face excuses it, since data sets mark crowds with one box;
/// and false positives in images without any face count.
///
/// AP is the area under the precision envelope over all detections in one ranking, without WIDER's
/// 1,000 thresholds: these depend on the smallest and the largest score there is, and a figure that
/// a run is steered by must not.
/// @param images boxes in pixels of the photograph
/// @throws Error(invalid_argument) for a score that is NaN
[[nodiscard]] ApByHeight ap_by_height(std::span<const ImageEvaluation> images);

/// The highest score from which on a share of the faces is found.
struct RecallPoint {
  double score = 0;   ///< 0, which shows every detection, where that share is never reached
  double recall = 0;  ///< from this score on
};

/// @param min_height faces below do not count @param recall in (0, 1]
/// @throws Error as ap_by_height
[[nodiscard]] RecallPoint score_at_recall(std::span<const ImageEvaluation> images, int min_height,
                                          double recall);

/// The point at which false positives are counted: where 0.85 of the faces of 50 pixels and up are
/// found. Detectors are compared at a recall, not at a score: scores of two networks mean two
/// things.
inline constexpr int alarm_height = 50;
inline constexpr double alarm_recall = 0.85;

/// Detections an image of that score and above, where there is no face to find; those of which an
/// ignored box covers half are excused. 0 if there are no images.
[[nodiscard]] double false_alarms_per_image(std::span<const ImageEvaluation> images, double score);

}  // namespace faceshot::evaluate
