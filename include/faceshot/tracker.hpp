// Tracking faces from frame to frame.
//
// Two rounds of association (ByteTrack: Zhang et al., ECCV 2022): high-scoring detections
// first, then low-scoring ones with the remaining tracks, so that a face that turns away or is half
// covered keeps its track; when a lost track is found, its filter is rerun along the straight line
// between (OC-SORT: Cao et al., CVPR 2023), and the observed direction of motion counts in addition
// to the overlap. Time is in seconds, not frames: frames may be spaced unevenly or skipped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "faceshot/box.hpp"
#include "faceshot/camera_motion.hpp"
#include "faceshot/landmarks.hpp"
#include "faceshot/nms.hpp"

namespace faceshot {
inline namespace v0_1 {

/// The defaults are for the networks shipped with FaceShot. Give the tracker all detections down to
/// low_score (DetectorOptions::score_threshold): low scores continue tracks.
struct TrackerOptions {
  float high_score = 0.5F;    ///< in [0, 1]: minimum of a high-scoring detection
  float low_score = 0.1F;     ///< in [0, high_score]: lower detections are ignored
  float birth_score = 0.5F;   ///< in [high_score, 1]: minimum to start a track
  float high_iou = 0.2F;      ///< in [0, 1): minimum IoU of a high-scoring detection
  float low_iou = 0.4F;       ///< the same for a low-scoring one
  int confirmations = 2;      ///< frames needed to confirm a track, 1 to 100
  double lost_seconds = 2;    ///< a track ends when unseen for longer, > 0
  float direction = 0.2F;     ///< weight of the direction of motion relative to the IoU, 0 to 1
  int width = 0, height = 0;  ///< of the frames, pixels, where known: faces that their edge cuts
                              ///< off are then followed as if whole. 0: not known
  int most_tracks = 1000;     ///< 1 to 10000: beyond, none begins; of a frame's detections as many
                              ///< are looked at, the best
};

enum class TrackState : std::uint8_t {
  detected,   ///< detected in this frame
  predicted,  ///< not detected: the expected position
};

/// A tracked face in one frame.
struct TrackedFace {
  std::int64_t id = 0;  ///< from 1, in the order in which tracks start; never reused
  Box box;              ///< pixels; detected: the detection's own; predicted: the filter's. Not
                        ///< clipped to the picture, which the tracker does not know
  float score = 0;      ///< of the last detection
  std::optional<Landmarks> landmarks = std::nullopt;  ///< the detection's; none when predicted
  TrackState state = TrackState::predicted;
  bool confirmed = false;  ///< false: just started, and perhaps a false positive
  /// Standard deviation of the box's edges, pixels. Grows while a face is not detected.
  float uncertainty = 0;
  double unseen = 0;  ///< seconds since the last detection; 0 when detected
  /// Index into update()'s detections; none when predicted.
  std::optional<std::size_t> detection = std::nullopt;
};

/// Tracks the faces of one film or stream.
///
///     Tracker tracker;
///     for each frame: for (const TrackedFace& face : tracker.update(found, seconds)) ...
///
/// Deterministic: the same calls give the same tracks on any machine of the same arithmetic.
/// Movable, not thread safe; distinct objects are independent. Once it has seen the largest number
/// of faces, no call allocates (tests/track/allocation_test.cpp counts).
class Tracker {
 public:
  /// @throws Error(invalid_argument) that names the option
  explicit Tracker(const TrackerOptions& options = {});
  ~Tracker();
  Tracker(Tracker&&) noexcept;
  Tracker& operator=(Tracker&&) noexcept;

  /// A frame with detection.
  /// @param detections in any order, pixels. Those with a score that is NaN or below low_score, or
  ///        a box that is not finite, empty, or beyond a million pixels, are ignored. Classes
  /// (`label`) are kept apart: a track only matches detections of its own class
  /// @param seconds the frame's time. A time that is not finite, or before the last call's, is
  /// replaced by the last call's, so a faulty timestamp ends no track. The first call may start
  /// anywhere
  /// @param motion of the camera since the last call, be it update() or predict(); one that is not
  /// sane() counts as none
  /// @return all live tracks, by id: those detected in this frame, and those unseen for at most
  /// lost_seconds. Unconfirmed ones end with the first frame without them.
  ///         Valid until the next call
  std::span<const TrackedFace> update(std::span<const Detection> detections, double seconds,
                                      const CameraMotion& motion = {});

  /// A frame without detection (for example two of three): predicts the faces.
  /// No track begins or ends. Any number of calls before an update() is as good as none.
  /// @param seconds, motion as update()
  /// @return all tracks that live, by id, each predicted. Valid until the next call
  std::span<const TrackedFace> predict(double seconds, const CameraMotion& motion = {});

  /// Ends all tracks, for a cut or a jump in the film. Ids continue; time may start anywhere.
  void reset() noexcept;

  [[nodiscard]] const TrackerOptions& options() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace v0_1
}  // namespace faceshot
