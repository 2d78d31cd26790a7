#include "faceshot/face_alignment.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <opencv2/calib3d.hpp>
#include <opencv2/core.hpp>
#include <vector>

#include "base/random.hpp"
#include "faceshot/error.hpp"
#include "geometry/coordinates.hpp"

namespace faceshot::detect {
namespace {

constexpr Landmarks face{30, 40, 70, 42, 50, 60, 35, 80, 66, 79};

Landmarks random_points(base::Random& random) {
  Landmarks points{};
  for (Point& p : points) {
    p.x = random.uniform(-50, 150);
    p.y = random.uniform(-50, 150);
  }
  return points;
}

std::vector<cv::Point2d> to_points(const Landmarks& l) {
  std::vector<cv::Point2d> points;
  for (const Point& p : l) points.emplace_back(static_cast<double>(p.x), static_cast<double>(p.y));
  return points;
}

/// Umeyama's eqs. 38 to 43 as printed, with a singular value decomposition.
Similarity umeyama(const Landmarks& from, const Landmarks& to) {
  const auto x = to_points(from);
  const auto y = to_points(to);
  cv::Matx21d mx(0, 0);
  cv::Matx21d my(0, 0);
  for (std::size_t k = 0; k < 5; ++k) {
    mx += cv::Matx21d(x[k].x, x[k].y) * 0.2;
    my += cv::Matx21d(y[k].x, y[k].y) * 0.2;
  }
  cv::Matx22d sigma = cv::Matx22d::zeros();
  double variance = 0;
  for (std::size_t k = 0; k < 5; ++k) {
    const cv::Matx21d dx = cv::Matx21d(x[k].x, x[k].y) - mx;
    const cv::Matx21d dy = cv::Matx21d(y[k].x, y[k].y) - my;
    sigma += dy * dx.t() * 0.2;
    variance += 0.2 * dx.dot(dx);
  }
  cv::Matx21d d;
  cv::Matx22d u;
  cv::Matx22d vt;
  cv::SVD::compute(sigma, d, u, vt);
  const double sign = cv::determinant(u) * cv::determinant(vt) < 0 ? -1 : 1;
  const cv::Matx22d r = u * cv::Matx22d(1, 0, 0, sign) * vt;
  const double c = (d(0) + sign * d(1)) / variance;
  const cv::Matx21d t = my - r * mx * c;
  return {c * r(0, 0), c * r(1, 0), t(0), t(1)};
}

void expect_near(const Similarity& got, const Similarity& wanted, double tolerance) {
  EXPECT_NEAR(got.a, wanted.a, tolerance);
  EXPECT_NEAR(got.b, wanted.b, tolerance);
  EXPECT_NEAR(got.tx, wanted.tx, 100 * tolerance);
  EXPECT_NEAR(got.ty, wanted.ty, 100 * tolerance);
}

TEST(FaceAlignment, FindsAQuarterTurnByHand) {
  // (x, y) -> (-2 y + 7, 2 x - 3): rotated by 90 degrees, twice as large.
  Landmarks turned{};
  for (std::size_t k = 0; k < 5; ++k) turned[k] = {-2 * face[k].y + 7, 2 * face[k].x - 3};
  const Similarity fit = fit_similarity(face, turned);
  expect_near(fit, {0, 2, 7, -3}, 1e-6);
  EXPECT_NEAR(fit.scale(), 2, 1e-6);
  EXPECT_EQ(fit.apply(face), turned);
}

TEST(FaceAlignment, IsUmeyamasOnPointsThatFitNoSimilarity) {
  base::Random random(5);
  for (int n = 0; n < 500; ++n) {
    const Landmarks from = random_points(random);
    Landmarks to = random_points(random);
    if (n % 3 == 0) {  // a mirror image: the best similarity does not reflect
      to = from;
      for (Point& p : to) p.x = 100 - p.x + random.uniform(-5, 5);
    }
    expect_near(fit_similarity(from, to), umeyama(from, to), 1e-5);
  }
}

TEST(FaceAlignment, IsOpenCvsOnExactPoints) {
  base::Random random(6);
  for (int n = 0; n < 50; ++n) {
    const double scale = static_cast<double>(random.uniform(0.1F, 3));
    const double angle = static_cast<double>(random.uniform(-1, 1)) * std::numbers::pi;
    const Similarity wanted{scale * std::cos(angle), scale * std::sin(angle),
                            static_cast<double>(random.uniform(-90, 90)),
                            static_cast<double>(random.uniform(-90, 90))};
    const Landmarks to = wanted.apply(face);
    const cv::Mat theirs = cv::estimateAffinePartial2D(to_points(face), to_points(to));
    ASSERT_FALSE(theirs.empty());
    const Similarity ours = fit_similarity(face, to);
    EXPECT_NEAR(ours.a, theirs.at<double>(0, 0), 1e-5);
    EXPECT_NEAR(-ours.b, theirs.at<double>(0, 1), 1e-5);
    EXPECT_NEAR(ours.tx, theirs.at<double>(0, 2), 1e-3);
    EXPECT_NEAR(ours.b, theirs.at<double>(1, 0), 1e-5);
    EXPECT_NEAR(ours.a, theirs.at<double>(1, 1), 1e-5);
    EXPECT_NEAR(ours.ty, theirs.at<double>(1, 2), 1e-3);
  }
}

TEST(FaceAlignment, TheInverseUndoes) {
  const Similarity s{1.5, -0.75, 12, -30};
  const Landmarks back = s.inverse().apply(s.apply(face));
  for (std::size_t k = 0; k < 10; ++k)
    EXPECT_NEAR(testing::coordinate(back, k), testing::coordinate(face, k), 1e-4);
}

TEST(FaceAlignment, TheTemplateIsThePublishedOneAndScales) {
  const Landmarks published{38.2946F, 51.6963F, 73.5318F, 51.5014F, 56.0252F,
                            71.7366F, 41.5493F, 92.3655F, 70.7299F, 92.2041F};
  EXPECT_EQ(alignment_template(), published);
  const Landmarks twice = alignment_template(224);
  for (std::size_t k = 0; k < 10; ++k)
    EXPECT_FLOAT_EQ(testing::coordinate(twice, k), 2 * testing::coordinate(published, k));
}

TEST(FaceAlignment, RefusesPointsThatSayNothing) {
  Landmarks same;
  same.fill({20, 20});
  EXPECT_THROW((void)fit_similarity(same, face), Error);
  Landmarks nan = face;
  nan[2].x = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW((void)fit_similarity(nan, face), Error);
  EXPECT_THROW((void)fit_similarity(face, nan), Error);
}

}  // namespace
}  // namespace faceshot::detect
