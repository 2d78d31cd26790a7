#include "loss/landmark_loss.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "base/random.hpp"
#include "faceshot/error.hpp"

namespace faceshot::loss {
namespace {

LandmarkOffsets first_is(float value) { return {value, 0, 0, 0, 0, 0, 0, 0, 0, 0}; }

TEST(LandmarkLoss, KnowsItsNames) {
  EXPECT_EQ(landmark_loss_from_name("smooth_l1"), LandmarkLossKind::smooth_l1);
  EXPECT_EQ(landmark_loss_from_name("wing"), LandmarkLossKind::wing);
  EXPECT_THROW((void)landmark_loss_from_name("l2"), Error);
}

TEST(LandmarkLoss, SmoothL1ByHand) {
  EXPECT_NEAR(smooth_l1_landmarks(first_is(0.5F), {}).value, 0.125, 1e-9);
  EXPECT_NEAR(smooth_l1_landmarks(first_is(-3), {}).value, 2.5, 1e-9);
  EXPECT_NEAR(smooth_l1_landmarks(first_is(-3), {}, 2).value, 2, 1e-9);
  EXPECT_NEAR(smooth_l1_landmarks({1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, {}).value, 5, 1e-9);
}

TEST(LandmarkLoss, WingHasTheValuesOfThePaper) {
  // w = 10, epsilon = 2, the authors' choice: C = 10 - 10 ln 6, and ln is steepest at 0.
  EXPECT_NEAR(wing_landmarks(first_is(2), {}, 10, 2).value, 10 * std::log(2.0), 1e-9);
  EXPECT_NEAR(wing_landmarks(first_is(-8), {}, 10, 2).value, 10 * std::log(5.0), 1e-9);
  EXPECT_NEAR(wing_landmarks(first_is(30), {}, 10, 2).value, 20 + 10 * std::log(6.0), 1e-9);
  EXPECT_NEAR(wing_landmarks(first_is(1e-6F), {}, 10, 2).gradient[0], 5, 1e-4);
  EXPECT_EQ(wing_landmarks(first_is(-30), {}, 10, 2).gradient[0], -1);
  EXPECT_NEAR(wing_landmarks(first_is(9.99999F), {}, 10, 2).value,
              wing_landmarks(first_is(10.00001F), {}, 10, 2).value, 1e-4);
}

TEST(LandmarkLoss, NothingIsLostAtTheTarget) {
  const LandmarkOffsets at{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  for (const LandmarkLoss& loss : {smooth_l1_landmarks(at, at), wing_landmarks(at, at, 0.4, 0.1)}) {
    EXPECT_EQ(loss.value, 0);
    EXPECT_EQ(loss.gradient, (std::array<double, 10>{}));
  }
}

TEST(LandmarkLoss, GradientsAgreeWithFiniteDifferences) {
  using Loss = std::function<LandmarkLoss(const LandmarkOffsets&, const LandmarkOffsets&)>;
  const Loss losses[] = {
      [](const auto& p, const auto& t) { return smooth_l1_landmarks(p, t, 0.7); },
      [](const auto& p, const auto& t) { return wing_landmarks(p, t, 0.8, 0.2); }};
  base::Random random(6);
  for (const Loss& loss : losses)
    for (int n = 0; n < 200; ++n) {
      LandmarkOffsets predicted{};
      LandmarkOffsets target{};
      for (float& v : predicted) v = random.uniform(-2, 2);
      for (float& v : target) v = random.uniform(-2, 2);
      const LandmarkLoss here = loss(predicted, target);
      for (std::size_t i = 0; i < 10; ++i) {
        const float h = 1e-3F;
        const double d = std::abs(static_cast<double>(predicted[i] - target[i]));
        if (d < 0.01 || std::abs(d - 0.8) < 0.01) continue;  // kinks of the wing loss
        LandmarkOffsets up = predicted;
        LandmarkOffsets down = predicted;
        up[i] += h;
        down[i] -= h;
        const double step = static_cast<double>(up[i]) - static_cast<double>(down[i]);
        const double slope = (loss(up, target).value - loss(down, target).value) / step;
        ASSERT_NEAR(here.gradient[i], slope, 2e-3 * (1 + std::abs(slope))) << i;
      }
    }
}

}  // namespace
}  // namespace faceshot::loss
