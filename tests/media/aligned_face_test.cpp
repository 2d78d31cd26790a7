#include "media/drawing/aligned_face.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "faceshot/error.hpp"
#include "faceshot/face_alignment.hpp"
#include "media/opencv.hpp"

namespace faceshot::media {
namespace {

/// Points in our coordinates that `to_crop`, which maps pixel centres to pixel centres, maps
/// exactly to the template.
Landmarks landmarks_for(const Similarity& to_crop) {
  Landmarks points = to_crop.inverse().apply(alignment_template());
  for (Point& p : points) p = {p.x + 0.5F, p.y + 0.5F};
  return points;
}

cv::Mat align_face(const cv::Mat& image, const Landmarks& landmarks, int size = 112) {
  Image crop = media::align_face(view_of(image), landmarks, size);
  return mat_of(crop).clone();
}

/// Rotates and scales by `a` and `b`, and moves `centre` to the middle of the crop.
Similarity around(cv::Point2d centre, double a, double b) {
  return {a, b, 56 - (a * centre.x - b * centre.y), 56 - (b * centre.x + a * centre.y)};
}

/// Centroid of the bright pixels, from pixel centres.
cv::Point2d bright_spot(const cv::Mat& image) {
  cv::Mat gray;
  cv::cvtColor(image, gray, cv::COLOR_BGR2GRAY);
  const cv::Moments m = cv::moments(gray);
  return {m.m10 / m.m00, m.m01 / m.m00};
}

TEST(AlignFace, IsOpenCvsWarpOfTheSameSimilarity) {
  cv::Mat image(200, 240, CV_8UC3);
  cv::RNG(7).fill(image, cv::RNG::UNIFORM, 0, 256);
  cv::GaussianBlur(image, image, {5, 5}, 0);
  const Similarity s{0.8, 0.3, -20, -40};
  cv::Mat wanted;
  cv::warpAffine(image, wanted, cv::Matx23d(s.a, -s.b, s.tx, s.b, s.a, s.ty), {112, 112});
  const cv::Mat crop = align_face(image, landmarks_for(s));
  ASSERT_EQ(crop.size(), wanted.size());
  EXPECT_LE(cv::norm(crop, wanted, cv::NORM_INF), 6) << "OpenCV rounds places to 1/32 px";
  EXPECT_LE(cv::norm(crop, wanted, cv::NORM_L1) / static_cast<double>(3 * wanted.total()), 0.5);
}

TEST(AlignFace, WhatLiesOnTheNoseLiesOnTheTemplatesNose) {
  // From a face of a few pixels to one averaged down by 9.
  for (const double scale : {4.0, 1.0, 0.6, 0.35, 0.105}) {
    const Similarity s = around({650, 640}, scale * 0.96, scale * -0.28);
    const Landmarks points = landmarks_for(s);
    cv::Mat image(1300, 1300, CV_8UC3, cv::Scalar::all(0));
    constexpr int shift = 6;
    const auto fixed = [](double v) { return static_cast<int>(std::lround(v * (1 << shift))); };
    const cv::Point nose(fixed(static_cast<double>(points[2].x) - 0.5),
                         fixed(static_cast<double>(points[2].y) - 0.5));
    ASSERT_GT(nose.x, 0);
    ASSERT_GT(nose.y, 0);
    cv::circle(image, nose, fixed(std::max(4.0, 5 / scale)), cv::Scalar::all(255), cv::FILLED,
               cv::LINE_AA, shift);
    const cv::Point2d seen = bright_spot(align_face(image, points));
    EXPECT_NEAR(seen.x, static_cast<double>(alignment_template()[2].x), 0.12) << "scale " << scale;
    EXPECT_NEAR(seen.y, static_cast<double>(alignment_template()[2].y), 0.12) << "scale " << scale;
  }
}

TEST(AlignFace, ALargeFaceIsAveragedAndNotSampled) {
  // A pattern of single pixels is grey from afar.
  cv::Mat image(1400, 1400, CV_8UC3);
  for (int y = 0; y < image.rows; ++y)
    for (int x = 0; x < image.cols; ++x)
      image.at<cv::Vec3b>(y, x) = cv::Vec3b::all((x + y) % 2 == 0 ? 0 : 255);
  cv::Scalar mean;
  cv::Scalar deviation;
  cv::meanStdDev(align_face(image, landmarks_for(around({700, 700}, 0.097, 0.01))), mean,
                 deviation);
  EXPECT_NEAR(mean[0], 127.5, 2);
  EXPECT_LT(deviation[0], 8);
}

TEST(AlignFace, OutsideThePhotographIsBlack) {
  const cv::Mat image(100, 100, CV_8UC3, cv::Scalar::all(255));
  const cv::Mat half = align_face(image, landmarks_for({1, 0, 56, 0}));
  EXPECT_EQ(half.at<cv::Vec3b>(50, 30), cv::Vec3b::all(0));
  EXPECT_EQ(half.at<cv::Vec3b>(50, 100), cv::Vec3b::all(255));
  for (const double scale : {1.0, 0.2})
    EXPECT_EQ(cv::countNonZero(align_face(image, landmarks_for({scale, 0, 1e6, 1e6})).reshape(1)),
              0);
}

TEST(AlignFace, OtherSizesShowTheSame) {
  cv::Mat image(300, 300, CV_8UC3, cv::Scalar::all(0));
  const Landmarks points = landmarks_for({1, 0, -60, -50});
  cv::circle(image, cv::Point2f(points[0].x - 0.5F, points[0].y - 0.5F), 6, cv::Scalar::all(255),
             cv::FILLED);
  const cv::Mat crop = align_face(image, points, 224);
  EXPECT_EQ(crop.size(), cv::Size(224, 224));
  EXPECT_NEAR(bright_spot(crop).x, 2 * 38.2946, 1);
  EXPECT_NEAR(bright_spot(crop).y, 2 * 51.6963, 1);
}

TEST(AlignFace, RefusesWhatItCannotAlign) {
  const cv::Mat image(100, 100, CV_8UC3, cv::Scalar::all(255));
  const Landmarks points = landmarks_for({1, 0, 0, 0});
  EXPECT_THROW((void)align_face({}, points), Error);
  EXPECT_THROW((void)align_face(cv::Mat(9, 9, CV_8UC1), points), Error);
  EXPECT_THROW((void)align_face(image, points, 0), Error);
  Landmarks same;
  same.fill({3, 3});
  EXPECT_THROW((void)align_face(image, same), Error);
}

}  // namespace
}  // namespace faceshot::media
