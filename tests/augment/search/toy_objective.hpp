// An objective with a planted best policy, in place of training.
#pragma once

#include <string>
#include <vector>

#include "augment/search/search_method.hpp"
#include "base/random.hpp"

namespace faceshot::augment::search::test {

/// Each right choice adds to the figure, nearly right levels add a part of that, and two
/// consecutive right ones add more, since real choices are not independent. With noise, like
/// training.
struct ToyObjective {
  std::vector<Choice> choices;
  Picks best;
  double noise = 0.05;  ///< standard deviation; a right choice is worth about 1 / choices
  std::uint64_t seed = 1;

  ToyObjective(std::size_t count, std::size_t options, std::uint64_t toy_seed) : seed(toy_seed) {
    base::Random random(toy_seed, 0, 0, 77);
    for (std::size_t c = 0; c < count; ++c) {
      Choice choice{"choice " + std::to_string(c), {}, c % 2 == 1};
      for (std::size_t o = 0; o < options; ++o) choice.options.push_back(std::to_string(o));
      choices.push_back(std::move(choice));
      best.push_back(static_cast<int>(random.below(static_cast<std::uint32_t>(options))));
    }
  }

  /// 1 for the best policy.
  [[nodiscard]] double value(const Picks& picks) const {
    double sum = 0, all = 0;
    for (std::size_t c = 0; c < picks.size(); ++c) {
      const int off = std::abs(picks[c] - best[c]);
      sum += off == 0 ? 1 : choices[c].ordered && off == 1 ? 0.4 : 0;
      all += 1;
      if (c == 0) continue;
      sum += off == 0 && picks[c - 1] == best[c - 1] ? 0.5 : 0;
      all += 0.5;
    }
    return sum / all;
  }

  /// With the noise of this trial.
  [[nodiscard]] double figure(const Picks& picks, int trial) const {
    base::Random random(seed, static_cast<std::uint32_t>(trial), 0, 78);
    return value(picks) + noise * static_cast<double>(random.normal());
  }
};

}  // namespace faceshot::augment::search::test
