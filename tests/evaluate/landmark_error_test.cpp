#include "evaluate/landmark_error.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace faceshot::evaluate {
namespace {

constexpr Landmarks eyes_to_mouth{10, 10, 30, 10, 20, 20, 12, 30, 28, 30};

TEST(LandmarkError, ByHand) {
  // A box of 20 x 45 has sqrt(900) = 30. Points off by (3, 4), 6, 0, 3 and 1: 5, 6, 0, 3, 1 px.
  const Landmarks found{13, 14, 30, 16, 20, 20, 12, 27, 29, 30};
  const std::vector<LandmarkPair> one{{found, eyes_to_mouth, {5, 0, 25, 45}}};
  const LandmarkError error = landmark_error(one);
  EXPECT_EQ(error.faces, 1U);
  EXPECT_NEAR(error.mean, 15.0 / 5 / 30, 1e-9);
  const double wanted[] = {5.0 / 30, 6.0 / 30, 0, 3.0 / 30, 1.0 / 30};
  for (std::size_t k = 0; k < 5; ++k) EXPECT_NEAR(error.by_point[k], wanted[k], 1e-9);
  EXPECT_EQ(error.failures, 0);
}

TEST(LandmarkError, EveryFaceCountsTheSameWhateverItsSize) {
  // The same face, ten times as large and without error: the mean halves.
  Landmarks shifted = eyes_to_mouth;
  for (Point& p : shifted) p.x += 6;  // 6 of 30: 0.2, a failure
  Landmarks large = eyes_to_mouth;
  for (Point& p : large) p = {p.x * 10, p.y * 10};
  const std::vector<LandmarkPair> two{{shifted, eyes_to_mouth, {5, 0, 35, 30}},
                                      {large, large, {50, 0, 350, 300}}};
  const LandmarkError error = landmark_error(two);
  EXPECT_NEAR(error.mean, 0.1, 1e-6);
  EXPECT_NEAR(error.failures, 0.5, 1e-12);
}

TEST(LandmarkError, ByTheDistanceOfTheEyes) {
  // Eyes 20 apart; the points of the first test are 15 px off in total. In profile there is no
  // scale.
  const Landmarks found{13, 14, 30, 16, 20, 20, 12, 27, 29, 30};
  const Landmarks profile{10, 10, 10.5F, 10, 20, 20, 12, 30, 13, 30};
  const std::vector<LandmarkPair> faces{{found, eyes_to_mouth, {5, 0, 25, 45}},
                                        {found, profile, {5, 0, 25, 45}}};
  const LandmarkError error = landmark_error(faces, LandmarkScale::eyes);
  EXPECT_EQ(error.faces, 1U);
  EXPECT_EQ(error.left_out, 1U);
  EXPECT_NEAR(error.mean, 15.0 / 5 / 20, 1e-9);
  EXPECT_NEAR(error.failures, 1, 1e-12) << "0.15 is above 0.1";
}

TEST(LandmarkError, CumulativeErrorDistribution) {
  // Three faces off by 0.02, 0.06 and 0.2 of the box in every point.
  std::vector<LandmarkPair> faces;
  for (const float off : {0.06F, 0.2F, 0.02F}) {
    Landmarks moved = eyes_to_mouth;
    for (Point& p : moved) p.x += off * 30;
    faces.push_back({moved, eyes_to_mouth, {5, 0, 35, 30}});
  }
  const LandmarkError error = landmark_error(faces);
  EXPECT_EQ(share_within(error, 0.019), 0);
  EXPECT_NEAR(share_within(error, 0.021), 1.0 / 3, 1e-12);
  EXPECT_NEAR(share_within(error, 0.1), 2.0 / 3, 1e-12);
  EXPECT_NEAR(error.failures, 1.0 / 3, 1e-12);
  // The curve is 0 up to 0.02, 1/3 up to 0.06, 2/3 up to 0.1.
  EXPECT_NEAR(area_under_ced(error), (0.04 / 3 + 0.04 * 2 / 3) / 0.1, 1e-6);
}

TEST(LandmarkError, OfNothingIsNothing) {
  EXPECT_EQ(area_under_ced(landmark_error({})), 0);
  EXPECT_EQ(landmark_error({}).faces, 0U);
  EXPECT_EQ(landmark_error({}).mean, 0);
}

}  // namespace
}  // namespace faceshot::evaluate
