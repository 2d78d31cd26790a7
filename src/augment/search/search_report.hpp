// The results of a search: the policy, what was learned, and whether stopping early was right.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "augment/search/search_plan.hpp"
#include "augment/search/search_settings.hpp"
#include "augment/search/search_space.hpp"

namespace faceshot::augment::search {

/// How a rung's order of the trials agrees with that of whole trials, over those that have both.
struct RungAgreement {
  int rung = 0;
  double share = 0;  ///< of a whole trial
  std::size_t trials = 0;
  double spearman = 0, kendall = 0;            ///< NaN: too few trials, or all the same
  double spearman_low = 0, spearman_high = 0;  ///< 95 % of bootstrap samples (2,000, by seed)
  /// Of the trials the best one of eta at this rung: whether the best whole trial is one of them.
  bool keeps_best = false;
};

/// One for each rung but the last. Stopping early leaves only good trials with both figures, which
/// makes agreement look worse than it is: measure it with SearchSettings::keep_all.
[[nodiscard]] std::vector<RungAgreement> rung_agreement(const SearchSettings& settings,
                                                        const SearchPlan& plan);

/// An option of a choice.
struct OptionRecord {
  std::string option;
  int trials = 0;              ///< with a figure at the first rung
  std::optional<double> mean;  ///< of these figures
  double probability = 0;      ///< that the method proposes it next
};

/// By choice, option by option.
[[nodiscard]] std::vector<std::vector<OptionRecord>> option_records(
    const std::vector<Choice>& choices, const SearchPlan& plan);

/// The best trial's policy; of pba the schedule of policies that its weights went through.
/// @pre plan.best >= 0
[[nodiscard]] Policy best_policy(const SearchSettings& settings, const SearchSpace& space,
                                 const SearchPlan& plan);

/// The same as a policy file that says where it comes from.
[[nodiscard]] std::string best_policy_file(const SearchSettings& settings, const SearchSpace& space,
                                           const SearchPlan& plan);

/// Everything, for programs.
[[nodiscard]] std::string search_json(const SearchSettings& settings, const SearchSpace& space,
                                      const SearchPlan& plan);

/// Figures over the trials, and how sure the method became, as SVG.
/// @throws Error(invalid_argument) if there is no result yet
[[nodiscard]] std::string progress_svg(const SearchSettings& settings, const SearchPlan& plan);

/// A row a choice, a cell an option: the darker, the likelier to be proposed; in it how often it
/// was tried and the mean figure. The best policy's have a frame. As SVG.
[[nodiscard]] std::string learned_svg(const std::vector<Choice>& choices, const SearchPlan& plan);

}  // namespace faceshot::augment::search
