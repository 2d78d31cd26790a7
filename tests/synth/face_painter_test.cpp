// Labels come from geometry, pixels from a painter: here each is checked against the other.
#include "synth/face_painter.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "faceshot/error.hpp"

namespace faceshot::synth {
namespace {

const cv::Size picture{400, 400};

FaceTraits some_traits(std::uint32_t index) {
  base::Random random(11, 0, index);
  return draw_traits(random);
}

cv::Mat painted(const FaceTraits& traits, float height = 160) {
  cv::Mat image(picture, CV_8UC3, cv::Scalar::all(128));
  blend(paint_face(traits, {200, 200}, height, picture), image);
  return image;
}

/// Where two pictures differ by more than `threshold`.
cv::Mat difference(const cv::Mat& a, const cv::Mat& b, double threshold) {
  cv::Mat d, gray;
  cv::absdiff(a, b, d);
  cv::cvtColor(d, gray, cv::COLOR_BGR2GRAY);
  return gray > threshold;
}

cv::Point2f centroid(const cv::Mat& mask) {
  const cv::Moments m = cv::moments(mask, true);
  return {static_cast<float>(m.m10 / m.m00 + 0.5), static_cast<float>(m.m01 / m.m00 + 0.5)};
}

/// Nothing covers eyes and mouth.
FaceTraits open_face(float yaw, float pitch, float roll) {
  FaceTraits t;
  t.yaw = yaw;
  t.pitch = pitch;
  t.roll = roll;
  t.light = {0, 0, 1};
  return t;
}

TEST(FacePainter, BoxIsTheExtentOfTheFace) {
  // Within a pixel of a face of 150, from one of 300: a forehead that ends in a tip between hair
  // and outline is narrower than a pixel there.
  constexpr float tolerance = 2;
  for (std::uint32_t i = 0; i < 60; ++i) {
    FaceTraits traits = some_traits(i);
    traits.body_length = 0;
    const FaceLayer layer = paint_face(traits, {300.3F, 299.6F}, 300, {600, 600});
    const cv::Rect found = cv::boundingRect(layer.face) + layer.place.tl();
    const Box& box = layer.annotation.box;
    EXPECT_NEAR(box.x1, found.x, tolerance) << i;
    EXPECT_NEAR(box.y1, found.y, tolerance) << i;
    EXPECT_NEAR(box.x2, found.x + found.width, tolerance) << i;
    EXPECT_NEAR(box.y2, found.y + found.height, tolerance) << i;
  }
}

TEST(FacePainter, BoxIsWhereItWasAskedFor) {
  for (std::uint32_t i = 0; i < 20; ++i) {
    const Box box = paint_face(some_traits(i), {123, 210}, 77, picture).annotation.box;
    EXPECT_NEAR(box.center_x(), 123, 0.01);
    EXPECT_NEAR(box.center_y(), 210, 0.01);
    EXPECT_NEAR(box.height(), 77, 0.01);
    EXPECT_GT(box.width() / box.height(), 0.4F) << i;
    EXPECT_LT(box.width() / box.height(), 1.2F) << i;
  }
}

TEST(FacePainter, EyeLandmarksAreWhereTheIrisIs) {
  for (const auto& pose :
       {cv::Vec3f(0, 0, 0), cv::Vec3f(0.3F, 0.1F, 0), cv::Vec3f(-0.3F, -0.1F, 0.4F)}) {
    FaceTraits t = open_face(pose[0], pose[1], pose[2]);
    const cv::Mat dark = painted(t);
    t.iris = {250, 250, 30};
    const cv::Mat changed = difference(dark, painted(t), 20);
    const Landmarks points = *paint_face(t, {200, 200}, 160, picture).annotation.landmarks;
    for (const std::size_t eye : {std::size_t{0}, std::size_t{1}}) {
      const cv::Point2f at(points[eye].x, points[eye].y);
      cv::Mat near = cv::Mat::zeros(picture, CV_8UC1);
      cv::circle(near, at, 20, cv::Scalar::all(255), cv::FILLED);
      near &= changed;
      ASSERT_GT(cv::countNonZero(near), 10);
      EXPECT_LT(cv::norm(centroid(near) - at), 3) << "an iris is 11 px wide here";
    }
  }
}

TEST(FacePainter, MouthLandmarksAreTheEndsOfTheLips) {
  for (const float roll : {0.0F, 0.5F}) {
    FaceTraits t = open_face(0, 0, roll);
    const cv::Mat before = painted(t);
    t.lips = {255, 0, 0};
    const cv::Mat changed = difference(before, painted(t), 12);
    std::vector<cv::Point> lips;
    cv::findNonZero(changed, lips);
    // Along the line between the corners, whatever the orientation of the face.
    const cv::Point2f along(std::cos(roll), std::sin(roll));
    float low = 1e9F, high = -1e9F;
    for (const cv::Point& p : lips) {
      const float d = along.dot(cv::Point2f(p) + cv::Point2f(0.5F, 0.5F));
      low = std::min(low, d);
      high = std::max(high, d);
    }
    const Landmarks points = *paint_face(t, {200, 200}, 160, picture).annotation.landmarks;
    EXPECT_NEAR(low, along.dot(cv::Point2f(points[3].x, points[3].y)), 3) << roll;
    EXPECT_NEAR(high, along.dot(cv::Point2f(points[4].x, points[4].y)), 3) << roll;
  }
}

TEST(FacePainter, NoseFollowsTheLookAndLeftStaysLeft) {
  const auto points = [](float yaw, float pitch) {
    return *paint_face(open_face(yaw, pitch, 0), {200, 200}, 160, picture).annotation.landmarks;
  };
  const Landmarks ahead = points(0, 0);
  EXPECT_NEAR(ahead[2].x, 200, 0.01);
  EXPECT_NEAR(ahead[0].x + ahead[1].x, 400, 0.01);
  const auto between_eyes = [](const Landmarks& p) { return p[2].x - 0.5F * (p[0].x + p[1].x); };
  EXPECT_GT(between_eyes(points(0.5F, 0)), 5);
  EXPECT_LT(between_eyes(points(-0.5F, 0)), -5);
  EXPECT_GT(points(0, 0.3F)[2].y - points(0, 0.3F)[0].y, ahead[2].y - ahead[0].y - 5);
  for (std::uint32_t i = 0; i < 50; ++i) {
    FaceTraits t = some_traits(i);
    t.roll = 0;
    const Landmarks p = *paint_face(t, {200, 200}, 160, picture).annotation.landmarks;
    EXPECT_LT(p[0].x, p[1].x);
    EXPECT_LT(p[3].x, p[4].x);
    EXPECT_LT(p[0].y, p[2].y);
    EXPECT_LT(p[2].y, p[3].y);
  }
}

TEST(FacePainter, LightComesFromItsSide) {
  FaceTraits t = open_face(0, 0, 0);
  t.light = {-0.9F, 0, 0.4F};
  const cv::Mat image = painted(t);
  const cv::Scalar left = cv::mean(image(cv::Rect(155, 200, 20, 30)));
  const cv::Scalar right = cv::mean(image(cv::Rect(225, 200, 20, 30)));
  EXPECT_GT(left[1], 1.3 * right[1]);
}

TEST(FacePainter, AMaskCoversTheMouthAndTheNoseUnlessItIsWornWrongly) {
  for (const auto& pose : {cv::Vec3f(0, 0, 0), cv::Vec3f(0.3F, 0.1F, 0.2F)}) {
    FaceTraits t = open_face(pose[0], pose[1], pose[2]);
    t.mask_color = {250, 20, 250};  // no skin is violet
    const auto is_mask = [&](Mask mask, std::size_t point) {
      t.mask = mask;
      const FaceLayer layer = paint_face(t, {200, 200}, 160, picture);
      cv::Mat image(picture, CV_8UC3, cv::Scalar::all(128));
      blend(layer, image);
      const Landmarks& at = *layer.annotation.landmarks;
      const cv::Rect around(cvRound(at[point].x) - 3, cvRound(at[point].y) - 3, 7, 7);
      const cv::Scalar colour = cv::mean(image(around));
      return colour[1] < 0.4 * std::min(colour[0], colour[2]);
    };
    constexpr std::size_t eye = 0, nose = 2, mouth = 3;
    EXPECT_TRUE(is_mask(Mask::worn, nose));
    EXPECT_TRUE(is_mask(Mask::worn, mouth));
    EXPECT_TRUE(is_mask(Mask::under_nose, mouth));
    EXPECT_FALSE(is_mask(Mask::under_nose, nose));
    EXPECT_FALSE(is_mask(Mask::worn, eye));
    EXPECT_FALSE(is_mask(Mask::none, mouth));
    const Box without = paint_face(t, {200, 200}, 160, picture).annotation.box;
    t.mask = Mask::worn;
    EXPECT_EQ(paint_face(t, {200, 200}, 160, picture).annotation.box, without);
  }
}

TEST(FacePainter, SmallFacesLookLikeReducedLargeOnes) {
  for (std::uint32_t i = 0; i < 8; ++i) {
    const FaceTraits traits = some_traits(i);
    cv::Mat large(384, 384, CV_8UC3, cv::Scalar::all(128));
    blend(paint_face(traits, {192, 192}, 192, large.size()), large);
    cv::Mat small(32, 32, CV_8UC3, cv::Scalar::all(128));
    blend(paint_face(traits, {16, 16}, 16, small.size()), small);
    cv::Mat reduced;
    cv::resize(large, reduced, small.size(), 0, 0, cv::INTER_AREA);
    EXPECT_LT(cv::norm(reduced, small, cv::NORM_L1) / (32 * 32 * 3), 3) << i;
  }
}

TEST(FacePainter, OutsideThePictureThereIsNothing) {
  const FaceLayer gone = paint_face(some_traits(0), {-5000, 100}, 50, picture);
  EXPECT_TRUE(gone.place.empty());
  cv::Mat image(picture, CV_8UC3, cv::Scalar::all(9));
  blend(gone, image);
  EXPECT_EQ(cv::countNonZero(image.reshape(1) != 9), 0);
  const FaceLayer cut = paint_face(some_traits(0), {0, 100}, 50, picture);
  EXPECT_GE(cut.place.x, 0);
  EXPECT_LT(cut.annotation.box.x1, 0);  // the label is not clipped
}

TEST(FacePainter, AFaceOfNoHeightIsRefused) {
  EXPECT_THROW((void)paint_face({}, {10, 10}, 0.5F, picture), Error);
  EXPECT_THROW((void)paint_face({}, {10, 10}, std::nanf(""), picture), Error);
}

TEST(FaceTraits, SkinCoversTheWholeRange) {
  float darkest = 255, lightest = 0;
  int aside = 0;
  for (std::uint32_t i = 0; i < 500; ++i) {
    const FaceTraits t = some_traits(i);
    darkest = std::min(darkest, t.skin[2]);
    lightest = std::max(lightest, t.skin[2]);
    EXPECT_GT(t.skin[2], t.skin[0]) << "no skin is blue";
    aside += std::abs(t.yaw) > 0.45F ? 1 : 0;
  }
  EXPECT_LT(darkest, 95);
  EXPECT_GT(lightest, 235);
  EXPECT_NEAR(aside, 115, 40);
}

}  // namespace
}  // namespace faceshot::synth
