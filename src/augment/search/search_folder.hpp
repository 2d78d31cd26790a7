// The folder of a search: its whole state, in files that are written once and never changed, so
// that it can be stopped and shared at any moment.
//
//   search.json          the settings, with the search space
//   space.toml           the search space, for users
//   proposals/0007.json  what trial 7 tries, written by the first worker that gets there
//   policies/0007.toml   the same as a policy file
//   results/0007-0.json  its result at rung 0
//   claims/0007-0.1      who is working on it, or was (search_claim.hpp)
//   runs/0007-0.1/       where
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "augment/search/search_claim.hpp"
#include "augment/search/search_plan.hpp"
#include "augment/search/search_settings.hpp"
#include "augment/search/search_space.hpp"

namespace faceshot::augment::search {

/// As seen by one worker. Not thread safe; each worker opens its own.
class SearchFolder {
 public:
  /// Creates the folder; joins the search in it, if it is the same.
  /// @param settings their `space` is taken from `space`
  /// @throws Error(invalid_argument) for impossible settings, or if it holds another search;
  ///         Error(io)
  static void create(const std::filesystem::path& folder, SearchSettings settings,
                     const SearchSpace& space);

  /// @param worker its name for users
  /// @throws Error(not_found) if there is no search; Error(format)
  SearchFolder(std::filesystem::path folder, std::string worker, ClaimTimes times = {});

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return folder_; }
  [[nodiscard]] const std::string& worker() const noexcept { return worker_; }
  [[nodiscard]] const SearchSettings& settings() const noexcept { return settings_; }
  [[nodiscard]] const SearchSpace& space() const noexcept { return space_; }

  /// Everything recorded so far. @throws Error(format) naming a damaged file; Error(io)
  [[nodiscard]] const SearchRecord& read();

  /// Records the proposal and its policy, unless another worker did. @return the recorded proposal
  Proposal settle(int trial, const Proposal& proposal);

  /// @return null: a live worker is working on it, or it is done
  [[nodiscard]] std::unique_ptr<Claim> claim(int trial, int rung);

  /// Records a result. @return false if another worker's is already recorded, which then counts
  bool publish(const TrialResult& result);

  /// Relative to path().
  [[nodiscard]] static std::string run_folder(int trial, int rung, int generation);
  [[nodiscard]] std::filesystem::path policy_file(int trial) const;

 private:
  std::filesystem::path folder_;
  std::string worker_;
  SearchSettings settings_;
  SearchSpace space_;
  ClaimBoard claims_;
  SearchRecord record_;
};

}  // namespace faceshot::augment::search
