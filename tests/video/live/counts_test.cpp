// From pixels to counts: drawn people cross a line and a zone, the shipped network finds them, and
// what is reported is what happened.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "faceshot/detector.hpp"
#include "faceshot/tracker.hpp"
#include "synth/moving_scene.hpp"
#include "video/live/events/event_detector.hpp"

namespace faceshot::video {
namespace {

constexpr int film_width = 640, film_height = 360;

struct Counts {
  std::int64_t in = 0, out = 0, entered = 0;
};

/// @param sure EventRules::certain_score
EventRules line_and_zone(float sure = 0) {
  EventRules rules;
  rules.lines = {{"middle", {0.5, 0}, {0.5, 1}}};
  rules.zones = {{"left", {{0, 0}, {0.35, 0}, {0.35, 1}, {0, 1}}}};
  rules.certain_score = sure;
  return rules;
}

Counts counts_of(const EventDetector& detector) {
  Counts counts;
  const HourCounts& totals = detector.totals();
  if (const auto line = totals.lines.find("middle"); line != totals.lines.end()) {
    counts.in = line->second.in;
    counts.out = line->second.out;
  }
  if (const auto zone = totals.zones.find("left"); zone != totals.zones.end())
    counts.entered = zone->second;
  return counts;
}

/// An ordinary camera position: it stands still, in good light, and people walk past it.
synth::MovingSceneOptions hallway() {
  synth::MovingSceneOptions o;
  o.width = film_width;
  o.height = film_height;
  o.frames = 150;
  o.frame_rates = {15};
  o.people = {1, 4};
  o.face_height = {40, 100};
  o.walkers = 1;
  o.walk_speed = {1, 3};
  o.cuts = o.pans = o.zooms = o.shakes = o.occluders = o.dark = o.unfocused = 0;
  return o;
}

/// The exact boxes as a perfect tracker would give them.
/// @param hidden with those that are too covered to be required
std::vector<TrackedFace> true_faces(const synth::MovingFrame& frame, bool hidden) {
  std::vector<TrackedFace> faces;
  for (const synth::TrueFace& face : frame.faces) {
    if (face.ignore && !hidden) continue;
    TrackedFace tracked;
    tracked.id = face.id;
    tracked.box = face.box;
    tracked.state = TrackState::detected;
    faces.push_back(tracked);
  }
  return faces;
}

TEST(LineAndZoneCounts, AreThoseOfDrawnScenes) {
  DetectorOptions options;
  const std::string model = std::string(FACESHOT_SOURCE_DIR) + "/models/faceshot-nano.onnx";
  TrackerOptions tracking;
  const float sure = Detector(model).options().score_threshold.value();
  tracking.high_score = tracking.birth_score = sure;
  tracking.width = film_width;
  tracking.height = film_height;
  options.score_threshold = tracking.low_score;
  const Detector detector(model, options);
  Counts all_true, all_told;
  int different = 0;
  constexpr std::uint64_t films = 12;
  for (std::uint64_t seed = 1; seed <= films; ++seed) {
    const synth::MovingScene scene(hallway(), seed);
    // A person who crosses the line hidden behind another has crossed it; one who is always hidden
    // has entered nothing.
    EventDetector lines("lines", line_and_zone()), zones("zones", line_and_zone()),
        told("told", line_and_zone(certain_score(sure)));
    Tracker tracker(tracking);
    for (std::size_t f = 0; f < scene.frames(); ++f) {
      const synth::MovingFrame frame = scene.render(f);
      const double seconds = static_cast<double>(f) / scene.frame_rate();
      (void)lines.next(true_faces(frame, true), seconds, seconds, film_width, film_height);
      (void)zones.next(true_faces(frame, false), seconds, seconds, film_width, film_height);
      const auto found = detector.detect({frame.image.data, film_width, film_height,
                                          static_cast<std::ptrdiff_t>(frame.image.step)});
      std::vector<TrackedFace> seen;
      for (const TrackedFace& face : tracker.update(found, seconds))
        if (face.confirmed && face.state == TrackState::detected) seen.push_back(face);
      (void)told.next(seen, seconds, seconds, film_width, film_height);
    }
    for (EventDetector* const detector_of : {&lines, &zones, &told})
      (void)detector_of->tick(1000, 1000, true);
    const Counts s = counts_of(told);
    Counts t = counts_of(lines);
    t.entered = counts_of(zones).entered;
    const bool same = t.in == s.in && t.out == s.out && t.entered == s.entered;
    different += same ? 0 : 1;
    std::cout << "film " << seed << ": true in " << t.in << " out " << t.out << " entered "
              << t.entered << "; told in " << s.in << " out " << s.out << " entered " << s.entered
              << (same ? "" : "  <--") << "\n";
    all_true = {all_true.in + t.in, all_true.out + t.out, all_true.entered + t.entered};
    all_told = {all_told.in + s.in, all_told.out + s.out, all_told.entered + s.entered};
  }
  EXPECT_GT(all_true.in + all_true.out, 8);
  EXPECT_GT(all_true.entered, 8);
  EXPECT_EQ(all_told.in, all_true.in);
  EXPECT_EQ(all_told.out, all_true.out);
  EXPECT_EQ(all_told.entered, all_true.entered);
  EXPECT_EQ(different, 0);
}

}  // namespace
}  // namespace faceshot::video
