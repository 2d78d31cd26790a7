#include "data/stats/prior_fit.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/random.hpp"

namespace faceshot::data {
namespace {

std::vector<Box> random_faces(std::uint32_t seed, int count, int size) {
  base::Random random(seed);
  std::vector<Box> faces;
  for (int i = 0; i < count; ++i) {
    const float side = 6 * std::exp2(random.uniform(0, 5));
    const float x = random.uniform(0, static_cast<float>(size)), y = random.uniform(0, 300);
    faces.push_back({x - side / 2, y - side * 0.6F, x + side / 2, y + side * 0.6F});
  }
  return faces;
}

TEST(PriorFit, BestOverlapIsThatOfAllPriors) {
  PriorSpec spec;
  spec.levels = {
      {{10, 16}, {}, {}, true, 0}, {{32}, {40}, {1.5F}, true, 0}, {{128, 200}, {}, {}, true, 0}};
  const auto priors = make_priors(spec, 320, 320, {{40, 40}, {20, 20}, {5, 5}});
  const auto levels = level_priors(spec, std::array{8.0F, 16.0F, 64.0F});
  EXPECT_EQ(levels[1].shapes.size(), 4U);
  for (const Box& face : random_faces(1, 300, 320)) {
    float best = 0;
    for (const Prior& prior : priors) best = std::max(best, iou(face, prior.box()));
    EXPECT_NEAR(best_prior_iou(face, levels, 320), best, 1e-6F);
  }
}

TEST(PriorFit, ProposesTheSizesThatAreThere) {
  std::vector<Box> faces;
  for (const float side : {10.0F, 40.0F, 160.0F})
    for (int i = 0; i < 50; ++i) faces.push_back({0, 0, side, side});
  const auto sizes = propose_prior_sizes(faces, 3);
  ASSERT_EQ(sizes.size(), 3U);
  EXPECT_NEAR(sizes[0], 10, 1e-3);
  EXPECT_NEAR(sizes[1], 40, 1e-3);
  EXPECT_NEAR(sizes[2], 160, 1e-2);
  EXPECT_EQ(propose_prior_sizes(faces, 9).size(), 3U) << "not more than there are";
  EXPECT_TRUE(propose_prior_sizes({}, 3).empty());
}

TEST(PriorFit, ManyTinyFacesDoNotTakeAllPriors) {
  std::vector<Box> faces;
  for (int i = 0; i < 100000; ++i) {
    const float side = 4 + static_cast<float>(i % 400) / 100;
    faces.push_back({0, 0, side, side});
  }
  for (int i = 0; i < 100; ++i) {
    const float side = 64 + static_cast<float>(i);
    faces.push_back({0, 0, side, side});
  }
  const auto sizes = propose_prior_sizes(faces, 4);
  EXPECT_GE(std::count_if(sizes.begin(), sizes.end(), [](float s) { return s > 60; }), 2);
  for (const float size : propose_prior_sizes(faces, 4, 20)) EXPECT_GT(size, 60);
}

TEST(PriorFit, MoreSizesLieNearer) {
  const auto faces = random_faces(2, 2000, 320);
  const auto distance = [&](int count) {
    const auto sizes = propose_prior_sizes(faces, count);
    double sum = 0;
    for (const Box& face : faces) {
      double best = 1e9;
      for (const float size : sizes)
        best = std::min(best, std::abs(std::log(std::sqrt(static_cast<double>(face.area())) /
                                                static_cast<double>(size))));
      sum += best * best;
    }
    return sum;
  };
  EXPECT_LT(distance(4), distance(2));
  EXPECT_LT(distance(12), distance(4));
}

TEST(PriorFit, SizesGoWhereCellsLieDenseEnough) {
  const auto levels = assign_levels(std::array<float, 6>{5, 31, 32, 70, 127, 300},
                                    std::array<float, 4>{8, 16, 32, 64});
  const auto sizes = [&](std::size_t level) {
    std::vector<float> sides;
    for (const Prior& shape : levels[level].shapes) sides.push_back(shape.w);
    return sides;
  };
  EXPECT_EQ(sizes(0), (std::vector<float>{5, 31}));
  EXPECT_EQ(sizes(1), (std::vector<float>{32}));
  EXPECT_EQ(sizes(2), (std::vector<float>{70, 127}));
  EXPECT_EQ(sizes(3), (std::vector<float>{300}));
}

TEST(PriorFit, FacesAreScaledByTheLongerSideAndIgnoredOnesLeftOut) {
  PreparedSet set;
  geometry::Annotation face, ignored;
  face.box = {10, 20, 30, 60};
  ignored.box = face.box;
  ignored.ignore = true;
  set.records = {{"a", 640, 320, {face, ignored}}, {"b", 160, 100, {face}}};
  const auto faces = scaled_faces(set, 320);
  ASSERT_EQ(faces.size(), 2U);
  EXPECT_EQ(faces[0], (Box{5, 10, 15, 30}));
  EXPECT_EQ(faces[1], (Box{20, 40, 60, 120}));
}

}  // namespace
}  // namespace faceshot::data
