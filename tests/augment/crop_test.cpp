#include "augment/operations/crop.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace faceshot::augment {
namespace {

using geometry::Annotation;

constexpr int width = 800;
constexpr int height = 500;
constexpr int draws = 3000;

Annotation face(float x, float y, float w, float h) {
  Annotation annotation;
  annotation.box = {x, y, x + w, y + h};
  return annotation;
}

CropSource source(const std::vector<Annotation>& annotations) {
  return {width, height, annotations};
}

AnchorCrop anchors() {
  AnchorCrop options;
  options.sizes = {10, 16, 24, 32, 48, 64, 96, 128, 192, 256};
  return options;
}

/// A window may reach outside the image only on an axis on which it is longer than the image.
void expect_tight(const Window& w) {
  constexpr double slack = 1e-6;
  EXPECT_GE(w.x, std::min(0.0, width - w.width) - slack);
  EXPECT_LE(w.x, std::max(0.0, width - w.width) + slack);
  EXPECT_GE(w.y, std::min(0.0, height - w.height) - slack);
  EXPECT_LE(w.y, std::max(0.0, height - w.height) + slack);
}

TEST(Crop, SquareSidesAreLogUniform) {
  std::vector<double> shares;
  for (int i = 0; i < draws; ++i) {
    base::Random random(1, 0, static_cast<std::uint32_t>(i));
    const Window window = square_crop(source({}), 0.3F, 1, 0, random);
    expect_tight(window);
    EXPECT_EQ(window.width, window.height);
    shares.push_back(std::log(window.width / height / 0.3) / std::log(1.0 / 0.3));
  }
  // Kolmogorov-Smirnov distance from the uniform distribution; 1.63 / sqrt(n) is its 1 % bound.
  std::sort(shares.begin(), shares.end());
  double distance = 0;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    distance = std::max(distance, std::abs(shares[i] - static_cast<double>(i) / draws));
  }
  EXPECT_LT(distance, 1.63 / std::sqrt(draws));
}

TEST(Crop, SquaresSeekAFace) {
  // One small face in a corner: a window of 0.3 x 500 px rarely meets it by chance alone.
  const std::vector<Annotation> faces{face(40, 50, 30, 40)};
  int with_face = 0;
  int by_chance = 0;
  for (int i = 0; i < draws; ++i) {
    base::Random sought(2, 0, static_cast<std::uint32_t>(i));
    base::Random blind(2, 0, static_cast<std::uint32_t>(i));
    with_face += square_crop(source(faces), 0.3F, 0.5F, 0, sought).contains(55, 70);
    by_chance += square_crop(source({}), 0.3F, 0.5F, 0, blind).contains(55, 70);
  }
  const double p = static_cast<double>(by_chance) / draws;
  // Up to ten tries; one success is enough.
  EXPECT_NEAR(static_cast<double>(with_face) / draws, 1 - std::pow(1 - p, 10), 0.05);
  EXPECT_LT(p, 0.2);
}

TEST(Crop, IgnoredFacesAreNotSought) {
  std::vector<Annotation> faces{face(40, 50, 30, 40)};
  faces[0].ignore = true;
  for (std::uint32_t i = 0; i < 100; ++i) {
    base::Random with(3, 0, i);
    base::Random without(3, 0, i);
    const Window a = square_crop(source(faces), 0.3F, 1, 0, with);
    const Window b = square_crop(source({}), 0.3F, 1, 0, without);
    EXPECT_EQ(a.x, b.x);
    EXPECT_EQ(a.width, b.width);
  }
}

TEST(Crop, SquareAroundHoldsTheWholeImage) {
  for (std::uint32_t i = 0; i < 100; ++i) {
    base::Random random(4, 0, i);
    const Window window = square_around(source({}), 1.5, random);
    expect_tight(window);
    EXPECT_DOUBLE_EQ(window.width, 1200);
    EXPECT_DOUBLE_EQ(window.height, 1200);
  }
}

TEST(Crop, AimedWindowsScaleAFaceToASizeUpToOneAboveItsOwn) {
  AnchorCrop options;
  options.size = 600;
  options.sizes = {8, 64, 512};  // so far apart that the jitter cannot mix them up
  options.expand_max = 16;
  options.magnify_max = 100;
  const std::vector<Annotation> faces{face(300, 200, 60, 60)};  // nearest to 64
  std::array<int, 3> hits{};
  for (std::uint32_t i = 0; i < draws; ++i) {
    base::Random random(5, 0, i);
    const double target = 600 * 60 / anchor_crop(source(faces), options, random).width;
    EXPECT_LE(target, 600.001) << "the face is whole";
    for (std::size_t k = 0; k < 3; ++k) {
      hits[k] += std::abs(std::log2(target / static_cast<double>(options.sizes[k]))) < 0.501;
    }
  }
  for (const int count : hits) EXPECT_NEAR(count, draws / 3.0, 100);

  // A face of the smallest size may grow to the second, not to the third.
  const std::vector<Annotation> small{face(300, 200, 8, 8)};
  for (std::uint32_t i = 0; i < draws; ++i) {
    base::Random random(6, 0, i);
    EXPECT_LT(600 * 8 / anchor_crop(source(small), options, random).width, 64 * 1.5);
  }
}

TEST(Crop, AimedWindowsHoldTheirFace) {
  const AnchorCrop options = anchors();
  base::Random place(7);
  for (std::uint32_t i = 0; i < draws; ++i) {
    const float w = place.uniform(4, 200);
    const float h = std::min(499.0F, w * place.uniform(0.7F, 1.8F));
    const float x = place.uniform(0, width - w);
    const std::vector<Annotation> faces{face(x, place.uniform(0, height - h), w, h)};
    const Box& box = faces[0].box;
    base::Random random(8, 0, i);
    const Window window = anchor_crop(source(faces), options, random);
    expect_tight(window);
    constexpr double slack = 1e-3;
    EXPECT_LE(window.x, box.x1 + slack);
    EXPECT_LE(window.y, box.y1 + slack);
    EXPECT_GE(window.x + window.width, box.x2 - slack);
    EXPECT_GE(window.y + window.height, box.y2 - slack);
    EXPECT_LE(options.size / window.width, options.magnify_max * 1.0001);
    EXPECT_LE(window.width, width * options.expand_max + slack);
  }
}

TEST(Crop, TinyImagesAreTakenWholeRatherThanFramedInGray) {
  base::Random random(9);
  const Window window = square_crop({40, 30, {}}, 0.3F, 1, 320 / 3.0, random);
  EXPECT_DOUBLE_EQ(window.width, 30);
}

TEST(Crop, SsdPatchesOverlapAFaceAndKeepTheirProportions) {
  const std::vector<Annotation> faces{face(100, 100, 300, 350)};
  int cropped = 0;
  for (std::uint32_t i = 0; i < draws; ++i) {
    base::Random random(10, 0, i);
    const Window w = ssd_crop(source(faces), 0.5F, 0.3F, 1, random);
    expect_tight(w);
    EXPECT_LE(std::max(w.width / w.height, w.height / w.width), 2.0001);
    EXPECT_GE(w.width, 0.3 * width - 1e-3);
    EXPECT_GE(w.height, 0.3 * height - 1e-3);
    const Box patch{static_cast<float>(w.x), static_cast<float>(w.y),
                    static_cast<float>(w.x + w.width), static_cast<float>(w.y + w.height)};
    if (w.width == width && w.height == height) continue;
    ++cropped;
    EXPECT_GE(iou(patch, faces[0].box), 0.5F);
  }
  EXPECT_GT(cropped, draws / 2);
}

TEST(Crop, SsdTakesTheWholeImageWhereNoPatchWillDo) {
  base::Random random(11);
  // A face of 10 px never overlaps a patch of 240 px by an IoU of 0.9.
  const Window window = ssd_crop(source({face(100, 100, 10, 10)}), 0.9F, 0.3F, 1, random);
  EXPECT_EQ(window.width, width);
  EXPECT_EQ(window.height, height);
}

}  // namespace
}  // namespace faceshot::augment
