#include "faceshot/tracker.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "faceshot/error.hpp"

namespace faceshot::track {
namespace {

Detection face(float x, float y, float size = 40, float score = 0.9F) {
  return {{x, y, x + size, y + size}, score};
}

std::vector<TrackedFace> copy(std::span<const TrackedFace> faces) {
  return {faces.begin(), faces.end()};
}

std::vector<std::int64_t> ids(std::span<const TrackedFace> faces) {
  std::vector<std::int64_t> result;
  for (const TrackedFace& f : faces) result.push_back(f.id);
  return result;
}

TEST(Tracker, AFaceKeepsItsIdAndIsConfirmedBySecondSight) {
  Tracker tracker;
  for (int i = 0; i < 10; ++i) {
    const Detection d = face(100 + 3 * static_cast<float>(i), 50);
    const auto faces = tracker.update({&d, 1}, i * 0.04);
    ASSERT_EQ(faces.size(), 1U);
    EXPECT_EQ(faces[0].id, 1);
    EXPECT_EQ(faces[0].box, d.box);
    EXPECT_EQ(faces[0].state, TrackState::detected);
    EXPECT_EQ(faces[0].detection, std::size_t{0});
    EXPECT_EQ(faces[0].confirmed, i >= 1);
    EXPECT_EQ(faces[0].unseen, 0);
  }
}

TEST(Tracker, UnsureDetectionsCarryATrackOnButBeginNone) {
  Tracker tracker;
  const Detection sure = face(10, 10), unsure = face(12, 10, 40, 0.2F),
                  lone = face(300, 10, 40, 0.4F);
  (void)tracker.update({&sure, 1}, 0);
  (void)tracker.update({&sure, 1}, 0.04);
  const std::vector<Detection> both{lone, unsure};
  const auto faces = tracker.update(both, 0.08);
  ASSERT_EQ(faces.size(), 1U);
  EXPECT_EQ(faces[0].id, 1);
  EXPECT_EQ(faces[0].detection, std::size_t{1});
  EXPECT_FLOAT_EQ(faces[0].score, 0.2F);
}

TEST(Tracker, LostAndFoundAgainIsTheSame) {
  Tracker tracker;
  double t = 0;
  float x = 0;
  for (int i = 0; i < 20; ++i, t += 0.04, x += 4) {
    const Detection d = face(x, 0);
    (void)tracker.update({&d, 1}, t);
  }
  float uncertainty = 0;
  for (int i = 0; i < 15; ++i, t += 0.04, x += 4) {
    const auto faces = tracker.update({}, t);
    ASSERT_EQ(faces.size(), 1U) << i;
    EXPECT_EQ(faces[0].state, TrackState::predicted);
    EXPECT_FALSE(faces[0].landmarks.has_value());
    EXPECT_FALSE(faces[0].detection.has_value());
    EXPECT_GT(faces[0].uncertainty, uncertainty);
    uncertainty = faces[0].uncertainty;
    EXPECT_NEAR(faces[0].box.x1, x, 25);
  }
  const Detection d = face(x, 0);
  EXPECT_EQ(ids(tracker.update({&d, 1}, t)), std::vector<std::int64_t>{1});
  // And it ends after lost_seconds.
  EXPECT_EQ(tracker.update({}, t + 1.9).size(), 1U);
  EXPECT_EQ(tracker.update({}, t + 2.1).size(), 0U);
}

TEST(Tracker, AFalseAlarmOfOneFrameEndsAtOnce) {
  Tracker tracker;
  const Detection d = face(10, 10);
  EXPECT_EQ(tracker.update({&d, 1}, 0).size(), 1U);
  EXPECT_TRUE(tracker.update({}, 0.04).empty());
}

/// Two faces walk past each other; where they meet only one is seen.
TEST(Tracker, CrossingFacesKeepTheirIds) {
  Tracker tracker;
  std::map<std::int64_t, float> first_y;
  for (int i = 0; i <= 60; ++i) {
    const float x = 5 * static_cast<float>(i);
    std::vector<Detection> seen{face(x, 100)};
    if (std::abs(x - (300 - x)) > 30) seen.push_back(face(300 - x, 108));
    for (const TrackedFace& f : tracker.update(seen, i / 25.0)) {
      if (f.state != TrackState::detected) continue;
      const float y = first_y.try_emplace(f.id, f.box.y1).first->second;
      EXPECT_EQ(f.box.y1, y) << "frame " << i;
    }
  }
  EXPECT_EQ(first_y.size(), 2U);
}

TEST(Tracker, FollowsThroughACameraThatJumps) {
  Tracker tracker;
  for (int i = 0; i < 20; ++i) {
    const float x = 100 + 90 * static_cast<float>(i);  // more than its width in each frame
    const Detection d = face(x, 50);
    const auto faces = tracker.update({&d, 1}, i * 0.04, {1, 0, i > 0 ? 90.0 : 0.0, 0, 1, 0});
    ASSERT_EQ(ids(faces), std::vector<std::int64_t>{1}) << i;
  }
}

TEST(Tracker, PredictionsGoWhereTheFaceGoes) {
  Tracker tracker;
  for (int i = 0; i < 30; ++i) {
    const float x = 100 * static_cast<float>(i) / 25;
    if (i % 3 == 0) {
      const Detection d = face(x, 10);
      ASSERT_EQ(ids(tracker.update({&d, 1}, i / 25.0)), std::vector<std::int64_t>{1});
      continue;
    }
    const auto faces = tracker.predict(i / 25.0);
    ASSERT_EQ(faces.size(), 1U);
    EXPECT_EQ(faces[0].state, TrackState::predicted);
    EXPECT_NEAR(faces[0].unseen, (i % 3) / 25.0, 1e-9);
    if (i > 12) {
      EXPECT_NEAR(faces[0].box.x1, x, 3);
    }
  }
}

TEST(Tracker, PredictingBetweenLooksChangesNothing) {
  Tracker a, b;
  base::Random random(8);
  for (int i = 0; i < 40; ++i) {
    std::vector<Detection> seen;
    for (int k = 0; k < 4; ++k)
      if (random.chance(0.8F))
        seen.push_back(
            face(100 * static_cast<float>(k) + random.uniform(0, 10), random.uniform(0, 10)));
    for (int k = 1; k <= 3; ++k) (void)b.predict(i * 0.1 + (k - 4) * 0.025);
    const auto one = copy(a.update(seen, i * 0.1)), other = copy(b.update(seen, i * 0.1));
    ASSERT_EQ(ids(one), ids(other));
    for (std::size_t k = 0; k < one.size(); ++k) EXPECT_NEAR(one[k].box.x1, other[k].box.x1, 0.5);
  }
}

TEST(Tracker, ClassesStayApart) {
  Tracker tracker;
  Detection d = face(10, 10);
  (void)tracker.update({&d, 1}, 0);
  d.label = 1;
  const auto faces = tracker.update({&d, 1}, 0.04);
  ASSERT_EQ(faces.size(), 1U);
  EXPECT_EQ(faces[0].id, 2);
}

TEST(Tracker, ResetEndsAllAndIdsGoOn) {
  Tracker tracker;
  const Detection d = face(10, 10);
  (void)tracker.update({&d, 1}, 100);
  tracker.reset();
  const auto faces = tracker.update({&d, 1}, 3);  // another place in the film
  ASSERT_EQ(faces.size(), 1U);
  EXPECT_EQ(faces[0].id, 2);
}

TEST(Tracker, IsDeterministic) {
  std::vector<std::vector<TrackedFace>> runs[2];
  for (auto& run : runs) {
    Tracker tracker;
    base::Random random(4);
    for (int i = 0; i < 100; ++i) {
      std::vector<Detection> seen;
      for (int k = 0; k < 20; ++k)
        seen.push_back(face(random.uniform(0, 300), random.uniform(0, 300), 50, random.uniform()));
      run.push_back(copy(tracker.update(seen, i * 0.04)));
    }
  }
  for (std::size_t i = 0; i < runs[0].size(); ++i) {
    ASSERT_EQ(ids(runs[0][i]), ids(runs[1][i]));
    for (std::size_t k = 0; k < runs[0][i].size(); ++k)
      EXPECT_EQ(runs[0][i][k].box, runs[1][i][k].box);
  }
}

TEST(Tracker, CanBeMoved) {
  Tracker tracker;
  const Detection d = face(10, 10);
  (void)tracker.update({&d, 1}, 0);
  Tracker other = std::move(tracker);
  EXPECT_EQ(ids(other.update({&d, 1}, 0.04)), std::vector<std::int64_t>{1});
}

TEST(TrackerOptions, ImpossibleOnesAreNamed) {
  const auto message = [](const TrackerOptions& options) -> std::string {
    try {
      const Tracker tracker(options);
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::invalid_argument);
      return e.what();
    }
    return "";
  };
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_NE(message({.high_score = 2}).find("high_score"), std::string::npos);
  EXPECT_NE(message({.high_score = nan}).find("high_score"), std::string::npos);
  EXPECT_NE(message({.low_score = 0.6F}).find("low_score"), std::string::npos);
  EXPECT_NE(message({.birth_score = 0.4F}).find("birth_score"), std::string::npos);
  EXPECT_NE(message({.high_iou = 1}).find("high_iou"), std::string::npos);
  EXPECT_NE(message({.low_iou = -1}).find("low_iou"), std::string::npos);
  EXPECT_NE(message({.confirmations = 0}).find("confirmations"), std::string::npos);
  EXPECT_NE(message({.lost_seconds = 0}).find("lost_seconds"), std::string::npos);
  EXPECT_NE(message({.direction = 2}).find("direction"), std::string::npos);
  EXPECT_NE(message({.most_tracks = 0}).find("most_tracks"), std::string::npos);
  EXPECT_EQ(message({}), "");
}

}  // namespace
}  // namespace faceshot::track
