// Trackers to compare with, as simple or as published.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "evaluate/tracks/mot_files.hpp"
#include "tracking/films.hpp"

namespace faceshot::bench {

/// @param frame from 0, as films count
[[nodiscard]] evaluate::MotBox mot_box(std::size_t frame, std::int64_t id, const Box& box,
                                       float score);

/// Every box from this score on, each with an id of its own: hiding frame by frame.
[[nodiscard]] std::vector<evaluate::MotBox> frame_by_frame(const Film& film, float score);

/// Boxes of neighbouring frames with an IoU of at least 0.3 are one face (the best pairs together);
/// a face not found in one frame is lost.
[[nodiscard]] std::vector<evaluate::MotBox> iou_matching(const Film& film, float score);

struct ByteTrackOptions {
  float high = 0.6F, low = 0.1F;  ///< as published (track_thresh); tracks begin at high + 0.1
  float match = 0.8F;             ///< greatest cost of the first round
  int buffer = 30;                ///< frames a lost track is kept, at 30 frames a second
};

/// ByteTrack's own rules (Zhang et al., ECCV 2022; yolox/tracker/byte_tracker.py): two rounds, the
/// score fused into the first one's cost, unconfirmed tracks, Kalman filter over centre, aspect and
/// height with its published noise. Knows no camera motion, cuts or seconds.
[[nodiscard]] std::vector<evaluate::MotBox> byte_track(const Film& film,
                                                       const ByteTrackOptions& options);

}  // namespace faceshot::bench
