// AP over faces above a minimum height: distinguishes a better detector from one that merely finds
// more
// of the tiny faces that dominate an AP over all. Also false positives on images without faces.
// Pure, thread safe.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "evaluate/average_precision.hpp"

namespace faceshot::evaluate {

/// Minimum heights of faces that count, in pixels of the photograph (of its file: faces are smaller
/// if it was reduced when its set was prepared).
inline constexpr std::array<int, 3> face_heights{50, 30, 10};

struct HeightAp {
  int height = 0;         ///< of the smallest faces that count
  std::size_t faces = 0;  ///< faces that count
  double ap = 0;          ///< in [0, 1]; 0 if no face counts
};

struct ApByHeight {
  std::array<HeightAp, face_heights.size()> of{};  ///< in the order of face_heights
  double mean = 0;                                 ///< over those that have faces; 0 if none has
};

/// Matching is WIDER FACE's (wider_matching.hpp): each detection is compared with the face that it
/// overlaps most, whether that one counts or not. If that face counts, it is a hit, or a false
/// positive if the face was found before; if the face is too small or ignored, the detection does
/// not count; without a face it is a false positive. In addition to WIDER's rules, as in
/// average_precision(): an ignored box that covers half of a detection without a face excuses it,
/// since data sets mark crowds with one box; and false positives in images without any face count.
///
/// AP is the area under the precision envelope over all detections in one ranking, without WIDER's
/// 1,000 thresholds: these depend on the lowest and the highest score, and a figure that steers a
/// run must not.
/// @param images boxes in pixels of the photograph
/// @throws Error(invalid_argument) for a score that is NaN
[[nodiscard]] ApByHeight ap_by_height(std::span<const ImageEvaluation> images);

/// The highest threshold at which a given share of the faces is found.
struct RecallPoint {
  double score = 0;   ///< 0, which admits every detection, if that share is never reached
  double recall = 0;  ///< at this threshold
};

/// @param min_height minimum height of faces that count @param recall in (0, 1]
/// @throws Error as ap_by_height
[[nodiscard]] RecallPoint score_at_recall(std::span<const ImageEvaluation> images, int min_height,
                                          double recall);

/// The point at which false positives are counted: where 0.85 of the faces of at least 50 pixels
/// are found. Detectors are compared at a recall, not at a score, since scores of two networks mean
/// different things.
inline constexpr int alarm_height = 50;
inline constexpr double alarm_recall = 0.85;

/// Detections per image with at least this score on images without faces; those covered by half by
/// an ignored box are excused. 0 if there are no images.
[[nodiscard]] double false_alarms_per_image(std::span<const ImageEvaluation> images, double score);

}  // namespace faceshot::evaluate
