#include "loss/matching.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "faceshot/error.hpp"
#include "geometry/arbitrary.hpp"

namespace faceshot::loss {
namespace {

using geometry::Annotation;

/// Priors of 10 px, 10 px apart, in one row: prior i covers [10 i, 10 i + 10).
std::vector<Prior> row_of_priors(int count) {
  std::vector<Prior> priors;
  for (int i = 0; i < count; ++i) priors.push_back({10.0F * static_cast<float>(i) + 5, 5, 10, 10});
  return priors;
}

Annotation face(float x1, float y1, float x2, float y2, bool ignore = false) {
  Annotation a;
  a.box = {x1, y1, x2, y2};
  a.ignore = ignore;
  return a;
}

TEST(Matching, PriorsOverTheThresholdArePositive) {
  // IoU with prior 1 is 80 / 120, with prior 2 it is 20 / 180.
  const std::vector<Annotation> faces{face(12, 0, 22, 10)};
  EXPECT_EQ(match_priors(row_of_priors(4), faces, {}), (std::vector<std::int32_t>{-1, 0, -1, -1}));
}

TEST(Matching, AFaceWithoutAGoodPriorGetsItsBest) {
  const std::vector<Annotation> faces{face(11, 1, 14, 4)};  // IoU 9 / 100
  EXPECT_EQ(match_priors(row_of_priors(3), faces, {}), (std::vector<std::int32_t>{-1, 0, -1}));
}

TEST(Matching, BetweenTheThresholdsAPriorTakesNoPart) {
  MatchOptions options;
  options.iou = 0.5F;
  options.negative_iou = 0.1F;
  const std::vector<Annotation> faces{face(12, 0, 22, 10)};
  EXPECT_EQ(match_priors(row_of_priors(4), faces, options),
            (std::vector<std::int32_t>{-1, 0, match_ignored, -1}));
}

TEST(Matching, AContestedPriorGoesToTheBetterFit) {
  // Both faces overlap prior 1 most; face 1 fits better, so face 0 takes its next best, prior 0.
  const std::vector<Annotation> faces{face(5, 0, 16, 10), face(10, 0, 20, 10)};
  EXPECT_EQ(match_priors(row_of_priors(3), faces, {}), (std::vector<std::int32_t>{0, 1, -1}));
}

TEST(Matching, PriorsInIgnoreRegionsTakeNoPartButAFaceInsideKeepsItsPrior) {
  const std::vector<Annotation> faces{face(0, 0, 30, 10, true), face(10, 0, 20, 10)};
  EXPECT_EQ(match_priors(row_of_priors(4), faces, {}),
            (std::vector<std::int32_t>{match_ignored, 1, match_ignored, -1}));
}

TEST(Matching, SmallFacesAreGivenMorePriorsByScaleCompensation) {
  const std::vector<Annotation> faces{face(6, 2, 14, 8)};  // IoU 24/124 with priors 0 and 1
  MatchOptions options;
  EXPECT_EQ(match_priors(row_of_priors(3), faces, options), (std::vector<std::int32_t>{0, -1, -1}));
  options.min_matches = 2;
  EXPECT_EQ(match_priors(row_of_priors(3), faces, options), (std::vector<std::int32_t>{0, 0, -1}));
  options.compensation_iou = 0.2F;  // above 24/124: no further prior
  EXPECT_EQ(match_priors(row_of_priors(3), faces, options), (std::vector<std::int32_t>{0, -1, -1}));
}

RC_GTEST_PROP(Matching, EveryFaceThatTouchesAPriorGetsOne, ()) {
  static const auto priors =
      make_priors({.levels = {{.min_sizes = {10, 16}, .max_sizes = {}, .aspect_ratios = {}},
                              {.min_sizes = {32, 64}, .max_sizes = {}, .aspect_ratios = {}}}},
                  160, 160, {{20, 20}, {10, 10}});
  const auto at = testing::eighths(0, 140), side = testing::eighths(2, 20);
  const auto faces = *rc::gen::nonEmpty(rc::gen::container<std::vector<Annotation>>(
      rc::gen::apply([](float x, float y, float w, float h) { return face(x, y, x + w, y + h); },
                     at, at, side, side)));
  // Priors are scarce where faces crowd: up to twenty faces each find their own.
  RC_PRE(faces.size() <= 20U);
  const auto match = match_priors(priors, faces, {});
  for (std::int32_t f = 0; f < static_cast<std::int32_t>(faces.size()); ++f)
    RC_ASSERT(std::find(match.begin(), match.end(), f) != match.end());
  for (std::size_t p = 0; p < priors.size(); ++p) {
    float best = 0;
    for (const auto& f : faces) best = std::max(best, iou(priors[p].box(), f.box));
    RC_ASSERT(best < 0.35F || match[p] >= 0);
  }
}

TEST(Matching, NoFacesAndNoPriors) {
  EXPECT_EQ(match_priors(row_of_priors(2), {}, {}), (std::vector<std::int32_t>{-1, -1}));
  EXPECT_TRUE(match_priors({}, std::vector<Annotation>{face(0, 0, 5, 5)}, {}).empty());
}

TEST(Matching, ImpossibleOptionsAreNamed) {
  MatchOptions options;
  options.negative_iou = 0.6F;
  EXPECT_THROW(validate(options), Error);
}

}  // namespace
}  // namespace faceshot::loss
