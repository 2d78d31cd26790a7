#include "loss/location_loss.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.hpp"
#include "faceshot/error.hpp"
#include "loss/torch_losses.hpp"

namespace faceshot::loss {
namespace {

constexpr std::array<float, 4> unit_variances{1, 1, 1, 1};

/// Offsets that decode to `box` from `prior` with variances of 1.
BoxOffsets offsets_of(const Box& box, const Prior& prior) {
  return encode(box, prior, unit_variances);
}

TEST(SmoothL1, IsHalfSquareInsideAndLinearOutside) {
  // Girshick, "Fast R-CNN", eq. 3: 0.5 x^2 if |x| < 1, else |x| - 0.5.
  const auto loss = smooth_l1({0.5F, -0.5F, 2.0F, -3.0F}, {0, 0, 0, 0});
  EXPECT_DOUBLE_EQ(loss.value, 0.125 + 0.125 + 1.5 + 2.5);
  EXPECT_DOUBLE_EQ(loss.gradient[0], 0.5);
  EXPECT_DOUBLE_EQ(loss.gradient[1], -0.5);
  EXPECT_DOUBLE_EQ(loss.gradient[2], 1);
  EXPECT_DOUBLE_EQ(loss.gradient[3], -1);
}

TEST(SmoothL1, BetaMovesTheKneeAndKeepsItContinuous) {
  // PyTorch's definition: 0.5 x^2 / beta below beta, |x| - 0.5 beta above.
  EXPECT_NEAR(smooth_l1({0.05F, 0, 0, 0}, {}, 0.1).value, 0.5 * 0.05 * 0.05 / 0.1, 1e-9);
  EXPECT_NEAR(smooth_l1({0.3F, 0, 0, 0}, {}, 0.1).value, 0.3 - 0.05, 1e-7);
}

TEST(IouLoss, IsZeroForTheExactBox) {
  const Prior prior{50, 60, 20, 30};
  const Box target{43, 44, 71, 90};
  for (const IouLoss kind :
       {IouLoss::iou, IouLoss::giou, IouLoss::diou, IouLoss::ciou, IouLoss::eiou})
    EXPECT_NEAR(iou_loss(kind, offsets_of(target, prior), prior, unit_variances, target).value, 0,
                1e-5);
}

TEST(IouLoss, MatchesHandComputedValues) {
  // Two 10x10 boxes, one shifted by 5: intersection 50, union 150, hull 15x10, centres 5 apart,
  // squared diagonal of the hull 325.
  const Prior prior{5, 5, 10, 10};
  const Box target{5, 0, 15, 10};
  const BoxOffsets same_as_prior{0, 0, 0, 0};
  const auto value = [&](IouLoss kind) {
    return iou_loss(kind, same_as_prior, prior, unit_variances, target).value;
  };
  EXPECT_NEAR(value(IouLoss::iou), 1 - 1.0 / 3, 1e-9);
  EXPECT_NEAR(value(IouLoss::giou), 1 - 1.0 / 3 + 0, 1e-9);  // hull equals union
  EXPECT_NEAR(value(IouLoss::diou), 1 - 1.0 / 3 + 25.0 / 325, 1e-9);
  EXPECT_NEAR(value(IouLoss::ciou), 1 - 1.0 / 3 + 25.0 / 325, 1e-9);  // same shape: no more
  EXPECT_NEAR(value(IouLoss::eiou), 1 - 1.0 / 3 + 25.0 / 325, 1e-9);
}

TEST(IouLoss, EiouMeasuresWidthAndHeightApart) {
  // Same centre, 10x10 against 20x10: IoU 1/2, hull 20x10, widths 10 apart.
  EXPECT_NEAR(
      iou_loss(IouLoss::eiou, {0, 0, 0, 0}, {10, 5, 10, 10}, unit_variances, {0, 0, 20, 10}).value,
      0.5 + 100.0 / 400, 1e-9);
}

TEST(SmoothL1, EqualsPyTorch) {
  const auto cases = test::torch_losses("smooth_l1");
  for (const auto& c : cases) {
    const auto loss = smooth_l1(c.at("predicted").get<BoxOffsets>(),
                                c.at("target").get<BoxOffsets>(), c.at("beta"));
    EXPECT_NEAR(loss.value, c.at("value").get<double>(), 1e-6);
    for (std::size_t i = 0; i < 4; ++i)
      EXPECT_NEAR(loss.gradient[i], c.at("gradient")[i].get<double>(), 1e-6);
  }
}

TEST(IouLoss, EqualsTorchvision) {
  const Prior prior{50, 60, 20, 30};
  for (const auto& [name, kind] :
       {std::pair{"iou", IouLoss::iou}, std::pair{"giou", IouLoss::giou},
        std::pair{"diou", IouLoss::diou}, std::pair{"ciou", IouLoss::ciou}}) {
    const auto cases = test::torch_losses(name);
    for (const auto& c : cases) {
      const auto corners = c.at("face").get<std::array<float, 4>>();
      const auto loss = iou_loss(kind, c.at("offsets").get<BoxOffsets>(), prior, unit_variances,
                                 {corners[0], corners[1], corners[2], corners[3]});
      EXPECT_NEAR(loss.value, c.at("value").get<double>(), 1e-6) << name;
      for (std::size_t i = 0; i < 4; ++i)
        EXPECT_NEAR(loss.gradient[i], c.at("gradient")[i].get<double>(), 1e-6) << name;
    }
  }
}

TEST(IouLoss, GiouAndDiouStillPullBoxesThatDoNotTouch) {
  const Prior prior{5, 5, 10, 10};
  const Box target{30, 0, 40, 10};
  EXPECT_NEAR(iou_loss(IouLoss::giou, {0, 0, 0, 0}, prior, unit_variances, target).value,
              1 + (400.0 - 200.0) / 400.0, 1e-9);
  const auto diou = iou_loss(IouLoss::diou, {0, 0, 0, 0}, prior, unit_variances, target);
  EXPECT_LT(diou.gradient[0], 0) << "moving right must lower the loss";
}

TEST(IouLoss, StaysFiniteForWildOffsets) {
  const Prior prior{50, 60, 20, 30};
  for (const float wild : {-1e4F, -100.0F, 100.0F, 1e4F})
    for (const IouLoss kind :
         {IouLoss::iou, IouLoss::giou, IouLoss::diou, IouLoss::ciou, IouLoss::eiou}) {
      const auto loss = iou_loss(kind, {wild, -wild, wild, wild}, prior, {0.1F, 0.1F, 0.2F, 0.2F},
                                 {1, 2, 30, 40});
      EXPECT_TRUE(std::isfinite(loss.value));
      for (const double g : loss.gradient) EXPECT_TRUE(std::isfinite(g));
    }
}

class LocationGradient : public ::testing::TestWithParam<IouLoss> {};

TEST_P(LocationGradient, AgreesWithFiniteDifferences) {
  base::Random random(7);
  const std::array<float, 4> variances{0.1F, 0.1F, 0.2F, 0.2F};
  int compared = 0;
  for (int trial = 0; trial < 500; ++trial) {
    const Prior prior{random.uniform(0, 100), random.uniform(0, 100), random.uniform(8, 64),
                      random.uniform(8, 64)};
    const float x = random.uniform(-20, 100);
    const float y = random.uniform(-20, 100);
    const Box target{x, y, x + random.uniform(5, 80), y + random.uniform(5, 80)};
    BoxOffsets offsets{};
    for (float& o : offsets) o = random.uniform(-3, 3);
    const auto loss = iou_loss(GetParam(), offsets, prior, variances, target);
    for (std::size_t i = 0; i < 4; ++i) {
      const auto at = [&](float delta) {
        BoxOffsets moved = offsets;
        moved[i] += delta;
        return std::pair(iou_loss(GetParam(), moved, prior, variances, target).value,
                         static_cast<double>(moved[i]));
      };
      const auto [up, up_at] = at(2e-3F);
      const auto [down, down_at] = at(-2e-3F);
      const double slope_up = (up - loss.value) / (up_at - static_cast<double>(offsets[i]));
      const double slope_down = (loss.value - down) / (static_cast<double>(offsets[i]) - down_at);
      // If the two sides differ there is a kink (boxes begin to touch): no derivative to compare.
      if (std::abs(slope_up - slope_down) > 2e-2) continue;
      // CIoU's alpha is a constant in the paper's gradient, so its own finite difference deviates.
      const double tolerance = GetParam() == IouLoss::ciou ? 5e-2 : 2e-3;
      EXPECT_NEAR(loss.gradient[i], 0.5 * (slope_up + slope_down), tolerance) << "offset " << i;
      ++compared;
    }
  }
  EXPECT_GT(compared, 1500);
}

INSTANTIATE_TEST_SUITE_P(AllKinds, LocationGradient,
                         ::testing::Values(IouLoss::iou, IouLoss::giou, IouLoss::diou,
                                           IouLoss::ciou));

TEST(IouLoss, NamesAreChecked) {
  EXPECT_EQ(iou_loss_from_name("diou"), IouLoss::diou);
  EXPECT_THROW((void)iou_loss_from_name("eiuo"), Error);
}

}  // namespace
}  // namespace faceshot::loss
