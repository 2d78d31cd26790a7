#include "video/live/sources/stream_clock.hpp"

#include <algorithm>
#include <cmath>

namespace faceshot::video {

double StreamClock::next(double time, double arrival) {
  constexpr double most_step = 5;      // maximum seconds that a stream may skip beyond the elapsed
                                       // time
  constexpr double most_drift = 1e-3;  // of a camera's clock
  constexpr double least_step = 1e-4;
  const bool told = std::isfinite(time);
  if (told && anchored_) {
    const double step = time - last_time_, passed = arrival - last_arrival_;
    if (step <= 0 || step > passed + most_step) {
      ++jumps_;
      anchored_ = false;
    } else {
      offset_ += most_drift * passed;
    }
  }
  double result = arrival;
  lag_ = 0;
  if (told) {
    offset_ = anchored_ ? std::min(offset_, arrival - time) : arrival - time;
    anchored_ = true;
    result = time + offset_;
    lag_ = arrival - result;
    last_time_ = time;
    last_arrival_ = arrival;
  }
  last_ = std::max(result, last_ + least_step);
  return last_;
}

}  // namespace faceshot::video
