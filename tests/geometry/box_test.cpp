#include "faceshot/box.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "geometry/arbitrary.hpp"
#include "geometry/box_convert.hpp"

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

RC_GTEST_PROP(Box, IouIsSymmetricBoundedAndOneWithItself, ()) {
  const Box a = *testing::a_box(), b = *testing::a_box();
  const float value = iou(a, b);
  RC_CLASSIFY(value > 0, "overlapping");
  RC_ASSERT(value == iou(b, a));
  RC_ASSERT(value >= 0 && value <= 1);
  RC_ASSERT(iou(a, a) == 1);
}

RC_GTEST_PROP(Box, IouDoesNotChangeWithTranslationAndScale, ()) {
  const Box a = *testing::a_box(), b = *testing::a_box();
  const float dx = *testing::eighths(-100, 100), dy = *testing::eighths(-100, 100);
  const float k = 0.125F + *testing::eighths(0, 10);
  const auto moved = [&](const Box& box) {
    return Box{k * (box.x1 + dx), k * (box.y1 + dy), k * (box.x2 + dx), k * (box.y2 + dy)};
  };
  RC_ASSERT(std::abs(iou(moved(a), moved(b)) - iou(a, b)) < 2e-4);
}

RC_GTEST_PROP(Box, IouAgreesWithCountingCells, ()) {
  // On integer coordinates the area is a number of unit cells: count them.
  const auto number = [](int low, int high) {
    return static_cast<float>(*rc::gen::inRange(low, high));
  };
  const auto integer_box = [&] {
    const float x = number(0, 12), y = number(0, 12);
    return Box{x, y, x + number(1, 9), y + number(1, 9)};
  };
  const Box a = integer_box(), b = integer_box();
  const auto inside = [](const Box& box, float x, float y) {
    return box.x1 < x && x < box.x2 && box.y1 < y && y < box.y2;
  };
  int both = 0, either = 0, in_a = 0;
  for (float y = 0.5F; y < 20; ++y)
    for (float x = 0.5F; x < 20; ++x) {
      both += inside(a, x, y) && inside(b, x, y);
      either += inside(a, x, y) || inside(b, x, y);
      in_a += inside(a, x, y);
    }
  const auto same = [](float value, int over, int under) {
    return std::abs(value - static_cast<float>(over) / static_cast<float>(under)) < 1e-6F;
  };
  RC_ASSERT(same(iou(a, b), both, either));
  RC_ASSERT(same(coverage(a, b), both, in_a));
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
  EXPECT_TRUE(finite(Box{1, 2, 3, 4}));
  for (const float bad : {infinity, -infinity, nan}) {
    EXPECT_FALSE(finite(Box{bad, 2, 3, 4}));
    EXPECT_FALSE(finite(Box{1, bad, 3, 4}));
    EXPECT_FALSE(finite(Box{1, 2, bad, 4}));
    EXPECT_FALSE(finite(Box{1, 2, 3, bad}));
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
