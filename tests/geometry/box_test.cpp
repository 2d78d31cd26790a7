#include "faceshot/box.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "geometry/box_convert.hpp"
#include "geometry/random_boxes.hpp"

namespace faceshot::geometry {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

// Boxes and results of JaccardOverlap, IntersectBBox and BBoxSize in test_bbox_util.cpp of the SSD
// authors' Caffe.
constexpr Box reference{0.2F, 0.3F, 0.3F, 0.5F};

TEST(Box, IouHasThePublishedValues) {
  EXPECT_NEAR(iou(reference, {0.1F, 0.1F, 0.3F, 0.4F}), 1.0 / 7, 1e-6);
  EXPECT_NEAR(iou(reference, {0.1F, 0.1F, 0.4F, 0.6F}), 2.0 / 15, 1e-6);
  EXPECT_EQ(iou(reference, {0, 0, 0.1F, 0.1F}), 0);
}

TEST(Box, IntersectHasThePublishedValues) {
  const Box shared = intersect(reference, {0.1F, 0.1F, 0.3F, 0.4F});
  EXPECT_FLOAT_EQ(shared.x1, 0.2F);
  EXPECT_FLOAT_EQ(shared.y1, 0.3F);
  EXPECT_FLOAT_EQ(shared.x2, 0.3F);
  EXPECT_FLOAT_EQ(shared.y2, 0.4F);
}

TEST(Box, AreaHasThePublishedValues) {
  EXPECT_NEAR(reference.area(), 0.02, 1e-6);
  EXPECT_EQ((Box{0.2F, 0.3F, 0.2F, 0.5F}).area(), 0);  // a line
  EXPECT_EQ((Box{0.2F, 0.3F, 0.1F, 0.5F}).area(), 0);  // inverted
  EXPECT_EQ((Box{3, 5, 2, 4}).area(), 0);              // inverted twice: not a positive product
}

TEST(Box, MeasuresAreContinuous) {
  // No "+1": the box from 10 to 20 is 10 wide.
  constexpr Box box{10, 20, 20, 50};
  EXPECT_EQ(box.width(), 10);
  EXPECT_EQ(box.height(), 30);
  EXPECT_EQ(box.area(), 300);
  EXPECT_EQ(box.center_x(), 15);
  EXPECT_EQ(box.center_y(), 35);
}

TEST(Box, ValidIsFalseForEmptyInvertedAndNan) {
  EXPECT_TRUE((Box{0, 0, 1, 1}).valid());
  EXPECT_FALSE((Box{0, 0, 0, 1}).valid());
  EXPECT_FALSE((Box{0, 2, 1, 1}).valid());
  EXPECT_FALSE((Box{nan, 0, 1, 1}).valid());
  EXPECT_FALSE((Box{0, 0, 1, nan}).valid());
}

TEST(Box, IouIsSymmetricBoundedAndOneWithItself) {
  base::Random random(1);
  int overlapping = 0;
  for (int i = 0; i < 20000; ++i) {
    const Box a = testing::random_box(random);
    const Box b = testing::random_box(random);
    const float value = iou(a, b);
    ASSERT_EQ(value, iou(b, a));
    ASSERT_GE(value, 0);
    ASSERT_LE(value, 1);
    ASSERT_EQ(iou(a, a), 1);
    overlapping += value > 0;
  }
  EXPECT_GT(overlapping, 5000) << "the boxes must overlap often for this test to mean anything";
}

TEST(Box, IouDoesNotChangeWithTranslationAndScale) {
  base::Random random(2);
  for (int i = 0; i < 20000; ++i) {
    const Box a = testing::random_box(random);
    const Box b = testing::random_box(random);
    const float dx = random.uniform(-100, 100);
    const float dy = random.uniform(-100, 100);
    const float k = random.uniform(0.1F, 10);
    const auto moved = [&](const Box& box) {
      return Box{k * (box.x1 + dx), k * (box.y1 + dy), k * (box.x2 + dx), k * (box.y2 + dy)};
    };
    ASSERT_NEAR(iou(moved(a), moved(b)), iou(a, b), 2e-4);
  }
}

TEST(Box, IouAgreesWithCountingCells) {
  // On integer coordinates the area is a number of unit cells: count them.
  base::Random random(3);
  for (int i = 0; i < 300; ++i) {
    const auto integer_box = [&] {
      const auto x = static_cast<float>(random.below(12));
      const auto y = static_cast<float>(random.below(12));
      return Box{x, y, x + static_cast<float>(1 + random.below(8)),
                 y + static_cast<float>(1 + random.below(8))};
    };
    const Box a = integer_box();
    const Box b = integer_box();
    const auto inside = [](const Box& box, float x, float y) {
      return box.x1 < x && x < box.x2 && box.y1 < y && y < box.y2;
    };
    int both = 0;
    int either = 0;
    int in_a = 0;
    for (float y = 0.5F; y < 20; ++y)
      for (float x = 0.5F; x < 20; ++x) {
        both += inside(a, x, y) && inside(b, x, y);
        either += inside(a, x, y) || inside(b, x, y);
        in_a += inside(a, x, y);
      }
    ASSERT_FLOAT_EQ(iou(a, b), static_cast<float>(both) / static_cast<float>(either));
    ASSERT_FLOAT_EQ(coverage(a, b), static_cast<float>(both) / static_cast<float>(in_a));
  }
}

TEST(Box, CoverageIsOneInsideAndNotSymmetric) {
  constexpr Box small{2, 2, 4, 4};
  constexpr Box large{0, 0, 10, 10};
  EXPECT_EQ(coverage(small, large), 1);
  EXPECT_FLOAT_EQ(coverage(large, small), 0.04F);
  EXPECT_EQ(coverage({5, 5, 5, 5}, large), 0);
}

TEST(Box, DegenerateBoxesHaveNoOverlap) {
  constexpr Box box{0, 0, 10, 10};
  for (const Box& odd : {Box{}, Box{5, 5, 5, 8}, Box{8, 8, 2, 2}, Box{nan, nan, nan, nan},
                         Box{-infinity, -infinity, infinity, infinity}}) {
    EXPECT_EQ(iou(box, odd), 0);
    EXPECT_EQ(iou(odd, box), 0);
    EXPECT_EQ(iou(odd, odd), 0);
  }
}

TEST(Box, ClipHasThePublishedValues) {
  EXPECT_EQ(clip({-0.2F, -0.3F, 1.3F, 1.5F}, 1, 1), (Box{0, 0, 1, 1}));
  EXPECT_EQ(clip(reference, 1, 1), reference);
}

TEST(Box, ClipOfABoxOutsideIsEmpty) {
  EXPECT_FALSE(clip({20, 2, 30, 5}, 10, 10).valid());
  EXPECT_FALSE(clip({-5, 2, -1, 5}, 10, 10).valid());
  EXPECT_FALSE(clip({1, 10, 4, 12}, 10, 10).valid());
}

TEST(Box, FiniteSeesEachCoordinate) {
  EXPECT_TRUE(finite({1, 2, 3, 4}));
  for (const float bad : {infinity, -infinity, nan}) {
    EXPECT_FALSE(finite({bad, 2, 3, 4}));
    EXPECT_FALSE(finite({1, bad, 3, 4}));
    EXPECT_FALSE(finite({1, 2, bad, 4}));
    EXPECT_FALSE(finite({1, 2, 3, bad}));
  }
}

TEST(BoxConvert, XywhAsInWidersAnnotations) {
  // First face of WIDER's training list: 0_Parade_marchingband_1_849.jpg, "449 330 122 149".
  constexpr Box box = from_xywh({449, 330, 122, 149});
  EXPECT_EQ(box, (Box{449, 330, 571, 479}));
  constexpr Xywh back = to_xywh(box);
  EXPECT_EQ(back.x, 449);
  EXPECT_EQ(back.y, 330);
  EXPECT_EQ(back.w, 122);
  EXPECT_EQ(back.h, 149);
}

TEST(BoxConvert, NormalizedCentreAndSizeAsInYolo) {
  const Box box = from_normalized_cxcywh({0.5F, 0.25F, 0.5F, 0.5F}, 640, 480);
  EXPECT_EQ(box, (Box{160, 0, 480, 240}));
}

}  // namespace
}  // namespace faceshot::geometry
