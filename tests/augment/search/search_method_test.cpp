#include "augment/search/search_method.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "augment/search/toy_objective.hpp"

namespace faceshot::augment::search {
namespace {

using test::ToyObjective;

SearchSettings settings_of(const std::string& method, std::uint64_t seed) {
  SearchSettings settings;
  settings.method = method;
  settings.seed = seed;
  settings.rungs = 1;
  return settings;
}

/// Number of trials until the planted policy is tried; `limit` if it is not tried by then.
int trials_until_found(const ToyObjective& toy, const std::string& name, std::uint64_t seed,
                       int limit) {
  const SearchSettings settings = settings_of(name, seed);
  const auto method = make_search_method(settings, toy.choices);
  for (int first = 0; first < limit; first += settings.batch) {
    std::vector<Outcome> batch;
    for (int trial = first; trial < first + settings.batch; ++trial) {
      const Proposal proposal = method->propose(trial);
      if (proposal.picks == toy.best) return trial + 1;
      batch.push_back({trial, proposal.picks, {toy.figure(proposal.picks, trial)}});
    }
    method->learn(batch);
  }
  return limit;
}

class LearningMethods : public ::testing::TestWithParam<const char*> {};

TEST_P(LearningMethods, FindThePlantedPolicyEarlierThanRandomSearch) {
  // 4^8 = 65,536 policies and noisy figures: random search needs that many on average.
  constexpr int limit = 1600;
  int earlier = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const ToyObjective toy(8, 4, seed);
    const int learned = trials_until_found(toy, GetParam(), seed, limit);
    EXPECT_LT(learned, limit) << "seed " << seed;
    earlier += learned < trials_until_found(toy, "random", seed, limit);
  }
  EXPECT_GE(earlier, 8);
}

TEST_P(LearningMethods, AreFunctionsOfSeedAndOutcomes) {
  const ToyObjective toy(5, 4, 3);
  const SearchSettings settings = settings_of(GetParam(), 9);
  const auto one = make_search_method(settings, toy.choices);
  const auto two = make_search_method(settings, toy.choices);
  for (int first = 0; first < 40; first += settings.batch) {
    std::vector<Outcome> batch;
    for (int trial = first; trial < first + settings.batch; ++trial) {
      // In another order, and repeatedly.
      (void)two->propose(first + settings.batch - 1);
      const Proposal proposal = one->propose(trial);
      ASSERT_EQ(two->propose(trial), proposal);
      batch.push_back({trial, proposal.picks, {toy.figure(proposal.picks, trial)}});
    }
    one->learn(batch);
    two->learn(batch);
    EXPECT_EQ(one->probabilities(), two->probabilities());
  }
  SearchSettings other = settings;
  other.seed = 10;
  EXPECT_NE(make_search_method(other, toy.choices)->propose(0),
            make_search_method(settings, toy.choices)->propose(0));
}

TEST_P(LearningMethods, GoOnWhereTrialsFailed) {
  const ToyObjective toy(4, 3, 1);
  const auto method = make_search_method(settings_of(GetParam(), 1), toy.choices);
  std::vector<Outcome> batch;
  for (int trial = 0; trial < 8; ++trial)
    batch.push_back({trial, method->propose(trial).picks, {}});
  for (Outcome& outcome : batch)
    outcome.figures = {outcome.trial == 5 ? std::optional(0.5) : std::nullopt};
  method->learn(batch);
  for (const auto& choice : method->probabilities())
    for (const double p : choice) EXPECT_TRUE(std::isfinite(p));
  for (int trial = 8; trial < 16; ++trial) {
    const int parent = method->propose(trial).parent;
    EXPECT_TRUE(parent == -1 || parent == 5) << "the others have no weights";
  }
}

INSTANTIATE_TEST_SUITE_P(Search, LearningMethods, ::testing::Values("reinforce", "ppo", "pba"));

TEST(PolicyGradient, ClimbsTheNumericalGradient) {
  // One batch with known advantages: figures of mean 0 and deviation 1.
  SearchSettings settings = settings_of("reinforce", 1);
  settings.learning_rate = 1e-4;
  settings.entropy = 0.3;
  const std::vector<Choice> choices{{"a", {"0", "1", "2"}, false}, {"b", {"0", "1"}, false}};
  const std::vector<Outcome> batch{
      {0, {0, 0}, {1.0}}, {1, {1, 0}, {-1.0}}, {2, {2, 1}, {1.0}}, {3, {0, 1}, {-1.0}}};
  const auto softmax = [](const std::vector<double>& logits) {
    std::vector<double> p;
    double sum = 0;
    for (const double l : logits) sum += std::exp(l);
    for (const double l : logits) p.push_back(std::exp(l) / sum);
    return p;
  };
  const auto objective = [&](const std::vector<std::vector<double>>& logits) {
    double value = 0;
    for (std::size_t c = 0; c < logits.size(); ++c) {
      const auto p = softmax(logits[c]);
      for (const Outcome& outcome : batch)
        value += *outcome.figures[0] * std::log(p[static_cast<std::size_t>(outcome.picks[c])]) / 4;
      for (const double q : p) value -= settings.entropy * q * std::log(q);
    }
    return value;
  };
  const auto method = make_search_method(settings, choices);
  method->learn(batch);
  method->learn(batch);  // from a point where the entropy has a slope, too
  const auto before = method->probabilities();
  method->learn(batch);
  const auto after = method->probabilities();
  std::vector<std::vector<double>> logits;
  for (const auto& p : before) {
    logits.emplace_back();
    for (const double q : p) logits.back().push_back(std::log(q));
  }
  for (std::size_t c = 0; c < logits.size(); ++c)
    for (std::size_t o = 0; o < logits[c].size(); ++o) {
      constexpr double h = 1e-5;
      auto up = logits, down = logits;
      up[c][o] += h;
      down[c][o] -= h;
      const double slope = (objective(up) - objective(down)) / (2 * h);
      // Logits are known up to a constant, which is 0: gradients of a softmax add up to 0.
      double mean = 0;
      for (std::size_t k = 0; k < logits[c].size(); ++k)
        mean += std::log(after[c][k] / before[c][k]) / static_cast<double>(logits[c].size());
      const double moved = std::log(after[c][o] / before[c][o]) - mean;
      EXPECT_NEAR(moved / settings.learning_rate, slope, 2e-4) << c << " " << o;
    }
}

TEST(PolicyGradient, PpoMovesNoFurtherThanItsClip) {
  SearchSettings settings = settings_of("ppo", 1);
  settings.learning_rate = 0.02;
  settings.entropy = 0;
  const std::vector<Choice> choices{{"a", {"0", "1"}, false}};
  const auto method = make_search_method(settings, choices);
  std::vector<Outcome> batch;
  for (int trial = 0; trial < 8; ++trial)
    batch.push_back({trial, {trial % 2}, {trial % 2 == 0 ? 1.0 : 0.0}});
  double before = method->probabilities()[0][0];
  for (int i = 0; i < 3; ++i) {
    method->learn(batch);
    const double now = method->probabilities()[0][0];
    EXPECT_GT(now, before);
    EXPECT_LT(now / before, 1.2 + 0.02);
    before = now;
  }
  // However large the step, there is no second one beyond the clip. One alone leads to 0.731, six
  // to 0.96.
  settings.learning_rate = 1;
  const auto fast = make_search_method(settings, choices);
  fast->learn(batch);
  EXPECT_NEAR(fast->probabilities()[0][0], 1 / (1 + std::exp(-1)), 1e-9);
}

TEST(PopulationBased, TheLastQuarterGoesOnFromTheFirst) {
  const ToyObjective toy(6, 4, 2);
  const SearchSettings settings = settings_of("pba", 4);
  const auto method = make_search_method(settings, toy.choices);
  std::vector<Outcome> batch;
  for (int trial = 0; trial < 8; ++trial) {
    const Proposal proposal = method->propose(trial);
    EXPECT_EQ(proposal.parent, -1);
    batch.push_back({trial, proposal.picks, {static_cast<double>((trial * 5) % 8)}});
  }
  method->learn(batch);  // figures 0 5 2 7 4 1 6 3: members 3 and 6 lead, 0 and 5 are behind
  for (int member = 0; member < 8; ++member) {
    const Proposal proposal = method->propose(8 + member);
    if (member == 0 || member == 5) {
      EXPECT_TRUE(proposal.parent == 3 || proposal.parent == 6) << proposal.parent;
    } else {
      EXPECT_EQ(proposal.parent, member);
      EXPECT_EQ(proposal.picks, batch[static_cast<std::size_t>(member)].picks);
    }
  }
}

TEST(MeanEntropy, IsOneWhereNothingIsKnownAndZeroWhereAllIs) {
  EXPECT_NEAR(mean_entropy({{0.5, 0.5}, {0.25, 0.25, 0.25, 0.25}}), 1, 1e-12);
  EXPECT_EQ(mean_entropy({{1, 0}, {0, 0, 1}}), 0);
  EXPECT_NEAR(mean_entropy({{1, 0}, {0.5, 0.5}}), 0.5, 1e-12);
}

}  // namespace
}  // namespace faceshot::augment::search
