// Two made-up results for one made-up film (tests/evaluate/fixtures/mot), and TrackEval's figures
// for them (github.com/JonathonLuiten/TrackEval, commit of 2023): benchmark MOT17, with its
// preprocessing.
#include "evaluate/tracks/mot_metrics.hpp"

#include <gtest/gtest.h>

#include <string>

#include "evaluate/tracks/mot_report.hpp"

namespace faceshot::evaluate {
namespace {

MotSequence made_up(const std::string& result) {
  const std::string dir = std::string(FACESHOT_SOURCE_DIR) + "/tests/evaluate/fixtures/mot/";
  return read_mot_sequences(dir + "truth.txt", dir + result + ".txt").front();
}

constexpr double exact = 5e-7;  // TrackEval's figures are written with six decimals

TEST(MotMetrics, SteadyTracksAreWhatTrackEvalSays) {
  const MotResult r = evaluate_mot(made_up("steady"));
  EXPECT_NEAR(r.hota.hota(), 0.567894, exact);
  EXPECT_NEAR(r.hota.detection(), 0.654856, exact);
  EXPECT_NEAR(mean(r.hota.association), 0.493749, exact);
  EXPECT_NEAR(r.hota.detection_recall(), 0.761547, exact);
  EXPECT_NEAR(r.hota.detection_precision(), 0.724578, exact);
  EXPECT_NEAR(mean(r.hota.association_recall), 0.554248, exact);
  EXPECT_NEAR(mean(r.hota.association_precision), 0.760903, exact);
  EXPECT_NEAR(mean(r.hota.location), 0.828908, exact);
  EXPECT_NEAR(r.clear.mota(), 0.744898, exact);
  EXPECT_NEAR(r.clear.motp(), 0.803958, exact);
  EXPECT_NEAR(r.clear.recall(), 0.928571, exact);
  EXPECT_NEAR(r.clear.precision(), 0.883495, exact);
  EXPECT_EQ(r.clear.tp, 91U);
  EXPECT_EQ(r.clear.fp, 12U);
  EXPECT_EQ(r.clear.fn, 7U);
  EXPECT_EQ(r.clear.switches, 6U);
  EXPECT_EQ(r.clear.fragments, 5U);
  EXPECT_EQ(r.clear.mostly_tracked, 6U);
  EXPECT_EQ(r.clear.mostly_lost, 0U);
  EXPECT_NEAR(r.identity.idf1(), 0.686567, exact);
  EXPECT_NEAR(r.identity.recall(), 0.704082, exact);
  EXPECT_NEAR(r.identity.precision(), 0.669903, exact);
  EXPECT_EQ(r.identity.tp, 69U);
  EXPECT_EQ(r.identity.fp, 34U);
  EXPECT_EQ(r.identity.fn, 29U);
}

TEST(MotMetrics, ShakyTracksAreWhatTrackEvalSays) {
  const MotResult r = evaluate_mot(made_up("shaky"));
  EXPECT_NEAR(r.hota.hota(), 0.213473, exact);
  EXPECT_NEAR(r.hota.detection(), 0.314983, exact);
  EXPECT_NEAR(mean(r.hota.association), 0.146659, exact);
  EXPECT_NEAR(r.hota.detection_recall(), 0.435553, exact);
  EXPECT_NEAR(r.hota.detection_precision(), 0.410425, exact);
  EXPECT_NEAR(mean(r.hota.association_recall), 0.160197, exact);
  EXPECT_NEAR(mean(r.hota.association_precision), 0.513373, exact);
  EXPECT_NEAR(mean(r.hota.location), 0.699208, exact);
  EXPECT_NEAR(r.clear.mota(), -0.153061, exact);
  EXPECT_NEAR(r.clear.motp(), 0.636786, exact);
  EXPECT_EQ(r.clear.tp, 51U);
  EXPECT_EQ(r.clear.fp, 53U);
  EXPECT_EQ(r.clear.fn, 47U);
  EXPECT_EQ(r.clear.switches, 13U);
  EXPECT_EQ(r.clear.fragments, 19U);
  EXPECT_EQ(r.clear.mostly_tracked, 0U);
  EXPECT_EQ(r.clear.partly_tracked, 6U);
  EXPECT_NEAR(r.identity.idf1(), 0.237624, exact);
  EXPECT_EQ(r.identity.tp, 24U);
  EXPECT_EQ(r.identity.fp, 80U);
  EXPECT_EQ(r.identity.fn, 74U);
}

MotBox box_at(int frame, std::int64_t id, double left) {
  MotBox box;
  box.frame = frame;
  box.id = id;
  box.left = left;
  box.width = 40;
  box.height = 40;
  return box;
}

TEST(MotMetrics, TheTruthIsPerfect) {
  MotSequence s = made_up("steady");
  s.found.clear();
  for (MotBox box : s.truth) {
    box.type = 1;
    box.confidence = 1;
    s.found.push_back(box);
  }
  // Boxes on ground truth of confidence 0 are false positives, as in TrackEval: leave them out.
  std::erase_if(s.truth, [](const MotBox& b) { return b.confidence == 0; });
  std::erase_if(s.found, [](const MotBox& b) { return b.id == 15 && b.frame < 12; });
  const MotResult r = evaluate_mot(s);
  EXPECT_DOUBLE_EQ(r.hota.hota(), 1);
  EXPECT_DOUBLE_EQ(r.clear.mota(), 1);
  EXPECT_DOUBLE_EQ(r.identity.idf1(), 1);
  EXPECT_EQ(r.clear.switches, 0U);
  const LeakRate leak = leak_rate(s, {}, faces_found(s));
  EXPECT_EQ(leak.leaked, 0);
  EXPECT_EQ(leak.never_found, 0U);
}

TEST(MotMetrics, NothingFoundAndNothingThere) {
  MotSequence s{"s", {box_at(1, 1, 0), box_at(2, 1, 0)}, {}};
  MotResult r = evaluate_mot(s);
  EXPECT_EQ(r.clear.mota(), 0);
  EXPECT_EQ(r.clear.mostly_lost, 1U);
  EXPECT_EQ(r.identity.fn, 2U);
  EXPECT_EQ(r.hota.hota(), 0);
  std::swap(s.truth, s.found);
  r = evaluate_mot(s);
  EXPECT_EQ(r.clear.fp, 2U);
  EXPECT_EQ(r.identity.fp, 2U);
}

TEST(MotMetrics, OneFilmCombinedIsItself) {
  const MotResult r = evaluate_mot(made_up("steady"));
  const MotResult all = combine(std::vector<MotResult>{r, evaluate_mot({"empty", {}, {}})});
  EXPECT_NEAR(all.hota.hota(), r.hota.hota(), 1e-12);
  EXPECT_NEAR(mean(all.hota.location), mean(r.hota.location), 1e-12);
  EXPECT_NEAR(all.clear.mota(), r.clear.mota(), 1e-12);
  EXPECT_NEAR(all.identity.idf1(), r.identity.idf1(), 1e-12);
}

TEST(LeakRate, CountsPixelsOfTheEllipse) {
  // In the first frame the right half of the face is hidden; in the second none of it.
  MotSequence s{"s", {box_at(1, 1, 100), box_at(2, 1, 100)}, {box_at(1, 7, 120)}};
  const std::set<std::int64_t> found{1};
  const LeakRate leak = leak_rate(s, {HidingShape::box, 0}, found);
  EXPECT_NEAR(leak.pixels, 2 * 3.14159 * 20 * 20, 20);
  EXPECT_NEAR(leak.rate(), 0.75, 1e-9);
  EXPECT_EQ(leak.faces, 1U);
  // A margin of half a width hides the rest.
  EXPECT_NEAR(leak_rate(s, {HidingShape::box, 0.5}, found).rate(), 0.5, 1e-9);
  EXPECT_GT(leak_rate(s, {HidingShape::ellipse, 0.3}, found).rate(),
            leak_rate(s, {HidingShape::box, 0.3}, found).rate());
}

TEST(LeakRate, WhatIsNotSeenDoesNotLeak) {
  MotSequence s{"s", {box_at(1, 1, 100), box_at(2, 1, 100)}, {box_at(1, 7, 100)}};
  s.truth[1].visibility = 0;
  s.truth[1].type = 8;
  EXPECT_EQ(leak_rate(s, {}, {1}).rate(), 0);
  s.truth[1].visibility = 0.5;  // not evaluated, but its visible half leaks
  EXPECT_NEAR(leak_rate(s, {}, {1}).rate(), 1.0 / 3, 1e-9);
}

TEST(LeakRate, FacesNeverFoundAreToldApart) {
  MotSequence s{"s", {box_at(1, 1, 100), box_at(1, 2, 300)}, {box_at(1, 7, 100)}};
  const LeakRate leak = leak_rate(s, {}, faces_found(s));
  EXPECT_EQ(leak.rate(), 0);
  EXPECT_EQ(leak.never_found, 1U);
  EXPECT_NEAR(leak.never_found_rate(), 0.5, 1e-9);
}

}  // namespace
}  // namespace faceshot::evaluate
