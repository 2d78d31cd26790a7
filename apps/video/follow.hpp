// Tracks faces through a film while it is read.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "faceshot/detector.hpp"
#include "faceshot/nms.hpp"
#include "faceshot/tracker.hpp"
#include "video_outputs.hpp"
#include "watch.hpp"

namespace faceshot::cli {

/// In frames without a full detection, runs a small network input around each expected face, at a
/// fraction of the cost of a whole frame. Not thread safe.
class LocalLook {
 public:
  /// @throws Error as Detector
  explicit LocalLook(const Detector& whole);
  /// A copy that shares the detector, and so the memory of its sessions: each copy may be used on a
  /// thread of its own.
  LocalLook(const LocalLook& other) : detector_(other.detector_) {}
  LocalLook& operator=(const LocalLook&) = delete;

  /// @param expected where faces should be @return detections, in pixels of the view; valid until
  /// the
  ///        next call
  const std::vector<Detection>& around(const ImageView& view,
                                       std::span<const TrackedFace> expected);

 private:
  std::shared_ptr<const Detector> detector_;
  std::vector<Detection> found_, all_, kept_;
  Nms nms_;
};

/// One film's tracks. Not thread safe.
class FilmFollower {
 public:
  FilmFollower(const TrackerOptions& options, LocalLook* local)
      : tracker_(options), local_(local) {}

  /// The next frame. @return its faces to show: confirmed, and seen when the detector last ran.
  ///         Valid until the next call
  std::span<const ShownFace> next(const WatchedFrame& item);

  [[nodiscard]] std::int64_t tracks() const { return tracks_; }

 private:
  std::span<const TrackedFace> follow(const WatchedFrame& item);

  Tracker tracker_;
  LocalLook* local_;
  double last_look_ = 0;
  std::map<std::int64_t, int> labels_;  ///< by id
  std::set<std::int64_t> ids_;          ///< already shown
  std::int64_t tracks_ = 0;
  std::vector<TrackedFace> expected_;
  std::vector<ShownFace> shown_;
};

}  // namespace faceshot::cli
