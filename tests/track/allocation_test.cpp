// Heap allocations of a frame.
#include <gtest/gtest.h>

#include <vector>

#include "base/random.hpp"
#include "engine/allocation_counter.hpp"
#include "faceshot/camera_motion.hpp"
#include "faceshot/tracker.hpp"
#include "track/drawn_world.hpp"

namespace faceshot::track {
namespace {

/// Faces that come, go, hide and cross; the same number at each time of every cycle.
std::vector<std::vector<Detection>> busy_film() {
  base::Random random(7);
  std::vector<std::vector<Detection>> film(200);
  for (std::size_t f = 0; f < film.size(); ++f)
    for (std::size_t i = 0; i < 40; ++i) {
      const auto x = static_cast<float>((37 * i + 5 * f) % 900);
      if (random.chance(0.8F))
        film[f].push_back(
            {{x, 30 * static_cast<float>(i % 20), x + 40, 30 * static_cast<float>(i % 20) + 50},
             random.uniform(0.05F, 1),
             0,
             Landmarks{}});
    }
  return film;
}

TEST(TrackerAllocations, NoneOnceTheMostFacesWereSeen) {
  const auto film = busy_film();
  Tracker tracker;
  double t = 0;
  const auto run = [&] {
    for (std::size_t f = 0; f < film.size(); ++f, t += 0.04)
      (void)(f % 3 == 0 ? tracker.update(film[f], t, {1, 0, 2, 0, 1, 0}) : tracker.predict(t));
    tracker.reset();
  };
  const std::size_t at_first = testing::allocations();
  run();
  EXPECT_GT(testing::allocations(), at_first);  // the counter works
  const std::size_t before = testing::allocations();
  run();
  run();
  EXPECT_EQ(testing::allocations() - before, 0U);
}

TEST(CameraMotionAllocations, NoneOnceAFrameWasSeen) {
  std::vector<testing::GrayFrame> frames;
  for (int i = 0; i < 3; ++i)
    frames.push_back(testing::draw_world(640, 360, {1, 0, 7.0 * i, 0, 1, 0}, 1));
  CameraMotionEstimator estimator;
  for (const auto& frame : frames) (void)estimator.next(frame.view());
  const std::size_t before = testing::allocations();
  for (const auto& frame : frames) (void)estimator.next(frame.view());
  EXPECT_EQ(testing::allocations() - before, 0U);
}

}  // namespace
}  // namespace faceshot::track
