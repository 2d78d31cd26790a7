// The folder of a search: all that it knows, in files that are written once and never changed, so
// that it can be stopped and shared at any moment.
//
//   search.json          the settings, with the search space
//   space.toml           the search space, for people
//   proposals/0007.json  what trial 7 tries, by whoever came to it first
//   policies/0007.toml   the same as a policy file
//   results/0007-0.json  what came of it at rung 0
//   claims/0007-0.1      who is at it, or was (search_claim.hpp)
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

/// As one worker sees it. Not thread safe; each worker opens its own.
class SearchFolder {
 public:
  /// Makes the folder; joins the search that is in it, if it is the same.
  /// @param settings their `space` is taken from `space`
  /// @throws Error(invalid_argument) for impossible settings, or if it holds another search;
  ///         Error(io)
  static void create(const std::filesystem::path& folder, SearchSettings settings,
                     const SearchSpace& space);

  /// @param worker names it to people
  /// @throws Error(not_found) if there is no search; Error(format)
  SearchFolder(std::filesystem::path folder, std::string worker, ClaimTimes times = {});

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return folder_; }
  [[nodiscard]] const std::string& worker() const noexcept { return worker_; }
  [[nodiscard]] const SearchSettings& settings() const noexcept { return settings_; }
  [[nodiscard]] const SearchSpace& space() const noexcept { return space_; }

  /// All that is written down by now. @throws Error(format) that names a damaged file; Error(io)
  [[nodiscard]] const SearchRecord& read();

  /// Writes the proposal and its policy down, unless another did. @return what is written there
  Proposal settle(int trial, const Proposal& proposal);

  /// @return nothing: somebody alive is at it, or it is done
  [[nodiscard]] std::unique_ptr<Claim> claim(int trial, int rung);

  /// Writes a result down. @return false if another's is there already, which then counts
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
