#include "track/complete_tracks.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "base/random.hpp"
#include "faceshot/error.hpp"

namespace faceshot::track {
namespace {

constexpr double rate = 25;

/// The position of a walking face in a frame.
Box walking(std::size_t frame, float speed = 4, float y = 100) {
  const float x = 50 + speed * static_cast<float>(frame);
  return {x, y, x + 40, y + 50};
}

/// A film of a walking face whose score is score(frame); below 0.1 it is not found.
template <typename Score>
std::vector<FilmFrame> film_of(std::size_t frames, const Score& score) {
  std::vector<FilmFrame> film(frames);
  for (std::size_t f = 0; f < frames; ++f) {
    film[f].seconds = static_cast<double>(f) / rate;
    if (score(f) >= 0.1F) film[f].detections.push_back({walking(f), score(f)});
  }
  return film;
}

void expect_whole(const FilmTrack& track, std::size_t first, std::size_t last) {
  ASSERT_EQ(track.boxes.size(), last - first + 1);
  for (std::size_t i = 0; i < track.boxes.size(); ++i) EXPECT_EQ(track.boxes[i].frame, first + i);
}

TEST(CompleteTracks, GapsAreFilledWhereTheFaceWas) {
  const auto film = film_of(60, [](std::size_t f) { return f >= 20 && f < 35 ? 0.0F : 0.9F; });
  const FilmTracks result = complete_tracks(film);
  ASSERT_EQ(result.tracks.size(), 1U);
  expect_whole(result.tracks[0], 0, 59);
  for (const FilmBox& b : result.tracks[0].boxes) {
    const bool gap = b.frame >= 20 && b.frame < 35;
    EXPECT_EQ(b.origin, gap ? BoxOrigin::interpolated : BoxOrigin::detected);
    EXPECT_GT(iou(b.box, walking(b.frame)), 0.8F) << b.frame;
    EXPECT_EQ(coverage(walking(b.frame), b.cover), 1) << b.frame;
    if (!gap) {
      EXPECT_EQ(b.box, walking(b.frame));
    }
  }
  // The middle of the gap is the most uncertain.
  EXPECT_GT(result.tracks[0].boxes[27].uncertainty, result.tracks[0].boxes[20].uncertainty);
  EXPECT_GT(result.tracks[0].boxes[27].uncertainty, result.tracks[0].boxes[34].uncertainty);
  EXPECT_GT(result.tracks[0].boxes[27].cover.area(), result.tracks[0].boxes[5].cover.area());
  EXPECT_EQ(result.report.detected, 45U);
  EXPECT_EQ(result.report.interpolated, 15U);
  ASSERT_EQ(result.report.doubtful.size(), 1U);
  EXPECT_EQ(result.report.doubtful[0].first, 20U);
  EXPECT_EQ(result.report.doubtful[0].last, 34U);
  EXPECT_TRUE(result.report.doubtful[0].wants_look);
}

TEST(CompleteTracks, TracksGoOnBeforeAndAfter) {
  const auto film = film_of(80, [](std::size_t f) { return f >= 30 && f < 50 ? 0.9F : 0.0F; });
  const FilmTracks result = complete_tracks(film, {.extend_seconds = 0.4});
  ASSERT_EQ(result.tracks.size(), 1U);
  expect_whole(result.tracks[0], 20, 59);
  for (const FilmBox& b : result.tracks[0].boxes) {
    EXPECT_EQ(b.origin == BoxOrigin::extended, b.frame < 30 || b.frame >= 50);
    EXPECT_GT(coverage(walking(b.frame), b.cover), 0.9F) << b.frame;
  }
  EXPECT_EQ(result.report.extended, 20U);
  for (const DoubtfulSpan& span : result.report.doubtful) EXPECT_FALSE(span.wants_look);
  expect_whole(complete_tracks(film, {.extend_seconds = 0}).tracks[0], 30, 49);
}

TEST(CompleteTracks, UnsureDetectionsAreTakenForwardAndBack) {
  const auto film = film_of(60, [](std::size_t f) { return f >= 20 && f < 40 ? 0.9F : 0.2F; });
  const FilmTracks result = complete_tracks(film);
  ASSERT_EQ(result.tracks.size(), 1U);
  expect_whole(result.tracks[0], 0, 59);
  EXPECT_EQ(result.report.low_score, 40U);
  EXPECT_EQ(result.report.interpolated + result.report.extended, 0U);
  EXPECT_EQ(result.tracks[0].boxes[0].origin, BoxOrigin::low_score);
  ASSERT_EQ(result.report.doubtful.size(), 2U);
  EXPECT_TRUE(result.report.doubtful[0].wants_look);
  EXPECT_FLOAT_EQ(result.report.doubtful[0].lowest_score, 0.2F);
}

TEST(CompleteTracks, UnsureOnesAloneAreNoFace) {
  EXPECT_TRUE(complete_tracks(film_of(30, [](std::size_t) { return 0.4F; })).tracks.empty());
}

TEST(CompleteTracks, OneSureDetectionIsATrackThatWantsALook) {
  const FilmTracks result =
      complete_tracks(film_of(30, [](std::size_t f) { return f == 15 ? 0.9F : 0.0F; }));
  ASSERT_EQ(result.tracks.size(), 1U);
  EXPECT_EQ(result.report.detected, 1U);
  EXPECT_TRUE(std::any_of(result.report.doubtful.begin(), result.report.doubtful.end(),
                          [](const DoubtfulSpan& s) { return s.wants_look; }));
}

TEST(CompleteTracks, NoTrackPassesACut) {
  auto film = film_of(60, [](std::size_t f) { return f >= 28 && f < 33 ? 0.0F : 0.9F; });
  film[30].cut = true;
  const FilmTracks result = complete_tracks(film);
  EXPECT_EQ(result.report.scenes, 2U);
  ASSERT_EQ(result.tracks.size(), 2U);
  expect_whole(result.tracks[0], 0, 29);
  expect_whole(result.tracks[1], 30, 59);
  for (std::size_t i = 0; i < 2; ++i)
    for (const FilmBox& b : result.tracks[i].boxes) EXPECT_NE(b.origin, BoxOrigin::interpolated);
}

TEST(CompleteTracks, FramesNotLookedAtAreInterpolatedAndWantNoLook) {
  auto film = film_of(61, [](std::size_t) { return 0.9F; });
  for (std::size_t f = 0; f < film.size(); ++f)
    if (f % 3 != 0) {
      film[f].looked_at = false;
      film[f].detections.clear();
    }
  const FilmTracks result = complete_tracks(film);
  ASSERT_EQ(result.tracks.size(), 1U);
  expect_whole(result.tracks[0], 0, 60);
  for (const FilmBox& b : result.tracks[0].boxes)
    EXPECT_GT(iou(b.box, walking(b.frame)), 0.85F) << b.frame;
  for (const DoubtfulSpan& s : result.report.doubtful) EXPECT_FALSE(s.wants_look);
}

TEST(CompleteTracks, UnevenFramesAreWhereTimePutsThem) {
  base::Random random(3);
  std::vector<FilmFrame> film(60);
  double t = 0;
  for (std::size_t f = 0; f < film.size();
       ++f, t += static_cast<double>(random.uniform(0.01F, 0.09F))) {
    film[f].seconds = t;
    const auto x = static_cast<float>(100 * t);
    if (f < 20 || f >= 30) film[f].detections.push_back({{x, 0, x + 40, 50}, 0.9F});
  }
  const FilmTracks result = complete_tracks(film);
  ASSERT_EQ(result.tracks.size(), 1U);
  for (const FilmBox& b : result.tracks[0].boxes)
    EXPECT_NEAR(b.box.x1, 100 * film[b.frame].seconds, 4) << b.frame;
}

TEST(CompleteTracks, GapsMoveWithTheCamera) {
  // The face stands still in the world while the camera pans across it and it is not found.
  std::vector<FilmFrame> film(40);
  double x = 300;
  for (std::size_t f = 0; f < film.size(); ++f) {
    film[f].seconds = static_cast<double>(f) / rate;
    const double shift = f == 0 ? 0 : 40 * std::sin(static_cast<double>(f) / 4);
    film[f].motion.tx = shift;
    x += shift;
    const auto left = static_cast<float>(x);
    if (f < 10 || f >= 20) film[f].detections.push_back({{left, 50, left + 40, 90}, 0.9F});
    if (f >= 20) continue;
  }
  const FilmTracks result = complete_tracks(film);
  ASSERT_EQ(result.tracks.size(), 1U);
  double at = 300;
  for (const FilmBox& b : result.tracks[0].boxes) {
    at += film[b.frame].motion.tx;
    EXPECT_NEAR(b.box.x1, at, 2) << b.frame;
  }
}

TEST(CompleteTracks, PiecesOfOneFaceAreJoined) {
  // Lost for longer than the tracker keeps it.
  CompletionOptions options;
  options.tracker.lost_seconds = 0.2;
  const auto film = film_of(70, [](std::size_t f) { return f >= 30 && f < 45 ? 0.0F : 0.9F; });
  const FilmTracks result = complete_tracks(film, options);
  ASSERT_EQ(result.tracks.size(), 1U);
  EXPECT_EQ(result.report.joined, 1U);
  expect_whole(result.tracks[0], 0, 69);
  options.join_seconds = 0.3;
  EXPECT_EQ(complete_tracks(film, options).tracks.size(), 2U);
}

TEST(CompleteTracks, LandmarksComeWithTheirDetections) {
  auto film = film_of(10, [](std::size_t f) { return f == 5 ? 0.0F : 0.9F; });
  for (FilmFrame& frame : film)
    for (Detection& d : frame.detections) d.landmarks = Landmarks{1, 2, 3};
  const FilmTracks result = complete_tracks(film);
  ASSERT_EQ(result.tracks.size(), 1U);
  for (const FilmBox& b : result.tracks[0].boxes)
    EXPECT_EQ(b.landmarks.has_value(), b.origin == BoxOrigin::detected);
}

TEST(CompleteTracks, BoxesByFrameFindsThemAll) {
  const auto film = film_of(20, [](std::size_t) { return 0.9F; });
  const FilmTracks result = complete_tracks(film);
  const auto by_frame = boxes_by_frame(result.tracks, film.size());
  ASSERT_EQ(by_frame.size(), 20U);
  for (std::size_t f = 0; f < 20; ++f) {
    ASSERT_EQ(by_frame[f].size(), 1U);
    EXPECT_EQ(result.tracks[by_frame[f][0].track].boxes[by_frame[f][0].box].frame, f);
  }
}

TEST(CompleteTracks, NothingIsNothing) {
  const FilmTracks result = complete_tracks({});
  EXPECT_TRUE(result.tracks.empty());
  EXPECT_EQ(result.report.scenes, 0U);
}

TEST(CompleteTracks, WhateverAFilmHolds) {
  base::Random random(12);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (int round = 0; round < 30; ++round) {
    std::vector<FilmFrame> film(80);
    for (FilmFrame& frame : film) {
      frame.seconds = random.chance(0.05F) ? std::numeric_limits<double>::quiet_NaN()
                                           : static_cast<double>(random.uniform(-1, 5));
      frame.cut = random.chance(0.05F);
      frame.looked_at = random.chance(0.8F);
      frame.motion.tx = random.chance(0.1F) ? 1e300 : static_cast<double>(random.uniform(-9, 9));
      for (std::uint32_t i = random.below(5); i > 0; --i) {
        const float x = random.uniform(0, 200), y = random.uniform(0, 200);
        frame.detections.push_back(
            {{x, y, random.chance(0.05F) ? nan : x + random.uniform(1, 60), y + 40},
             random.uniform()});
      }
    }
    for (const FilmTrack& track : complete_tracks(film).tracks)
      for (const FilmBox& b : track.boxes) {
        ASSERT_TRUE(finite(b.box) && b.box.valid());
        ASSERT_TRUE(finite(b.cover));
        ASSERT_GE(coverage(b.box, b.cover), 0.99F);
      }
  }
}

TEST(CompletionOptions, ImpossibleOnesAreNamed) {
  const auto film = film_of(3, [](std::size_t) { return 0.9F; });
  EXPECT_THROW((void)complete_tracks(film, {.extend_seconds = -1}), Error);
  EXPECT_THROW((void)complete_tracks(film, {.join_seconds = -1}), Error);
  EXPECT_THROW((void)complete_tracks(film, {.cover_deviations = 11}), Error);
  EXPECT_THROW((void)complete_tracks(film, {.most_growth = 3}), Error);
}

}  // namespace
}  // namespace faceshot::track
