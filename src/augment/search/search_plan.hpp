// The state of a search: a function of its settings and of its trials' results, so that every
// worker reaches the same conclusion, whenever and wherever it looks.
//
// Trials are proposed in batches. All of a batch are trained to the first rung; of those, the best
// one in `eta` continues to the next, and so on (successive halving: Jamieson and Talwalkar,
// AISTATS 2016). Then the method learns from the batch and proposes the next. At the end the best
// ones are repeated with other seeds: the best of many noisy figures is mostly luck.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "augment/search/search_method.hpp"

namespace faceshot::augment::search {

/// The result of a trial at a rung.
struct TrialResult {
  int trial = 0, rung = 0;
  std::optional<double> figure;  ///< larger is better; nothing: it failed
  double seconds = 0;            ///< duration
  std::string folder;            ///< where it ran, relative to the search's
  std::string worker;            ///< who ran it
  std::string note;              ///< why it failed
};

/// Everything recorded so far.
struct SearchRecord {
  std::map<int, Proposal> proposals;                   ///< by trial
  std::map<std::pair<int, int>, TrialResult> results;  ///< by trial and rung
};

/// A piece of work: a trial, from its current state to the end of a rung.
struct Job {
  int trial = 0, rung = 0;
  Proposal proposal;
  std::uint64_t seed = 0;  ///< of the training: the same for all except repetitions
  double share = 1;        ///< share of a whole trial that is done after this rung
  double before = 0;       ///< share that is already done
};

struct Trial {
  int number = 0;
  Proposal proposal;
  std::uint64_t seed = 0;
  int confirms = -1;                 ///< trial that it repeats; -1: none
  std::vector<TrialResult> results;  ///< available ones, rung by rung
  bool stopped = false;              ///< early, or failed

  /// The last one. @return nothing: it failed, or has none yet
  [[nodiscard]] std::optional<double> figure() const;
};

/// The state after a batch.
struct BatchSummary {
  int trials = 0;              ///< so far
  std::optional<double> best;  ///< figure of the best full trial so far
  std::optional<double> mean;  ///< of the batch's figures at the first rung
  double entropy = 1;          ///< of the next proposals (mean_entropy())
};

struct SearchPlan {
  std::vector<Trial> trials;  ///< by number; those started or open
  std::vector<Job> open;      ///< jobs that can be done now
  bool done = false;
  double work_done = 0;     ///< in whole trials
  double work_planned = 0;  ///< the same, for everything expected; with a time budget, at most
  double seconds = 0;       ///< total duration of the results
  std::vector<BatchSummary> batches;
  std::vector<std::vector<double>> probabilities;  ///< of the next proposals
  /// Trial with the best policy: by the mean of its repetitions once they exist, otherwise by its
  /// figure at the highest rung reached; for pba the best of the last complete round. -1: none has
  /// a figure.
  int best = -1;
  std::optional<double> best_figure;
};

/// Completed share of a whole trial after each rung; the last is 1.
[[nodiscard]] std::vector<double> rung_shares(const SearchSettings& settings);

/// Pure, thread safe.
/// @param settings valid ones
/// @throws Error(diverged) if all trials of a batch failed; Error(format) for picks that are not of
///         these choices
[[nodiscard]] SearchPlan make_plan(const SearchSettings& settings,
                                   const std::vector<Choice>& choices, const SearchRecord& record);

/// The trials whose policies shaped the trial's weights: its ancestors, and itself last.
[[nodiscard]] std::vector<int> lineage(const SearchPlan& plan, int trial);

}  // namespace faceshot::augment::search
