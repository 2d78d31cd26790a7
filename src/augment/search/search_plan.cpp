#include "augment/search/search_plan.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "faceshot/error.hpp"

namespace faceshot::augment::search {
namespace {

/// Failed trials count as the worst.
double comparable(const std::optional<double>& figure) {
  return figure.value_or(-std::numeric_limits<double>::infinity());
}

std::optional<double> mean_of(const std::vector<double>& values) {
  if (values.empty()) return std::nullopt;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

class Planner {
 public:
  Planner(const SearchSettings& settings, const std::vector<Choice>& choices,
          const SearchRecord& record)
      : settings_(settings),
        choices_(choices),
        record_(record),
        shares_(rung_shares(settings)),
        method_(make_search_method(settings, choices)) {}

  [[nodiscard]] SearchPlan plan() {
    const bool searched = batches();
    plan_.probabilities = method_->probabilities();
    judge();
    const bool anew = settings_.confirm > 0 && settings_.method != "pba";
    if (searched && anew && plan_.best >= 0) confirm();
    plan_.done = plan_.open.empty();
    add_up(searched, anew);
    return std::move(plan_);
  }

 private:
  /// @return whether no batch is left to start or finish
  [[nodiscard]] bool batches() {
    for (int first = 0; first < settings_.trials; first += settings_.batch) {
      if (settings_.budget > 0 && plan_.seconds >= settings_.budget) return true;
      const int last = std::min(first + settings_.batch, settings_.trials);
      if (!batch(first, last)) return false;
    }
    return true;
  }

  [[nodiscard]] bool batch(int first, int last) {
    for (int trial = first; trial < last; ++trial) {
      const auto known = record_.proposals.find(trial);
      add(trial, known == record_.proposals.end() ? method_->propose(trial) : known->second,
          training_seed(first), -1);
    }
    std::vector<int> there(static_cast<std::size_t>(last - first));
    std::iota(there.begin(), there.end(), first);
    for (int rung = 0; rung < settings_.rungs; ++rung) {
      for (const int trial : there) run(trial, rung, rung == 0 ? 0 : share(rung - 1));
      if (!plan_.open.empty()) return false;
      there = survivors(std::move(there), rung);
    }
    std::vector<Outcome> outcomes;
    for (int trial = first; trial < last; ++trial) {
      const Trial& t = plan_.trials[static_cast<std::size_t>(trial)];
      Outcome outcome{trial, t.proposal.picks, {}};
      for (const TrialResult& result : t.results) outcome.figures.push_back(result.figure);
      outcomes.push_back(std::move(outcome));
    }
    method_->learn(outcomes);
    summarize(outcomes);
    return true;
  }

  /// All trials of a batch see the same samples, so that they differ only in their policies; a
  /// population sees others each round, since it continues training.
  [[nodiscard]] std::uint64_t training_seed(int first) const {
    const int round = settings_.method == "pba" ? first / settings_.batch : 0;
    return settings_.seed + static_cast<std::uint64_t>(round);
  }

  /// The trials that continue, best first; the others are stopped.
  [[nodiscard]] std::vector<int> survivors(std::vector<int> there, int rung) {
    std::stable_sort(there.begin(), there.end(), [this](int a, int b) {
      return comparable(at(a).figure()) > comparable(at(b).figure());
    });
    const auto good = static_cast<std::size_t>(std::count_if(
        there.begin(), there.end(), [this](int t) { return at(t).figure().has_value(); }));
    if (good == 0) {
      const TrialResult& last = at(there.front()).results.back();
      throw Error(ErrorCode::diverged, "all " + std::to_string(there.size()) +
                                           " trials of a batch failed; trial " +
                                           std::to_string(last.trial) + ": " + last.note);
    }
    std::size_t keep = good;
    if (!settings_.keep_all) {
      const auto eta = static_cast<std::size_t>(settings_.eta);
      keep = std::min(good, (there.size() + eta - 1) / eta);
    }
    if (rung + 1 == settings_.rungs) keep = good;
    for (std::size_t i = keep; i < there.size(); ++i) at(there[i]).stopped = true;
    there.resize(keep);
    std::sort(there.begin(), there.end());
    return there;
  }

  void summarize(const std::vector<Outcome>& outcomes) {
    BatchSummary summary;
    summary.trials = static_cast<int>(plan_.trials.size());
    std::vector<double> figures;
    for (const Outcome& outcome : outcomes)
      if (outcome.figures.front()) figures.push_back(*outcome.figures.front());
    summary.mean = mean_of(figures);
    for (const Trial& trial : plan_.trials)
      if (whole(trial) && (!summary.best || *trial.figure() > *summary.best))
        summary.best = trial.figure();
    summary.entropy = mean_entropy(method_->probabilities());
    plan_.batches.push_back(summary);
  }

  /// Whether it was trained to its end and has a figure there.
  [[nodiscard]] bool whole(const Trial& trial) const {
    return !trial.results.empty() && trial.results.back().rung + 1 == settings_.rungs &&
           trial.figure().has_value();
  }

  /// Candidates for the best trial, best first.
  [[nodiscard]] std::vector<int> ranking() const {
    std::vector<int> order;
    for (const Trial& trial : plan_.trials)
      if (trial.figure() && trial.confirms < 0) order.push_back(trial.number);
    if (settings_.method == "pba") {  // weights of later rounds have been trained for longer
      const auto round = [this](int trial) { return trial / settings_.batch; };
      const int rounds = static_cast<int>(plan_.batches.size());
      order.erase(std::remove_if(order.begin(), order.end(),
                                 [&](int t) { return rounds > 0 && round(t) + 1 != rounds; }),
                  order.end());
    }
    std::stable_sort(order.begin(), order.end(), [this](int a, int b) {
      const Trial &x = at(a), &y = at(b);
      if (x.results.size() != y.results.size()) return x.results.size() > y.results.size();
      return *x.figure() > *y.figure();
    });
    return order;
  }

  void judge() {
    const std::vector<int> order = ranking();
    if (order.empty()) return;
    plan_.best = order.front();
    plan_.best_figure = at(plan_.best).figure();
  }

  /// Repeats the best trials, and the method's favourite.
  void confirm() {
    std::vector<std::pair<int, Proposal>> candidates;  // trial (-1: no trial has it), policy
    for (const int trial : ranking()) {
      if (candidates.size() == static_cast<std::size_t>(settings_.confirm)) break;
      candidates.emplace_back(trial, at(trial).proposal);
    }
    if (const auto favourite = method_->favourite()) {
      const bool there =
          std::any_of(candidates.begin(), candidates.end(),
                      [&](const auto& candidate) { return candidate.second.picks == *favourite; });
      if (!there) candidates.emplace_back(-1, Proposal{*favourite, -1});
    }
    int number = static_cast<int>(plan_.trials.size());
    std::vector<std::pair<int, double>> means;  // first repetition, mean figure
    for (const auto& [trial, proposal] : candidates) {
      std::vector<double> figures;
      const int first = number;
      for (int time = 0; time < settings_.confirm_times; ++time, ++number) {
        add(number, proposal, settings_.seed + 1 + static_cast<std::uint64_t>(time),
            trial < 0 ? first : trial);
        run(number, settings_.rungs - 1, 0);
        if (const auto figure = at(number).figure()) figures.push_back(*figure);
      }
      if (static_cast<int>(figures.size()) == settings_.confirm_times)
        means.emplace_back(trial < 0 ? first : trial, *mean_of(figures));
    }
    if (!plan_.open.empty() || means.empty()) return;
    const auto winner =
        std::max_element(means.begin(), means.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    plan_.best = winner->first;
    plan_.best_figure = winner->second;
  }

  void add(int number, Proposal proposal, std::uint64_t seed, int confirms) {
    bool fits = proposal.picks.size() == choices_.size();
    for (std::size_t c = 0; fits && c < choices_.size(); ++c)
      fits = proposal.picks[c] >= 0 &&
             static_cast<std::size_t>(proposal.picks[c]) < choices_[c].options.size();
    if (!fits || proposal.parent >= number)
      throw Error(ErrorCode::format, "what trial " + std::to_string(number) +
                                         " proposes is not in this search's space");
    Trial trial;
    trial.number = number;
    trial.proposal = std::move(proposal);
    trial.seed = seed;
    trial.confirms = confirms;
    plan_.trials.push_back(std::move(trial));
  }

  /// Uses the result of this rung, or marks it as open.
  void run(int number, int rung, double before) {
    Trial& trial = at(number);
    const auto found = record_.results.find({number, rung});
    if (found == record_.results.end()) {
      plan_.open.push_back({number, rung, trial.proposal, trial.seed, share(rung), before});
      return;
    }
    trial.results.push_back(found->second);
    plan_.work_done += share(rung) - before;
    plan_.seconds += found->second.seconds;
  }

  /// The expected work: all batches, and all repetitions.
  void add_up(bool searched, bool anew) {
    if (plan_.done) {
      plan_.work_planned = plan_.work_done;
      return;
    }
    double planned = 0;
    const int trials =
        searched ? plan_.batches.empty() ? 0 : plan_.batches.back().trials : settings_.trials;
    for (int first = 0; first < trials; first += settings_.batch) {
      int there = std::min(settings_.batch, trials - first);
      for (int rung = 0; rung < settings_.rungs; ++rung) {
        planned += there * (share(rung) - (rung == 0 ? 0 : share(rung - 1)));
        if (!settings_.keep_all) there = (there + settings_.eta - 1) / settings_.eta;
      }
    }
    if (anew)
      planned += settings_.confirm_times *
                 (settings_.confirm + (method_->favourite().has_value() ? 1 : 0));
    plan_.work_planned = std::max(planned, plan_.work_done);
  }

  [[nodiscard]] Trial& at(int trial) { return plan_.trials[static_cast<std::size_t>(trial)]; }
  [[nodiscard]] const Trial& at(int trial) const {
    return plan_.trials[static_cast<std::size_t>(trial)];
  }
  [[nodiscard]] double share(int rung) const { return shares_[static_cast<std::size_t>(rung)]; }

  const SearchSettings& settings_;
  const std::vector<Choice>& choices_;
  const SearchRecord& record_;
  std::vector<double> shares_;
  std::unique_ptr<SearchMethod> method_;
  SearchPlan plan_;
};

}  // namespace

std::optional<double> Trial::figure() const {
  return results.empty() ? std::nullopt : results.back().figure;
}

std::vector<double> rung_shares(const SearchSettings& settings) {
  std::vector<double> shares;
  for (int rung = 0; rung < settings.rungs; ++rung)
    shares.push_back(std::pow(static_cast<double>(settings.eta), rung + 1 - settings.rungs));
  return shares;
}

SearchPlan make_plan(const SearchSettings& settings, const std::vector<Choice>& choices,
                     const SearchRecord& record) {
  return Planner(settings, choices, record).plan();
}

std::vector<int> lineage(const SearchPlan& plan, int trial) {
  std::vector<int> line;
  for (int at = trial; at >= 0; at = plan.trials[static_cast<std::size_t>(at)].proposal.parent)
    line.push_back(at);
  std::reverse(line.begin(), line.end());
  return line;
}

}  // namespace faceshot::augment::search
