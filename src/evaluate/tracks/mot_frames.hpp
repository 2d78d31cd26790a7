// The boxes of a film frame by frame, for the metrics of tracks.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "evaluate/tracks/mot_files.hpp"

namespace faceshot::evaluate {

/// The boxes of one frame that count; ids are 0, 1, ... without gaps through the film.
struct MotFrame {
  std::vector<std::size_t> truth, found;  ///< ids
  std::vector<double> iou;                ///< truth x found, row by row
};

struct MotFrames {
  std::vector<MotFrame> frames;  ///< those with boxes, in order
  std::size_t last = 0;          ///< number of the film's last frame with boxes
  std::size_t truth_ids = 0, found_ids = 0, truth_boxes = 0, found_boxes = 0;
};

/// Removes boxes that are not to be considered, by the rules of evaluate_mot.
[[nodiscard]] MotFrames mot_frames(const MotSequence& sequence);

/// IoU in double, as TrackEval computes it.
[[nodiscard]] double mot_iou(const MotBox& a, const MotBox& b) noexcept;

/// Calls body(frame, truth, found) for each frame with boxes in either list.
template <typename Body>
void each_mot_frame(const MotSequence& s, const Body& body) {
  std::size_t t = 0, f = 0;
  while (t < s.truth.size() || f < s.found.size()) {
    const bool from_truth =
        f == s.found.size() || (t < s.truth.size() && s.truth[t].frame <= s.found[f].frame);
    const int frame = from_truth ? s.truth[t].frame : s.found[f].frame;
    const std::size_t t0 = t, f0 = f;
    while (t < s.truth.size() && s.truth[t].frame == frame) ++t;
    while (f < s.found.size() && s.found[f].frame == frame) ++f;
    body(frame, std::span(s.truth).subspan(t0, t - t0), std::span(s.found).subspan(f0, f - f0));
  }
}

}  // namespace faceshot::evaluate
