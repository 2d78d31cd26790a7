// How often to detect, so that the machine keeps up with all streams.
#pragma once

namespace faceshot::video {

/// One number N for all streams: the detector runs on every Nth frame. N rises as soon as frames
/// wait too long, and falls after there has been spare capacity for a while. Deterministic. Not
/// thread safe.
class DetectRate {
 public:
  /// @param most the largest N, 1 or more
  explicit DetectRate(int most = 8) : most_(most) {}

  /// Called about once per second.
  /// @param load utilisation of the threads since the last call, 0 to 1
  /// @param late 95th percentile of the seconds from a frame's arrival to its faces, in the same
  /// period
  void update(double load, double late);
  [[nodiscard]] int every() const noexcept { return every_; }

 private:
  int most_, every_ = 1, quiet_ = 0;
};

}  // namespace faceshot::video
