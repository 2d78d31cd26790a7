// Events against the exact tracks of drawn scenes, counted here by other means.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "faceshot/error.hpp"
#include "synth/moving_scene.hpp"
#include "video/live/events/event_detector.hpp"

namespace faceshot::video {
namespace {

constexpr int picture_width = 160, picture_height = 120;
constexpr std::size_t film_frames = 60;

/// Boxes by face and frame.
using TrueTracks = std::map<std::int64_t, std::map<std::size_t, Box>>;

/// The tracks of a scene, drawn once.
const TrueTracks& true_tracks(std::uint64_t seed) {
  static std::map<std::uint64_t, TrueTracks> known;
  const auto [entry, is_new] = known.try_emplace(seed);
  TrueTracks& tracks = entry->second;
  if (!is_new) return tracks;
  synth::MovingSceneOptions o;
  o.width = picture_width;
  o.height = picture_height;
  o.frames = film_frames;
  o.frame_rates = {15};
  o.face_height = {12, 36};
  o.cuts = o.pans = o.zooms = o.shakes = 0;
  o.walkers = 0.8;
  o.people = {4, 8};
  const synth::MovingScene scene(o, seed);
  for (std::size_t f = 0; f < scene.frames(); ++f)
    for (const synth::TrueFace& face : scene.render(f).faces) tracks[face.id][f] = face.box;
  return tracks;
}

PlacePoint centre(const Box& box) {
  return {static_cast<double>(box.center_x()) / picture_width,
          static_cast<double>(box.center_y()) / picture_height};
}

/// Solves for the crossing of the path from a to b with the line: 1 from its left to its right.
int cut(const Line& line, PlacePoint a, PlacePoint b) {
  const double rx = b.x - a.x, ry = b.y - a.y;
  const double sx = line.to.x - line.from.x, sy = line.to.y - line.from.y;
  const double d = rx * sy - ry * sx;
  if (d == 0) return 0;
  const double t = ((line.from.x - a.x) * sy - (line.from.y - a.y) * sx) / d;
  const double u = ((line.from.x - a.x) * ry - (line.from.y - a.y) * rx) / d;
  if (!(t > 0 && t <= 1 && u >= 0 && u <= 1)) return 0;
  // The normal to the right of the line's direction, with y pointing down.
  return rx * -sy + ry * sx > 0 ? 1 : -1;
}

/// By the angles under which the edges are seen.
bool surrounds(const Zone& zone, PlacePoint p) {
  double angle = 0;
  for (std::size_t i = 0; i < zone.corners.size(); ++i) {
    const PlacePoint a = zone.corners[i], b = zone.corners[(i + 1) % zone.corners.size()];
    const double ax = a.x - p.x, ay = a.y - p.y, bx = b.x - p.x, by = b.y - p.y;
    angle += std::atan2(ax * by - ay * bx, ax * bx + ay * by);
  }
  return std::abs(angle) > 3;
}

struct Counted {
  std::map<std::string, std::map<std::int64_t, LineCount>> lines;
  std::map<std::string, std::int64_t> entered;
  std::int64_t appeared = 0, left = 0;
};

Counted truth_of(const TrueTracks& tracks, const EventRules& rules) {
  Counted counted;
  for (const auto& [id, boxes] : tracks) {
    ++counted.appeared;
    const Box* before = nullptr;
    std::size_t frame_before = 0;
    for (const auto& [frame, box] : boxes) {
      // A true track has gaps only while the face is out of the picture, or covered inside it.
      const bool was_out = before && frame > frame_before + 1 &&
                           (before->x1 <= 0 || before->y1 <= 0 || before->x2 >= picture_width ||
                            before->y2 >= picture_height);
      frame_before = frame;
      for (const Zone& zone : rules.zones)
        if (surrounds(zone, centre(box)) &&
            (!before || was_out || !surrounds(zone, centre(*before))))
          ++counted.entered[zone.name];
      for (const Line& line : rules.lines)
        if (const int way = before ? cut(line, centre(*before), centre(box)) : 0; way != 0)
          ++(way > 0 ? counted.lines[line.name][id].in : counted.lines[line.name][id].out);
      before = &box;
    }
  }
  counted.left = counted.appeared;
  return counted;
}

/// @param noise deviation of each edge, in heights of the face
std::vector<Event> events_of(const TrueTracks& tracks, const EventRules& rules, double noise) {
  EventDetector detector("door", rules);
  base::Random random(5);
  std::vector<Event> all;
  constexpr double utc = 1.7e9;
  const auto keep = [&](const std::vector<Event>& events) {
    all.insert(all.end(), events.begin(), events.end());
  };
  for (std::size_t f = 0; f < film_frames; ++f) {
    std::vector<TrackedFace> faces;
    for (const auto& [id, boxes] : tracks)
      if (const auto at = boxes.find(f); at != boxes.end()) {
        TrackedFace face;
        face.id = id;
        face.box = at->second;
        const float tremble = static_cast<float>(noise) * face.box.height();
        const float dx = tremble * random.normal(), dy = tremble * random.normal();
        face.box = {face.box.x1 + dx, face.box.y1 + dy, face.box.x2 + dx, face.box.y2 + dy};
        face.state = TrackState::detected;
        face.confirmed = true;
        faces.push_back(face);
      }
    const double seconds = static_cast<double>(f) / 15;
    keep(detector.next(faces, seconds, utc + seconds, picture_width, picture_height));
  }
  keep(detector.tick(1000, utc + 1000, true));
  keep(detector.end_hour(utc + 1000));
  return all;
}

Counted counted_from(const std::vector<Event>& events) {
  Counted counted;
  for (const Event& event : events) {
    if (event.kind == EventKind::appeared) ++counted.appeared;
    if (event.kind == EventKind::left) ++counted.left;
    if (event.kind == EventKind::entered) ++counted.entered[event.place];
    if (event.kind == EventKind::crossed) {
      LineCount& count = counted.lines[event.place][event.face];
      ++(event.inwards ? count.in : count.out);
    }
  }
  return counted;
}

EventRules rules_with(double clearance) {
  EventRules rules;
  rules.clearance = clearance;
  rules.left_after = 100;  // a true track may be hidden for long
  rules.zones = {{"left", {{0, 0}, {0.45, 0}, {0.3, 1}, {0, 1}}},
                 {"star", {{0.5, 0.1}, {0.6, 0.9}, {0.95, 0.5}, {0.7, 0.55}}}};
  rules.lines = {{"middle", {0.5, 0}, {0.5, 1}},
                 {"slanted", {0.9, 0.1}, {0.2, 0.8}},
                 {"short", {0.3, 0.3}, {0.35, 0.6}}};
  return rules;
}

constexpr std::uint64_t scenes = 4;

void expect_exact(const TrueTracks& tracks) {
  const EventRules rules = rules_with(0);
  const Counted truth = truth_of(tracks, rules), told = counted_from(events_of(tracks, rules, 0));
  EXPECT_EQ(told.appeared, truth.appeared);
  EXPECT_EQ(told.left, truth.left);
  EXPECT_EQ(told.entered, truth.entered);
  for (const Line& line : rules.lines)
    for (const auto& [id, boxes] : tracks) {
      const auto of = [&line, face = id](Counted counted) {
        return counted.lines[line.name][face];
      };
      EXPECT_EQ(of(told).in, of(truth).in) << line.name << " " << id;
      EXPECT_EQ(of(told).out, of(truth).out) << line.name << " " << id;
    }
}

void expect_calm(const TrueTracks& tracks) {
  const EventRules rules = rules_with(0.1);
  const Counted truth = truth_of(tracks, rules),
                told = counted_from(events_of(tracks, rules, 0.02));
  const Line& line = rules.lines[0];  // from edge to edge: nobody walks around its ends
  for (const auto& [id, boxes] : tracks) {
    const auto of = [&line, face = id](Counted counted) { return counted.lines[line.name][face]; };
    const auto near = [&](const Box& box) {
      return std::abs(static_cast<double>(box.center_x()) - picture_width / 2.0) <
             0.1 * static_cast<double>(box.height());
    };
    if (near(boxes.begin()->second) || near(boxes.rbegin()->second)) continue;
    EXPECT_EQ(of(told).in - of(told).out, of(truth).in - of(truth).out) << id;
    EXPECT_LE(of(told).in + of(told).out, of(truth).in + of(truth).out) << id;
  }
}

TEST(EventCounts, AreThoseOfTheExactTracks) {
  for (std::uint64_t seed = 1; seed <= scenes; ++seed) expect_exact(true_tracks(seed));
}

TEST(EventCounts, TremblingDetectionsCrossNoLineMoreThanOnce) {
  for (std::uint64_t seed = 1; seed <= scenes; ++seed) expect_calm(true_tracks(seed));
}

TEST(EventCounts, HaveWhatToCount) {
  // Otherwise the tests above could not fail.
  std::int64_t crossings = 0, entries = 0;
  for (std::uint64_t seed = 1; seed <= scenes; ++seed) {
    const Counted truth = truth_of(true_tracks(seed), rules_with(0));
    for (const auto& [name, faces] : truth.lines)
      for (const auto& [id, count] : faces) crossings += count.in + count.out;
    for (const auto& [name, count] : truth.entered) entries += count;
  }
  EXPECT_GT(crossings, 10);
  EXPECT_GT(entries, 10);
}

TrackedFace face_at(float x, float y, std::int64_t id = 1) {
  TrackedFace face;
  face.id = id;
  face.box = {x - 10, y - 10, x + 10, y + 10};
  face.state = TrackState::detected;
  face.confirmed = true;
  return face;
}

TEST(EventDetector, WhoStandsOnALineDoesNotCrossIt) {
  EventDetector detector("a", {.lines = {{"l", {0.5, 0}, {0.5, 1}}}});
  int crossed = 0;
  for (int i = 0; i < 100; ++i) {
    const TrackedFace face = face_at(i % 2 == 0 ? 49 : 51, 50);
    for (const Event& event : detector.next({&face, 1}, 0.1 * i, 0, 100, 100))
      crossed += event.kind == EventKind::crossed ? 1 : 0;
  }
  EXPECT_EQ(crossed, 0);
}

TEST(EventDetector, InIsFromTheLinesLeftToItsRight) {
  // The line goes down the picture: looking along it, the picture's left is on the right.
  EventDetector detector("a", {.lines = {{"l", {0.5, 0}, {0.5, 1}}}});
  std::vector<std::string> told;
  for (const float x : {20.0F, 80.0F, 20.0F}) {
    const TrackedFace face = face_at(x, 50);
    for (const Event& event :
         detector.next({&face, 1}, static_cast<double>(told.size()), 0, 100, 100))
      told.push_back(event.kind == EventKind::crossed ? (event.inwards ? "in" : "out") : "-");
  }
  EXPECT_EQ(told, (std::vector<std::string>{"-", "out", "in"}));
}

TEST(EventDetector, LeavesAfterAWhileAndKeepsItsTimes) {
  EventDetector detector("a", {.zones = {{"z", {{0, 0}, {1, 0}, {1, 1}, {0, 1}}}}});
  const TrackedFace face = face_at(50, 50, 9);
  for (int i = 0; i <= 10; ++i) (void)detector.next({&face, 1}, i, 1000 + i, 100, 100);
  EXPECT_TRUE(detector.tick(11.9, 1011.9, false).empty());
  const std::vector<Event> left = detector.tick(12.1, 1012.1, false);
  ASSERT_EQ(left.size(), 2U);
  EXPECT_EQ(left[0].kind, EventKind::exited);
  EXPECT_EQ(left[0].seconds, 10);
  EXPECT_EQ(left[1].kind, EventKind::left);
  EXPECT_EQ(left[1].face, 9);
  EXPECT_EQ(left[1].seconds, 10);
  EXPECT_EQ(left[1].utc, 1010);
}

/// Kinds of the events of a face that stays in a zone, with these scores.
std::vector<EventKind> kinds_of(const std::vector<float>& scores) {
  EventDetector detector(
      "a", {.zones = {{"z", {{0, 0}, {1, 0}, {1, 1}, {0, 1}}}}, .certain_score = 0.5F});
  std::vector<EventKind> kinds;
  const auto keep = [&](const std::vector<Event>& events) {
    for (const Event& event : events) kinds.push_back(event.kind);
  };
  double seconds = 0;
  for (const float score : scores) {
    TrackedFace face = face_at(50, 50);
    face.score = score;
    keep(detector.next({&face, 1}, seconds += 0.1, 0, 100, 100));
    EXPECT_EQ(detector.certain(1), !kinds.empty());
  }
  keep(detector.tick(1000, 0, true));
  keep(detector.end_hour(0));
  return kinds;
}

TEST(EventDetector, ReportsAFaceThatWasCertainOnce) {
  EXPECT_TRUE(kinds_of({.3F, .49F, .49F, .3F}).empty());
  using enum EventKind;
  const std::vector<EventKind> all{appeared, entered, exited, left, counts};
  EXPECT_EQ(kinds_of({.6F, .1F}), all);
  EXPECT_EQ(kinds_of({.1F, .1F, .6F}), all);
}

TEST(EventDetector, WhatAFaceDidBeforeItWasCertainIsCounted) {
  EventDetector detector("a", {.zones = {{"z", {{0, 0}, {0.4, 0}, {0.4, 1}, {0, 1}}}},
                               .lines = {{"l", {0.5, 0}, {0.5, 1}}},
                               .certain_score = 0.5F});
  std::vector<EventKind> kinds;
  double seconds = 0;
  for (const float x : {20.0F, 80.0F, 81.0F, 82.0F}) {
    TrackedFace face = face_at(x, 50);
    face.score = x > 80 ? 0.9F : 0.1F;
    for (const Event& event : detector.next({&face, 1}, seconds += 0.1, 0, 100, 100))
      kinds.push_back(event.kind);
  }
  using enum EventKind;
  EXPECT_EQ(kinds, (std::vector<EventKind>{appeared, entered, exited, crossed}));
  EXPECT_EQ(detector.totals().lines.at("l").out, 1);
}

/// Entries into a zone on the left when a face walks out of the picture there at this speed, and
/// one with the same id comes in 0.6 s later.
std::int64_t entries_after_walking_out(float speed) {
  EventDetector detector("a", {.zones = {{"z", {{0, 0}, {0.4, 0}, {0.4, 1}, {0, 1}}}}});
  double seconds = 0;
  const auto see = [&](float x) {
    TrackedFace face = face_at(x, 50);
    face.box.x1 = std::max(0.0F, face.box.x1);
    (void)detector.next({&face, 1}, seconds += 0.1, 0, 100, 100);
  };
  for (float x = 35; x > 0; x -= 0.1F * speed) see(x);
  seconds += 0.5;
  for (float x = 0; x < 20; x += 5) see(x);
  return detector.totals().zones.at("z");
}

TEST(EventDetector, WhoWalksOutOfThePictureAndComesBackEntersAgain) {
  EXPECT_EQ(entries_after_walking_out(60), 2);
  EXPECT_EQ(entries_after_walking_out(5), 1);  // it stood at the edge, and was not seen for a while
}

TEST(EventDetector, HoursAreCountedApart) {
  EventDetector detector("a", {});
  std::vector<HourCounts> hours;
  const auto keep = [&](const std::vector<Event>& events) {
    for (const Event& event : events)
      if (event.kind == EventKind::counts) hours.push_back(event.counts);
  };
  for (int minute = 0; minute < 150; minute += 10) {
    const TrackedFace face = face_at(50, 50, minute + 1);
    keep(detector.next({&face, 1}, 60 * minute, 3600 * 1000 + 60 * minute, 100, 100));
  }
  keep(detector.end_hour(3600 * 1002 + 1800));
  ASSERT_EQ(hours.size(), 3U);
  for (std::size_t h = 0; h < 3; ++h) {
    EXPECT_EQ(hours[h].hour, 1000 + static_cast<std::int64_t>(h));
    EXPECT_EQ(hours[h].appeared, h < 2 ? 6 : 3);
  }
  EXPECT_EQ(detector.totals().appeared, 15);
}

TEST(EventDetector, NonsenseIsNamed) {
  const auto refused = [](EventRules rules) {
    EXPECT_THROW(EventDetector("a", std::move(rules)), Error);
  };
  refused({.zones = {{"z", {{0, 0}, {1, 0}}}}});
  refused({.zones = {{"z", {{0, 0}, {1, 0}, {0.5, 0}}}}});
  refused({.zones = {{"z", {{0, 0}, {1, 0}, {0.5, 7}}}}});
  refused({.lines = {{"l", {0.5, 0.5}, {0.5, 0.5}}}});
  refused({.certain_score = -1});
  refused({.lines = {{"l", {0, 0}, {1, 1}}, {"l", {0, 1}, {1, 0}}}});
}

TEST(EventJson, IsOneLineThatOthersRead) {
  Event event;
  event.kind = EventKind::crossed;
  event.stream = "door \"1\"\n";
  event.utc = 1764527426.123;
  event.face = 12;
  event.place = "entrance";
  event.inwards = true;
  event.box = {1, 2, 3.04F, 4};
  event.width = 640;
  event.height = 480;
  const std::string text = event_json(event);
  EXPECT_EQ(text.find('\n'), std::string::npos);
  const auto json = nlohmann::json::parse(text);
  EXPECT_EQ(json["time"].get<std::string>(), "2025-11-30T18:30:26.123Z");
  EXPECT_EQ(json["event"], "crossed");
  EXPECT_EQ(json["direction"], "in");
  EXPECT_EQ(json["line"], "entrance");
  EXPECT_EQ(json["stream"], event.stream);
  EXPECT_EQ(json["size"], (nlohmann::json{640, 480}));
  EXPECT_FALSE(json.contains("snapshot"));
}

}  // namespace
}  // namespace faceshot::video
