// The whole of augment(): what the annotations say is proved on the pixels.
#include "augment/augmenter.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <opencv2/imgproc.hpp>
#include <string>
#include <utility>
#include <vector>

#include "faceshot/error.hpp"

namespace faceshot {
namespace {

constexpr int draws = 1000;

/// A scene in which every pixel says what it is. Blue 255: the face; green 255: the image and not
/// padding; red: which landmark, from 40 on in steps of 40, on blocks of 9 x 9 pixels.
struct Scene {
  cv::Mat image;
  Annotation annotation;
};

Scene render(Random& random) {
  const int width = 200 + static_cast<int>(random.below(300));
  const int height = 200 + static_cast<int>(random.below(300));
  const int w = 60 + static_cast<int>(random.below(90));
  const int h = 60 + static_cast<int>(random.below(90));
  const int x = 2 + static_cast<int>(random.below(static_cast<std::uint32_t>(width - w - 4)));
  const int y = 2 + static_cast<int>(random.below(static_cast<std::uint32_t>(height - h - 4)));

  Scene scene;
  scene.image = cv::Mat(height, width, CV_8UC3, cv::Scalar(0, 255, 0));
  scene.image(cv::Rect(x, y, w, h)).setTo(cv::Scalar(255, 255, 0));
  const std::array<cv::Point, 5> dots{cv::Point{x + w / 4, y + h / 4},
                                      {x + w * 3 / 4, y + h / 4},
                                      {x + w / 2, y + h / 2},
                                      {x + w / 4, y + h * 3 / 4},
                                      {x + w * 3 / 4, y + h * 3 / 4}};
  Landmarks landmarks;
  for (std::size_t i = 0; i < 5; ++i) {
    scene.image(cv::Rect(dots[i].x - 4, dots[i].y - 4, 9, 9))
        .setTo(cv::Scalar(255, 255, 40.0 + 40.0 * static_cast<double>(i)));
    landmarks[2 * i] = static_cast<float>(dots[i].x) + 0.5F;
    landmarks[2 * i + 1] = static_cast<float>(dots[i].y) + 0.5F;
  }
  scene.annotation.box = {static_cast<float>(x), static_cast<float>(y), static_cast<float>(x + w),
                          static_cast<float>(y + h)};
  scene.annotation.landmarks = landmarks;
  return scene;
}

AugmentOptions geometric_only() {
  AugmentOptions options;
  options.size = 192;
  options.photometric_chance = 0;
  options.gray_chance = 0;
  return options;
}

/// Bounds of the pixels that are more face than background.
Box face_pixels(const cv::Mat& image) {
  Box bounds{1e9F, 1e9F, -1, -1};
  for (int y = 0; y < image.rows; ++y) {
    for (int x = 0; x < image.cols; ++x) {
      const auto& pixel = image.at<cv::Vec3b>(y, x);
      if (pixel[0] < 128 || pixel[1] != 255) continue;
      bounds.x1 = std::min(bounds.x1, static_cast<float>(x));
      bounds.y1 = std::min(bounds.y1, static_cast<float>(y));
      bounds.x2 = std::max(bounds.x2, static_cast<float>(x + 1));
      bounds.y2 = std::max(bounds.y2, static_cast<float>(y + 1));
    }
  }
  return bounds;
}

TEST(Augment, BoxesLieOnTheirPixels) {
  Random scenes(1);
  int compared = 0;
  for (std::uint32_t i = 0; i < draws; ++i) {
    const Scene scene = render(scenes);
    Random random(2, 0, i);
    const Sample sample =
        augment(scene.image, std::vector{scene.annotation}, geometric_only(), random);
    const Box pixels = face_pixels(sample.image);
    if (sample.annotations.empty()) {
      EXPECT_LE(std::min(pixels.width(), pixels.height()), 1.5F) << "a visible face was dropped";
      continue;
    }
    const Box& box = sample.annotations[0].box;
    ASSERT_TRUE(box.x1 >= 0 && box.y1 >= 0 && box.x2 <= 192 && box.y2 <= 192);
    if (std::min(box.width(), box.height()) < 3) continue;  // its pixels may be half a pixel
    EXPECT_NEAR(pixels.x1, box.x1, 1) << "draw " << i;
    EXPECT_NEAR(pixels.y1, box.y1, 1) << "draw " << i;
    EXPECT_NEAR(pixels.x2, box.x2, 1) << "draw " << i;
    EXPECT_NEAR(pixels.y2, box.y2, 1) << "draw " << i;
    ++compared;
  }
  EXPECT_GT(compared, draws * 8 / 10);
}

TEST(Augment, LandmarksLieOnTheirDots) {
  Random scenes(3);
  int compared = 0;
  int mirrored = 0;
  for (std::uint32_t i = 0; i < draws; ++i) {
    const Scene scene = render(scenes);
    Random random(4, 0, i);
    const Sample sample =
        augment(scene.image, std::vector{scene.annotation}, geometric_only(), random);
    if (sample.annotations.empty()) continue;
    const Annotation& face = sample.annotations[0];
    ASSERT_TRUE(face.landmarks.has_value());
    const Landmarks& points = *face.landmarks;
    EXPECT_LT(points[0], points[2]) << "the left eye is left";
    EXPECT_LT(points[6], points[8]) << "the left mouth corner is left";
    // Dots of 9 source pixels; below a third the middle pixel is no longer wholly dot.
    const float scale = (points[2] - points[0]) /
                        ((*scene.annotation.landmarks)[2] - (*scene.annotation.landmarks)[0]);
    if (scale < 0.4F) continue;
    constexpr std::array<std::size_t, 5> partner{1, 0, 2, 4, 3};
    int plain = 0;
    int swapped = 0;
    int visible = 0;
    for (std::size_t k = 0; k < 5; ++k) {
      const auto x = static_cast<int>(std::floor(points[2 * k]));
      const auto y = static_cast<int>(std::floor(points[2 * k + 1]));
      if (x < 0 || y < 0 || x >= 192 || y >= 192) continue;
      const double red = sample.image.at<cv::Vec3b>(y, x)[2];
      const auto is = [red](std::size_t dot) {
        return std::abs(red - (40.0 + 40.0 * static_cast<double>(dot))) < 3;
      };
      ++visible;
      plain += is(k);
      swapped += is(partner[k]);
    }
    EXPECT_EQ(std::max(plain, swapped), visible) << "draw " << i;
    compared += visible > 0;
    mirrored += swapped > plain;
  }
  EXPECT_GT(compared, draws / 2);
  EXPECT_NEAR(mirrored, compared / 2.0, 4 * std::sqrt(compared / 4.0));
}

TEST(Augment, SameStreamSamePixelsOtherStreamOtherPixels) {
  Random scenes(5);
  const Scene scene = render(scenes);
  const cv::Mat untouched = scene.image.clone();
  const std::vector<Annotation> annotations{scene.annotation};
  const auto draw = [&](std::uint32_t index) {
    Random random(6, 1, index);
    return augment(scene.image, annotations, AugmentOptions{}, random);
  };
  for (std::uint32_t i = 0; i < 20; ++i) {
    const Sample a = draw(i);
    const Sample b = draw(i);
    EXPECT_EQ(cv::norm(a.image, b.image, cv::NORM_INF), 0);
    EXPECT_EQ(a.annotations, b.annotations);
    EXPECT_NE(cv::norm(a.image, draw(i + 1).image, cv::NORM_INF), 0);
  }
  EXPECT_EQ(cv::norm(scene.image, untouched, cv::NORM_INF), 0);
}

TEST(Augment, FlippedIsTheMirrorOfUnflipped) {
  Random scenes(7);
  for (std::uint32_t i = 0; i < 50; ++i) {
    const Scene scene = render(scenes);
    const std::vector<Annotation> annotations{scene.annotation};
    AugmentOptions options;
    options.flip_chance = 0;
    Random first(8, 0, i);
    const Sample plain = augment(scene.image, annotations, options, first);
    options.flip_chance = 1;
    Random second(8, 0, i);
    const Sample flipped = augment(scene.image, annotations, options, second);
    cv::Mat mirror;
    cv::flip(plain.image, mirror, 1);
    EXPECT_EQ(cv::norm(flipped.image, mirror, cv::NORM_INF), 0);
    ASSERT_EQ(plain.annotations.size(), flipped.annotations.size());
    for (std::size_t k = 0; k < plain.annotations.size(); ++k) {
      EXPECT_NEAR(plain.annotations[k].box.x1, 320 - flipped.annotations[k].box.x2, 1e-3);
      EXPECT_EQ(plain.annotations[k].ignore, flipped.annotations[k].ignore);
    }
  }
}

TEST(Augment, ImagesWithoutFacesAndTinyImagesGiveSamples) {
  for (const cv::Size size : {cv::Size(640, 480), cv::Size(1, 1), cv::Size(3, 900)}) {
    for (std::uint32_t i = 0; i < 30; ++i) {
      Random random(9, 0, i);
      const cv::Mat image(size, CV_8UC3, cv::Scalar::all(80));
      const Sample sample = augment(image, {}, AugmentOptions{}, random);
      EXPECT_EQ(sample.image.size(), cv::Size(320, 320));
      EXPECT_EQ(sample.image.type(), CV_8UC3);
      EXPECT_TRUE(sample.image.isContinuous());
      EXPECT_TRUE(sample.annotations.empty());
    }
  }
}

TEST(Augment, WritesIntoTheMemoryItIsGiven) {
  std::vector<std::uint8_t> memory(std::size_t{320} * 320 * 3);
  Sample sample;
  sample.image = cv::Mat(320, 320, CV_8UC3, memory.data());
  const cv::Mat image(100, 100, CV_8UC3, cv::Scalar::all(200));
  Random random(10);
  augment(image, {}, AugmentOptions{}, random, sample);
  EXPECT_EQ(sample.image.data, memory.data());
  EXPECT_NE(*std::max_element(memory.begin(), memory.end()), 0);
}

TEST(Augment, RejectsImagesThatAreNotBgr) {
  Random random(11);
  EXPECT_THROW((void)augment(cv::Mat(), {}, AugmentOptions{}, random), Error);
  EXPECT_THROW((void)augment(cv::Mat(9, 9, CV_8UC1), {}, AugmentOptions{}, random), Error);
  EXPECT_THROW((void)augment(cv::Mat(9, 9, CV_32FC3), {}, AugmentOptions{}, random), Error);
}

TEST(AugmentOptions, ErrorsNameTheOption) {
  EXPECT_NO_THROW(validate(AugmentOptions{}));
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<std::pair<std::string, std::function<void(AugmentOptions&)>>> mistakes{
      {"size", [](auto& o) { o.size = 0; }},
      {"crop_min", [](auto& o) { o.crop_min = 0; }},
      {"crop_max", [](auto& o) { o.crop_max = 0.1F; }},
      {"magnify_max", [](auto& o) { o.magnify_max = 0; }},
      {"expand_chance", [](auto& o) { o.expand_chance = 1.5F; }},
      {"expand_max", [](auto& o) { o.expand_max = 0.9F; }},
      {"anchor_chance", [=](auto& o) { o.anchor_chance = nan; }},
      {"anchor_sizes", [](auto& o) { o.anchor_sizes.clear(); }},
      {"anchor_sizes",
       [](auto& o) {
         o.anchor_sizes = {32, 16};
       }},
      {"anchor_sizes",
       [](auto& o) {
         o.anchor_sizes = {0, 16};
       }},
      {"flip_chance", [](auto& o) { o.flip_chance = -0.1F; }},
      {"brightness", [](auto& o) { o.brightness = -1; }},
      {"contrast_min", [](auto& o) { o.contrast_min = -1; }},
      {"contrast_max", [](auto& o) { o.contrast_max = 0.4F; }},
      {"saturation_min", [](auto& o) { o.saturation_min = -1; }},
      {"saturation_max", [](auto& o) { o.saturation_max = 0.4F; }},
      {"hue", [](auto& o) { o.hue = 200; }},
      {"photometric_chance", [](auto& o) { o.photometric_chance = 2; }},
      {"gray_chance", [](auto& o) { o.gray_chance = 2; }},
      {"min_face", [=](auto& o) { o.min_face = nan; }},
      {"min_visible", [](auto& o) { o.min_visible = 1.1F; }},
  };
  for (const auto& [name, spoil] : mistakes) {
    AugmentOptions options;
    spoil(options);
    try {
      validate(options);
      ADD_FAILURE() << "augment." << name << " was accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
      EXPECT_EQ(std::string(error.what()).rfind("augment." + name + " ", 0), 0U) << error.what();
    }
  }
}

}  // namespace
}  // namespace faceshot
