// Following faces from frame to frame: which box is whose.
//
// Two rounds of association (ByteTrack: Zhang et al., ECCV 2022): sure detections first, then
// unsure ones with the tracks that are left, so that a face that turns away or is half covered
// keeps its track; where a track was lost and found, its filter is run again along the straight way
// between (OC-SORT: Cao et al., CVPR 2023), and the direction in which a face was seen to move
// counts beside the overlap. Time is in seconds, not frames: frames may be spaced unevenly or be
// left out.
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

/// The defaults are for the networks that FaceShot ships. Give the tracker all detections down to
/// low_score (DetectorOptions::score_threshold): what is unsure alone carries a track on.
struct TrackerOptions {
  float high_score = 0.5F;    ///< in [0, 1]: from here on a detection is sure
  float low_score = 0.1F;     ///< in [0, high_score]: detections below are not looked at
  float birth_score = 0.5F;   ///< in [high_score, 1]: from here on a detection begins a track
  float high_iou = 0.2F;      ///< in [0, 1): least overlap of a sure detection with a track
  float low_iou = 0.4F;       ///< the same of an unsure one
  int confirmations = 2;      ///< a track is confirmed when so many frames have shown it, 1 to 100
  double lost_seconds = 2;    ///< a track unseen for longer ends, > 0
  float direction = 0.2F;     ///< weight of the direction of motion beside the IoU, 0 to 1
  int width = 0, height = 0;  ///< of the frames, pixels, where known: faces that their edge cuts
                              ///< off are then followed as if whole. 0: not known
  int most_tracks = 1000;     ///< 1 to 10000: beyond, none begins; of a frame's detections as many
                              ///< are looked at, the best
};

enum class TrackState : std::uint8_t {
  detected,   ///< seen in this frame, by a detection sure or not
  predicted,  ///< not seen, or not looked for: where it should be
};

/// A face as a tracker sees it in one frame.
struct TrackedFace {
  std::int64_t id = 0;  ///< from 1, in the order in which tracks begin; none is used twice
  Box box;              ///< pixels; detected: the detection's own; predicted: the filter's. Not
                        ///< clipped to the picture, which the tracker does not know
  float score = 0;      ///< of the detection that was last seen
  std::optional<Landmarks> landmarks = std::nullopt;  ///< the detection's; none when predicted
  TrackState state = TrackState::predicted;
  bool confirmed = false;  ///< false: begun just now, and perhaps a false alarm
  /// Standard deviation of where the box's edges are, pixels. Grows while a face is not seen.
  float uncertainty = 0;
  double unseen = 0;  ///< seconds since it was seen; 0 when detected
  /// Which of update()'s detections it is; none when predicted.
  std::optional<std::size_t> detection = std::nullopt;
};

/// Follows the faces of one film or stream.
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

  /// A frame that was looked at.
  /// @param detections in any order, pixels. Those with a score that is NaN or below low_score, or
  ///        a box that is not finite, empty, or beyond a million pixels, are ignored. Classes
  ///        (`label`) keep apart: a track goes on with detections of its own class
  /// @param seconds the frame's time. A time that is not finite, or before the last call's, is
  ///        taken for the last call's: a film's faulty timestamp ends no track. The first call may
  ///        begin anywhere
  /// @param motion of the camera since the last call, be it update() or predict(); one that is not
  ///        sane() is taken for none
  /// @return all tracks that live, by id: those seen in this frame, and those not seen for at most
  ///         lost_seconds. Unconfirmed ones end with the first frame that does not show them.
  ///         Valid until the next call
  std::span<const TrackedFace> update(std::span<const Detection> detections, double seconds,
                                      const CameraMotion& motion = {});

  /// A frame that was not looked at (one detects in every third, say): where the faces should be.
  /// No track begins or ends. Any number of calls before an update() is as good as none.
  /// @param seconds, motion as update()
  /// @return all tracks that live, by id, each predicted. Valid until the next call
  std::span<const TrackedFace> predict(double seconds, const CameraMotion& motion = {});

  /// Ends all tracks: a cut, or another place in the film. Ids go on; time may begin anywhere.
  void reset() noexcept;

  [[nodiscard]] const TrackerOptions& options() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace v0_1
}  // namespace faceshot
