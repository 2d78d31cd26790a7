// The time of a live stream's frames: the camera's clock while it is plausible, otherwise ours.
#pragma once

namespace faceshot::video {

/// Frames arrive in bursts, so their arrival is a poor measure of their capture time; but cameras'
/// clocks jump, stand still and run fast or slow. This maps their times to ours: steps between
/// frames are the camera's, a jump counts as an ordinary step, and a drift of up to 1/1000 is
/// followed. Not thread safe.
class StreamClock {
 public:
  /// @param time seconds by the stream's clock; NaN: it has none
  /// @param arrival seconds of monotonic_now(), not decreasing
  /// @return seconds of the same clock as `arrival`, later than the previous result, at most
  /// `arrival`
  ///         unless the stream stands still
  [[nodiscard]] double next(double time, double arrival);

  /// How far the last frame is behind the stream's own pace, seconds, >= 0: the backlog on the way
  /// here.
  [[nodiscard]] double lag() const noexcept { return lag_; }
  [[nodiscard]] int jumps() const noexcept { return jumps_; }

  /// A new connection: its time is unrelated to the previous one's. Ours continues.
  void reconnect() noexcept { anchored_ = false; }

 private:
  bool anchored_ = false;
  double offset_ = 0;  ///< from the stream's time to ours
  double last_time_ = 0, last_arrival_ = 0;
  double last_ = -1;  ///< last result
  double lag_ = 0;
  int jumps_ = 0;
};

}  // namespace faceshot::video
