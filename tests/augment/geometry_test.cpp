#include "augment/geometry.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace faceshot {
namespace {

Annotation face(Box box) {
  Annotation annotation;
  annotation.box = box;
  return annotation;
}

/// A sample of 100 px that shows [100, 300) x [50, 250): two source pixels a pixel.
const CropWindow window{100, 50, 200};

AugmentOptions options() {
  AugmentOptions o;
  o.size = 100;
  return o;
}

std::vector<Annotation> mapped(const Annotation& annotation, bool flip = false) {
  return map_annotations(std::vector{annotation}, window, flip, options());
}

TEST(Geometry, BoxesAreMovedAndScaled) {
  EXPECT_EQ(map_box({100, 50, 300, 250}, window, 100, false), (Box{0, 0, 100, 100}));
  EXPECT_EQ(map_box({120, 90, 160, 150}, window, 100, false), (Box{10, 20, 30, 50}));
  EXPECT_EQ(map_box({120, 90, 160, 150}, window, 100, true), (Box{70, 20, 90, 50}));
}

TEST(Geometry, FlippedLandmarksKeepTheViewersLeftAndRight) {
  const Landmarks points{120, 90, 160, 92, 140, 110, 124, 130, 156, 132};
  EXPECT_EQ(map_landmarks(points, window, 100, false),
            (Landmarks{10, 20, 30, 21, 20, 30, 12, 40, 28, 41}));
  EXPECT_EQ(map_landmarks(points, window, 100, true),
            (Landmarks{70, 21, 90, 20, 80, 30, 72, 41, 88, 40}));
}

TEST(Geometry, FlipTwiceIsIdentity) {
  const CropWindow whole{0, 0, 100};
  const Box box{12, 34, 56, 78};
  const Landmarks points{20, 40, 50, 41, 35, 55, 22, 70, 48, 71};
  EXPECT_EQ(map_box(map_box(box, whole, 100, true), whole, 100, true), box);
  EXPECT_EQ(map_landmarks(map_landmarks(points, whole, 100, true), whole, 100, true), points);
}

TEST(Geometry, WholeFacesStayAndKeepTheirAttributes) {
  Annotation source = face({120, 90, 160, 150});
  source.blur = 2;
  source.pose = 1;
  source.occlusion = 0;
  source.landmarks = Landmarks{120, 90, 160, 92, 140, 110, 124, 130, 156, 132};
  Annotation expected = source;
  expected.box = {10, 20, 30, 50};
  expected.landmarks = Landmarks{10, 20, 30, 21, 20, 30, 12, 40, 28, 41};
  EXPECT_EQ(mapped(source), std::vector{expected});
}

TEST(Geometry, IgnoreRules) {
  // 45 % are left, which would do here, but the centre is outside.
  AugmentOptions lenient = options();
  lenient.min_visible = 0.2F;
  const Annotation left_half = face({56, 90, 136, 150});
  auto result = map_annotations(std::vector{left_half}, window, false, lenient);
  ASSERT_EQ(result.size(), 1U);
  EXPECT_TRUE(result[0].ignore);
  EXPECT_EQ(result[0].box, (Box{0, 20, 18, 50}));

  // A corner: the centre is inside (60 % of each side are left), but only 36 % of the area.
  result = mapped(face({92, 42, 112, 62}));
  ASSERT_EQ(result.size(), 1U);
  EXPECT_TRUE(result[0].ignore);

  // Just over half is left.
  result = mapped(face({82, 90, 122, 130}));
  ASSERT_EQ(result.size(), 1U);
  EXPECT_FALSE(result[0].ignore);

  // 9 source pixels are 4.5 in the sample: below min_face; 10 are not.
  EXPECT_TRUE(mapped(face({150, 100, 159, 130})).at(0).ignore);
  EXPECT_FALSE(mapped(face({150, 100, 160, 130})).at(0).ignore);

  // `ignore` is never taken back.
  Annotation crowd = face({120, 90, 160, 150});
  crowd.ignore = true;
  EXPECT_TRUE(mapped(crowd).at(0).ignore);
}

TEST(Geometry, WhatIsNotToBeSeenIsDropped) {
  EXPECT_TRUE(mapped(face({10, 60, 90, 120})).empty());       // beside the window
  EXPECT_TRUE(mapped(face({60, 60, 101.9F, 120})).empty());   // 0.95 px left
  EXPECT_EQ(mapped(face({60, 60, 102.1F, 120})).size(), 1U);  // 1.05 px left
  EXPECT_TRUE(mapped(face({150, 100, 151, 101})).empty());    // half a pixel
  EXPECT_TRUE(mapped(face({150, 100, 150, 130})).empty());    // nothing
}

}  // namespace
}  // namespace faceshot
