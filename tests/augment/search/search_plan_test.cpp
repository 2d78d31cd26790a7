#include "augment/search/search_plan.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "augment/search/search_report.hpp"
#include "augment/search/toy_objective.hpp"
#include "data/test_folder.hpp"

namespace faceshot::augment::search {
namespace {

using test::ToyObjective;

SearchSettings small(const std::string& method = "reinforce") {
  SearchSettings settings;
  settings.method = method;
  settings.trials = 18;
  settings.batch = 9;
  settings.rungs = method == "pba" ? 1 : 3;
  settings.confirm = 2;
  settings.confirm_times = 3;
  return settings;
}

/// Runs all jobs of a search, open ones in the order given by `last_first`.
/// @return the record of figures; finished jobs are added to `jobs`
SearchRecord carried_out(const SearchSettings& settings, const ToyObjective& toy, bool last_first,
                         std::vector<Job>* jobs = nullptr, int most = 1000000) {
  SearchRecord record;
  for (int done = 0; done < most; ++done) {
    const SearchPlan plan = make_plan(settings, toy.choices, record);
    if (plan.done) break;
    const Job& job = last_first ? plan.open.back() : plan.open.front();
    if (jobs != nullptr) jobs->push_back(job);
    TrialResult result;
    result.trial = job.trial;
    result.rung = job.rung;
    result.figure = toy.figure(job.proposal.picks, job.trial * 10 + job.rung) + job.share;
    result.seconds = 60 * (job.share - job.before);
    EXPECT_TRUE(record.results.emplace(std::pair(job.trial, job.rung), result).second)
        << "a job is open that is done";
    record.proposals[job.trial] = job.proposal;
  }
  return record;
}

TEST(SearchPlan, HalvesEachBatchAndTriesTheBestAnew) {
  const ToyObjective toy(4, 3, 1);
  std::vector<Job> jobs;
  const SearchSettings settings = small();
  const SearchRecord record = carried_out(settings, toy, false, &jobs);
  const SearchPlan plan = make_plan(settings, toy.choices, record);
  EXPECT_TRUE(plan.done);
  int at_rung[3] = {0, 0, 0}, anew = 0;
  std::set<std::uint64_t> seeds;
  for (const Job& job : jobs) {
    if (job.trial >= 18) {
      ++anew;
      EXPECT_EQ(job.rung, 2);
      EXPECT_EQ(job.before, 0) << "from the start";
      seeds.insert(job.seed);
    } else {
      ++at_rung[job.rung];
      EXPECT_EQ(job.seed, settings.seed);
      EXPECT_NEAR(job.share, job.rung == 2 ? 1 : job.rung == 1 ? 1.0 / 3 : 1.0 / 9, 1e-12);
      EXPECT_NEAR(job.before, job.rung == 2 ? 1.0 / 3 : job.rung == 1 ? 1.0 / 9 : 0, 1e-12);
    }
  }
  EXPECT_EQ(at_rung[0], 18);
  EXPECT_EQ(at_rung[1], 6);
  EXPECT_EQ(at_rung[2], 2);
  EXPECT_EQ(anew, 9) << "two of the best, and what the method holds for the best, three times each";
  EXPECT_EQ(seeds, (std::set<std::uint64_t>{2, 3, 4})) << "not the search's own";
  EXPECT_NEAR(plan.work_done, plan.work_planned, 1e-9);
  EXPECT_NEAR(plan.seconds, 60 * plan.work_done, 1e-6);
  EXPECT_EQ(plan.batches.size(), 2U);
  // The three that advanced to rung 1 are the best of their batch at rung 0.
  for (int first : {0, 9}) {
    double worst_that_went_on = 10, best_that_did_not = -10;
    for (int t = first; t < first + 9; ++t) {
      const Trial& trial = plan.trials[static_cast<std::size_t>(t)];
      const double figure = *trial.results.front().figure;
      if (trial.results.size() > 1)
        worst_that_went_on = std::min(worst_that_went_on, figure);
      else
        best_that_did_not = std::max(best_that_did_not, figure);
      EXPECT_EQ(trial.stopped, trial.results.size() < 3);
    }
    EXPECT_GT(worst_that_went_on, best_that_did_not);
  }
  // The winner is the candidate with the best mean of its repetitions.
  double best = -10;
  for (const Trial& a : plan.trials) {
    double sum = 0;
    int count = 0;
    for (const Trial& b : plan.trials)
      if (b.confirms >= 0 && b.confirms == a.number) sum += *b.figure(), ++count;
    if (count == 3) best = std::max(best, sum / 3);
  }
  EXPECT_NEAR(*plan.best_figure, best, 1e-12);
}

TEST(SearchPlan, TheOrderInWhichWorkIsDoneChangesNothing) {
  const ToyObjective toy(5, 3, 2);
  for (const std::string method : {"reinforce", "ppo", "pba", "random"}) {
    const SearchSettings settings = small(method);
    const SearchRecord first = carried_out(settings, toy, false);
    const SearchRecord last = carried_out(settings, toy, true);
    EXPECT_EQ(first.proposals, last.proposals) << method;
    const SearchPlan a = make_plan(settings, toy.choices, first);
    const SearchPlan b = make_plan(settings, toy.choices, last);
    EXPECT_EQ(a.best, b.best) << method;
    EXPECT_EQ(a.probabilities, b.probabilities) << method;
  }
}

TEST(SearchPlan, ShowsWhatStoppingWouldHaveCost) {
  const ToyObjective toy(5, 3, 2);
  SearchSettings settings = small();
  settings.keep_all = true;
  settings.confirm = 0;
  const SearchPlan plan = make_plan(settings, toy.choices, carried_out(settings, toy, false));
  const auto agreement = rung_agreement(settings, plan);
  ASSERT_EQ(agreement.size(), 2U);
  for (const RungAgreement& rung : agreement) {
    EXPECT_EQ(rung.trials, 18U);
    EXPECT_GT(rung.spearman, 0.5) << "figures are the same but for the noise";
    EXPECT_LE(rung.spearman_low, rung.spearman);
    EXPECT_GE(rung.spearman_high, rung.spearman);
    EXPECT_LT(rung.spearman_low, rung.spearman_high);
  }
  EXPECT_NEAR(agreement[0].share, 1.0 / 9, 1e-12);
}

TEST(SearchPlan, FailedTrialsAreTheWorstAndAFailedBatchIsTheEnd) {
  const ToyObjective toy(4, 3, 1);
  const SearchSettings settings = small();
  SearchRecord record;
  for (int trial = 0; trial < 9; ++trial) {
    TrialResult result;
    result.trial = trial;
    result.note = "no memory";
    if (trial == 4 || trial == 7) result.figure = 0.1;
    record.results[{trial, 0}] = result;
  }
  const SearchPlan plan = make_plan(settings, toy.choices, record);
  ASSERT_EQ(plan.open.size(), 2U);
  EXPECT_EQ(plan.open[0].trial, 4);
  EXPECT_EQ(plan.open[1].trial, 7);
  EXPECT_TRUE(plan.trials[0].stopped);
  record.results[{4, 0}].figure.reset();
  record.results[{7, 0}].figure.reset();
  testing::expect_error(ErrorCode::diverged, "all 9 trials of a batch failed; trial 0: no memory",
                        [&] { (void)make_plan(settings, toy.choices, record); });
}

TEST(SearchPlan, ABudgetEndsWithTheBatchThatReachesIt) {
  const ToyObjective toy(4, 3, 1);
  SearchSettings settings = small("random");
  settings.trials = 900;
  settings.budget = 250;  // seconds; a batch takes 60 * (9 / 9 + 3 * 2 / 9 + 2 / 3) = 140
  settings.confirm = 0;
  const SearchPlan plan = make_plan(settings, toy.choices, carried_out(settings, toy, false));
  EXPECT_TRUE(plan.done);
  EXPECT_EQ(plan.trials.size(), 18U);
}

TEST(SearchPlan, APopulationEndsInASchedule) {
  const SearchSpace space = SearchSpace::parse(
      "[[augment.policy]]\nop = 'brightness'\nby = {levels = [10, 20, 30, 40, 50, 60]}\n", "s");
  SearchSettings settings = small("pba");
  settings.trials = 24;
  settings.batch = 4;
  SearchRecord record;
  SearchPlan plan;
  while (!(plan = make_plan(settings, space.choices(), record)).done) {
    const Job& job = plan.open.front();
    EXPECT_EQ(job.seed, settings.seed + static_cast<std::uint64_t>(job.trial / 4))
        << "each round sees other samples";
    TrialResult result;
    result.trial = job.trial;
    // More is better late in training, less is better early.
    const int round = job.trial / 4;
    result.figure = round + (round < 3 ? -job.proposal.picks[0] : job.proposal.picks[0]) * 0.1;
    record.results[{job.trial, 0}] = result;
  }
  const std::vector<int> line = lineage(plan, plan.best);
  ASSERT_EQ(line.size(), 6U);
  EXPECT_GE(plan.best, 20) << "of the last round";
  for (std::size_t round = 0; round < line.size(); ++round)
    EXPECT_EQ(line[round] / 4, static_cast<int>(round));
  const std::string file = best_policy_file(settings, space, plan);
  const Policy policy = parse_policy(file, "best.toml");
  EXPECT_EQ(policy, best_policy(settings, space, plan));
  EXPECT_EQ(file.rfind("# Found by faceshot augment search --method pba --seed 1", 0), 0U) << file;
  // The steps are those of the line, with equal neighbours merged.
  std::vector<float> wanted;
  std::set<int> different;
  for (const int trial : line)
    different.insert(plan.trials[static_cast<std::size_t>(trial)].proposal.picks[0]);
  if (different.size() > 1) {
    ASSERT_EQ(policy.size(), 1U);
    EXPECT_EQ(policy[0].operation->name, "schedule");
    EXPECT_EQ(policy[0]["until"].values().back(), 1);
  }
}

TEST(SearchPlan, PicksOfAnotherSpaceAreRefused) {
  const ToyObjective toy(4, 3, 1);
  SearchRecord record;
  record.proposals[2] = {{0, 1, 2, 3}, -1};
  testing::expect_error(ErrorCode::format, "trial 2 proposes is not in this search's space",
                        [&] { (void)make_plan(small(), toy.choices, record); });
}

TEST(SearchReport, DrawsAndListsWhatWasLearned) {
  const SearchSpace space = SearchSpace::parse(
      "[search]\np = [0, 0.5]\n[[augment.policy]]\nslot = '<light>'\nsteps = [{op='hue'}, "
      "{op='grey'}]\n",
      "s");
  SearchSettings settings = small();
  settings.confirm = 0;
  SearchRecord record;
  SearchPlan plan;
  while (!(plan = make_plan(settings, space.choices(), record)).done) {
    TrialResult result;
    result.trial = plan.open.front().trial;
    result.rung = plan.open.front().rung;
    result.figure = plan.open.front().proposal.picks[1] + 0.001 * result.trial;
    record.results[{result.trial, result.rung}] = result;
  }
  const auto records = option_records(space.choices(), plan);
  EXPECT_EQ(records[1][0].trials + records[1][1].trials, 18);
  EXPECT_GT(records[1][1].probability, records[1][0].probability);
  EXPECT_LT(*records[1][0].mean, 0.02);
  EXPECT_GT(*records[1][1].mean, 0.99);
  EXPECT_NE(learned_svg(space.choices(), plan).find("&lt;light&gt;.p"), std::string::npos);
  EXPECT_NE(progress_svg(settings, plan).find("best full trial so far"), std::string::npos);
  EXPECT_NE(search_json(settings, space, plan).find("\"spearman\""), std::string::npos);
  testing::expect_error(ErrorCode::invalid_argument, "no result", [&] {
    (void)progress_svg(settings, make_plan(settings, space.choices(), {}));
  });
}

}  // namespace
}  // namespace faceshot::augment::search
