#include "data/import/shapes.hpp"

#include <gtest/gtest.h>

namespace faceshot::data {
namespace {

TEST(Shapes, LandmarksByName) {
  for (const char* name : {"left_eye", "Left Eye", "LEFT-EYE", "leftEye"})
    EXPECT_EQ(landmark_named(name), 0U) << name;
  EXPECT_EQ(landmark_named("right_eye"), 1U);
  EXPECT_EQ(landmark_named("nose"), 2U);
  EXPECT_EQ(landmark_named("nose_tip"), 2U);
  EXPECT_EQ(landmark_named("mouth_left"), 3U);
  EXPECT_EQ(landmark_named("left_mouth_corner"), 3U);
  EXPECT_EQ(landmark_named("right_mouth_corner"), 4U);
  for (const char* name : {"", "eye", "left_eyebrow", "left_ear", "nostril", "mouth"})
    EXPECT_FALSE(landmark_named(name)) << name;
}

/// Upright, from the front: the eye on the viewer's left is at the left.
constexpr Landmarks viewers{10, 10, 20, 10, 15, 15, 11, 20, 19, 20};
constexpr Landmarks persons{20, 10, 10, 10, 15, 15, 19, 20, 11, 20};

/// Rotated by 90 or 180 degrees about the origin.
Landmarks turned(const Landmarks& p, bool half) {
  Landmarks result;
  for (std::size_t i = 0; i < p.size(); ++i)
    result[i] = half ? Point{-p[i].x, -p[i].y} : Point{-p[i].y, p[i].x};
  return result;
}

std::vector<LabelledImage> images_with(const std::vector<Landmarks>& faces) {
  std::vector<LabelledImage> images(1);
  images[0].annotations.emplace_back();
  for (const Landmarks& face : faces) images[0].annotations.emplace_back().landmarks = face;
  return images;
}

TEST(Shapes, LeftIsTheViewers) {
  FlawLog flaws;
  auto right = images_with({viewers, turned(viewers, false), turned(viewers, true), persons});
  settle_sides(right, flaws);
  EXPECT_EQ(right[0].annotations[1].landmarks, viewers);
  EXPECT_EQ(right[0].annotations[4].landmarks, persons) << "one face, from its side perhaps";
  EXPECT_TRUE(flaws.kinds().empty());

  auto wrong = images_with({persons, turned(persons, false), turned(persons, true), viewers});
  settle_sides(wrong, flaws);
  EXPECT_FALSE(wrong[0].annotations[0].landmarks);
  EXPECT_EQ(wrong[0].annotations[1].landmarks, viewers);
  EXPECT_EQ(wrong[0].annotations[2].landmarks, turned(viewers, false));
  EXPECT_EQ(wrong[0].annotations[3].landmarks, turned(viewers, true));
  EXPECT_EQ(flaws.count(flaw::persons_left), 4U);
  EXPECT_EQ(flaws.count(FlawEffect::changed), 4U);
}

TEST(Shapes, ClassesInTheOrderGiven) {
  ClassNames names;
  LabelledSet set;
  set.images.resize(1);
  for (const char* name : {"b", "a", "c", "b"})
    set.images[0].annotations.emplace_back().class_id = names.id(name);
  names.settle(set, {"unused", "c"});
  EXPECT_EQ(set.classes, (std::vector<std::string>{"c", "a", "b"}));
  std::vector<int> ids;
  for (const auto& a : set.images[0].annotations) ids.push_back(a.class_id);
  EXPECT_EQ(ids, (std::vector<int>{2, 1, 0, 2}));
}

}  // namespace
}  // namespace faceshot::data
