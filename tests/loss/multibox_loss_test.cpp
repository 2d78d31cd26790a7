#include "loss/multibox_loss.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/random.hpp"
#include "faceshot/error.hpp"
#include "loss/class_loss.hpp"
#include "loss/multibox_case.hpp"

namespace faceshot::loss::multibox_loss_test {
namespace {

TEST(MultiboxLoss, OfUndecidedLogitsIsLogTwoAPrior) {
  // All logits equal: cross-entropy ln 2 for every positive and each of its three negatives.
  Outputs o{std::vector<float>(128 * 4), std::vector<float>(128 * 2)};
  LossOptions options;
  options.min_negatives = 0;
  const auto result = loss_of(o, {{face(8, 8, 18, 18)}}, options);
  ASSERT_GT(result.positives, 0);
  EXPECT_EQ(result.negatives, 3 * result.positives);
  EXPECT_NEAR(result.confidence, 4 * std::log(2.0), 1e-6);
}

TEST(MultiboxLoss, PerfectOutputsCostNothing) {
  const auto priors = grid();
  const std::vector<Annotation> faces{face(8, 8, 18, 18)};
  const auto match = match_priors(priors, faces, {});
  Outputs o{std::vector<float>(128 * 4), std::vector<float>(128 * 2)};
  for (std::size_t p = 0; p < priors.size(); ++p) {
    o.conf[2 * p + (match[p] >= 0 ? 1 : 0)] = 30;
    if (match[p] < 0) continue;
    const BoxOffsets exact = encode(faces[0].box, priors[p], variances);
    std::copy(exact.begin(), exact.end(), o.loc.begin() + static_cast<std::ptrdiff_t>(4 * p));
  }
  EXPECT_NEAR(loss_of(o, {faces}).total(), 0, 1e-5);
}

TEST(MultiboxLoss, MinesTheHardestNegatives) {
  Outputs o{std::vector<float>(128 * 4), std::vector<float>(128 * 2)};
  LossOptions options;
  options.min_negatives = 2;
  o.conf[2 * 100 + 1] = 5;  // two priors with a wrong, confident "face"
  o.conf[2 * 27 + 1] = 4;
  const auto result = loss_of(o, {{}}, options);
  EXPECT_EQ(result.negatives, 2);
  for (std::size_t p = 0; p < 128; ++p)
    EXPECT_EQ(result.conf_gradient[2 * p] != 0, p == 100 || p == 27) << "prior " << p;
}

TEST(MultiboxLoss, IsFiniteWithoutFacesAndForAnEmptyBatch) {
  const auto nobody = loss_of(random_outputs(2, 128, 1, 5), {{}, {}});
  EXPECT_TRUE(std::isfinite(nobody.total()));
  EXPECT_EQ(nobody.positives, 0);
  EXPECT_EQ(nobody.negatives, 2 * 16);
  EXPECT_EQ(loss_of({}, {}).total(), 0);
}

TEST(MultiboxLoss, ADegenerateFaceIsNoFace) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const Annotation& bad : {face(20, 20, 20, 30), face(30, 20, 10, 40), face(nan, 0, 5, 5)}) {
    const auto result = loss_of(random_outputs(1, 128, 1, 6), {{bad}});
    EXPECT_EQ(result.positives, 0);
    EXPECT_TRUE(std::isfinite(result.total()));
  }
}

TEST(MultiboxLoss, AnIgnoreRegionTakesNoPart) {
  LossOptions options;
  options.min_negatives = 1000;  // every negative there is
  const auto result = loss_of(random_outputs(1, 128, 1, 8), {{face(0, 0, 64, 64, true)}}, options);
  EXPECT_EQ(result.positives, 0);
  EXPECT_LT(result.negatives, 20);  // only priors more than half outside the image
}

TEST(MultiboxLoss, DoesNotDependOnThreads) {
  const auto o = random_outputs(5, 128, 1, 9);
  const std::vector<std::vector<Annotation>> faces{{face(8, 8, 18, 18)},
                                                   {},
                                                   {face(20, 30, 36, 50), face(1, 1, 9, 12)},
                                                   {},
                                                   {face(40, 40, 56, 60)}};
  const auto one = loss_of(o, faces, {}, 1);
  const auto three = loss_of(o, faces, {}, 3);
  EXPECT_EQ(one.total(), three.total());
  EXPECT_EQ(one.loc_gradient, three.loc_gradient);
  EXPECT_EQ(one.conf_gradient, three.conf_gradient);
}

TEST(MultiboxLoss, SaysThatTrainingHasDiverged) {
  auto o = random_outputs(1, 128, 1, 10);
  o.conf[17] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(loss_of(o, {{}}), Error);
}

TEST(MultiboxLoss, RefusesUnknownClassesAndSizes) {
  Annotation cat = face(8, 8, 18, 18);
  cat.class_id = 1;
  EXPECT_THROW(loss_of(random_outputs(1, 128, 1, 11), {{cat}}), Error);
  EXPECT_THROW(loss_of(random_outputs(1, 127, 1, 11), {{}}), Error);
}

Outputs outputs_with_landmarks(std::size_t images, std::uint64_t seed) {
  Outputs o = random_outputs(images, 128, 1, seed);
  base::Random random(seed + 1);
  o.landmarks.resize(images * 128 * 10);
  for (float& v : o.landmarks) v = random.uniform(-2, 2);
  return o;
}

Annotation face_with_landmarks() {
  Annotation a = face(8, 8, 18, 18);
  a.landmarks = Landmarks{10, 11, 15, 11, 13, 14, 11, 16, 15, 16};
  return a;
}

TEST(MultiboxLandmarks, CountOnlyWhereTheFaceHasThem) {
  const std::vector<Annotation> faces{face_with_landmarks(), face(36, 36, 50, 50)};
  const auto match = match_priors(grid(), faces, {});
  const auto result = loss_of(outputs_with_landmarks(1, 20), {faces});
  EXPECT_EQ(result.landmark_positives, std::count(match.begin(), match.end(), 0));
  EXPECT_LT(result.landmark_positives, result.positives);
  for (std::size_t p = 0; p < match.size(); ++p)
    for (std::size_t i = 0; i < 10; ++i)
      EXPECT_EQ(result.landmark_gradient[10 * p + i] != 0, match[p] == 0) << "prior " << p;
}

TEST(MultiboxLandmarks, PerfectPointsCostNothingAndOthersByHand) {
  const auto priors = grid();
  const std::vector<Annotation> faces{face_with_landmarks()};
  const auto match = match_priors(priors, faces, {});
  Outputs o = outputs_with_landmarks(1, 21);
  for (std::size_t p = 0; p < priors.size(); ++p) {
    if (match[p] < 0) continue;
    const auto exact = encode_landmarks(*faces[0].landmarks, priors[p], variances);
    std::copy(exact.begin(), exact.end(),
              o.landmarks.begin() + static_cast<std::ptrdiff_t>(10 * p));
  }
  EXPECT_NEAR(loss_of(o, {faces}).landmarks, 0, 1e-9);
  // All ten coordinates of every prior are off by 3: smooth L1 of 2.5 each, weight 0.5.
  for (float& v : o.landmarks) v += 3;
  EXPECT_NEAR(loss_of(o, {faces}).landmarks, 0.25 * 10 * 2.5, 1e-5);
}

TEST(MultiboxLandmarks, LeaveTheOtherLossesAlone) {
  const std::vector<std::vector<Annotation>> faces{{face_with_landmarks()}};
  Outputs o = outputs_with_landmarks(1, 22);
  const auto with = loss_of(o, faces);
  o.landmarks.clear();
  const auto without = loss_of(o, faces);
  EXPECT_GT(with.landmarks, 0);
  EXPECT_EQ(with.confidence, without.confidence);
  EXPECT_EQ(with.location, without.location);
  EXPECT_EQ(with.loc_gradient, without.loc_gradient);
  EXPECT_EQ(with.conf_gradient, without.conf_gradient);
  EXPECT_EQ(without.landmarks, 0);
  EXPECT_TRUE(without.landmark_gradient.empty());
}

TEST(MultiboxLandmarks, AreFiniteWithoutAnyAndRefusedInTheWrongNumber) {
  const auto nobody = loss_of(outputs_with_landmarks(2, 23), {{}, {face(8, 8, 18, 18)}});
  EXPECT_EQ(nobody.landmarks, 0);
  EXPECT_EQ(nobody.landmark_positives, 0);
  Outputs o = outputs_with_landmarks(1, 24);
  o.landmarks.pop_back();
  EXPECT_THROW(loss_of(o, {{}}), Error);
  o = outputs_with_landmarks(1, 24);
  o.landmarks[3] = std::numeric_limits<float>::infinity();
  EXPECT_THROW(loss_of(o, {{}}), Error);
}

TEST(MultiboxLandmarks, GradientAgreesWithFiniteDifferences) {
  const std::vector<std::vector<Annotation>> faces{{face_with_landmarks(), face(36, 36, 50, 50)},
                                                   {face_with_landmarks()}};
  for (const char* const kind : {"smooth_l1", "wing"}) {
    LossOptions options;
    options.landmark_loss = kind;
    options.landmark_weight = 0.7F;
    const Outputs o = outputs_with_landmarks(2, 25);
    const auto result = loss_of(o, faces, options);
    int compared = 0;
    for (std::size_t i = 0; i < o.landmarks.size(); ++i) {
      if (result.landmark_gradient[i] == 0 && i % 97 != 0) continue;
      const float h = 2e-3F;
      Outputs moved = o;
      moved.landmarks[i] = o.landmarks[i] + h;
      const double up = loss_of(moved, faces, options).total();
      moved.landmarks[i] = o.landmarks[i] - h;
      const double down = loss_of(moved, faces, options).total();
      EXPECT_NEAR(static_cast<double>(result.landmark_gradient[i]),
                  (up - down) / static_cast<double>(2 * h), 2e-3)
          << kind << " " << i;
      ++compared;
    }
    EXPECT_GT(compared, 60);
  }
}

struct GradientCase {
  std::string iou_loss;
  float smooth_l1_weight;
  std::size_t classes;
  std::string class_loss = "cross_entropy";
  std::string matching = "iou";
  float pos_alpha = 1, neg_alpha = 1;
  std::vector<float> class_weights = {};
};

class MultiboxGradient : public ::testing::TestWithParam<GradientCase> {};

TEST_P(MultiboxGradient, AgreesWithFiniteDifferences) {
  LossOptions options;
  options.iou_loss = GetParam().iou_loss;
  options.smooth_l1_weight = GetParam().smooth_l1_weight;
  options.iou_weight = 0.7F;
  options.class_loss = GetParam().class_loss;
  options.matching = GetParam().matching;
  options.pos_alpha = GetParam().pos_alpha;
  options.neg_alpha = GetParam().neg_alpha;
  options.class_weights = GetParam().class_weights;
  options.min_negatives = 1000;  // mining would change with the outputs: take all negatives
  const std::size_t classes = GetParam().classes;
  std::vector<std::vector<Annotation>> faces{
      {face(8, 8, 18, 18), face(30, 20, 50, 44)},
      {face(2, 40, 14, 52), face(40, 40, 60, 60, true), face(30, 0, 64, 20, true)}};
  faces[1][0].class_id = static_cast<int>(classes) - 1;
  faces[1][2].class_id = geometry::any_class;
  const auto o = random_outputs(2, 128, classes, 12);
  const auto result = loss_of(o, faces, options, 1, classes);
  const auto check = [&](std::vector<float> Outputs::*part, const std::vector<float>& gradient) {
    int compared = 0;
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      if (gradient[i] == 0 && i % 7 != 0) continue;  // all that matter, and a sample of the zeros
      Outputs moved = o;
      const float h = 4e-3F;
      (moved.*part)[i] = (o.*part)[i] + h;
      const double up = loss_of(moved, faces, options, 1, classes).total();
      (moved.*part)[i] = (o.*part)[i] - h;
      const double down = loss_of(moved, faces, options, 1, classes).total();
      EXPECT_NEAR(static_cast<double>(gradient[i]), (up - down) / static_cast<double>(2 * h), 2e-3)
          << i;
      ++compared;
    }
    EXPECT_GT(compared, 50);
  };
  check(&Outputs::conf, result.conf_gradient);
  // Quality focal loss takes the box's IoU as a constant: finite differences would see it move.
  if (!learns_quality(class_loss_from_name(options.class_loss)))
    check(&Outputs::loc, result.loc_gradient);
}

TEST(MultiboxLoss, PositivesAndNegativesAreWeightedApart) {
  const std::vector<std::vector<Annotation>> faces{{face(8, 8, 18, 18)}, {}};
  const auto o = random_outputs(2, 128, 1, 31);
  for (const char* const kind :
       {"cross_entropy", "focal", "quality_focal", "varifocal", "iou_branch"}) {
    LossOptions options;
    options.class_loss = kind;
    const auto with = [&](float pos, float neg) {
      options.pos_alpha = pos;
      options.neg_alpha = neg;
      return loss_of(o, faces, options);
    };
    const auto both = with(1, 1);
    const double positives = with(1, 0).confidence;
    const double negatives = with(0, 1).confidence;
    EXPECT_GT(positives, 0) << kind;
    EXPECT_GT(negatives, 0) << kind;
    EXPECT_NEAR(both.confidence, positives + negatives, 1e-9) << kind;
    const auto uneven = with(2, 0.5F);
    EXPECT_NEAR(uneven.confidence, 2 * positives + 0.5 * negatives, 1e-9) << kind;
    // The choice of negatives does not change, nor where faces are.
    EXPECT_EQ(uneven.negatives, both.negatives) << kind;
    EXPECT_EQ(uneven.location, both.location) << kind;
  }
}

TEST(MultiboxLoss, RefusesWeightsWithoutMeaning) {
  for (const auto& [pos, neg] : {std::pair{-1.0F, 1.0F}, {1.0F, -1.0F}, {0.0F, 0.0F}}) {
    LossOptions options;
    options.pos_alpha = pos;
    options.neg_alpha = neg;
    EXPECT_THROW(validate(options), Error) << pos << " " << neg;
  }
}

TEST(MultiboxLoss, MatchingIsThatOfTheOption) {
  const std::vector<Annotation> faces{face(8, 8, 18, 18), face(30, 20, 50, 44)};
  const auto o = random_outputs(1, 128, 1, 12);
  const PriorGrid priors = prior_grid();
  const auto positives = [](const std::vector<std::int32_t>& match) {
    return std::count_if(match.begin(), match.end(), [](std::int32_t m) { return m >= 0; });
  };
  LossOptions options;
  options.matching = "atss";
  EXPECT_EQ(loss_of(o, {faces}, options).positives,
            positives(match_atss(priors.priors, priors.level_begin, faces, {})));

  std::vector<Box> boxes;
  std::vector<float> scores;
  for (std::size_t p = 0; p < priors.priors.size(); ++p) {
    const BoxOffsets offsets{o.loc[4 * p], o.loc[4 * p + 1], o.loc[4 * p + 2], o.loc[4 * p + 3]};
    boxes.push_back(decode(offsets, priors.priors[p], variances));
    scores.push_back(1 / (1 + std::exp(o.conf[2 * p] - o.conf[2 * p + 1])));
  }
  options.matching = "simota";
  EXPECT_EQ(loss_of(o, {faces}, options).positives,
            positives(match_simota(priors.priors, priors.level_begin, priors.level_step, faces,
                                   {boxes, scores}, {})));
  EXPECT_EQ(priors.level_step, std::vector<float>{8});
  options.matching = "nearest";
  EXPECT_THROW(validate(options), Error);
}

TEST(MultiboxLoss, FocalLossesTakeAllNegativesAndMiningDoesNot) {
  const std::vector<std::vector<Annotation>> faces{{face(8, 8, 18, 18)}};
  const auto o = random_outputs(1, 128, 1, 12);
  LossOptions options;
  options.min_negatives = 4;
  const auto mined = loss_of(o, faces, options);
  EXPECT_EQ(mined.negatives, std::max<std::int64_t>(4, 3 * mined.positives));
  for (const char* const kind : {"focal", "quality_focal"}) {
    options.class_loss = kind;
    const auto all = loss_of(o, faces, options);
    EXPECT_EQ(all.negatives, 128 - all.positives) << kind;
  }
  options.class_loss = "iou_branch";
  EXPECT_THROW((void)loss_of(random_outputs(1, 128, 3, 12), faces, options, 1, 3), Error)
      << "its background logit is the IoU: for one class";
}

TEST(MultiboxLoss, TheNegativeLogLikelihoodIsTheSameMeasureForEveryLoss) {
  const std::vector<std::vector<Annotation>> faces{{face(8, 8, 18, 18)}, {}};
  const auto o = random_outputs(2, 128, 1, 12);
  LossOptions options;
  const auto plain = loss_of(o, faces, options);
  const auto counted = static_cast<double>(plain.positives + plain.negatives);
  EXPECT_NEAR(plain.negative_log_likelihood * counted,
              plain.confidence * static_cast<double>(plain.positives), 1e-9 * counted);
  options.pos_alpha = 5;
  EXPECT_EQ(loss_of(o, faces, options).negative_log_likelihood, plain.negative_log_likelihood);

  // All negatives count: by hand, from the logits.
  options.class_loss = "focal";
  const auto focal = loss_of(o, faces, options);
  const PriorGrid grid = prior_grid();
  double sum = 0;
  for (std::size_t i = 0; i < 2; ++i) {
    const auto match = match_priors(grid.priors, faces[i], options.match);
    for (std::size_t p = 0; p < match.size(); ++p) {
      ASSERT_NE(match[p], match_ignored);
      const float* const z = o.conf.data() + (i * match.size() + p) * 2;
      const auto margin = static_cast<double>(match[p] >= 0 ? z[0] - z[1] : z[1] - z[0]);
      sum += std::log1p(std::exp(margin));
    }
  }
  EXPECT_NEAR(focal.negative_log_likelihood, sum / (2 * 128), 1e-6);
}

INSTANTIATE_TEST_SUITE_P(
    Options, MultiboxGradient,
    ::testing::Values(
        GradientCase{"none", 1, 1}, GradientCase{"diou", 0, 1}, GradientCase{"giou", 1, 1},
        GradientCase{"iou", 1, 3}, GradientCase{"eiou", 0, 1, "focal"},
        GradientCase{"none", 1, 3, "focal"}, GradientCase{"diou", 1, 1, "quality_focal"},
        GradientCase{"diou", 1, 1, "varifocal"}, GradientCase{"diou", 1, 1, "iou_branch"},
        GradientCase{"diou", 1, 1, "focal", "atss"},
        GradientCase{"none", 1, 1, "cross_entropy", "iou", 2, 0.25F},
        GradientCase{"none", 1, 3, "focal", "iou", 0.5F, 3},
        GradientCase{"none", 1, 1, "quality_focal", "iou", 3, 0.5F},
        GradientCase{"none", 1, 3, "quality_focal", "iou", 3, 0.5F},
        GradientCase{"none", 1, 20, "varifocal"}, GradientCase{"none", 1, 20, "cross_entropy"},
        GradientCase{"none", 1, 20, "quality_focal"},
        GradientCase{"none", 1, 3, "cross_entropy", "iou", 2, 1, {0.5F, 1, 4}},
        GradientCase{"none", 1, 3, "focal", "iou", 1, 1, {0, 1, 4}},
        GradientCase{"none", 1, 3, "quality_focal", "iou", 1, 1, {3, 1, 0.25F}},
        GradientCase{"none", 1, 3, "varifocal", "simota", 1, 1, {3, 1, 0.25F}},
        GradientCase{"none", 1, 3, "varifocal"}, GradientCase{"none", 1, 20, "focal"}),
    [](const auto& tested) { return tested.param.iou_loss + "_" + std::to_string(tested.index); });

}  // namespace
}  // namespace faceshot::loss::multibox_loss_test
