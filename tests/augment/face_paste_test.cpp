// Compared with OpenCV's warps and ellipses, and checked for properties.
#include "augment/operations/face_paste.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/imgproc.hpp>

#include "base/random.hpp"
#include "faceshot/error.hpp"

namespace faceshot::augment {
namespace {

using geometry::Annotation;

const Box source_box{60, 50, 130, 150};

Annotation face() {
  Annotation a;
  a.box = source_box;
  a.blur = 1;
  a.landmarks = Landmarks{80, 85, 110, 86, 96, 105, 83, 125, 108, 126};
  return a;
}

/// Smooth, so that interpolations agree, and different at every place.
cv::Mat photograph(int seed) {
  cv::Mat noise(12, 12, CV_8UC3), image;
  cv::RNG(static_cast<std::uint64_t>(seed)).fill(noise, cv::RNG::UNIFORM, 30, 220);
  cv::resize(noise, image, {200, 200}, 0, 0, cv::INTER_CUBIC);
  return image;
}

FacePaste plain(cv::Point2f center, float height) {
  FacePaste how;
  how.center = center;
  how.height = height;
  how.relight = 0;
  return how;
}

/// The ellipse in which a pasted face is opaque.
cv::Mat ellipse_mask(cv::Size size, cv::Point2f center, cv::Size2f axes, double degrees) {
  cv::Mat mask = cv::Mat::zeros(size, CV_8UC1);
  cv::ellipse(mask,
              cv::RotatedRect(center - cv::Point2f(0.5F, 0.5F), axes, static_cast<float>(degrees)),
              cv::Scalar::all(255), cv::FILLED);
  return mask;
}

TEST(FacePaste, UnchangedFaceIsCopiedExactlyAndNothingElseIsTouched) {
  const cv::Mat source = photograph(1);
  const cv::Mat background(200, 200, CV_8UC3, cv::Scalar(10, 20, 30));
  cv::Mat target = background.clone();
  const Annotation pasted = paste_face(source, face(), plain({105, 90}, 100), target);
  EXPECT_EQ(pasted.box, (Box{70, 40, 140, 140}));
  EXPECT_EQ(pasted.blur, 1);
  cv::Mat expected = background.clone();
  source(cv::Rect(50, 40, 90, 120)).copyTo(expected(cv::Rect(60, 30, 90, 120)));
  const cv::Mat inside = ellipse_mask(target.size(), {105, 90}, {70, 100}, 0);
  EXPECT_EQ(cv::norm(target, expected, cv::NORM_INF, inside), 0);
  const cv::Mat outside = ~ellipse_mask(target.size(), {105, 90}, {70 * 1.38F, 100 * 1.38F}, 0);
  EXPECT_EQ(cv::norm(target, background, cv::NORM_INF, outside), 0);
  // In between it fades: not everywhere one or the other.
  const cv::Mat ring = ~(inside | outside);
  EXPECT_GT(cv::norm(target, background, cv::NORM_INF, ring), 20);
  EXPECT_GT(cv::norm(target, expected, cv::NORM_INF, ring), 20);
}

TEST(FacePaste, TurnedAndScaledEqualsOpenCv) {
  const cv::Mat source = photograph(2);
  for (const double degrees : {25.0, -70.0}) {
    cv::Mat target(200, 200, CV_8UC3, cv::Scalar::all(0));
    FacePaste how = plain({98, 104}, 120);
    how.roll = static_cast<float>(degrees * CV_PI / 180);
    paste_face(source, face(), how, target);
    // OpenCV's angle has the opposite sign, and its pixel coordinates refer to pixel centres.
    cv::Mat matrix = cv::getRotationMatrix2D(cv::Point2f(94.5F, 99.5F), -degrees, 1.2);
    matrix.at<double>(0, 2) += 97.5 - 94.5;
    matrix.at<double>(1, 2) += 103.5 - 99.5;
    cv::Mat expected;
    cv::warpAffine(source, expected, matrix, {200, 200}, cv::INTER_LINEAR);
    const cv::Mat inside = ellipse_mask(target.size(), {98, 104}, {84, 120}, degrees);
    EXPECT_LE(cv::norm(target, expected, cv::NORM_INF, inside), 3) << degrees;
  }
}

TEST(FacePaste, FlippedEqualsOpenCv) {
  const cv::Mat source = photograph(3);
  cv::Mat target(200, 200, CV_8UC3, cv::Scalar::all(0)), mirrored, twin(200, 200, CV_8UC3);
  twin.setTo(cv::Scalar::all(0));
  FacePaste how = plain({100, 100}, 80);
  how.flip = true;
  const Annotation pasted = paste_face(source, face(), how, target);
  cv::flip(source, mirrored, 1);
  Annotation mirrored_face = face();
  mirrored_face.box = {200 - 130, 50, 200 - 60, 150};
  how.flip = false;
  paste_face(mirrored, mirrored_face, how, twin);
  EXPECT_LE(cv::norm(target, twin, cv::NORM_INF), 2);
  const Landmarks& p = *pasted.landmarks;
  EXPECT_LT(p[0].x, p[1].x);
  EXPECT_LT(p[3].x, p[4].x);
  EXPECT_NEAR(p[0].x, 100 + 0.8F * (95 - 110), 1e-4);  // the right eye has become the left one
  EXPECT_NEAR(p[0].y, 100 + 0.8F * (86 - 100), 1e-4);
}

TEST(FacePaste, BoxIsThatOfTheTurnedEllipse) {
  const cv::Mat source = photograph(4);
  cv::Mat target(300, 300, CV_8UC3, cv::Scalar::all(0));
  for (int degrees = -180; degrees <= 180; degrees += 15) {
    FacePaste how = plain({150, 150}, 100);
    how.roll = static_cast<float>(degrees * CV_PI / 180);
    const Box box = paste_face(source, face(), how, target).box;
    std::vector<cv::Point2d> outline;
    cv::ellipse2Poly(cv::Point2d(150, 150), cv::Size2d(35, 50), degrees, 0, 360, 1, outline);
    double x1 = 999, x2 = 0, y1 = 999, y2 = 0;
    for (const auto& p : outline) {
      x1 = std::min(x1, p.x);
      x2 = std::max(x2, p.x);
      y1 = std::min(y1, p.y);
      y2 = std::max(y2, p.y);
    }
    EXPECT_NEAR(box.x1, x1, 0.05) << degrees;
    EXPECT_NEAR(box.y1, y1, 0.05) << degrees;
    EXPECT_NEAR(box.x2, x2, 0.05) << degrees;
    EXPECT_NEAR(box.y2, y2, 0.05) << degrees;
  }
}

TEST(FacePaste, LandmarksMoveWithThePixels) {
  base::Random random(5);
  for (int trial = 0; trial < 40; ++trial) {
    const Annotation f = face();
    FacePaste how =
        plain({random.uniform(90, 110), random.uniform(90, 110)}, random.uniform(60, 150));
    how.roll = random.uniform(-3, 3);
    how.flip = random.chance(0.5F);
    const std::size_t k = random.below(5);
    cv::Mat source(200, 200, CV_8UC3, cv::Scalar::all(0)), target = source.clone(), gray;
    // A dot of 4 px centred on the landmark.
    const auto x = static_cast<int>((*f.landmarks)[k].x), y = static_cast<int>((*f.landmarks)[k].y);
    source(cv::Rect(x - 2, y - 2, 4, 4)).setTo(cv::Scalar::all(255));
    const Landmarks moved = *paste_face(source, f, how, target).landmarks;
    cv::cvtColor(target, gray, cv::COLOR_BGR2GRAY);
    const cv::Moments m = cv::moments(gray);
    const cv::Point2d found(m.m10 / m.m00 + 0.5, m.m01 / m.m00 + 0.5);
    // Eyes and mouth corners swap when the face is mirrored.
    constexpr std::size_t mirrored[5] = {1, 0, 2, 4, 3};
    const std::size_t at = how.flip ? mirrored[k] : k;
    EXPECT_NEAR(moved[at].x, found.x, 0.35) << trial;
    EXPECT_NEAR(moved[at].y, found.y, 0.35) << trial;
  }
}

TEST(FacePaste, ShrinkingDoesNotAlias) {
  cv::Mat source(200, 200, CV_8UC3);
  for (int y = 0; y < 200; ++y)
    for (int x = 0; x < 200; ++x)
      source.at<cv::Vec3b>(y, x) = (x + y) % 2 == 0 ? cv::Vec3b::all(255) : cv::Vec3b::all(0);
  cv::Mat target(60, 60, CV_8UC3, cv::Scalar::all(128));
  FacePaste how = plain({30, 30}, 20);
  how.roll = 0.4F;
  paste_face(source, face(), how, target);
  EXPECT_LT(cv::norm(target, cv::Mat(60, 60, CV_8UC3, cv::Scalar::all(128)), cv::NORM_INF), 16);
}

TEST(FacePaste, TakesTheLightOfThePlacePartly) {
  const cv::Mat source(200, 200, CV_8UC3, cv::Scalar::all(80));
  const auto middle = [&](float relight, double around, float gain) {
    cv::Mat target(200, 200, CV_8UC3, cv::Scalar::all(around));
    FacePaste how = plain({100, 100}, 80);
    how.relight = relight;
    how.gain = gain;
    paste_face(source, face(), how, target);
    return static_cast<int>(target.at<cv::Vec3b>(100, 100)[1]);
  };
  EXPECT_EQ(middle(0, 160, 1), 80);
  EXPECT_GT(middle(0.5F, 160, 1), 90);
  EXPECT_GT(middle(1, 160, 1), middle(0.5F, 160, 1));
  EXPECT_LT(middle(1, 20, 1), 60);
  EXPECT_NEAR(middle(0, 160, 1.5F), 120, 1);
}

TEST(FacePaste, PartlyOutsideIsCut) {
  const cv::Mat source = photograph(6);
  cv::Mat target(100, 100, CV_8UC3, cv::Scalar::all(0));
  const Annotation at_corner = paste_face(source, face(), plain({0, 100}, 60), target);
  EXPECT_LT(at_corner.box.x1, 0);
  EXPECT_GT(at_corner.box.y2, 100);
  EXPECT_GT(cv::countNonZero(target.reshape(1)), 0);
  cv::Mat untouched(100, 100, CV_8UC3, cv::Scalar::all(7));
  paste_face(source, face(), plain({-500, 50}, 60), untouched);
  EXPECT_EQ(cv::countNonZero(untouched.reshape(1) != 7), 0);
}

TEST(FacePaste, OutsideTheSourceIsTransparent) {
  cv::Mat source = photograph(7);
  Annotation f = face();
  f.box = {0, 50, 70, 150};  // its margin extends beyond the photograph
  cv::Mat target(200, 200, CV_8UC3, cv::Scalar(10, 20, 30));
  paste_face(source, f, plain({100, 100}, 100), target);
  const cv::Mat beyond = target.colRange(0, 65);
  EXPECT_EQ(cv::norm(beyond, cv::Mat(beyond.size(), CV_8UC3, cv::Scalar(10, 20, 30)), cv::NORM_INF),
            0);
}

TEST(FacePaste, ImpossibleArgumentsAreRefused) {
  cv::Mat target(50, 50, CV_8UC3), gray(50, 50, CV_8UC1);
  EXPECT_THROW(paste_face({}, face(), plain({1, 1}, 10), target), Error);
  EXPECT_THROW(paste_face(target.clone(), face(), plain({1, 1}, 10), gray), Error);
  EXPECT_THROW(paste_face(target.clone(), face(), plain({1, 1}, 0), target), Error);
  EXPECT_THROW(paste_face(target.clone(), {}, plain({1, 1}, 10), target), Error);
}

}  // namespace
}  // namespace faceshot::augment
