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
  if (!(rules_.left_after > 0) || !(rules_.clearance >= 0))
    throw Error(ErrorCode::invalid_argument, "events: impossible times or distances");
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

const std::vector<Event>& EventDetector::end_hour(double utc) {
  events_.clear();
  close_hour(utc);
  return events_;
}

void EventDetector::enter(std::int64_t id, Face& face, std::size_t zone, double seconds,
                          double utc) {
  face.zones[zone].inside = true;
  face.zones[zone].since = seconds;
  Event e = event(EventKind::entered, id, face, utc);
  e.place = rules_.zones[zone].name;
  ++hour_.zones[e.place];
  ++totals_.zones[e.place];
  events_.push_back(std::move(e));
}

void EventDetector::exit(std::int64_t id, Face& face, std::size_t zone, double seconds,
                         double utc) {
  face.zones[zone].inside = false;
  Event e = event(EventKind::exited, id, face, utc);
  e.place = rules_.zones[zone].name;
  e.seconds = seconds - face.zones[zone].since;
  events_.push_back(std::move(e));
}

void EventDetector::cross(std::int64_t id, Face& face, std::size_t line, double utc) {
  const int net = std::exchange(face.lines[line].net, 0);
  if (net == 0) return;
  Event e = event(EventKind::crossed, id, face, utc);
  e.place = rules_.lines[line].name;
  e.inwards = net > 0;
  for (HourCounts* const counts : {&hour_, &totals_}) {
    LineCount& count = counts->lines[e.place];
    ++(e.inwards ? count.in : count.out);
  }
  events_.push_back(std::move(e));
}

void EventDetector::appear(std::int64_t id, Face& face, double seconds, double utc) {
  face.zones.resize(rules_.zones.size());
  face.lines.resize(rules_.lines.size());
  ++hour_.appeared;
  ++totals_.appeared;
  events_.push_back(event(EventKind::appeared, id, face, utc));
  for (std::size_t z = 0; z < rules_.zones.size(); ++z)
    if (inside(rules_.zones[z], face.at)) enter(id, face, z, seconds, utc);
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

void EventDetector::leave(double seconds, bool all) {
  for (auto at = faces_.begin(); at != faces_.end();) {
    Face& face = at->second;
    if (!all && seconds - face.last <= rules_.left_after) {
      ++at;
      continue;
    }
    for (std::size_t l = 0; l < face.lines.size(); ++l) cross(at->first, face, l, face.last_utc);
    for (std::size_t z = 0; z < face.zones.size(); ++z)
      if (face.zones[z].inside) exit(at->first, face, z, face.last, face.last_utc);
    Event e = event(EventKind::left, at->first, face, face.last_utc);
    e.seconds = face.last - face.first;
    events_.push_back(std::move(e));
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
    face.box = seen.box;
    face.last = seconds;
    face.last_utc = utc;
    if (is_new) {
      face.first = seconds;
      face.at = at;
      appear(seen.id, face, seconds, utc);
    } else {
      move(seen.id, face, at, seconds, utc);
    }
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
