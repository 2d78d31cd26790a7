#include "synth/noise.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace faceshot::synth {
namespace {

TEST(Noise, IsUniformAtWholeCoordinates) {
  double sum = 0, squares = 0;
  constexpr int side = 200;
  for (int y = -side / 2; y < side / 2; ++y)
    for (int x = -side / 2; x < side / 2; ++x) {
      const float v = value_noise(static_cast<float>(x), static_cast<float>(y), 3);
      ASSERT_GE(v, 0);
      ASSERT_LT(v, 1);
      sum += static_cast<double>(v);
      squares += static_cast<double>(v * v);
    }
  constexpr double n = side * side;
  EXPECT_NEAR(sum / n, 1.0 / 2, 0.01);
  EXPECT_NEAR(squares / n, 1.0 / 3, 0.01);
}

TEST(Noise, HasNoJumps) {
  for (int i = 0; i < 2000; ++i) {
    const float x = static_cast<float>(i) * 0.01F - 10;
    // The steepest slope of the blend, 3 t^2 - 2 t^3, is 1.5.
    EXPECT_LE(std::abs(value_noise(x + 0.01F, 2.3F, 1) - value_noise(x, 2.3F, 1)), 0.016F);
  }
}

TEST(Noise, SeedsAreUnrelated) {
  double product = 0;
  constexpr int n = 10000;
  for (int i = 0; i < n; ++i) {
    const auto x = static_cast<float>(i);
    product += static_cast<double>((value_noise(x, 0, 1) - 0.5F) * (value_noise(x, 0, 2) - 0.5F));
  }
  EXPECT_NEAR(product / n, 0, 0.004);  // five deviations, (1/12) / sqrt(n) each
}

}  // namespace
}  // namespace faceshot::synth
