#include "faceshot/prior.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <fstream>
#include <limits>
#include <map>
#include <sstream>
#include <string>

#include "faceshot/error.hpp"

namespace faceshot::geometry {
namespace {

/// SSD300-VGG as the authors published it (ssd_pascal.py).
PriorSpec ssd300_vgg() {
  PriorSpec spec;
  spec.levels = {{{30}, {60}, {2}, true, 8},       {{60}, {111}, {2, 3}, true, 16},
                 {{111}, {162}, {2, 3}, true, 32}, {{162}, {213}, {2, 3}, true, 64},
                 {{213}, {264}, {2}, true, 100},   {{264}, {315}, {2}, true, 300}};
  return spec;
}
const std::vector<FeatureSize> ssd300_features{{38, 38}, {19, 19}, {10, 10},
                                               {5, 5},   {3, 3},   {1, 1}};

/// What fixtures/ssd300_priors.py computed.
struct Expected {
  std::size_t count = 0;
  std::map<std::size_t, std::size_t> level_counts;
  std::array<double, 4> sum{};
  std::map<std::size_t, Prior> rows;
};

Expected read_expected() {
  Expected expected;
  std::ifstream file(FACESHOT_SOURCE_DIR "/tests/geometry/fixtures/ssd300_priors.txt");
  EXPECT_TRUE(file) << "fixtures/ssd300_priors.txt is missing";
  for (std::string line; std::getline(file, line);) {
    std::istringstream in(line);
    std::string key;
    in >> key;
    if (key == "count") in >> expected.count;
    if (key == "sum")
      for (double& value : expected.sum) in >> value;
    std::size_t index = 0;
    if (key == "level") in >> index >> expected.level_counts[index];
    if (key == "row") {
      in >> index;
      Prior& p = expected.rows[index];
      in >> p.cx >> p.cy >> p.w >> p.h;
    }
    EXPECT_FALSE(in.fail()) << line;
  }
  return expected;
}

std::string error_of(const PriorSpec& spec) {
  try {
    validate(spec);
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::invalid_argument);
    return e.what();
  }
  return "";
}

TEST(Prior, Ssd300HasThePublishedCount) {
  EXPECT_EQ(make_priors(ssd300_vgg(), 300, 300, ssd300_features).size(), 8732U);
}

TEST(Prior, Ssd300AgreesWithAnIndependentCalculation) {
  const Expected expected = read_expected();
  const PriorSpec spec = ssd300_vgg();
  const auto priors = make_priors(spec, 300, 300, ssd300_features);
  ASSERT_EQ(priors.size(), expected.count);
  ASSERT_EQ(expected.level_counts.size(), spec.levels.size());
  for (const auto& [level, count] : expected.level_counts) {
    const auto cells =
        static_cast<std::size_t>(ssd300_features[level].width * ssd300_features[level].height);
    EXPECT_EQ(spec.levels[level].priors_per_cell() * cells, count) << "level " << level;
  }
  std::array<double, 4> sum{};
  for (const Prior& p : priors) {
    sum[0] += p.cx;
    sum[1] += p.cy;
    sum[2] += p.w;
    sum[3] += p.h;
  }
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(sum[i], expected.sum[i], 1e-6 * expected.sum[i]);
  ASSERT_EQ(expected.rows.size(), 2 * spec.levels.size());
  for (const auto& [index, row] : expected.rows) {
    EXPECT_FLOAT_EQ(priors[index].cx, row.cx) << "prior " << index;
    EXPECT_FLOAT_EQ(priors[index].cy, row.cy) << "prior " << index;
    EXPECT_NEAR(priors[index].w, row.w, 1e-4) << "prior " << index;
    EXPECT_NEAR(priors[index].h, row.h, 1e-4) << "prior " << index;
  }
}

TEST(Prior, OrderWithinACell) {
  PriorSpec spec;
  spec.levels = {{{4, 9}, {16, 25}, {4}, true, 0}};
  const auto priors = make_priors(spec, 100, 100, {{1, 1}});
  const std::vector<Prior> expected{{50, 50, 4, 4},    {50, 50, 8, 8},   {50, 50, 8, 2},
                                    {50, 50, 2, 8},    {50, 50, 9, 9},   {50, 50, 15, 15},
                                    {50, 50, 18, 4.5}, {50, 50, 4.5, 18}};
  EXPECT_EQ(priors, expected);
}

TEST(Prior, WithoutFlipEachRatioGivesOnePrior) {
  PriorSpec spec;
  spec.levels = {{{4}, {}, {4, 0.25F}, false, 0}};
  EXPECT_EQ(spec.levels[0].priors_per_cell(), 3U);
  const auto priors = make_priors(spec, 8, 8, {{1, 1}});
  EXPECT_EQ(priors, (std::vector<Prior>{{4, 4, 4, 4}, {4, 4, 8, 2}, {4, 4, 2, 8}}));
}

TEST(Prior, CellsRunRowByRowAndStepsFollowTheFeatureMap) {
  PriorSpec spec;
  spec.levels = {{{10}, {}, {}, true, 0}};
  const auto priors = make_priors(spec, 60, 20, {{3, 2}});
  const std::vector<Prior> expected{{10, 5, 10, 10},  {30, 5, 10, 10},  {50, 5, 10, 10},
                                    {10, 15, 10, 10}, {30, 15, 10, 10}, {50, 15, 10, 10}};
  EXPECT_EQ(priors, expected);
}

TEST(Prior, LevelsFollowEachOther) {
  PriorSpec spec;
  spec.levels = {{{1}, {}, {}, true, 0}, {{2}, {}, {}, true, 0}};
  const auto priors = make_priors(spec, 4, 4, {{2, 1}, {1, 1}});
  EXPECT_EQ(priors, (std::vector<Prior>{{1, 2, 1, 1}, {3, 2, 1, 1}, {2, 2, 2, 2}}));
}

TEST(Prior, ClipCutsToTheImage) {
  PriorSpec spec;
  spec.levels = {{{30}, {}, {}, true, 0}};
  spec.clip = true;
  const auto priors = make_priors(spec, 40, 40, {{2, 1}});
  EXPECT_EQ(priors[0].box(), (Box{0, 5, 25, 35}));
  EXPECT_EQ(priors[1].box(), (Box{15, 5, 40, 35}));
}

TEST(Prior, ScaleRuleOfThePaper) {
  // Section 2.2: from 0.2 to 0.9 over six levels, evenly spaced.
  const auto scales = ssd_scales(6);
  const std::vector<float> expected{0.2F, 0.34F, 0.48F, 0.62F, 0.76F, 0.9F};
  ASSERT_EQ(scales.size(), expected.size());
  for (std::size_t k = 0; k < scales.size(); ++k) EXPECT_FLOAT_EQ(scales[k], expected[k]);
  EXPECT_EQ(ssd_scales(1, 0.3F, 0.9F), std::vector<float>{0.3F});
  EXPECT_THROW((void)ssd_scales(0), Error);
}

TEST(Prior, ImpossibleSpecificationsAreNamed) {
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  constexpr float infinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(error_of(ssd300_vgg()), "");
  EXPECT_NE(error_of({}).find("no level"), std::string::npos);

  const auto changed = [](auto change) {
    PriorSpec spec = ssd300_vgg();
    change(spec);
    return error_of(spec);
  };
  const auto expect_level_2 = [](const std::string& message) {
    EXPECT_NE(message.find("level 2"), std::string::npos) << message;
  };
  expect_level_2(changed([](PriorSpec& s) { s.levels[2].min_sizes.clear(); }));
  expect_level_2(changed([](PriorSpec& s) { s.levels[2].max_sizes.push_back(500); }));
  for (const float bad : {0.0F, -3.0F, nan, infinity}) {
    expect_level_2(changed([&](PriorSpec& s) { s.levels[2].min_sizes = {bad}; }));
    expect_level_2(changed([&](PriorSpec& s) { s.levels[2].max_sizes = {bad}; }));
    expect_level_2(changed([&](PriorSpec& s) { s.levels[2].aspect_ratios = {bad}; }));
    EXPECT_NE(changed([&](PriorSpec& s) { s.variances[3] = bad; }).find("variance"),
              std::string::npos);
  }
  expect_level_2(changed([](PriorSpec& s) { s.levels[2].max_sizes = {111}; }));  // equal to min
  for (const float bad : {-8.0F, nan, infinity})
    expect_level_2(changed([&](PriorSpec& s) { s.levels[2].step = bad; }));
  EXPECT_NE(changed([&](PriorSpec& s) { s.offset = nan; }).find("offset"), std::string::npos);
}

TEST(Prior, ImpossibleInputsAreErrors) {
  const PriorSpec spec = ssd300_vgg();
  EXPECT_THROW((void)make_priors(spec, 0, 300, ssd300_features), Error);
  EXPECT_THROW((void)make_priors(spec, 300, -1, ssd300_features), Error);
  EXPECT_THROW((void)make_priors(spec, 300, 300, {{38, 38}}), Error);
  auto features = ssd300_features;
  features[5] = {0, 1};
  EXPECT_THROW((void)make_priors(spec, 300, 300, features), Error);
  features[5] = {1, -2};
  EXPECT_THROW((void)make_priors(spec, 300, 300, features), Error);
}

}  // namespace
}  // namespace faceshot::geometry
