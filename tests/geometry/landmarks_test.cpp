#include "faceshot/landmarks.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "faceshot/box_coding.hpp"
#include "geometry/arbitrary.hpp"
#include "geometry/coordinates.hpp"

namespace faceshot::geometry {
namespace {

constexpr std::array<float, 4> variances{0.1F, 0.2F, 0.3F, 0.4F};

TEST(LandmarkCoding, EncodesByHand) {
  constexpr Prior prior{50, 60, 20, 40};
  // 6 / 20 / 0.1 = 3 and 32 / 40 / 0.2 = 4; the prior's centre is 0.
  const LandmarkOffsets coded =
      encode_landmarks({{{56, 92}, {50, 60}, {44, 28}, {50, 92}, {56, 60}}}, prior, variances);
  const LandmarkOffsets wanted{3, 4, 0, 0, -3, -4, 0, 4, 3, 0};
  for (std::size_t i = 0; i < 10; ++i) EXPECT_NEAR(coded[i], wanted[i], 1e-5) << i;
}

Prior any_prior() {
  const auto at = testing::eighths(0, 300), side = testing::eighths(4, 200);
  return {*at, *at, *side, *side};
}

RC_GTEST_PROP(LandmarkCoding, IsTheCodingOfABoxCentre, ()) {
  const Prior prior = any_prior();
  const float x = *testing::eighths(0, 300), y = *testing::eighths(0, 300);
  Landmarks points;
  points.fill({x, y});
  const LandmarkOffsets coded = encode_landmarks(points, prior, variances);
  const BoxOffsets box = encode({x - 2, y - 3, x + 2, y + 3}, prior, variances);
  for (std::size_t k = 0; k < 10; ++k)
    RC_ASSERT(std::abs(coded[k] - box[k % 2]) <= 1e-3F * (1 + std::abs(box[k % 2])));
}

RC_GTEST_PROP(LandmarkCoding, DecodeInvertsEncode, ()) {
  const Prior prior = any_prior();
  Landmarks points{};
  for (std::size_t k = 0; k < 10; ++k)
    testing::coordinate(points, k) = *testing::eighths(-100, 400);
  const Landmarks back =
      decode_landmarks(encode_landmarks(points, prior, variances), prior, variances);
  for (std::size_t k = 0; k < 10; ++k)
    RC_ASSERT(std::abs(testing::coordinate(back, k) - testing::coordinate(points, k)) < 1e-3F);
}

TEST(LandmarkCoding, WildOffsetsStayFiniteAndNanIsNotHidden) {
  constexpr Prior prior{100, 100, 50, 50};
  LandmarkOffsets wild;
  for (const float w :
       {1e9F, -std::numeric_limits<float>::max(), std::numeric_limits<float>::infinity()}) {
    wild.fill(w);
    EXPECT_TRUE(finite(decode_landmarks(wild, prior, variances)));
  }
  wild[7] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_FALSE(finite(decode_landmarks(wild, prior, variances)));
}

}  // namespace
}  // namespace faceshot::geometry
