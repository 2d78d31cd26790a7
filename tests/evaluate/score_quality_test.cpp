#include "evaluate/study/score_quality.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "base/random.hpp"

namespace faceshot::evaluate {
namespace {

TEST(ScoreQuality, ByHand) {
  // The eighth bin has one of two correct and a mean of 0.73, the first none of one, the last all.
  const std::vector<JudgedScore> scores{
      {0.75F, true}, {0.71F, false}, {0.05F, false}, {1.0F, true}};
  const Reliability r = reliability(scores);
  EXPECT_EQ(r.bins[7].detections, 2U);
  EXPECT_NEAR(r.bins[7].mean_score, 0.73, 1e-6);
  EXPECT_NEAR(r.bins[7].share_right, 0.5, 1e-6);
  EXPECT_EQ(r.bins[0].detections, 1U);
  EXPECT_EQ(r.bins[9].detections, 1U);
  EXPECT_NEAR(r.expected_error, (2 * 0.23 + 0.05 + 0) / 4, 1e-6);
  EXPECT_NEAR(r.brier_score, (0.0625 + 0.5041 + 0.0025 + 0) / 4, 1e-6);
  EXPECT_EQ(reliability({}).expected_error, 0);
}

TEST(ScoreQuality, ProbabilitiesHaveNoCalibrationError) {
  base::Random random(5);
  std::vector<JudgedScore> scores;
  for (int i = 0; i < 200'000; ++i) {
    const float score = random.uniform();
    scores.push_back({score, random.uniform() < score});
  }
  EXPECT_LT(reliability(scores).expected_error, 0.005);
  EXPECT_NEAR(reliability(scores).brier_score, 1.0 / 6, 0.002) << "the mean of p (1 - p)";
}

TEST(ThresholdSweep, CountsWhatIsShown) {
  const std::vector<JudgedScore> scores{{0.5F, true}, {0.9F, true}, {0.7F, false}, {0.2F, false}};
  const ThresholdSweep sweep(scores, 4);
  EXPECT_EQ(sweep.at(0.95).precision, 1);
  EXPECT_EQ(sweep.at(0.95).recall, 0);
  EXPECT_EQ(sweep.at(0.9F).recall, 0.25);
  EXPECT_DOUBLE_EQ(sweep.at(0.6).precision, 0.5);
  EXPECT_DOUBLE_EQ(sweep.at(0.5).precision, 2.0 / 3);
  EXPECT_DOUBLE_EQ(sweep.at(0.5).recall, 0.5);
  EXPECT_DOUBLE_EQ(sweep.at(0.5).f1(), 4.0 / 7);
  EXPECT_DOUBLE_EQ(sweep.best().threshold, 0.5);
  // A score equal to 0.9 as a float must be shown at 0.9.
  EXPECT_EQ(sweep.at(0.9).recall, 0.25);
  EXPECT_EQ(ThresholdSweep({}, 3).best().threshold, 0.5);
  EXPECT_EQ(ThresholdSweep({}, 0).round_figure().threshold, 0.5);
}

/// F1 is highest at `best` and falls off on both sides.
ThresholdSweep peaked(float best) {
  std::vector<JudgedScore> scores;
  for (int i = 0; i < 1000; ++i) {
    const float score = (static_cast<float>(i) + 0.5F) / 1000;
    scores.push_back({score, score >= best});
  }
  return {scores, 1000 - static_cast<std::size_t>(1000 * best)};
}

TEST(ThresholdSweep, PrefersRoundFigures) {
  EXPECT_NEAR(peaked(0.437F).best().threshold, 0.4375, 1e-6);
  EXPECT_DOUBLE_EQ(peaked(0.5F).round_figure().threshold, 0.5);
  EXPECT_DOUBLE_EQ(peaked(0.503F).round_figure().threshold, 0.5);
  EXPECT_DOUBLE_EQ(peaked(0.398F).round_figure().threshold, 0.4);
  EXPECT_DOUBLE_EQ(peaked(0.352F).round_figure().threshold, 0.35);
  EXPECT_DOUBLE_EQ(peaked(0.437F).round_figure().threshold, 0.44);
  EXPECT_DOUBLE_EQ(peaked(0.437F).round_figure(0.1).threshold, 0.5);
}

}  // namespace
}  // namespace faceshot::evaluate
