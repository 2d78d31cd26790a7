// Several classes in the multibox loss: weights, and regions that are ignored for one class or for
// all.
#include <gtest/gtest.h>

#include <algorithm>

#include "faceshot/error.hpp"
#include "loss/multibox_case.hpp"

namespace faceshot::loss::multibox_loss_test {
namespace {

constexpr const char* several_class_losses[] = {"cross_entropy", "focal", "quality_focal",
                                                "varifocal"};

TEST(MultiboxLoss, PositivesOfEachClassAreWeightedApart) {
  std::vector<std::vector<Annotation>> faces{{face(8, 8, 18, 18), face(30, 20, 50, 44)},
                                             {face(2, 40, 14, 52)}};
  faces[0][1].class_id = 2;
  faces[1][0].class_id = 1;
  const auto o = random_outputs(2, 128, 3, 33);
  for (const char* const kind : several_class_losses) {
    LossOptions options;
    options.class_loss = kind;
    const auto with = [&](const std::vector<float>& weights) {
      options.class_weights = weights;
      return loss_of(o, faces, options, 1, 3);
    };
    const double negatives = with({0, 0, 0}).confidence;
    const double first = with({1, 0, 0}).confidence - negatives;
    const double second = with({0, 1, 0}).confidence - negatives;
    const double third = with({0, 0, 1}).confidence - negatives;
    const auto all = with({1, 1, 1}), uneven = with({2, 0.5F, 3}), none = with({});
    EXPECT_GT(std::min({first, second, third}), 0) << kind;
    EXPECT_NEAR(all.confidence, negatives + first + second + third, 1e-9) << kind;
    EXPECT_NEAR(uneven.confidence, negatives + 2 * first + 0.5 * second + 3 * third, 1e-6) << kind;
    EXPECT_EQ(all.confidence, none.confidence) << kind;
    EXPECT_EQ(all.conf_gradient, none.conf_gradient) << kind;
    EXPECT_EQ(uneven.location, none.location) << kind;
    EXPECT_EQ(uneven.negative_log_likelihood, none.negative_log_likelihood) << kind;
  }
  LossOptions options;
  options.class_weights = {1, -1, 1};
  EXPECT_THROW(validate(options), Error);
  options.class_weights = {1, 1};
  EXPECT_THROW(loss_of(o, faces, options, 1, 3), Error);
}

Annotation region(int class_id, const Box& box) {
  Annotation a = face(box.x1, box.y1, box.x2, box.y2, true);
  a.class_id = class_id;
  return a;
}

constexpr Box everywhere{-100, -100, 200, 200};

// Where one class is ignored everywhere, the others learn as in a network without it.
TEST(MultiboxClassRegions, LeaveTheirClassOut) {
  const auto three = random_outputs(2, 128, 3, 34);
  Outputs two{three.loc, {}};
  for (std::size_t i = 0; i < three.conf.size(); ++i)
    if (i % 4 != 2) two.conf.push_back(three.conf[i]);
  for (const char* const kind : several_class_losses) {
    LossOptions options;
    options.class_loss = kind;
    const auto with =
        loss_of(three, {{region(1, everywhere)}, {region(1, everywhere)}}, options, 1, 3);
    const auto without = loss_of(two, {{}, {}}, options, 1, 2);
    EXPECT_EQ(with.negatives, without.negatives) << kind;
    EXPECT_EQ(with.confidence, without.confidence) << kind;
    EXPECT_EQ(with.negative_log_likelihood, without.negative_log_likelihood) << kind;
    std::vector<float> left;
    for (std::size_t i = 0; i < with.conf_gradient.size(); ++i) {
      if (i % 4 != 2)
        left.push_back(with.conf_gradient[i]);
      else
        EXPECT_EQ(with.conf_gradient[i], 0) << kind;
    }
    EXPECT_EQ(left, without.conf_gradient) << kind;
  }
}

TEST(MultiboxClassRegions, OfAllClassesAreThoseOfAnyClass) {
  const Box half{0, 0, 30, 64};
  const Annotation one = face(36, 36, 50, 50);
  const auto o = random_outputs(1, 128, 3, 35);
  for (const char* const kind : several_class_losses) {
    LossOptions options;
    options.class_loss = kind;
    options.min_negatives = 1000;
    const auto each =
        loss_of(o, {{region(0, half), one, region(1, half), region(2, half)}}, options, 1, 3);
    const auto any = loss_of(o, {{region(geometry::any_class, half), one}}, options, 1, 3);
    EXPECT_LT(any.negatives, 128 - any.positives) << kind;
    EXPECT_EQ(each.negatives, any.negatives) << kind;
    EXPECT_EQ(each.confidence, any.confidence) << kind;
    EXPECT_EQ(each.conf_gradient, any.conf_gradient) << kind;
  }
}

TEST(MultiboxClassRegions, TakeNoFaceAway) {
  Annotation other = face(8, 8, 18, 18);
  other.class_id = 2;
  const auto o = random_outputs(1, 128, 3, 36);
  const auto alone = loss_of(o, {{other}}, {}, 1, 3);
  for (const int of : {0, 2}) {
    const auto inside = loss_of(o, {{region(of, everywhere), other}}, {}, 1, 3);
    EXPECT_EQ(inside.positives, alone.positives) << of;
    EXPECT_EQ(inside.location, alone.location) << of;
  }
}

TEST(MultiboxClassRegions, OnlyRegionsAreOfAnyClass) {
  Annotation nameless = face(8, 8, 18, 18);
  nameless.class_id = geometry::any_class;
  EXPECT_THROW(loss_of(random_outputs(1, 128, 3, 37), {{nameless}}, {}, 1, 3), Error);
  // With one class there is no other for which the region could be background.
  const auto o = random_outputs(1, 128, 1, 38);
  EXPECT_EQ(loss_of(o, {{region(0, everywhere)}}).negatives, 0);
  EXPECT_EQ(loss_of(o, {{region(geometry::any_class, everywhere)}}).negatives, 0);
}

}  // namespace
}  // namespace faceshot::loss::multibox_loss_test
