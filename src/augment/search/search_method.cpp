#include "augment/search/search_method.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/random.hpp"

namespace faceshot::augment::search {
namespace {

/// Streams of a trial's random numbers.
constexpr std::uint32_t proposal_stream = 11, parent_stream = 12, explore_stream = 13;

base::Random stream_of(std::uint64_t seed, int trial, std::uint32_t stream) {
  return base::Random(seed, static_cast<std::uint32_t>(trial), 0, stream);
}

std::uint32_t options_of(const Choice& choice) {
  return static_cast<std::uint32_t>(choice.options.size());
}

Picks random_picks(const std::vector<Choice>& choices, base::Random& random) {
  Picks picks;
  for (const Choice& choice : choices)
    picks.push_back(static_cast<int>(random.below(options_of(choice))));
  return picks;
}

std::vector<std::vector<double>> uniform(const std::vector<Choice>& choices) {
  std::vector<std::vector<double>> all;
  for (const Choice& choice : choices)
    all.emplace_back(choice.options.size(), 1.0 / static_cast<double>(choice.options.size()));
  return all;
}

// --- random --------------------------------------------------------------------------------------

class RandomMethod : public SearchMethod {
 public:
  RandomMethod(const SearchSettings& settings, const std::vector<Choice>& choices)
      : seed_(settings.seed), choices_(choices) {}

  [[nodiscard]] Proposal propose(int trial) const override {
    base::Random random = stream_of(seed_, trial, proposal_stream);
    return {random_picks(choices_, random), -1};
  }
  void learn(std::span<const Outcome>) override {}
  [[nodiscard]] std::vector<std::vector<double>> probabilities() const override {
    return uniform(choices_);
  }

 private:
  std::uint64_t seed_;
  std::vector<Choice> choices_;
};

// --- reinforce, ppo ------------------------------------------------------------------------------

/// Mean and standard deviation of a rung's figures, with decaying weights.
class RunningScale {
 public:
  void add(const std::vector<double>& figures) {
    constexpr double keep = 0.7;  // factor on the weight of earlier figures, per batch
    weight_ *= keep;
    sum_ *= keep;
    squares_ *= keep;
    for (const double f : figures) {
      if (weight_ == 0) shift_ = f;  // differences then lose no precision
      weight_ += 1;
      sum_ += f - shift_;
      squares_ += (f - shift_) * (f - shift_);
    }
  }
  /// In standard deviations from the mean, at most 3; 0 if all figures are equal.
  [[nodiscard]] double advantage(double figure) const {
    if (weight_ == 0) return 0;
    const double mean = sum_ / weight_;
    const double deviation = std::sqrt(std::max(0.0, squares_ / weight_ - mean * mean));
    if (deviation < 1e-12) return 0;
    return std::clamp((figure - shift_ - mean) / deviation, -3.0, 3.0);
  }

 private:
  double weight_ = 0, sum_ = 0, squares_ = 0, shift_ = 0;
};

struct GradientOptions {
  double rate = 1;  ///< of one step on the logits
  int steps = 1;    ///< per batch
  double clip = 0;  ///< PPO's epsilon; 0: none
};

GradientOptions gradient_options(const SearchSettings& settings) {
  GradientOptions options;
  if (settings.method == "ppo") options = {0.4, 6, 0.2};
  if (settings.method == "reinforce") options = {1.5, 1, 0};
  if (settings.learning_rate > 0) options.rate = settings.learning_rate;
  return options;
}

class PolicyGradient : public SearchMethod {
 public:
  PolicyGradient(const SearchSettings& settings, const std::vector<Choice>& choices)
      : seed_(settings.seed), entropy_(settings.entropy), options_(gradient_options(settings)) {
    for (const Choice& choice : choices) logits_.emplace_back(choice.options.size(), 0.0);
  }

  [[nodiscard]] Proposal propose(int trial) const override {
    base::Random random = stream_of(seed_, trial, proposal_stream);
    Proposal proposal;
    for (const auto& p : probabilities()) {
      double left = static_cast<double>(random.uniform());
      std::size_t option = 0;
      while (option + 1 < p.size() && left >= p[option]) left -= p[option++];
      proposal.picks.push_back(static_cast<int>(option));
    }
    return proposal;
  }

  void learn(std::span<const Outcome> batch) override {
    const std::vector<double> advantages = advantages_of(batch);
    const auto before = probabilities();
    for (int step = 0; step < options_.steps; ++step) ascend(batch, advantages, before);
  }

  [[nodiscard]] std::vector<std::vector<double>> probabilities() const override {
    std::vector<std::vector<double>> all;
    for (const auto& logits : logits_) {
      const double largest = *std::max_element(logits.begin(), logits.end());
      std::vector<double> p;
      for (const double logit : logits) p.push_back(std::exp(logit - largest));
      const double sum = std::accumulate(p.begin(), p.end(), 0.0);
      for (double& value : p) value /= sum;
      all.push_back(std::move(p));
    }
    return all;
  }

  [[nodiscard]] std::optional<Picks> favourite() const override {
    Picks picks;
    for (const auto& logits : logits_)
      picks.push_back(
          static_cast<int>(std::max_element(logits.begin(), logits.end()) - logits.begin()));
    return picks;
  }

 private:
  /// For each trial the sum over the rungs that it reached: a trial that was promoted is better
  /// than the rest, and each rung distinguishes those that reached it. Rungs have separate
  /// baselines, since figures after more training are larger.
  [[nodiscard]] std::vector<double> advantages_of(std::span<const Outcome> batch) {
    std::size_t rungs = 0;
    for (const Outcome& outcome : batch) rungs = std::max(rungs, outcome.figures.size());
    if (scales_.size() < rungs) scales_.resize(rungs);
    std::vector<double> advantages(batch.size(), 0);
    for (std::size_t rung = 0; rung < rungs; ++rung) {
      std::vector<double> figures;
      for (const Outcome& outcome : batch)
        if (rung < outcome.figures.size() && outcome.figures[rung])
          figures.push_back(*outcome.figures[rung]);
      scales_[rung].add(figures);
      for (std::size_t i = 0; i < batch.size(); ++i) {
        if (rung >= batch[i].figures.size()) continue;
        const auto& figure = batch[i].figures[rung];
        advantages[i] += figure ? scales_[rung].advantage(*figure) : -2;
      }
    }
    return advantages;
  }

  /// One step along the gradient of the mean of advantage * log p (REINFORCE), or of PPO's clipped
  /// surrogate, choice by choice, and of the entropy.
  void ascend(std::span<const Outcome> batch, const std::vector<double>& advantages,
              const std::vector<std::vector<double>>& before) {
    const auto now = probabilities();
    for (std::size_t c = 0; c < logits_.size(); ++c) {
      std::vector<double> gradient(logits_[c].size(), 0);
      for (std::size_t i = 0; i < batch.size(); ++i) {
        const auto pick = static_cast<std::size_t>(batch[i].picks[c]);
        double weight = advantages[i] / static_cast<double>(batch.size());
        if (options_.clip > 0) {
          const double ratio = now[c][pick] / before[c][pick];
          const bool far =
              advantages[i] > 0 ? ratio > 1 + options_.clip : ratio < 1 - options_.clip;
          weight = far ? 0 : weight * ratio;
        }
        for (std::size_t o = 0; o < gradient.size(); ++o)
          gradient[o] += weight * ((o == pick ? 1.0 : 0.0) - now[c][o]);
      }
      double entropy = 0;
      for (const double p : now[c]) entropy -= p * std::log(std::max(p, 1e-300));
      for (std::size_t o = 0; o < gradient.size(); ++o) {
        gradient[o] -= entropy_ * now[c][o] * (std::log(std::max(now[c][o], 1e-300)) + entropy);
        logits_[c][o] += options_.rate * gradient[o];
      }
    }
  }

  std::uint64_t seed_;
  double entropy_;
  GradientOptions options_;
  std::vector<std::vector<double>> logits_;
  std::vector<RunningScale> scales_;  ///< by rung
};

// --- pba -----------------------------------------------------------------------------------------

class Population : public SearchMethod {
 public:
  Population(const SearchSettings& settings, const std::vector<Choice>& choices)
      : seed_(settings.seed),
        size_(settings.batch),
        explore_(static_cast<float>(settings.explore)),
        choices_(choices) {}

  [[nodiscard]] Proposal propose(int trial) const override {
    if (round_.empty()) {
      base::Random random = stream_of(seed_, trial, proposal_stream);
      return {random_picks(choices_, random), -1};
    }
    // A member keeps its index from round to round; the last round may have fewer members.
    const Outcome& own = round_[static_cast<std::size_t>(trial % size_)];
    const auto place = std::find(ranks_.begin(), ranks_.end(), trial % size_) - ranks_.begin();
    const auto quarter =
        std::max<std::ptrdiff_t>(1, static_cast<std::ptrdiff_t>(ranks_.size()) / 4);
    const bool behind = place >= static_cast<std::ptrdiff_t>(ranks_.size()) - quarter ||
                        !figure_of(own);  // it has no weights to continue from
    if (!behind) return {own.picks, own.trial};
    base::Random random = stream_of(seed_, trial, parent_stream);
    const auto good = std::count_if(round_.begin(), round_.end(),
                                    [](const Outcome& o) { return figure_of(o).has_value(); });
    const auto ahead = random.below(static_cast<std::uint32_t>(std::min(quarter, good)));
    const Outcome& parent = round_[static_cast<std::size_t>(ranks_[ahead])];
    return {explored(parent.picks, trial), parent.trial};
  }

  void learn(std::span<const Outcome> batch) override {
    round_.assign(batch.begin(), batch.end());
    ranks_.resize(round_.size());
    std::iota(ranks_.begin(), ranks_.end(), 0);
    const auto figure = [this](int member) {
      return figure_of(round_[static_cast<std::size_t>(member)])
          .value_or(-std::numeric_limits<double>::infinity());
    };
    std::stable_sort(ranks_.begin(), ranks_.end(),
                     [&](int a, int b) { return figure(a) > figure(b); });
  }

  [[nodiscard]] std::vector<std::vector<double>> probabilities() const override {
    if (round_.empty()) return uniform(choices_);
    std::vector<std::vector<double>> all;
    for (std::size_t c = 0; c < choices_.size(); ++c) {
      std::vector<double> shares(choices_[c].options.size(), 0);
      for (const Outcome& outcome : round_)
        shares[static_cast<std::size_t>(outcome.picks[c])] +=
            1 / static_cast<double>(round_.size());
      all.push_back(std::move(shares));
    }
    return all;
  }

 private:
  static std::optional<double> figure_of(const Outcome& outcome) {
    return outcome.figures.empty() ? std::nullopt : outcome.figures.back();
  }

  /// As in the paper: some choices are drawn again, others shifted to a neighbour.
  [[nodiscard]] Picks explored(Picks picks, int trial) const {
    base::Random random = stream_of(seed_, trial, explore_stream);
    for (std::size_t c = 0; c < picks.size(); ++c) {
      if (!random.chance(explore_)) continue;
      const auto options = options_of(choices_[c]);
      if (!choices_[c].ordered || random.chance(0.5F)) {
        picks[c] = static_cast<int>(random.below(options));
      } else {
        const int shifted = picks[c] + (random.chance(0.5F) ? 1 : -1);
        picks[c] = std::clamp(shifted, 0, static_cast<int>(options) - 1);
      }
    }
    return picks;
  }

  std::uint64_t seed_;
  int size_;
  float explore_;
  std::vector<Choice> choices_;
  std::vector<Outcome> round_;  ///< the last complete one, by member
  std::vector<int> ranks_;      ///< members, the best first
};

}  // namespace

std::unique_ptr<SearchMethod> make_search_method(const SearchSettings& settings,
                                                 const std::vector<Choice>& choices) {
  if (settings.method == "random") return std::make_unique<RandomMethod>(settings, choices);
  if (settings.method == "pba") return std::make_unique<Population>(settings, choices);
  return std::make_unique<PolicyGradient>(settings, choices);
}

double mean_entropy(const std::vector<std::vector<double>>& probabilities) {
  double sum = 0;
  for (const auto& choice : probabilities) {
    double entropy = 0;
    for (const double p : choice)
      if (p > 0) entropy -= p * std::log(p);
    sum += entropy / std::log(static_cast<double>(choice.size()));
  }
  return probabilities.empty() ? 0 : sum / static_cast<double>(probabilities.size());
}

}  // namespace faceshot::augment::search
