#include "augment/operations/degrade.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <opencv2/imgcodecs.hpp>
#include <vector>

#include "augment/operations/noise.hpp"
#include "faceshot/error.hpp"
#include "pixel_operation.hpp"

namespace faceshot::augment {
namespace {

struct Moments {
  double mean = 0, deviation = 0;
};

Moments moments(const cv::Mat& values) {
  cv::Scalar mean, deviation;
  cv::meanStdDev(values.reshape(1), mean, deviation);
  return {mean[0], deviation[0]};
}

/// Correlation of all values with those `dx`, `dy` further on.
double correlation(const cv::Mat& single, int dx, int dy) {
  cv::Mat values;
  single.convertTo(values, CV_64F);
  values -= cv::mean(values);
  const cv::Size size(values.cols - dx, values.rows - dy);
  return values(cv::Rect({0, 0}, size)).dot(values(cv::Rect({dx, dy}, size))) / values.dot(values);
}

/// What `operation` adds to a picture of one colour, as 16-bit differences.
template <class Operation>
cv::Mat added(const cv::Scalar& color, Operation operation) {
  cv::Mat image(400, 400, CV_8UC3, color);
  cv::Mat before;
  image.convertTo(before, CV_16S);
  base::Random random(3);
  operation(image, random);
  cv::Mat after;
  image.convertTo(after, CV_16S);
  return after - before;
}

std::array<cv::Mat, 3> channels(const cv::Mat& image) {
  std::vector<cv::Mat> planes;
  cv::split(image, planes);
  return {planes[0], planes[1], planes[2]};
}

TEST(NormalNoise, HasTheMomentsOfANormalWithoutItsFarTails) {
  base::Random random(5);
  NormalNoise noise(random);
  double sum = 0, squares = 0, fourth = 0;
  int within_one = 0;
  constexpr int kCount = 1'000'003;  // not a multiple of the lanes
  const auto values = noise.next(kCount);
  ASSERT_EQ(values.size(), kCount);
  for (const int value : values) {
    const double x = value / static_cast<double>(NormalNoise::kDeviation);
    sum += x;
    squares += x * x;
    fourth += x * x * x * x;
    within_one += std::abs(x) < 1;
    ASSERT_LE(std::abs(value), 510);
  }
  EXPECT_NEAR(sum / kCount, 0, 0.005);
  EXPECT_NEAR(squares / kCount, 1, 0.005);
  EXPECT_NEAR(fourth / kCount, 3 - 0.3, 0.03);  // Irwin-Hall: 3 - 6 / (5 n), n = 4
  EXPECT_NEAR(within_one / static_cast<double>(kCount), 0.683, 0.015);
}

TEST(NormalNoise, NoTwoPlacesAreCorrelated) {
  base::Random random(6);
  NormalNoise noise(random);
  const auto values = noise.next(200'000);
  const std::vector<std::int16_t> first(values.begin(), values.end());
  const cv::Mat row(1, 200'000, CV_16S, const_cast<std::int16_t*>(first.data()));
  // Four standard deviations of the correlation of 200 000 independent pairs.
  for (int lag = 1; lag <= 2000; ++lag) EXPECT_LT(std::abs(correlation(row, lag, 0)), 0.01) << lag;
}

TEST(GaussianNoise, HasTheGivenDeviationInEachChannelAndNoPattern) {
  for (const float sigma : {1.0F, 5.0F, 25.0F}) {
    const cv::Mat noise = added(cv::Scalar::all(128), [&](cv::Mat& image, base::Random& random) {
      gaussian_noise(image, sigma, random);
    });
    const double rounded = std::sqrt(static_cast<double>(sigma * sigma) + 1.0 / 12);
    const auto planes = channels(noise);
    for (const cv::Mat& plane : planes) {
      EXPECT_NEAR(moments(plane).mean, 0, 0.012 * static_cast<double>(sigma));
      EXPECT_NEAR(moments(plane).deviation, rounded, 0.01 * rounded);
      for (int dy = 0; dy < 4; ++dy) {
        for (int dx = dy == 0 ? 1 : 0; dx < 40; ++dx) {
          EXPECT_LT(std::abs(correlation(plane, dx, dy)), 0.0125) << dx << ' ' << dy;
        }
      }
      // Means of whole rows and columns: they vary like those of 400 independent values.
      for (const int direction : {0, 1}) {
        cv::Mat means;
        cv::reduce(plane, means, direction, cv::REDUCE_AVG, CV_64F);
        EXPECT_NEAR(moments(means).deviation, rounded / 20, 0.15 * rounded / 20);
      }
    }
    EXPECT_LT(std::abs(planes[0].dot(planes[1])) / planes[0].dot(planes[0]), 0.0125);
    EXPECT_LT(std::abs(planes[1].dot(planes[2])) / planes[1].dot(planes[1]), 0.0125);
  }
}

TEST(PoissonNoise, VarianceIsInProportionToBrightness) {
  constexpr double kPhotons = 200;
  for (const int level : {20, 60, 120, 200}) {
    const cv::Mat noise = added(cv::Scalar::all(level), [&](cv::Mat& image, base::Random& random) {
      poisson_noise(image, static_cast<float>(kPhotons), random);
    });
    const double expected = std::sqrt(level * 255 / kPhotons + 1.0 / 12);
    EXPECT_NEAR(moments(noise).deviation, expected, 0.02 * expected) << level;
    EXPECT_NEAR(moments(noise).mean, 0, 0.1) << level;
  }
}

TEST(PoissonNoise, BlackStaysBlack) {
  const cv::Mat noise =
      added({}, [](cv::Mat& image, base::Random& random) { poisson_noise(image, 5, random); });
  EXPECT_EQ(cv::countNonZero(noise.reshape(1)), 0);
}

TEST(IsoNoise, LumaIsFineAndTheSameInAllChannels) {
  const auto planes =
      channels(added(cv::Scalar::all(128), [](cv::Mat& image, base::Random& random) {
        iso_noise(image, 10, 0, random);
      }));
  EXPECT_NEAR(moments(planes[0]).deviation, 10, 0.15);
  EXPECT_EQ(difference(planes[0], planes[1]), 0);
  EXPECT_EQ(difference(planes[0], planes[2]), 0);
  EXPECT_LT(std::abs(correlation(planes[0], 1, 0)), 0.0125);
}

TEST(IsoNoise, ChromaIsCoarseAndLeavesLumaAlone) {
  const auto planes =
      channels(added(cv::Scalar::all(128),
                     [](cv::Mat& image, base::Random& random) { iso_noise(image, 0, 8, random); }));
  EXPECT_NEAR(moments(planes[0]).deviation, 8 * 1.772, 0.5);
  EXPECT_NEAR(moments(planes[2]).deviation, 8 * 1.402, 0.5);
  EXPECT_NEAR(moments(planes[1]).deviation, 8 * std::hypot(0.3441, 0.7141), 0.5);
  EXPECT_GT(correlation(planes[0], 1, 0), 0.8);
  EXPECT_GT(correlation(planes[0], 0, 1), 0.8);
  EXPECT_LT(std::abs(correlation(planes[0], 16, 0)), 0.05);
  cv::Mat luma = 0.114 * planes[0] + 0.587 * planes[1] + 0.299 * planes[2];
  EXPECT_LT(moments(luma).deviation, 1);  // no more than rounding
}

TEST(Noise, TheSameStreamGivesTheSamePixels) {
  const auto run = [](std::uint64_t seed) {
    cv::Mat image = test_picture();
    base::Random random(seed);
    gaussian_noise(image, 5, random);
    poisson_noise(image, 100, random);
    iso_noise(image, 3, 5, random);
    return image;
  };
  EXPECT_EQ(difference(run(1), run(1)), 0);
  EXPECT_GT(difference(run(1), run(2)), 10);
}

TEST(Degrade, NothingAskedChangesNothing) {
  const cv::Mat before = test_picture();
  cv::Mat image = before.clone();
  base::Random random(1);
  downscale(image, 1);
  gaussian_noise(image, 0, random);
  poisson_noise(image, 1e9F, random);
  iso_noise(image, 0, 0, random);
  EXPECT_EQ(difference(image, before), 0);
}

TEST(Downscale, IsOpenCvsAreaAndLinear) {
  const cv::Mat before = test_picture(120, 90);
  cv::Mat image = before.clone(), small, expected;
  downscale(image, 3);
  cv::resize(before, small, {40, 30}, 0, 0, cv::INTER_AREA);
  cv::resize(small, expected, {120, 90}, 0, 0, cv::INTER_LINEAR);
  EXPECT_EQ(difference(image, expected), 0);
  EXPECT_GT(difference(image, before), 5);
}

TEST(Downscale, ToOnePixelIsTheMean) {
  cv::Mat image = test_picture(64, 64);
  const cv::Scalar mean = cv::mean(image);
  downscale(image, 1000);
  EXPECT_LE(difference(image, cv::Mat(64, 64, CV_8UC3, mean)), 1);
}

TEST(Jpeg, LosesMoreAtLowerQuality) {
  const cv::Mat before = test_picture();
  double previous = 0;
  for (const int quality : {100, 80, 40, 10, 1}) {
    cv::Mat image = before.clone();
    jpeg(image, quality);
    const double lost = cv::norm(image, before, cv::NORM_L1);
    EXPECT_GT(lost, previous) << quality;
    previous = lost;
  }
}

TEST(Jpeg, RefusesAQualityThatIsNone) {
  cv::Mat image = test_picture();
  EXPECT_THROW(jpeg(image, 0), Error);
  EXPECT_THROW(jpeg(image, 101), Error);
}

TEST(Degrade, KeepsToItsPart) {
  expect_keeps_to_its_part([](cv::Mat& image) { downscale(image, 2.7F); });
  expect_keeps_to_its_part([](cv::Mat& image) { jpeg(image, 30); });
  expect_keeps_to_its_part([](cv::Mat& image) {
    base::Random random(4);
    gaussian_noise(image, 20, random);
  });
  expect_keeps_to_its_part([](cv::Mat& image) {
    base::Random random(4);
    poisson_noise(image, 50, random);
  });
  expect_keeps_to_its_part([](cv::Mat& image) {
    base::Random random(4);
    iso_noise(image, 8, 12, random);
  });
}

}  // namespace
}  // namespace faceshot::augment
