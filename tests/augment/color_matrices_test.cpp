#include "augment/operations/color_matrices.hpp"

#include <gtest/gtest.h>

#include <string>

#include "faceshot/error.hpp"

namespace faceshot::augment {
namespace {

cv::Vec3f applied(const cv::Matx34f& matrix, const cv::Vec3f& bgr) {
  return matrix * cv::Vec4f(bgr[0], bgr[1], bgr[2], 1);
}

float luma(const cv::Vec3f& bgr) { return 0.114F * bgr[0] + 0.587F * bgr[1] + 0.299F * bgr[2]; }

const cv::Vec3f kColor(30, 90, 180);

TEST(ColorMatrices, NothingAskedChangesNothing) {
  EXPECT_LT(cv::norm(applied(sepia_matrix(0), kColor), kColor), 1e-4);
  EXPECT_LT(cv::norm(applied(white_balance_matrix(0, 0), kColor), kColor), 1e-4);
  EXPECT_LT(cv::norm(applied(channel_shift_matrix(0, 0, 0), kColor), kColor), 1e-4);
  EXPECT_LT(cv::norm(applied(channel_swap_matrix(0), kColor), kColor), 1e-4);
}

TEST(Sepia, LeavesOneHueWhateverTheColorWas) {
  const cv::Vec3f a = applied(sepia_matrix(1), {10, 200, 30});
  const cv::Vec3f b = applied(sepia_matrix(1), {200, 10, 90});
  EXPECT_NEAR(a[2] / a[0], b[2] / b[0], 0.02);
  EXPECT_NEAR(a[1] / a[0], b[1] / b[0], 0.02);
  EXPECT_GT(a[2], a[1]);
  EXPECT_GT(a[1], a[0]);
}

TEST(Sepia, HalfIsHalfWay) {
  const cv::Vec3f half = (kColor + applied(sepia_matrix(1), kColor)) * 0.5F;
  EXPECT_LT(cv::norm(applied(sepia_matrix(0.5F), kColor), half), 1e-3);
}

TEST(WhiteBalance, TintsGraysAndKeepsTheirLuma) {
  const cv::Vec3f gray = cv::Vec3f::all(100);
  for (const float warmth : {-1.0F, -0.3F, 0.0F, 1.0F}) {
    for (const float tint : {-1.0F, 0.4F, 1.0F}) {
      EXPECT_NEAR(luma(applied(white_balance_matrix(warmth, tint), gray)), 100, 0.01);
    }
  }
  const cv::Vec3f warm = applied(white_balance_matrix(1, 0), gray);
  EXPECT_NEAR(warm[2] / warm[0], 2, 1e-3);  // one stop
  const cv::Vec3f cold = applied(white_balance_matrix(-1, 0), gray);
  EXPECT_NEAR(cold[0] / cold[2], 2, 1e-3);
  const cv::Vec3f magenta = applied(white_balance_matrix(0, 1), gray);
  EXPECT_LT(magenta[1], magenta[0]);
  EXPECT_NEAR(magenta[0], magenta[2], 1e-3);
}

TEST(ChannelShift, Adds) {
  EXPECT_LT(cv::norm(applied(channel_shift_matrix(5, -7, 20), kColor), cv::Vec3f(35, 83, 200)),
            1e-4);
}

TEST(ChannelSwap, GivesAllSixOrdersAsDocumented) {
  const std::string orders[] = {"BGR", "BRG", "GBR", "GRB", "RBG", "RGB"};
  for (int permutation = 0; permutation < 6; ++permutation) {
    // Each channel holds the letter of its name.
    const cv::Vec3f out = applied(channel_swap_matrix(permutation), {'B', 'G', 'R'});
    std::string order;
    for (int c = 0; c < 3; ++c) order += static_cast<char>(out[c]);
    EXPECT_EQ(order, orders[permutation]);
  }
  EXPECT_THROW((void)channel_swap_matrix(-1), Error);
  EXPECT_THROW((void)channel_swap_matrix(6), Error);
}

}  // namespace
}  // namespace faceshot::augment
