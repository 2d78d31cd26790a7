// The results of a search: the policy, what was learned, and whether early stopping was right.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "augment/search/search_plan.hpp"
#include "augment/search/search_settings.hpp"
#include "augment/search/search_space.hpp"

namespace faceshot::augment::search {

/// How well the ranking at a rung agrees with that of whole trials, over trials that have both
/// figures.
struct RungAgreement {
  int rung = 0;
  double share = 0;  ///< of a whole trial
  std::size_t trials = 0;
  double spearman = 0, kendall = 0;            ///< NaN: too few trials, or all equal
  double spearman_low = 0, spearman_high = 0;  ///< 95 % of bootstrap samples (2,000, by seed)
  /// Whether the best whole trial is among the best one in eta at this rung.
  bool keeps_best = false;
};

/// One for each rung except the last. Early stopping leaves only good trials with both figures,
/// which makes agreement look worse than it is: measure it with SearchSettings::keep_all.
[[nodiscard]] std::vector<RungAgreement> rung_agreement(const SearchSettings& settings,
                                                        const SearchPlan& plan);

/// An option of a choice.
struct OptionRecord {
  std::string option;
  int trials = 0;              ///< with a figure at the first rung
  std::optional<double> mean;  ///< of these figures
  double probability = 0;      ///< in the method's next proposal
};

/// By choice, option by option.
[[nodiscard]] std::vector<std::vector<OptionRecord>> option_records(
    const std::vector<Choice>& choices, const SearchPlan& plan);

/// The best trial's policy; for pba the schedule of policies that its weights went through.
/// @pre plan.best >= 0
[[nodiscard]] Policy best_policy(const SearchSettings& settings, const SearchSpace& space,
                                 const SearchPlan& plan);

/// The same as a policy file that states its origin.
[[nodiscard]] std::string best_policy_file(const SearchSettings& settings, const SearchSpace& space,
                                           const SearchPlan& plan);

/// Everything, for programs.
[[nodiscard]] std::string search_json(const SearchSettings& settings, const SearchSpace& space,
                                      const SearchPlan& plan);

/// Figures over the trials, and the method's certainty, as SVG.
/// @throws Error(invalid_argument) if there is no result yet
[[nodiscard]] std::string progress_svg(const SearchSettings& settings, const SearchPlan& plan);

/// One row per choice, one cell per option: darker means a higher probability of being proposed;
/// each cell shows how often it was tried and the mean figure. Options of the best policy are
/// framed. As SVG.
[[nodiscard]] std::string learned_svg(const std::vector<Choice>& choices, const SearchPlan& plan);

}  // namespace faceshot::augment::search
