// From tracks to events.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "faceshot/tracker.hpp"
#include "video/live/events/event.hpp"
#include "video/live/events/regions.hpp"

namespace faceshot::video {

struct EventRules {
  std::vector<Zone> zones{};
  std::vector<Line> lines{};
  double left_after = 2;  ///< seconds unseen, > 0: TrackerOptions::lost_seconds
  /// Share of a face's height that its centre must be clear of a line or of a zone's edge before it
  /// counts as on the other side: detections tremble, and who stands on a line does not cross it.
  double clearance = 0.1;
};

/// One stream's. Follows the centres of faces. Between two sightings a face is taken to have gone
/// straight. Not thread safe.
class EventDetector {
 public:
  /// @throws Error(invalid_argument) for zones and lines that are none, or two of one name
  EventDetector(std::string stream, EventRules rules);

  /// The next frame.
  /// @param faces those seen in it: confirmed, not merely predicted
  /// @param seconds monotonic; never falling @param utc the same moment
  /// @param width, height of the picture, pixels, > 0
  /// @return in order of time; for `left` the snapshot is to be filled in. Valid until the next
  ///         call
  const std::vector<Event>& next(std::span<const TrackedFace> faces, double seconds, double utc,
                                 int width, int height);

  /// No frame for a while, or none any more: who is not seen for long has left, and hours end.
  /// @param all everybody leaves: the stream is over, or its picture is another one
  const std::vector<Event>& tick(double seconds, double utc, bool all);

  /// What was counted in the hour that has not ended yet, if anything was: to be told before the
  /// program ends.
  const std::vector<Event>& end_hour(double utc);

  /// Since it was made.
  [[nodiscard]] const HourCounts& totals() const noexcept { return totals_; }

 private:
  struct Region {
    bool inside = false;  ///< as it was last clear
    double since = 0;     ///< of a zone: seconds when it was entered
    int net = 0;          ///< of a line: crossings since the face was last clear of it
  };
  struct Face {
    PlacePoint at;
    Box box;
    double first = 0, last = 0, last_utc = 0;
    std::vector<Region> zones, lines;
  };

  Event event(EventKind kind, std::int64_t id, const Face& face, double utc) const;
  void appear(std::int64_t id, Face& face, double seconds, double utc);
  void move(std::int64_t id, Face& face, PlacePoint to, double seconds, double utc);
  void enter(std::int64_t id, Face& face, std::size_t zone, double seconds, double utc);
  void exit(std::int64_t id, Face& face, std::size_t zone, double seconds, double utc);
  void cross(std::int64_t id, Face& face, std::size_t line, double utc);
  void leave(double seconds, bool all);
  void begin_hour(double utc);
  void close_hour(double utc);

  std::string stream_;
  EventRules rules_;
  std::map<std::int64_t, Face> faces_;
  HourCounts hour_, totals_;
  bool counting_ = false;
  int width_ = 1, height_ = 1;
  std::vector<Event> events_;
};

}  // namespace faceshot::video
