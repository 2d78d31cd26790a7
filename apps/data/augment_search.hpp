// The parts of `faceshot augment search`.
#pragma once

#include <atomic>
#include <cstdio>
#include <memory>
#include <mutex>
#include <string>

#include "augment/search/search_plan.hpp"
#include "augment/search/search_settings.hpp"
#include "augment/search/search_space.hpp"
#include "augment/search/search_worker.hpp"

namespace faceshot::cli {

/// @throws Error(invalid_argument) for overrides that are the search's own to set
void check_overrides(const augment::search::TrialSettings& trial);

/// Trains (or has `trial.command` do what it does) and reads the figure.
[[nodiscard]] augment::search::RunTrial trial_runner(
    const augment::search::SearchSettings& settings);

/// Files beside the search's own: best.toml, learned.svg, progress.svg, tensorboard/; and lines at
/// the terminal. Thread safe.
class SearchRecorder {
 public:
  /// @param out the best policy goes there, too; empty: nowhere else @param quiet no lines
  SearchRecorder(std::filesystem::path folder, std::filesystem::path out, bool quiet);
  ~SearchRecorder();

  void result(const augment::search::SearchSettings& settings,
              const augment::search::TrialResult& result);
  void plan(const augment::search::SearchSettings& settings,
            const augment::search::SearchSpace& space, const augment::search::SearchPlan& plan);
  /// "trials 12/40  best 0.5210  7.5/h  2 h 05 min left"; empty at the start.
  [[nodiscard]] std::string status();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// What a search found, for people.
void print_search(const augment::search::SearchSettings& settings,
                  const augment::search::SearchSpace& space,
                  const augment::search::SearchPlan& plan, bool options);

}  // namespace faceshot::cli
