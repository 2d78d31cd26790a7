// A worker of a search: takes a job, runs it, records the result.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "augment/search/search_folder.hpp"
#include "augment/search/search_plan.hpp"

namespace faceshot::augment::search {

/// The files of a job. Absolute paths.
struct JobFiles {
  std::filesystem::path policy;  ///< its policy file
  std::filesystem::path folder;  ///< empty, its own
  std::filesystem::path before;  ///< folder of the same trial at the previous rung; empty: none
  std::filesystem::path parent;  ///< folder of the trial whose weights it starts from; empty: none
};

/// Runs a job. @return its figure, larger is better; nothing: training fails with this policy
/// @throws Error(cancelled) soon after `stop` is set; Error for failures that are not the policy's
/// fault
using RunTrial = std::function<std::optional<double>(const Job& job, const JobFiles& files,
                                                     const std::atomic<bool>& stop)>;

struct SearchListener {
  /// Called whenever the worker has read the state of the search; may be empty.
  std::function<void(const SearchPlan&)> on_plan;
  /// Called after each result recorded by this worker, before it enters the plan; may be empty.
  std::function<void(const TrialResult&)> on_result;
};

/// Works until no job is left or `stop` is set. A job that throws is tried once more, by any
/// worker; then its trial has failed.
/// @throws whatever a job throws if no trial of the search has succeeded yet, since then the set-up
/// is
///         wrong; and whatever this worker's first job throws, since the fault may be this
///         machine's,
///         and another will try the job; Error of make_plan() and of the folder
void work(SearchFolder& folder, const RunTrial& run, const SearchListener& listener,
          const std::atomic<bool>& stop);

/// "HOST:PROCESS".
[[nodiscard]] std::string this_worker();

}  // namespace faceshot::augment::search
