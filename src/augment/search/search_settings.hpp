// The settings of a search: the file search.json in its folder.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace faceshot::augment::search {

/// How a trial is made: for who runs them; the controller does not look at it.
struct TrialSettings {
  std::string command;                 ///< shell command that prints a figure; empty: training
  std::string config;                  ///< of the training
  std::vector<std::string> overrides;  ///< its key=value
  std::string directory;               ///< that relative paths begin at
  std::string start;                   ///< weights that every trial begins with
  std::string metric = "val_ap_mean";  ///< column of metrics.csv that is the figure
  int crops = 18000;                   ///< of a full trial
  int threads = 1;                     ///< of the network

  friend bool operator==(const TrialSettings&, const TrialSettings&) = default;
};

struct SearchSettings {
  std::string method = "reinforce";  ///< one of search_methods()
  std::uint64_t seed = 1;
  int trials = 40;           ///< at most
  double budget = 0;         ///< seconds of work, of all workers together, after which no batch is
                             ///< begun; 0: no limit
  int batch = 8;             ///< trials that are proposed at once; of pba: its population
  int rungs = 2;             ///< lengths to which trials are trained, the last is the whole
  int eta = 3;               ///< each rung is so many times as long as the one before, and is
                             ///< reached by one of so many trials
  bool keep_all = false;     ///< no trial is stopped early
  int confirm = 3;           ///< best ones that are tried again in the end; 0: none
  int confirm_times = 2;     ///< with so many other seeds each
  double learning_rate = 0;  ///< of reinforce and ppo, on the logits; 0: the method's usual one
  double entropy = 0.01;     ///< weight of the entropy bonus of the same
  double explore = 0.2;      ///< pba: chance of each choice to be changed in a copy
  std::string space;         ///< what there is to choose: the text of a SearchSpace
  TrialSettings trial;

  friend bool operator==(const SearchSettings&, const SearchSettings&) = default;
};

/// "reinforce", "ppo", "pba", "random".
[[nodiscard]] const std::vector<std::string>& search_methods();

/// @throws Error(invalid_argument) that names what is impossible
void validate(const SearchSettings& settings);

/// JSON that read_settings() reads back to the same.
[[nodiscard]] std::string settings_json(const SearchSettings& settings);

/// @param name stands for the file in messages @throws Error(format)
[[nodiscard]] SearchSettings read_settings(const std::string& json, const std::string& name);

}  // namespace faceshot::augment::search
