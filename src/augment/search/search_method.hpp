// How policies are proposed, and what is learned from their figures.
//
//   random     every option with equal probability: the baseline of the others
//   reinforce  a softmax for each choice, moved by REINFORCE with a baseline and an entropy bonus
//              (Williams 1992); policies as lists of such choices are AutoAugment's (Cubuk et al.,
//              CVPR 2019), whose recurrent controller is not needed: there is no order to remember
//   ppo        the same softmaxes, by several clipped steps on each batch (Schulman et al. 2017)
//   pba        a population that trains on (Ho et al., "Population Based Augmentation", ICML 2019)
//
// A method's state is a function of the settings and of the outcomes that it was given, in order:
// it is rebuilt from them whenever a search continues, on any machine.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "augment/search/search_settings.hpp"
#include "augment/search/search_space.hpp"

namespace faceshot::augment::search {

struct Proposal {
  Picks picks;
  int parent = -1;  ///< trial whose weights it starts from; -1: the common start

  friend bool operator==(const Proposal&, const Proposal&) = default;
};

/// The outcome of a trial.
struct Outcome {
  int trial = 0;
  Picks picks;
  /// After each rung that it reached; larger is better; nothing: it failed.
  std::vector<std::optional<double>> figures;
};

/// Not thread safe.
class SearchMethod {
 public:
  SearchMethod() = default;
  virtual ~SearchMethod() = default;
  SearchMethod(const SearchMethod&) = delete;
  SearchMethod& operator=(const SearchMethod&) = delete;

  /// Trials are numbered from 0, batch by batch. Depends only on the trial's number and on what was
  /// learned. @pre `trial` belongs to the batch that learn() has not seen yet
  [[nodiscard]] virtual Proposal propose(int trial) const = 0;

  /// Learns from a whole batch, ordered by number. @pre at least one has a figure
  virtual void learn(std::span<const Outcome> batch) = 0;

  /// Probability of each option of each choice in the next proposal; sums are 1.
  [[nodiscard]] virtual std::vector<std::vector<double>> probabilities() const = 0;

  /// The policy that it considers the best, for methods that have one.
  [[nodiscard]] virtual std::optional<Picks> favourite() const { return std::nullopt; }
};

/// @param settings valid ones
[[nodiscard]] std::unique_ptr<SearchMethod> make_search_method(const SearchSettings& settings,
                                                               const std::vector<Choice>& choices);

/// Mean normalised entropy of the choices: 1 if nothing is known, 0 if everything is decided.
[[nodiscard]] double mean_entropy(const std::vector<std::vector<double>>& probabilities);

}  // namespace faceshot::augment::search
