#include "calibrate/platt_scaling.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <string>

#include "base/random.hpp"
#include "faceshot/error.hpp"

namespace faceshot::calibrate {
namespace {

/// Examples whose probability of being positive is sigmoid(truth(logit)).
std::vector<PlattExample> drawn(const PlattMap& truth, std::size_t count, std::uint32_t seed) {
  base::Random random(seed);
  std::vector<PlattExample> examples;
  for (std::size_t i = 0; i < count; ++i) {
    const double logit = double{random.uniform(-5, 9)};
    examples.push_back({logit, double{random.uniform()} < 1 / (1 + std::exp(-truth(logit)))});
  }
  return examples;
}

TEST(PlattScaling, EqualsAReferenceThatBisects) {
  std::ifstream in(std::string(FACESHOT_SOURCE_DIR) +
                   "/tests/calibrate/fixtures/platt_reference.txt");
  std::string word, name;
  PlattMap plain, with_prior;
  in >> word >> name >> plain.a >> plain.b >> word >> name >> with_prior.a >> with_prior.b;
  ASSERT_EQ(name, "prior");
  std::vector<PlattExample> examples;
  for (double logit = 0, label = 0; in >> logit >> label;) examples.push_back({logit, label > 0});
  ASSERT_EQ(examples.size(), 300U);

  const PlattMap map = fit_platt(examples);
  EXPECT_NEAR(map.a, plain.a, 1e-7);
  EXPECT_NEAR(map.b, plain.b, 1e-7);
  const PlattMap shrunk =
      fit_platt(examples, PlattPrior{.mean = {0.8, 0.3}, .deviation_a = 0.1, .deviation_b = 0.2});
  EXPECT_NEAR(shrunk.a, with_prior.a, 1e-7);
  EXPECT_NEAR(shrunk.b, with_prior.b, 1e-7);
}

TEST(PlattScaling, FindsTheMapThatExamplesWereDrawnFrom) {
  for (const PlattMap& truth : {PlattMap{0.4, -1.5}, PlattMap{1, 0}, PlattMap{2, 3}}) {
    const PlattMap map = fit_platt(drawn(truth, 100'000, 3));
    EXPECT_NEAR(map.a, truth.a, 0.05 * truth.a);
    EXPECT_NEAR(map.b, truth.b, 0.1);
  }
}

TEST(PlattScaling, HasAnAnswerForEverything) {
  EXPECT_EQ(fit_platt({}), PlattMap{});
  EXPECT_EQ(fit_platt({}, PlattPrior{.mean = {0.5, -1}}), (PlattMap{0.5, -1}));
  // Separable: without Platt's targets a would grow without bounds.
  std::vector<PlattExample> separable;
  for (int i = 0; i < 50; ++i) separable.push_back({i < 25 ? -1.0 : 1.0, i >= 25});
  const PlattMap steep = fit_platt(separable);
  EXPECT_NEAR(1 / (1 + std::exp(-steep(1))), 26.0 / 27, 1e-6);
  EXPECT_NEAR(1 / (1 + std::exp(-steep(-1))), 1.0 / 27, 1e-6);
  // Only positives, only negatives, huge logits.
  for (const bool positive : {false, true})
    for (const double size : {1.0, 1e4}) {
      const PlattMap map = fit_platt(std::vector<PlattExample>(20, {size, positive}));
      EXPECT_GE(map.a, least_platt_a);
      EXPECT_TRUE(std::isfinite(map(size)));
      EXPECT_EQ(map(size) > 0, positive) << size;
    }
  // A learnt order is not reversed.
  for (PlattExample& e : separable) e.positive = !e.positive;
  EXPECT_EQ(fit_platt(separable).a, least_platt_a);
  EXPECT_NEAR(fit_platt(separable).b, 0, 1e-9);

  const std::vector<PlattExample> bad{{std::numeric_limits<double>::quiet_NaN(), true}};
  EXPECT_THROW((void)fit_platt(bad), Error);
}

TEST(PlattScaling, GroupsWithFewExamplesStayNearTheMapOfAll) {
  const PlattMap common{0.5, -1}, other{1, 1};
  std::vector<std::vector<PlattExample>> groups{
      drawn(common, 20'000, 1), drawn(other, 4, 2), drawn(other, 5'000, 3), {}};
  const auto maps = fit_platt_groups(groups);
  ASSERT_EQ(maps.size(), 4U);
  std::vector<PlattExample> all;
  for (const auto& group : groups) all.insert(all.end(), group.begin(), group.end());
  const PlattMap pooled = fit_platt(all);
  EXPECT_NEAR(maps[0].a, common.a, 0.03);
  EXPECT_NEAR(maps[0].b, common.b, 0.1);
  EXPECT_NEAR(maps[1].a, pooled.a, 0.15);
  EXPECT_NEAR(maps[1].b, pooled.b, 0.4);
  EXPECT_NEAR(maps[2].a, other.a, 0.1);
  EXPECT_NEAR(maps[2].b, other.b, 0.2);
  EXPECT_EQ(maps[3], pooled) << "no example at all";
}

}  // namespace
}  // namespace faceshot::calibrate
