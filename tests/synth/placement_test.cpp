#include "synth/placement.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "faceshot/error.hpp"

namespace faceshot::synth {
namespace {

TEST(Placement, SizesAreLogUniform) {
  SceneOptions o;
  o.max_faces = 1;
  int count = 0, small = 0;
  const float low = o.min_face, high = 0.6F * 480;
  const float middle = std::sqrt(low * high);
  for (std::uint32_t i = 0; i < 4000; ++i) {
    base::Random random(1, 0, i);
    for (const FacePlace& place : place_faces(o, random)) {
      EXPECT_GE(place.height, low);
      EXPECT_LE(place.height, high);
      ++count;
      small += place.height < middle ? 1 : 0;
    }
  }
  EXPECT_NEAR(count, 3600, 100);  // a tenth of the pictures have none
  EXPECT_NEAR(static_cast<double>(small) / count, 0.5, 0.04);
}

TEST(Placement, FewFacesMostOftenAndNeverTooMany) {
  SceneOptions o;
  o.min_faces = 2;
  o.max_faces = 5;
  o.max_face_share = 0.1F;
  int fewest = 0;
  for (std::uint32_t i = 0; i < 1000; ++i) {
    base::Random random(2, 0, i);
    const std::size_t n = place_faces(o, random).size();
    EXPECT_GE(n, 2U);
    EXPECT_LE(n, 5U);
    fewest += n == 2 ? 1 : 0;
  }
  EXPECT_NEAR(fewest, 320, 60);
}

TEST(Placement, TheSmallestComesFirst) {
  base::Random random(3);
  const auto places = place_faces({.min_faces = 12}, random);
  ASSERT_GT(places.size(), 5U);
  for (std::size_t i = 1; i < places.size(); ++i) EXPECT_LE(places[i - 1].height, places[i].height);
}

TEST(Placement, CollisionsAreOverlapAndHiding) {
  geometry::Annotation other;
  other.box = {0, 0, 10, 10};
  EXPECT_FALSE(collides({10, 0, 20, 10}, {other}, 0.2F));
  EXPECT_FALSE(collides({8, 0, 18, 10}, {other}, 0.2F));  // IoU 20 / 180
  EXPECT_TRUE(collides({5, 0, 15, 10}, {other}, 0.2F));   // IoU 50 / 150
  EXPECT_TRUE(collides({-50, -50, 50, 50}, {other}, 0.2F));
}

TEST(Placement, ImpossibleOptionsAreNamed) {
  EXPECT_THROW(validate(SceneOptions{.size = {8, 480}}), Error);
  EXPECT_THROW(validate(SceneOptions{.min_face = 481}), Error);
  EXPECT_THROW(validate(SceneOptions{.min_face = std::nanf("")}), Error);
  EXPECT_THROW(validate(SceneOptions{.max_face_share = 0}), Error);
  EXPECT_THROW(validate(SceneOptions{.min_faces = 13}), Error);
  EXPECT_THROW(validate(SceneOptions{.overlap = 0}), Error);
  EXPECT_NO_THROW(validate(SceneOptions{}));
}

}  // namespace
}  // namespace faceshot::synth
