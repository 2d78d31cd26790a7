#include "video/live/events/event.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "video/live/utc_time.hpp"

namespace faceshot::video {
namespace {

using EventJson = nlohmann::ordered_json;

double to_steps(double value, double steps) { return std::round(value * steps) / steps; }

EventJson counts_json(const HourCounts& counts) {
  EventJson json{{"hour", utc_hour_text(counts.hour)}, {"appeared", counts.appeared}};
  json["lines"] = EventJson::object();
  for (const auto& [name, count] : counts.lines)
    json["lines"][name] = {{"in", count.in}, {"out", count.out}};
  json["zones"] = EventJson::object();
  for (const auto& [name, count] : counts.zones) json["zones"][name] = count;
  return json;
}

}  // namespace

const char* name_of(EventKind kind) noexcept {
  switch (kind) {
    case EventKind::appeared:
      return "appeared";
    case EventKind::left:
      return "left";
    case EventKind::crossed:
      return "crossed";
    case EventKind::entered:
      return "entered";
    case EventKind::exited:
      return "exited";
    default:
      return "counts";
  }
}

std::string event_json(const Event& event) {
  EventJson json{
      {"time", utc_text(event.utc)}, {"stream", event.stream}, {"event", name_of(event.kind)}};
  if (event.kind == EventKind::counts) {
    json.update(counts_json(event.counts));
  } else {
    json["face"] = event.face;
    if (event.kind == EventKind::crossed) {
      json["line"] = event.place;
      json["direction"] = event.inwards ? "in" : "out";
    }
    if (event.kind == EventKind::entered || event.kind == EventKind::exited)
      json["zone"] = event.place;
    if (event.kind == EventKind::left || event.kind == EventKind::exited)
      json["seconds"] = to_steps(event.seconds, 1000);
    const auto place = [](float v) { return to_steps(static_cast<double>(v), 10); };
    json["box"] = {place(event.box.x1), place(event.box.y1), place(event.box.x2),
                   place(event.box.y2)};
    json["size"] = {event.width, event.height};
    if (!event.snapshot.empty()) {
      json["snapshot"] = event.snapshot;
      json["quality"] = to_steps(event.quality, 1000);
    }
  }
  return json.dump(-1, ' ', false, EventJson::error_handler_t::replace);
}

}  // namespace faceshot::video
