// From candidates in a network's input to detections in the image: the last step of the detector,
// and of validation during training.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "detect/heads/box_voting.hpp"
#include "detect/input/letterbox.hpp"
#include "faceshot/nms.hpp"

namespace faceshot::detect {

/// Maximum number of candidates for NMS: far more than faces in any photograph, few enough to limit
/// its time, even for a network early in training that finds faces everywhere.
inline constexpr std::size_t nms_candidates = 5000;

/// Which image a network's input came from.
struct InputSource {
  LetterboxSize size;
  int image_width = 0, image_height = 0;

  /// From pixels of the input to pixels of the image.
  [[nodiscard]] float scale_x() const;
  [[nodiscard]] float scale_y() const;
};

/// How duplicates are suppressed.
struct Finish {
  float nms_threshold = 0.45F;
  std::size_t keep_top = 0;  ///< maximum number of detections; 0: all
  Suppression suppression = Suppression::within_classes;
  bool box_voting = false;  ///< box_voting.hpp

  /// The candidate threshold that detections down to `score` require.
  [[nodiscard]] float candidate_score(float score) const {
    return box_voting ? voter_share * score : score;
  }
};

/// For several images, one after another; memory is reused. Not thread safe.
struct FinishBuffers {
  Nms nms;
  BoxVoting voting;
};

/// Suppresses duplicates, scales boxes and landmarks to the image, drops boxes in the padding, and
/// clips the others.
/// @param candidates in pixels of the input, down to finish.candidate_score()
/// @param thresholds the lowest reported score of each class, or one for all
/// @param bounds to clip to, in pixels of the image, which it contains
/// @param found overwritten: by descending score
void finish_detections(std::span<const Detection> candidates, const InputSource& source,
                       const Box& bounds, std::span<const float> thresholds, const Finish& finish,
                       FinishBuffers& buffers, std::vector<Detection>& found);

}  // namespace faceshot::detect
