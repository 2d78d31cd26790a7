// The time of a live stream's frames: the camera's clock while it is plausible, else ours.
#pragma once

namespace faceshot::video {

/// Frames arrive in bursts, so when they arrived is a bad measure of when they were taken; but
/// cameras' clocks jump, stand still and run fast or slow. This brings their times to ours: steps
/// between frames are the camera's, a jump is taken for an ordinary step, and a drift of up to
/// 1/1000 is followed. Not thread safe.
class StreamClock {
 public:
  /// @param time seconds as the stream tells them; NaN: it does not
  /// @param arrival seconds of monotonic_now(), never falling
  /// @return seconds of the same clock as `arrival`, later than the last time's, at most `arrival`
  ///         unless the stream stands still
  [[nodiscard]] double next(double time, double arrival);

  /// By how much the last frame was later than the stream's own pace, seconds, >= 0: what has piled
  /// up on the way.
  [[nodiscard]] double lag() const noexcept { return lag_; }
  [[nodiscard]] int jumps() const noexcept { return jumps_; }

  /// Another connection: its time has nothing to do with the one before. Ours continues.
  void reconnect() noexcept { anchored_ = false; }

 private:
  bool anchored_ = false;
  double offset_ = 0;  ///< from the stream's time to ours
  double last_time_ = 0, last_arrival_ = 0;
  double last_ = -1;  ///< what was returned
  double lag_ = 0;
  int jumps_ = 0;
};

}  // namespace faceshot::video
