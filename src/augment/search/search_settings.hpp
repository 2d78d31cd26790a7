// The settings of a search: the file search.json in its folder.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace faceshot::augment::search {

/// How trials are run: for the workers; the controller ignores it.
struct TrialSettings {
  std::string command;                 ///< shell command that prints a figure; empty: training
  std::string config;                  ///< of the training
  std::vector<std::string> overrides;  ///< its key=value
  std::string directory;               ///< base of relative paths
  std::string start;                   ///< initial weights of every trial
  std::string metric = "val_ap_mean";  ///< column of metrics.csv that is the figure
  int crops = 18000;                   ///< of a full trial
  int threads = 1;                     ///< of the network

  friend bool operator==(const TrialSettings&, const TrialSettings&) = default;
};

struct SearchSettings {
  std::string method = "reinforce";  ///< one of search_methods()
  std::uint64_t seed = 1;
  int trials = 40;           ///< maximum
  double budget = 0;         ///< seconds of work, over all workers, after which no batch is
                             ///< started; 0: no limit
  int batch = 8;             ///< trials proposed at once; for pba: its population
  int rungs = 2;             ///< lengths to which trials are trained; the last is the whole
  int eta = 3;               ///< each rung is this many times as long as the previous one, and one
                             ///< in this many trials reaches it
  bool keep_all = false;     ///< no trial is stopped early
  int confirm = 3;           ///< number of best trials repeated at the end; 0: none
  int confirm_times = 2;     ///< repetitions of each, with other seeds
  double learning_rate = 0;  ///< of reinforce and ppo, on the logits; 0: the method's default
  double entropy = 0.01;     ///< weight of their entropy bonus
  double explore = 0.2;      ///< pba: probability that a choice changes in a copy
  std::string space;         ///< the text of a SearchSpace
  TrialSettings trial;

  friend bool operator==(const SearchSettings&, const SearchSettings&) = default;
};

/// "reinforce", "ppo", "pba", "random".
[[nodiscard]] const std::vector<std::string>& search_methods();

/// @throws Error(invalid_argument) naming what is impossible
void validate(const SearchSettings& settings);

/// JSON from which read_settings() restores the same settings.
[[nodiscard]] std::string settings_json(const SearchSettings& settings);

/// @param name of the file, for messages @throws Error(format)
[[nodiscard]] SearchSettings read_settings(const std::string& json, const std::string& name);

}  // namespace faceshot::augment::search
