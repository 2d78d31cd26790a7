#include "video/live/events/event_detector.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "faceshot/error.hpp"

namespace faceshot::video {
namespace {

template <class Regions>
void require_names(const Regions& regions, const char* what) {
  std::set<std::string> names;
  for (const auto& region : regions) {
    validate(region);
    if (region.name.empty() || !names.insert(region.name).second)
      throw Error(ErrorCode::invalid_argument, std::string("there are two ") + what + " '" +
                                                   region.name + "', or one without a name");
  }
}

bool counted_any(const HourCounts& counts) {
  return counts.appeared > 0 || !counts.lines.empty() || !counts.zones.empty();
}

}  // namespace

EventDetector::EventDetector(std::string stream, EventRules rules)
    : stream_(std::move(stream)), rules_(std::move(rules)) {
  require_names(rules_.zones, "zones");
  require_names(rules_.lines, "lines");
  if (!(rules_.left_after > 0) || !(rules_.clearance >= 0) || !(rules_.certain_score >= 0))
    throw Error(ErrorCode::invalid_argument, "events: impossible times, distances or scores");
}

Event EventDetector::event(EventKind kind, std::int64_t id, const Face& face, double utc) const {
  Event e;
  e.kind = kind;
  e.stream = stream_;
  e.utc = utc;
  e.face = id;
  e.box = face.box;
  e.width = width_;
  e.height = height_;
  return e;
}

void EventDetector::begin_hour(double utc) {
  const auto hour = static_cast<std::int64_t>(std::floor(utc / 3600));
  if (counting_ && hour == hour_.hour) return;
  close_hour(utc);
  hour_ = {};
  hour_.hour = hour;
  counting_ = true;
}

void EventDetector::close_hour(double utc) {
  if (counting_ && counted_any(hour_)) {
    Event e;
    e.kind = EventKind::counts;
    e.stream = stream_;
    e.utc = utc;
    e.counts = std::exchange(hour_, {});
    events_.push_back(std::move(e));
  }
  counting_ = false;
}

void EventDetector::report(Event&& event) {
  for (HourCounts* const counts : {&hour_, &totals_}) {
    if (event.kind == EventKind::appeared) ++counts->appeared;
    if (event.kind == EventKind::entered) ++counts->zones[event.place];
    if (event.kind == EventKind::crossed) {
      LineCount& count = counts->lines[event.place];
      ++(event.inwards ? count.in : count.out);
    }
  }
  events_.push_back(std::move(event));
}

bool EventDetector::certain(std::int64_t face) const {
  const auto known = faces_.find(face);
  return known != faces_.end() && known->second.certain;
}

const std::vector<Event>& EventDetector::end_hour(double utc) {
  events_.clear();
  close_hour(utc);
  return events_;
}

void EventDetector::enter(std::int64_t id, Face& face, std::size_t zone, double seconds,
                          double utc) {
  face.zones[zone].inside = face.zones[zone].visited = true;
  face.zones[zone].since = seconds;
  Event e = event(EventKind::entered, id, face, utc);
  e.place = rules_.zones[zone].name;
  if (face.certain) report(std::move(e));
}

void EventDetector::exit(std::int64_t id, Face& face, std::size_t zone, double seconds,
                         double utc) {
  face.zones[zone].inside = false;
  face.zones[zone].until = seconds;
  Event e = event(EventKind::exited, id, face, utc);
  e.place = rules_.zones[zone].name;
  e.seconds = seconds - face.zones[zone].since;
  if (face.certain) report(std::move(e));
}

void EventDetector::cross(std::int64_t id, Face& face, std::size_t line, double utc) {
  if (!face.certain) return;
  const int net = std::exchange(face.lines[line].net, 0);
  if (net == 0) return;
  Event e = event(EventKind::crossed, id, face, utc);
  e.place = rules_.lines[line].name;
  e.inwards = net > 0;
  report(std::move(e));
}

/// It is certain now. The zones it has been in are reported; lines it has crossed, by the next
/// move().
void EventDetector::appear(std::int64_t id, Face& face, double utc) {
  face.certain = true;
  report(event(EventKind::appeared, id, face, utc));
  for (std::size_t z = 0; z < rules_.zones.size(); ++z) {
    Region& zone = face.zones[z];
    if (!zone.visited) continue;
    const bool still = zone.inside;
    enter(id, face, z, zone.since, utc);
    if (!still) exit(id, face, z, zone.until, utc);
  }
}

void EventDetector::move(std::int64_t id, Face& face, PlacePoint to, double seconds, double utc) {
  const double aspect = static_cast<double>(width_) / height_;
  const double clear =
      rules_.clearance * static_cast<double>(face.box.height()) / static_cast<double>(height_);
  for (std::size_t l = 0; l < rules_.lines.size(); ++l) {
    const Line& line = rules_.lines[l];
    face.lines[l].net += crossing(line, face.at, to);
    if (face.lines[l].net != 0 && edge_distance(line, to, aspect) >= clear) cross(id, face, l, utc);
  }
  for (std::size_t z = 0; z < rules_.zones.size(); ++z) {
    const Zone& zone = rules_.zones[z];
    const bool in = inside(zone, to);
    if (in == face.zones[z].inside || edge_distance(zone, to, aspect) < clear) continue;
    if (in)
      enter(id, face, z, seconds, utc);
    else
      exit(id, face, z, seconds, utc);
  }
  face.at = to;
}

void EventDetector::exit_all(std::int64_t id, Face& face) {
  for (std::size_t z = 0; z < face.zones.size(); ++z)
    if (face.zones[z].inside) exit(id, face, z, face.last, face.last_utc);
}

/// Averages the speed over the last frames.
void EventDetector::Face::follow(PlacePoint to, double seconds) noexcept {
  constexpr double average_over = 0.2;  // seconds
  const double passed = seconds - last;
  if (!(passed > 0)) return;
  const double weight = std::min(1.0, passed / average_over);
  speed.x += weight * ((to.x - at.x) / passed - speed.x);
  speed.y += weight * ((to.y - at.y) / passed - speed.y);
}

/// Whether it was last seen at the picture's edge and went on out of it. The tracker may take a
/// newcomer there for the same face; either way, someone has come in.
bool EventDetector::walked_out(const Face& face, double seconds) const noexcept {
  constexpr double longest = 1;   // seconds that it is expected to go on
  constexpr double at_edge = .5;  // half sizes between it and the edge
  const double passed = std::min(longest, seconds - face.last);
  const auto out = [passed](double center, double speed, double half) {
    const double next = center + passed * speed;
    return (center < (1 + at_edge) * half && next < -half) ||
           (center > 1 - (1 + at_edge) * half && next > 1 + half);
  };
  return out(face.at.x, face.speed.x, 0.5 * static_cast<double>(face.box.width()) / width_) ||
         out(face.at.y, face.speed.y, 0.5 * static_cast<double>(face.box.height()) / height_);
}

void EventDetector::leave(double seconds, bool all) {
  for (auto at = faces_.begin(); at != faces_.end();) {
    Face& face = at->second;
    if (!all && seconds - face.last <= rules_.left_after) {
      ++at;
      continue;
    }
    for (std::size_t l = 0; l < face.lines.size(); ++l) cross(at->first, face, l, face.last_utc);
    exit_all(at->first, face);
    if (face.certain) {
      Event e = event(EventKind::left, at->first, face, face.last_utc);
      e.seconds = face.last - face.first;
      report(std::move(e));
    }
    at = faces_.erase(at);
  }
}

const std::vector<Event>& EventDetector::next(std::span<const TrackedFace> faces, double seconds,
                                              double utc, int width, int height) {
  events_.clear();
  begin_hour(utc);
  leave(seconds, false);
  width_ = width;
  height_ = height;
  for (const TrackedFace& seen : faces) {
    const PlacePoint at{static_cast<double>(seen.box.center_x()) / width,
                        static_cast<double>(seen.box.center_y()) / height};
    const auto [entry, is_new] = faces_.try_emplace(seen.id);
    Face& face = entry->second;
    if (is_new) {
      face.first = seconds;
      face.at = at;
      face.lines.resize(rules_.lines.size());
      for (const Zone& zone : rules_.zones) {
        const bool in = inside(zone, at);
        face.zones.push_back({.inside = in, .visited = in, .since = seconds});
      }
    } else {
      if (walked_out(face, seconds)) exit_all(seen.id, face);
      face.follow(at, seconds);
    }
    face.box = seen.box;
    face.last = seconds;
    face.last_utc = utc;
    if (!is_new) move(seen.id, face, at, seconds, utc);
    if (!face.certain && seen.score >= rules_.certain_score) appear(seen.id, face, utc);
  }
  return events_;
}

const std::vector<Event>& EventDetector::tick(double seconds, double utc, bool all) {
  events_.clear();
  leave(seconds, all);
  begin_hour(utc);
  return events_;
}

}  // namespace faceshot::video
