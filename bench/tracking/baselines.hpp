// Trackers for comparison: simple ones, and published ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "evaluate/tracks/mot_files.hpp"
#include "tracking/films.hpp"

namespace faceshot::bench {

/// @param frame from 0
[[nodiscard]] evaluate::MotBox mot_box(std::size_t frame, std::int64_t id, const Box& box,
                                       float score);

/// Every box with at least this score, each with its own id: hiding frame by frame.
[[nodiscard]] std::vector<evaluate::MotBox> frame_by_frame(const Film& film, float score);

/// Boxes of neighbouring frames with an IoU of at least 0.3 are one face (optimal pairs); a face
/// missed in one frame is lost.
[[nodiscard]] std::vector<evaluate::MotBox> iou_matching(const Film& film, float score);

struct ByteTrackOptions {
  float high = 0.6F, low = 0.1F;  ///< as published (track_thresh); tracks start at high + 0.1
  float match = 0.8F;             ///< maximum cost in the first round
  int buffer = 30;                ///< frames for which a lost track is kept, at 30 frames per
                                  ///< second
};

/// ByteTrack's own rules (Zhang et al., ECCV 2022; yolox/tracker/byte_tracker.py): two rounds, the
/// score fused into the first one's cost, unconfirmed tracks, Kalman filter over centre, aspect and
/// height with its published noise. Ignores camera motion, cuts and time in seconds.
[[nodiscard]] std::vector<evaluate::MotBox> byte_track(const Film& film,
                                                       const ByteTrackOptions& options);

}  // namespace faceshot::bench
