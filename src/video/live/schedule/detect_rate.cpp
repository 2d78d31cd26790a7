#include "video/live/schedule/detect_rate.hpp"

#include <algorithm>

namespace faceshot::video {

void DetectRate::update(double load, double late) {
  constexpr double full = 0.9, too_late = 0.15;  // share of the threads' time; seconds
  constexpr double roomy = 0.75;
  constexpr int calm = 5;  // consecutive updates before it falls
  if (load > full || late > too_late) {
    every_ = std::min(most_, every_ + 1);
    quiet_ = 0;
    return;
  }
  // The load with the next lower N, if all of it came from detections.
  const double then = every_ > 1 ? load * every_ / (every_ - 1) : load;
  quiet_ = every_ > 1 && then < roomy ? quiet_ + 1 : 0;
  if (quiet_ < calm) return;
  --every_;
  quiet_ = 0;
}

}  // namespace faceshot::video
