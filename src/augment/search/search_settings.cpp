#include "augment/search/search_settings.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/nearest_name.hpp"
#include "faceshot/error.hpp"

namespace faceshot::augment::search {
namespace {

/// Visits every member with its name in the file, so that reading and writing share one list.
template <class Settings, class Visit>
void each_setting(Settings& s, const Visit& visit) {
  visit("method", s.method);
  visit("seed", s.seed);
  visit("trials", s.trials);
  visit("budget_seconds", s.budget);
  visit("batch", s.batch);
  visit("rungs", s.rungs);
  visit("eta", s.eta);
  visit("keep_all", s.keep_all);
  visit("confirm", s.confirm);
  visit("confirm_times", s.confirm_times);
  visit("learning_rate", s.learning_rate);
  visit("entropy", s.entropy);
  visit("explore", s.explore);
  visit("space", s.space);
  visit("trial_command", s.trial.command);
  visit("trial_config", s.trial.config);
  visit("trial_overrides", s.trial.overrides);
  visit("trial_directory", s.trial.directory);
  visit("trial_start", s.trial.start);
  visit("trial_metric", s.trial.metric);
  visit("trial_crops", s.trial.crops);
  visit("trial_threads", s.trial.threads);
}

void demand(bool fine, const std::string& what) {
  if (!fine) throw Error(ErrorCode::invalid_argument, "augment search: " + what);
}

}  // namespace

const std::vector<std::string>& search_methods() {
  static const std::vector<std::string> names{"reinforce", "ppo", "pba", "random"};
  return names;
}

void validate(const SearchSettings& s) {
  const auto& names = search_methods();
  demand(std::find(names.begin(), names.end(), s.method) != names.end(),
         "unknown method '" + s.method + "'; did you mean '" + base::nearest_name(s.method, names) +
             "'?");
  demand(s.trials >= 1 && s.trials <= 1000000, "the number of trials must be from 1 to 1000000");
  demand(s.budget >= 0, "the budget must not be negative");
  demand(s.batch >= 2 && s.batch <= 1000, "a batch must have 2 to 1000 trials");
  demand(s.rungs >= 1 && s.rungs <= 8, "there must be 1 to 8 rungs");
  demand(s.eta >= 2 && s.eta <= 10, "eta must be from 2 to 10");
  demand(s.method != "pba" || s.rungs == 1,
         "pba stops no trial early: the worst continue from the weights of the best; give 1 rung");
  demand(s.confirm >= 0 && s.confirm <= 100 && s.confirm_times >= 1 && s.confirm_times <= 100,
         "at most 100 policies can be trained again, 1 to 100 times each");
  demand(s.learning_rate >= 0 && s.entropy >= 0,
         "the rate and the entropy bonus must not be negative");
  demand(s.explore > 0 && s.explore <= 1,
         "the exploration probability must be above 0 and at most 1");
}

std::string settings_json(const SearchSettings& settings) {
  nlohmann::ordered_json json;
  each_setting(settings, [&json](const char* name, const auto& value) { json[name] = value; });
  return json.dump(2) + "\n";
}

SearchSettings read_settings(const std::string& text, const std::string& name) {
  SearchSettings settings;
  try {
    const auto json = nlohmann::json::parse(text);
    each_setting(settings, [&json](const char* key, auto& value) { json.at(key).get_to(value); });
  } catch (const nlohmann::json::exception& e) {
    throw Error(ErrorCode::format, name + ": is not a search's settings (" + e.what() + ")");
  }
  return settings;
}

}  // namespace faceshot::augment::search
