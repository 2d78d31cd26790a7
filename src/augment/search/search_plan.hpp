// Where a search stands: a function of its settings and of what its trials gave, so that every
// worker comes to the same, whenever and wherever it looks.
//
// Trials are proposed in batches. All of a batch are trained to the first rung; of those, the best
// one of `eta` continues to the next, and so on (successive halving: Jamieson and Talwalkar,
// AISTATS 2016). Then the method learns from the batch and proposes the next. In the end the best
// ones are tried again with other seeds: the best of many noisy figures is mostly a lucky one.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "augment/search/search_method.hpp"

namespace faceshot::augment::search {

/// What a trial gave at a rung.
struct TrialResult {
  int trial = 0, rung = 0;
  std::optional<double> figure;  ///< larger is better; nothing: it failed
  double seconds = 0;            ///< that it took
  std::string folder;            ///< where it ran, relative to the search's
  std::string worker;            ///< who ran it
  std::string note;              ///< why it failed
};

/// All that was written down so far.
struct SearchRecord {
  std::map<int, Proposal> proposals;                   ///< by trial
  std::map<std::pair<int, int>, TrialResult> results;  ///< by trial and rung
};

/// A piece of work: a trial, from where it stands to the end of a rung.
struct Job {
  int trial = 0, rung = 0;
  Proposal proposal;
  std::uint64_t seed = 0;  ///< of the training: the same for all but those that are tried again
  double share = 1;        ///< of a whole trial that is done after this rung
  double before = 0;       ///< of it that is done already
};

struct Trial {
  int number = 0;
  Proposal proposal;
  std::uint64_t seed = 0;
  int confirms = -1;                 ///< trial of which it is a repetition; -1: none
  std::vector<TrialResult> results;  ///< those it has, rung by rung
  bool stopped = false;              ///< early, or failed

  /// The last one. @return nothing: it failed, or has none yet
  [[nodiscard]] std::optional<double> figure() const;
};

/// After a batch.
struct BatchSummary {
  int trials = 0;              ///< so far
  std::optional<double> best;  ///< figure of the best full trial so far
  std::optional<double> mean;  ///< of the batch's figures at the first rung
  double entropy = 1;          ///< of what is proposed next (mean_entropy())
};

struct SearchPlan {
  std::vector<Trial> trials;  ///< by number; those that were begun or are open
  std::vector<Job> open;      ///< what can be done now
  bool done = false;
  double work_done = 0;     ///< in whole trials
  double work_planned = 0;  ///< the same, of all that is expected; with a budget of time, at most
  double seconds = 0;       ///< that the results took
  std::vector<BatchSummary> batches;
  std::vector<std::vector<double>> probabilities;  ///< what is proposed next
  /// Trial whose policy is the best: by the mean of its repetitions once they are there, else by
  /// its figure at the highest rung that was reached; of pba the best of the last whole round. -1:
  /// none has a figure.
  int best = -1;
  std::optional<double> best_figure;
};

/// Share of a whole trial that is done after each rung; the last is 1.
[[nodiscard]] std::vector<double> rung_shares(const SearchSettings& settings);

/// Pure, thread safe.
/// @param settings valid ones
/// @throws Error(diverged) if all trials of a batch failed; Error(format) for picks that are not of
///         these choices
[[nodiscard]] SearchPlan make_plan(const SearchSettings& settings,
                                   const std::vector<Choice>& choices, const SearchRecord& record);

/// The trials whose policies the trial's weights went through, itself last: its parents'.
[[nodiscard]] std::vector<int> lineage(const SearchPlan& plan, int trial);

}  // namespace faceshot::augment::search
