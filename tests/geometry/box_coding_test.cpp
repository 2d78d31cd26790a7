#include "faceshot/box_coding.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

#include "geometry/arbitrary.hpp"

namespace faceshot::geometry {
namespace {

constexpr std::array<float, 4> ssd_variances{0.1F, 0.1F, 0.2F, 0.2F};

// Prior, box and code of TestEncodeBBoxCenterSize and TestDecodeBBoxCenterSize in
// test_bbox_util.cpp of the SSD authors' Caffe.
constexpr Prior published_prior{0.2F, 0.2F, 0.2F, 0.2F};
constexpr Box published_box{0, 0.2F, 0.4F, 0.5F};

TEST(BoxCoding, EncodeHasThePublishedValues) {
  const BoxOffsets coded = encode(published_box, published_prior, ssd_variances);
  EXPECT_NEAR(coded[0], 0, 1e-5);
  EXPECT_NEAR(coded[1], 0.75 / 0.1, 1e-5);
  EXPECT_NEAR(coded[2], std::log(2.0) / 0.2, 1e-5);
  EXPECT_NEAR(coded[3], std::log(1.5) / 0.2, 1e-5);

  const BoxOffsets plain = encode(published_box, published_prior, {1, 1, 1, 1});
  EXPECT_NEAR(plain[1], 0.75, 1e-6);
  EXPECT_NEAR(plain[2], std::log(2.0), 1e-6);
  EXPECT_NEAR(plain[3], std::log(1.5), 1e-6);
}

TEST(BoxCoding, DecodeHasThePublishedValues) {
  const BoxOffsets coded{0, 7.5F, std::log(2.0F) * 5, std::log(1.5F) * 5};
  const Box box = decode(coded, published_prior, ssd_variances);
  EXPECT_NEAR(box.x1, 0, 1e-6);
  EXPECT_NEAR(box.y1, 0.2, 1e-6);
  EXPECT_NEAR(box.x2, 0.4, 1e-6);
  EXPECT_NEAR(box.y2, 0.5, 1e-6);
}

TEST(BoxCoding, EachVarianceBelongsToItsOffset) {
  constexpr Prior prior{50, 60, 20, 40};
  constexpr Box box{53, 72, 59, 112};  // centre (56, 92), 6 x 40
  const BoxOffsets coded = encode(box, prior, {0.1F, 0.2F, 0.5F, 0.25F});
  EXPECT_FLOAT_EQ(coded[0], 3);  // 6 / 20 / 0.1
  EXPECT_FLOAT_EQ(coded[1], 4);  // 32 / 40 / 0.2
  EXPECT_FLOAT_EQ(coded[2], std::log(0.3F) / 0.5F);
  EXPECT_NEAR(coded[3], 0, 1e-6);  // same height
}

TEST(BoxCoding, ZeroOffsetsGiveThePrior) {
  constexpr Prior prior{50, 60, 20, 40};
  EXPECT_EQ(decode({}, prior, ssd_variances), prior.box());
}

RC_GTEST_PROP(BoxCoding, DecodeInvertsEncode, ()) {
  const Box box = *testing::a_box();
  const auto side = testing::eighths(4, 200);
  const Prior prior{*testing::eighths(0, 100), *testing::eighths(0, 100), *side, *side};
  const auto variance = [] { return 0.05F + *testing::share(); };
  const std::array<float, 4> variances{variance(), variance(), variance(), variance()};
  const Box back = decode(encode(box, prior, variances), prior, variances);
  const auto same = [](float a, float b) { return std::abs(a - b) < 1e-3F; };
  RC_ASSERT(same(back.x1, box.x1) && same(back.y1, box.y1));
  RC_ASSERT(same(back.x2, box.x2) && same(back.y2, box.y2));
}

TEST(BoxCoding, WildOffsetsStayFiniteAndValid) {
  constexpr Prior prior{100, 100, 50, 50};
  constexpr float infinity = std::numeric_limits<float>::infinity();
  constexpr float largest = std::numeric_limits<float>::max();
  for (const float wild : {1e3F, 1e9F, largest, infinity})
    for (const float sign : {1.0F, -1.0F}) {
      for (std::size_t i = 0; i < 4; ++i) {
        BoxOffsets offsets{};
        offsets[i] = sign * wild;
        const Box box = decode(offsets, prior, ssd_variances);
        EXPECT_TRUE(finite(box)) << "offset " << i << " = " << sign * wild;
        EXPECT_TRUE(box.valid()) << "offset " << i << " = " << sign * wild;
        EXPECT_LE(box.width(), 50.1e3F);
      }
      const float w = sign * wild;
      EXPECT_TRUE(finite(decode({w, w, w, w}, prior, ssd_variances)));
    }
}

TEST(BoxCoding, NanIsNotHidden) {
  // The detector drops such boxes; turning them into plausible ones would be worse.
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  for (std::size_t i = 0; i < 4; ++i) {
    BoxOffsets offsets{};
    offsets[i] = nan;
    EXPECT_FALSE(finite(decode(offsets, {1, 1, 1, 1}, ssd_variances)));
  }
}

}  // namespace
}  // namespace faceshot::geometry
