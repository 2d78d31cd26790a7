// How often to detect, so that the machine keeps up with all streams.
#pragma once

namespace faceshot::video {

/// One number for all streams: every Nth frame is looked at as a whole. It rises as soon as frames
/// wait too long, and falls once there has been room for more looks for a while. Deterministic. Not
/// thread safe.
class DetectRate {
 public:
  /// @param most the largest N, 1 or more
  explicit DetectRate(int most = 8) : most_(most) {}

  /// Called about once a second.
  /// @param load share of the threads' time that was used since the last call, 0 to 1
  /// @param late the 95th percentile of seconds from a frame's arrival to its faces, since then
  void update(double load, double late);
  [[nodiscard]] int every() const noexcept { return every_; }

 private:
  int most_, every_ = 1, quiet_ = 0;
};

}  // namespace faceshot::video
