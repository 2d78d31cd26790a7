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

/// @throws Error(invalid_argument) for overrides of keys that the search sets itself
void check_overrides(const augment::search::TrialSettings& trial);

/// Trains (or runs `trial.command` instead) and reads the figure.
[[nodiscard]] augment::search::RunTrial trial_runner(
    const augment::search::SearchSettings& settings);

/// Files in addition to the search's own: best.toml, learned.svg, progress.svg, tensorboard/; and
/// lines on the terminal. Thread safe.
class SearchRecorder {
 public:
  /// @param out additional file for the best policy; empty: none @param quiet no lines
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

/// Prints the results of a search.
void print_search(const augment::search::SearchSettings& settings,
                  const augment::search::SearchSpace& space,
                  const augment::search::SearchPlan& plan, bool options);

}  // namespace faceshot::cli
