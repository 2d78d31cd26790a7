// Compared with OpenCV's resize, an independent implementation, and checked for properties.
#include "augment/pixels/resample.hpp"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "base/random.hpp"

namespace faceshot::augment {
namespace {

cv::Mat random_image(int width, int height, std::uint64_t seed) {
  cv::Mat image(height, width, CV_8UC3);
  cv::RNG rng(seed);
  rng.fill(image, cv::RNG::UNIFORM, 0, 256);
  return image;
}

/// A square window.
struct Square {
  double x, y, side;
};

cv::Mat sampled(const cv::Mat& image, const Square& square, int size, bool flip = false) {
  cv::Mat sample(size, size, CV_8UC3, cv::Scalar(1, 2, 3));
  resample(image, {square.x, square.y, square.side, square.side}, {flip, false}, sample);
  return sample;
}

double largest_difference(const cv::Mat& a, const cv::Mat& b) {
  return cv::norm(a, b, cv::NORM_INF);
}

TEST(Resample, WindowOfTheSampleSizeIsCopiedExactly) {
  const cv::Mat image = random_image(90, 70, 1);
  const cv::Mat sample = sampled(image, {17, 5, 64}, 64);
  EXPECT_EQ(largest_difference(sample, image(cv::Rect(17, 5, 64, 64))), 0);
}

TEST(Resample, ShrinkingEqualsInterArea) {
  base::Random random(2);
  for (int trial = 0; trial < 60; ++trial) {
    const cv::Mat image = random_image(400, 300, static_cast<std::uint64_t>(trial));
    const int size = 20 + static_cast<int>(random.below(40));
    const int side = size + static_cast<int>(random.below(static_cast<std::uint32_t>(300 - size)));
    const cv::Rect roi(static_cast<int>(random.below(static_cast<std::uint32_t>(401 - side))),
                       static_cast<int>(random.below(static_cast<std::uint32_t>(301 - side))), side,
                       side);
    cv::Mat expected;
    cv::resize(image(roi), expected, {size, size}, 0, 0, cv::INTER_AREA);
    const cv::Mat sample = sampled(
        image, {static_cast<double>(roi.x), static_cast<double>(roi.y), static_cast<double>(side)},
        size);
    // Noise is the worst case for the 8-bit weights of the vertical pass.
    EXPECT_LE(largest_difference(sample, expected), 2) << "side " << side << " size " << size;
  }
}

TEST(Resample, MagnifyingEqualsInterLinear) {
  base::Random random(3);
  for (int trial = 0; trial < 60; ++trial) {
    const int side = 10 + static_cast<int>(random.below(50));
    const int size = side + static_cast<int>(random.below(100));
    const cv::Mat image = random_image(side, side, static_cast<std::uint64_t>(trial));
    cv::Mat expected;
    cv::resize(image, expected, {size, size}, 0, 0, cv::INTER_LINEAR);
    EXPECT_LE(largest_difference(sampled(image, {0, 0, static_cast<double>(side)}, size), expected),
              2)
        << "side " << side << " size " << size;
  }
}

TEST(Resample, FractionalWindowOnARampIsExact) {
  // On a linear ramp both the mean over a square and linear interpolation have a closed form: the
  // value at the centre.
  cv::Mat ramp(256, 256, CV_8UC3);
  for (int y = 0; y < 256; ++y) {
    for (int x = 0; x < 256; ++x) {
      ramp.at<cv::Vec3b>(y, x) = {static_cast<std::uint8_t>(x), static_cast<std::uint8_t>(y), 50};
    }
  }
  for (const double side : {40.25, 97.7, 180.3}) {
    constexpr int size = 64;
    const Square window{21.4, 33.8, side};
    const cv::Mat sample = sampled(ramp, window, size);
    for (int y = 0; y < size; ++y) {
      for (int x = 0; x < size; ++x) {
        const auto& pixel = sample.at<cv::Vec3b>(y, x);
        // Pixel x of the ramp has its centre at x + 0.5.
        EXPECT_NEAR(pixel[0], window.x + (x + 0.5) * side / size - 0.5, 1.01);
        EXPECT_NEAR(pixel[1], window.y + (y + 0.5) * side / size - 0.5, 1.51);
        EXPECT_EQ(pixel[2], 50);
      }
    }
  }
}

TEST(Resample, FlipMirrorsAndTwiceIsIdentity) {
  const cv::Mat image = random_image(120, 90, 4);
  for (const Square& window : {Square{3.3, 7.9, 60}, Square{-20, -31.5, 170}}) {
    cv::Mat mirrored;
    cv::flip(sampled(image, window, 48, true), mirrored, 1);
    EXPECT_EQ(largest_difference(sampled(image, window, 48), mirrored), 0);
  }
  const cv::Mat once = sampled(image(cv::Rect(0, 0, 90, 90)), {0, 0, 90}, 90, true);
  EXPECT_EQ(largest_difference(sampled(once, {0, 0, 90}, 90, true), image(cv::Rect(0, 0, 90, 90))),
            0);
}

TEST(Resample, SidesScaleAndFlipOnTheirOwn) {
  const cv::Mat image = random_image(300, 200, 7);
  cv::Mat expected;
  cv::resize(image(cv::Rect(20, 30, 240, 90)), expected, {100, 60}, 0, 0, cv::INTER_AREA);
  cv::flip(expected, expected, 0);
  cv::Mat sample(60, 100, CV_8UC3);
  resample(image, {20, 30, 240, 90}, {false, true}, sample);
  EXPECT_LE(largest_difference(sample, expected), 2);
  cv::flip(expected, expected, 1);
  resample(image, {20, 30, 240, 90}, {true, true}, sample);
  EXPECT_LE(largest_difference(sample, expected), 2);
}

TEST(Resample, OutsideIsGrayAndInsideIsNotTouchedByIt) {
  const cv::Mat white(40, 60, CV_8UC3, cv::Scalar::all(255));
  const cv::Mat sample = sampled(white, {-20, -30, 100}, 100);
  for (int y = 0; y < 100; ++y) {
    for (int x = 0; x < 100; ++x) {
      const bool inside = x >= 20 && x < 80 && y >= 30 && y < 70;
      ASSERT_EQ(sample.at<cv::Vec3b>(y, x), cv::Vec3b::all(inside ? 255 : padding_gray))
          << x << "," << y;
    }
  }
  // A window entirely outside is all grey.
  EXPECT_EQ(largest_difference(sampled(white, {500, 0, 30}, 30),
                               cv::Mat(30, 30, CV_8UC3, cv::Scalar::all(padding_gray))),
            0);
}

TEST(Resample, ConstantImagesStayConstantAtAnyScale) {
  base::Random random(5);
  const cv::Mat image(700, 900, CV_8UC3, cv::Scalar(255, 0, 77));
  for (int trial = 0; trial < 100; ++trial) {
    const double side = random.uniform(1.0F, 699.0F);
    const int size = 1 + static_cast<int>(random.below(96));
    const cv::Mat sample = sampled(image, {random.uniform(0.0F, 1.0F), 0.5, side}, size);
    EXPECT_EQ(largest_difference(sample, cv::Mat(size, size, CV_8UC3, cv::Scalar(255, 0, 77))), 0);
  }
}

TEST(Resample, ExtremeShrinkKeepsTheMean) {
  // 600 source rows per pixel: more than the 256 steps of a weight.
  const cv::Mat image = random_image(1200, 1200, 6);
  const cv::Mat sample = sampled(image, {0, 0, 1200}, 2);
  for (int y = 0; y < 2; ++y) {
    for (int x = 0; x < 2; ++x) {
      const cv::Scalar mean = cv::mean(image(cv::Rect(x * 600, y * 600, 600, 600)));
      for (int channel = 0; channel < 3; ++channel) {
        EXPECT_NEAR(sample.at<cv::Vec3b>(y, x)[channel], mean[channel], 2);
      }
    }
  }
}

TEST(Resample, ReadsViewsWithAStride) {
  const cv::Mat image = random_image(100, 80, 7);
  const cv::Rect roi(11, 13, 50, 40);
  EXPECT_EQ(largest_difference(sampled(image(roi), {-2, 1.5, 44}, 32),
                               sampled(image(roi).clone(), {-2, 1.5, 44}, 32)),
            0);
}

}  // namespace
}  // namespace faceshot::augment
