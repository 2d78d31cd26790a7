// A worker of a search: takes a task, has it done, records the result.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "augment/search/search_folder.hpp"
#include "augment/search/search_plan.hpp"

namespace faceshot::augment::search {

/// Where a job finds what it needs. Absolute.
struct JobFiles {
  std::filesystem::path policy;  ///< its policy file
  std::filesystem::path folder;  ///< empty, its own
  std::filesystem::path before;  ///< folder of the same trial at the rung before; empty: none
  std::filesystem::path parent;  ///< folder of the trial whose weights it starts from; empty: none
};

/// Does a job. @return its figure, larger is better; nothing: training fails with this policy
/// @throws Error(cancelled) soon after `stop` is set; Error for what is not the policy's fault
using RunTrial = std::function<std::optional<double>(const Job& job, const JobFiles& files,
                                                     const std::atomic<bool>& stop)>;

struct SearchListener {
  /// Whenever the worker has looked where the search stands; may be empty.
  std::function<void(const SearchPlan&)> on_plan;
  /// After each result that this worker has written down, before the plan takes it in; may be
  /// empty.
  std::function<void(const TrialResult&)> on_result;
};

/// Works until nothing is left to be done by anybody, or `stop` is set. A job that throws is tried
/// once more, by whoever comes to it; then its trial has failed.
/// @throws what a job throws if no trial of the search has succeeded yet, for then the set-up is
///         wrong; and what this worker's first job throws, for it may be this machine that is
///         wrong, and another will try the job; Error of make_plan() and of the folder
void work(SearchFolder& folder, const RunTrial& run, const SearchListener& listener,
          const std::atomic<bool>& stop);

/// "HOST:PROCESS".
[[nodiscard]] std::string this_worker();

}  // namespace faceshot::augment::search
