// Where a face is and how it moves: a Kalman filter over centre and size.
//
// The size is filtered as its logarithm: it stays positive, and its noise is relative. x and y
// share one covariance, width and height another: their noise is the same, so their covariances
// would be equal. Velocities decay (Ornstein-Uhlenbeck), which keeps boxes from flying off while a
// face is not seen. The noise is integrated exactly: two short steps equal one long step, so frames
// may have any spacing.
#pragma once

#include "faceshot/box.hpp"
#include "faceshot/camera_motion.hpp"

namespace faceshot::track {

/// How faces move and how accurate detectors are. Lengths are in face sizes (the square root of the
/// box's area), times in seconds.
struct MotionModel {
  double first_speed = 2.0;   ///< standard deviation of a new track's velocity
  double acceleration = 6.0;  ///< white noise on the velocity, sizes/s per sqrt(s)
  double speed_fades = 1.0;   ///< time constant of the velocity
  double first_growth = 0.5;  ///< standard deviation of a new track's growth rate, 1/s
  double growth_noise = 1.0;  ///< white noise on it, 1/s per sqrt(s)
  double growth_fades = 0.3;  ///< its time constant
  double place_error = 0.05;  ///< of a detection's centre
  double size_error = 0.07;   ///< of the logarithm of a detection's width and height
};

/// MotionFilter::correct()'s doubt for low-score detections, whose boxes are that much less
/// accurate.
inline constexpr double unsure_doubt = 2;

/// A value type. Not thread safe; all functions are noexcept and keep finite numbers finite.
class MotionFilter {
 public:
  /// Starts at rest. @pre box.valid() and finite
  MotionFilter(const Box& box, const MotionModel& model) noexcept;

  /// Advances time. @pre seconds >= 0; more than 10 counts as 10
  void advance(double seconds) noexcept;
  /// Adds an observation of the face. @param doubt factor on the detection's errors, > 0
  void correct(const Box& box, double doubt = 1) noexcept;
  /// Applies a movement of the camera. @pre motion.sane()
  void move(const CameraMotion& motion) noexcept;

  [[nodiscard]] Box box() const noexcept;
  /// Standard deviation of the box's edges, pixels.
  [[nodiscard]] double edge_deviation() const noexcept;
  /// Merges two independent estimates, weighted by their certainty: position and size. The motion
  /// is that of `a`.
  [[nodiscard]] static MotionFilter merged(const MotionFilter& a, const MotionFilter& b) noexcept;

 private:
  struct Value {
    double at = 0, rate = 0;
  };
  struct Covariance {
    double at = 0, both = 0, rate = 0;
  };
  static void advance(Value (&values)[2], Covariance& p, double seconds, double fades,
                      double noise) noexcept;
  static void correct(Value (&values)[2], Covariance& p, const double (&seen)[2],
                      double variance) noexcept;
  [[nodiscard]] double size() const noexcept;

  MotionModel model_;
  Value center_[2], log_size_[2];
  Covariance center_p_, size_p_;
};

/// A box moved by the camera: its centre is mapped, its size scaled.
[[nodiscard]] Box moved(const Box& box, const CameraMotion& motion) noexcept;

}  // namespace faceshot::track
