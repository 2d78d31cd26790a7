#include "augment/crop.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace faceshot {
namespace {

constexpr int width = 800;
constexpr int height = 500;
constexpr int draws = 3000;

Annotation face(float x, float y, float w, float h) {
  Annotation annotation;
  annotation.box = {x, y, x + w, y + h};
  return annotation;
}

AugmentOptions only(float anchor, float expand) {
  AugmentOptions options;
  options.anchor_chance = anchor;
  options.expand_chance = expand;
  return options;
}

/// A window reaches outside the image only on an axis on which it is longer than the image.
void expect_tight(const CropWindow& w, int image_width, int image_height) {
  constexpr double slack = 1e-6;
  EXPECT_GE(w.x, std::min(0.0, image_width - w.side) - slack);
  EXPECT_LE(w.x, std::max(0.0, image_width - w.side) + slack);
  EXPECT_GE(w.y, std::min(0.0, image_height - w.side) - slack);
  EXPECT_LE(w.y, std::max(0.0, image_height - w.side) + slack);
}

TEST(Crop, CroppedSidesAreLogUniform) {
  const auto options = only(0, 0);
  std::vector<double> shares;
  for (int i = 0; i < draws; ++i) {
    Random random(1, 0, static_cast<std::uint32_t>(i));
    const CropWindow window = choose_crop(width, height, {}, options, random);
    expect_tight(window, width, height);
    shares.push_back(std::log(window.side / height / 0.3) / std::log(1.0 / 0.3));
  }
  // Kolmogorov-Smirnov distance from the uniform distribution; 1.63 / sqrt(n) is its 1 % bound.
  std::sort(shares.begin(), shares.end());
  double distance = 0;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    distance = std::max(distance, std::abs(shares[i] - static_cast<double>(i) / draws));
  }
  EXPECT_LT(distance, 1.63 / std::sqrt(draws));
}

TEST(Crop, CroppedWindowsSeekAFace) {
  // One small face in a corner: a window of 0.3 x 500 px rarely meets it by chance alone.
  const std::vector<Annotation> faces{face(40, 50, 30, 40)};
  auto options = only(0, 0);
  options.crop_max = 0.5F;
  int with_face = 0;
  int by_chance = 0;
  for (int i = 0; i < draws; ++i) {
    Random sought(2, 0, static_cast<std::uint32_t>(i));
    Random blind(2, 0, static_cast<std::uint32_t>(i));
    with_face += choose_crop(width, height, faces, options, sought).contains(55, 70);
    by_chance += choose_crop(width, height, {}, options, blind).contains(55, 70);
  }
  const double p = static_cast<double>(by_chance) / draws;
  // Ten tries of which one suffices.
  EXPECT_NEAR(static_cast<double>(with_face) / draws, 1 - std::pow(1 - p, 10), 0.05);
  EXPECT_LT(p, 0.2);
}

TEST(Crop, IgnoredFacesAreNotSought) {
  std::vector<Annotation> faces{face(40, 50, 30, 40)};
  faces[0].ignore = true;
  for (std::uint32_t i = 0; i < 100; ++i) {
    Random with(3, 0, i);
    Random without(3, 0, i);
    const CropWindow a = choose_crop(width, height, faces, AugmentOptions{}, with);
    const CropWindow b = choose_crop(width, height, {}, AugmentOptions{}, without);
    EXPECT_EQ(a.x, b.x);
    EXPECT_EQ(a.side, b.side);
  }
}

TEST(Crop, ExpandedWindowsHoldTheWholeImage) {
  const auto options = only(0, 1);
  double smallest = 1e9;
  double largest = 0;
  for (std::uint32_t i = 0; i < draws; ++i) {
    Random random(4, 0, i);
    const CropWindow window = choose_crop(width, height, {}, options, random);
    expect_tight(window, width, height);
    smallest = std::min(smallest, window.side);
    largest = std::max(largest, window.side);
  }
  EXPECT_GE(smallest, width);
  EXPECT_LT(smallest, width * 1.02);
  EXPECT_LE(largest, width * 2);
  EXPECT_GT(largest, width * 1.98);
}

TEST(Crop, AimedWindowsScaleAFaceToASizeUpToOneAboveItsOwn) {
  auto options = only(1, 0);
  options.size = 600;
  options.anchor_sizes = {8, 64, 512};  // so far apart that the jitter cannot mix them up
  options.expand_max = 16;
  options.magnify_max = 100;
  const std::vector<Annotation> faces{face(300, 200, 60, 60)};  // nearest to 64
  std::array<int, 3> hits{};
  for (std::uint32_t i = 0; i < draws; ++i) {
    Random random(5, 0, i);
    const double target = 600 * 60 / choose_crop(width, height, faces, options, random).side;
    EXPECT_LE(target, 600.001) << "the face is whole";
    for (std::size_t k = 0; k < 3; ++k) {
      hits[k] += std::abs(std::log2(target / static_cast<double>(options.anchor_sizes[k]))) < 0.501;
    }
  }
  for (const int count : hits) EXPECT_NEAR(count, draws / 3.0, 100);

  // A face of the smallest size may grow to the second, not to the third.
  const std::vector<Annotation> small{face(300, 200, 8, 8)};
  for (std::uint32_t i = 0; i < draws; ++i) {
    Random random(6, 0, i);
    EXPECT_LT(600 * 8 / choose_crop(width, height, small, options, random).side, 64 * 1.5);
  }
}

TEST(Crop, AimedWindowsHoldTheirFace) {
  const auto options = only(1, 0);
  Random place(7);
  for (std::uint32_t i = 0; i < draws; ++i) {
    const float w = place.uniform(4, 200);
    const float h = std::min(499.0F, w * place.uniform(0.7F, 1.8F));
    const std::vector<Annotation> faces{
        face(place.uniform(0, width - w), place.uniform(0, height - h), w, h)};
    const Box& box = faces[0].box;
    Random random(8, 0, i);
    const CropWindow window = choose_crop(width, height, faces, options, random);
    expect_tight(window, width, height);
    constexpr double slack = 1e-3;
    EXPECT_LE(window.x, box.x1 + slack);
    EXPECT_LE(window.y, box.y1 + slack);
    EXPECT_GE(window.x + window.side, box.x2 - slack);
    EXPECT_GE(window.y + window.side, box.y2 - slack);
    EXPECT_LE(options.size / window.side, options.magnify_max * 1.0001);
    EXPECT_LE(window.side, width * options.expand_max + slack);
  }
}

TEST(Crop, TinyImagesAreTakenWholeRatherThanFramedInGray) {
  const auto options = only(0, 0);
  Random random(9);
  const CropWindow window = choose_crop(40, 30, {}, options, random);  // 3 x 40 < 320
  EXPECT_DOUBLE_EQ(window.side, 30);
}

}  // namespace
}  // namespace faceshot
