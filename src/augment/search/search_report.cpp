#include "augment/search/search_report.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <tuple>

#include "augment/search/rank_correlation.hpp"
#include "base/random.hpp"

namespace faceshot::augment::search {
namespace {

/// Figures at a rung and at the last one, of the trials that have both.
struct BothFigures {
  std::vector<double> early, late;
};

BothFigures both_figures(const SearchPlan& plan, int rung, int last) {
  BothFigures both;
  for (const Trial& trial : plan.trials) {
    std::optional<double> early, late;
    for (const TrialResult& result : trial.results) {
      if (result.rung == rung) early = result.figure;
      if (result.rung == last) late = result.figure;
    }
    if (!early || !late) continue;
    both.early.push_back(*early);
    both.late.push_back(*late);
  }
  return both;
}

/// Efron's percentile interval of Spearman's rho.
std::pair<double, double> bootstrap_interval(const BothFigures& both, std::uint64_t seed) {
  constexpr std::uint32_t samples = 2000;
  const auto n = static_cast<std::uint32_t>(both.early.size());
  std::vector<double> rhos;
  for (std::uint32_t sample = 0; sample < samples; ++sample) {
    base::Random random(seed, sample, 0, 14);
    std::vector<double> x, y;
    for (std::uint32_t i = 0; i < n; ++i) {
      const std::uint32_t drawn = random.below(n);
      x.push_back(both.early[drawn]);
      y.push_back(both.late[drawn]);
    }
    const double rho = spearman(x, y);
    if (!std::isnan(rho)) rhos.push_back(rho);
  }
  if (rhos.empty()) return {-1, 1};
  std::sort(rhos.begin(), rhos.end());
  const auto at = [&](double share) {
    return rhos[static_cast<std::size_t>(share * static_cast<double>(rhos.size() - 1))];
  };
  return {at(0.025), at(0.975)};
}

nlohmann::ordered_json number_or_null(const std::optional<double>& value) {
  if (!value || !std::isfinite(*value)) return nullptr;
  return *value;
}

std::vector<std::string> origin_of(const SearchSettings& settings, const SearchPlan& plan) {
  std::vector<std::string> lines{
      fmt::format("Found by faceshot augment search --method {} --seed {}: trial {} of {},",
                  settings.method, settings.seed, plan.best, plan.trials.size())};
  const bool anew = plan.done && settings.confirm > 0 && settings.method != "pba";
  lines.push_back(fmt::format(
      "{} {:.4f}{}.", settings.trial.command.empty() ? settings.trial.metric : "figure",
      plan.best_figure.value_or(0),
      anew ? fmt::format(", the mean of {} more runs with other seeds", settings.confirm_times)
           : ""));
  if (settings.trial.command.empty())
    lines.push_back(
        fmt::format("A full trial: {} crops of {}, starting from {}.", settings.trial.crops,
                    settings.trial.config,
                    settings.trial.start.empty() ? "random weights" : settings.trial.start));
  return lines;
}

}  // namespace

std::vector<RungAgreement> rung_agreement(const SearchSettings& settings, const SearchPlan& plan) {
  const std::vector<double> shares = rung_shares(settings);
  std::vector<RungAgreement> all;
  for (int rung = 0; rung + 1 < settings.rungs; ++rung) {
    const BothFigures both = both_figures(plan, rung, settings.rungs - 1);
    RungAgreement agreement;
    agreement.rung = rung;
    agreement.share = shares[static_cast<std::size_t>(rung)];
    agreement.trials = both.early.size();
    agreement.spearman = spearman(both.early, both.late);
    agreement.kendall = kendall(both.early, both.late);
    std::tie(agreement.spearman_low, agreement.spearman_high) =
        bootstrap_interval(both, settings.seed);
    if (!both.late.empty()) {
      const auto best = std::max_element(both.late.begin(), both.late.end()) - both.late.begin();
      const double early = both.early[static_cast<std::size_t>(best)];
      const auto ahead = std::count_if(both.early.begin(), both.early.end(),
                                       [early](double figure) { return figure > early; });
      const auto eta = static_cast<std::size_t>(settings.eta);
      agreement.keeps_best =
          ahead < static_cast<std::ptrdiff_t>((both.late.size() + eta - 1) / eta);
    }
    all.push_back(agreement);
  }
  return all;
}

std::vector<std::vector<OptionRecord>> option_records(const std::vector<Choice>& choices,
                                                      const SearchPlan& plan) {
  std::vector<std::vector<OptionRecord>> all;
  for (std::size_t c = 0; c < choices.size(); ++c) {
    std::vector<OptionRecord> records;
    for (std::size_t o = 0; o < choices[c].options.size(); ++o) {
      OptionRecord record;
      record.option = choices[c].options[o];
      if (c < plan.probabilities.size()) record.probability = plan.probabilities[c][o];
      double sum = 0;
      for (const Trial& trial : plan.trials) {
        if (trial.confirms >= 0 || trial.results.empty() || !trial.results.front().figure ||
            trial.proposal.picks[c] != static_cast<int>(o))
          continue;
        ++record.trials;
        sum += *trial.results.front().figure;
      }
      if (record.trials > 0) record.mean = sum / record.trials;
      records.push_back(std::move(record));
    }
    all.push_back(std::move(records));
  }
  return all;
}

Policy best_policy(const SearchSettings& settings, const SearchSpace& space,
                   const SearchPlan& plan) {
  const auto policy_of_trial = [&](int trial) {
    return space.policy(plan.trials[static_cast<std::size_t>(trial)].proposal.picks);
  };
  const std::vector<int> line = lineage(plan, plan.best);
  if (settings.method != "pba" || line.size() == 1) return policy_of_trial(plan.best);
  Step schedule(find_operation("schedule"));
  std::vector<float> until;
  for (std::size_t i = 0; i < line.size(); ++i) {
    Step stage(find_operation("sequential"));
    stage.steps = policy_of_trial(line[i]);
    const float end = static_cast<float>(i + 1) / static_cast<float>(line.size());
    if (!schedule.steps.empty() && schedule.steps.back() == stage) {
      until.back() = end;
      continue;
    }
    schedule.steps.push_back(std::move(stage));
    until.push_back(end);
  }
  if (schedule.steps.size() == 1) return schedule.steps.front().steps;
  for (std::size_t p = 0; p < schedule.parameters.size(); ++p)
    if (schedule.operation->parameters[p].name == "until")
      schedule.parameters[p] = Parameter::choice(until);
  return {schedule};
}

std::string best_policy_file(const SearchSettings& settings, const SearchSpace& space,
                             const SearchPlan& plan) {
  return policy_file(best_policy(settings, space, plan), origin_of(settings, plan));
}

std::string search_json(const SearchSettings& settings, const SearchSpace& space,
                        const SearchPlan& plan) {
  nlohmann::ordered_json json;
  json["settings"] = nlohmann::ordered_json::parse(settings_json(settings));
  json["done"] = plan.done;
  json["policies"] = space.size();
  json["seconds"] = plan.seconds;
  json["best"] = {{"trial", nullptr}, {"figure", number_or_null(plan.best_figure)}};
  if (plan.best >= 0) {
    json["best"]["trial"] = plan.best;
    json["best"]["policy"] = to_toml(best_policy(settings, space, plan));
  }
  json["trials"] = nlohmann::ordered_json::array();
  for (const Trial& trial : plan.trials) {
    nlohmann::ordered_json one{{"trial", trial.number},
                               {"picks", trial.proposal.picks},
                               {"seed", trial.seed},
                               {"stopped", trial.stopped}};
    if (trial.proposal.parent >= 0) one["parent"] = trial.proposal.parent;
    if (trial.confirms >= 0) one["confirms"] = trial.confirms;
    one["results"] = nlohmann::ordered_json::array();
    for (const TrialResult& result : trial.results)
      one["results"].push_back({{"rung", result.rung},
                                {"figure", number_or_null(result.figure)},
                                {"seconds", result.seconds},
                                {"worker", result.worker}});
    json["trials"].push_back(std::move(one));
  }
  const auto records = option_records(space.choices(), plan);
  for (std::size_t c = 0; c < records.size(); ++c)
    for (const OptionRecord& record : records[c])
      json["choices"][space.choices()[c].name].push_back({{"option", record.option},
                                                          {"trials", record.trials},
                                                          {"mean", number_or_null(record.mean)},
                                                          {"probability", record.probability}});
  json["rungs"] = nlohmann::ordered_json::array();
  for (const RungAgreement& agreement : rung_agreement(settings, plan))
    json["rungs"].push_back({{"rung", agreement.rung},
                             {"share", agreement.share},
                             {"trials", agreement.trials},
                             {"spearman", number_or_null(agreement.spearman)},
                             {"spearman_95", {agreement.spearman_low, agreement.spearman_high}},
                             {"kendall", number_or_null(agreement.kendall)},
                             {"keeps_best", agreement.keeps_best}});
  return json.dump(2) + "\n";
}

}  // namespace faceshot::augment::search
