// From tracks to events.
#pragma once

#include <cstddef>
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
  /// Share of a face's height by which its centre must clear a line or a zone's edge before it
  /// counts as on the other side: detections jitter, and a person standing on a line does not cross
  /// it.
  double clearance = 0.1;
  /// A face is reported once it has had this score in some frame, with what it did before: objects
  /// that look like faces hover around the threshold. 0: every face, at first sight.
  float certain_score = 0;
};

/// EventRules::certain_score for a detector's threshold, in [0, 1]: 15 % of the way from there
/// to 1. In 48 drawn films all 130 faces seen for more than two frames reach it at some time, and
/// none of the four objects taken for faces does (threshold 0.52: at least 0.625, and at most
/// 0.558).
[[nodiscard]] constexpr float certain_score(float threshold) noexcept {
  return threshold + 0.15F * (1 - threshold);
}

/// For one stream. Follows the centres of faces, which are assumed to move straight between two
/// observations. Not thread safe.
class EventDetector {
 public:
  /// @throws Error(invalid_argument) for invalid zones and lines, or two of the same name
  EventDetector(std::string stream, EventRules rules);

  /// The next frame.
  /// @param faces those seen in it: confirmed, not merely predicted
  /// @param seconds monotonic, not decreasing @param utc the same moment
  /// @param width, height of the picture, pixels, > 0
  /// @return in order of time; the caller fills in the snapshot for `left`. Valid until the next
  /// call
  const std::vector<Event>& next(std::span<const TrackedFace> faces, double seconds, double utc,
                                 int width, int height);

  /// No frame for a while, or no more frames: faces not seen for long have left, and hours end.
  /// @param all all faces leave: the stream is over, or its picture changed
  const std::vector<Event>& tick(double seconds, double utc, bool all);

  /// The counts of the unfinished hour, if there are any: to report before the program ends.
  const std::vector<Event>& end_hour(double utc);

  /// Whether a face in view is one that is reported.
  [[nodiscard]] bool certain(std::int64_t face) const;

  /// Totals since construction.
  [[nodiscard]] const HourCounts& totals() const noexcept { return totals_; }

 private:
  struct Region {
    bool inside = false;          ///< the last unambiguous side
    bool visited = false;         ///< for a zone: at any time
    double since = 0, until = 0;  ///< for a zone: seconds when it was last entered and left
    int net = 0;                  ///< for a line: crossings since the face last cleared it
  };
  struct Face {
    void follow(PlacePoint to, double seconds) noexcept;

    PlacePoint at;
    PlacePoint speed;  ///< shares of the picture per second
    Box box;
    double first = 0, last = 0, last_utc = 0;
    std::vector<Region> zones, lines;
    bool certain = false;  ///< until then, nothing is reported
  };

  Event event(EventKind kind, std::int64_t id, const Face& face, double utc) const;
  void report(Event&& event);
  void appear(std::int64_t id, Face& face, double utc);
  void move(std::int64_t id, Face& face, PlacePoint to, double seconds, double utc);
  void enter(std::int64_t id, Face& face, std::size_t zone, double seconds, double utc);
  void exit(std::int64_t id, Face& face, std::size_t zone, double seconds, double utc);
  void cross(std::int64_t id, Face& face, std::size_t line, double utc);
  void exit_all(std::int64_t id, Face& face);
  [[nodiscard]] bool walked_out(const Face& face, double seconds) const noexcept;
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
