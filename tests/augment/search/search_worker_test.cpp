#include "augment/search/search_worker.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "augment/search/search_report.hpp"
#include "base/random.hpp"
#include "data/test_folder.hpp"

namespace faceshot::augment::search {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using testing::TestFolder;

const ClaimTimes fast{milliseconds(20), milliseconds(400)};

constexpr const char* toml =
    "[search]\np = [0, 0.25, 0.5]\nstrength = [0.5, 1]\n"
    "[[augment.policy]]\nslot = 'a'\nsteps = [{op='hue'}, {op='gamma'}]\n"
    "[[augment.policy]]\nslot = 'b'\nsteps = [{op='shadow'}, {op='jpeg'}, {op='cutout'}]\n";

/// A figure that depends only on the policy and the seed, like that of training.
std::optional<double> toy_trial(const Job& job, const JobFiles& files, const std::atomic<bool>&) {
  EXPECT_TRUE(fs::is_directory(files.folder));
  EXPECT_EQ(read_policy(files.policy.string()).size() <= 2, true);
  double figure = job.share;
  for (const int pick : job.proposal.picks) figure += 0.1 * pick;
  base::Random random(job.seed, static_cast<std::uint32_t>(job.trial), 0, 5);
  return figure + 0.05 * static_cast<double>(random.normal());
}

class SearchWorker : public ::testing::Test {
 protected:
  static SearchSettings settings() {
    SearchSettings settings;
    settings.trials = 12;
    settings.batch = 4;
    settings.eta = 2;
    settings.confirm = 1;
    return settings;
  }
  [[nodiscard]] fs::path make(const std::string& name) const {
    SearchFolder::create(folder_ / name, settings(), SearchSpace::parse(toml, "s"));
    return folder_ / name;
  }
  static void run(const fs::path& dir, const RunTrial& trial, const std::string& worker = "w") {
    SearchFolder folder(dir, worker, fast);
    const std::atomic<bool> stop = false;
    work(folder, trial, {}, stop);
  }
  /// What matters of a search: not who did it, nor when or where.
  static std::map<std::string, std::string> trials_of(const fs::path& dir) {
    SearchFolder folder(dir, "reader");
    const SearchRecord& record = folder.read();
    std::map<std::string, std::string> trials;
    for (const auto& [trial, proposal] : record.proposals)
      trials["p" + std::to_string(trial)] = ::testing::PrintToString(proposal.picks);
    for (const auto& [key, result] : record.results)
      trials[::testing::PrintToString(key)] = ::testing::PrintToString(result.figure);
    for (const auto& entry : fs::directory_iterator(dir / "policies"))
      if (entry.path().extension() == ".toml")  // a killed worker may leave temporary files
        trials[entry.path().filename().string()] = testing::read_all(entry.path());
    return trials;
  }

  TestFolder folder_;
};

TEST_F(SearchWorker, EndsAndKnowsTheBest) {
  const fs::path dir = make("search");
  int jobs = 0;
  run(dir, [&](const Job& job, const JobFiles& files, const std::atomic<bool>& stop) {
    ++jobs;
    EXPECT_EQ(files.before.empty(), job.before == 0);
    if (job.before > 0) {
      EXPECT_TRUE(fs::exists(files.before / "weights"));
    }
    std::ofstream(files.folder / "weights") << job.trial;
    return toy_trial(job, files, stop);
  });
  SearchFolder folder(dir, "reader");
  const SearchPlan plan = make_plan(folder.settings(), folder.space().choices(), folder.read());
  EXPECT_TRUE(plan.done);
  EXPECT_EQ(static_cast<std::size_t>(jobs), folder.read().results.size());
  EXPECT_GE(plan.best, 0);
  run(dir, toy_trial);  // nothing is left to do
  EXPECT_EQ(static_cast<std::size_t>(jobs), folder.read().results.size());
}

TEST_F(SearchWorker, KilledAtAnyMomentAndResumedItGivesTheSameTrials) {
  const fs::path whole = make("whole");
  run(whole, toy_trial);
  const fs::path dir = make("killed");
  int kills = 0;
  for (bool done = false; !done; ++kills) {
    ASSERT_LT(kills, 100);
    const pid_t child = ::fork();
    if (child == 0) {
      // Killed during its third job, after the figure is known and before it is reported.
      int jobs = 0;
      SearchFolder folder(dir, "w", fast);
      const std::atomic<bool> stop = false;
      work(
          folder,
          [&](const Job& job, const JobFiles& files, const std::atomic<bool>& s) {
            const auto figure = toy_trial(job, files, s);
            if (++jobs == 3) ::kill(::getpid(), SIGKILL);
            return figure;
          },
          {}, stop);
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    done = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
  EXPECT_GT(kills, 4);
  EXPECT_EQ(trials_of(dir), trials_of(whole));
}

TEST_F(SearchWorker, OfTwoWorkersOneIsKilledAndNoTrialIsLostOrDoubled) {
  const fs::path whole = make("whole");
  run(whole, toy_trial);
  const fs::path dir = make("shared");
  const auto marked = [](const Job& job, const JobFiles& files, const std::atomic<bool>& s) {
    std::ofstream(files.folder / "done") << ::getpid();
    return toy_trial(job, files, s);
  };
  // The first worker does two jobs and is killed during a third, which would take forever;
  // meanwhile the second works, and then waits for the third.
  std::vector<pid_t> workers;
  for (int i = 0; i < 2; ++i) {
    workers.push_back(::fork());
    if (workers.back() != 0) continue;
    int jobs = 0;
    const RunTrial mortal = [&](const Job& job, const JobFiles& files, const std::atomic<bool>& s) {
      if (i == 0 && ++jobs == 3) {
        folder_.write("in_the_midst", "");
        for (;;) ::pause();
      }
      while (i == 1 && !fs::exists(folder_ / "in_the_midst"))
        std::this_thread::sleep_for(milliseconds(5));
      return marked(job, files, s);
    };
    run(dir, mortal, "w" + std::to_string(i));
    ::_exit(0);
  }
  for (int i = 0; i < 20000 && !fs::exists(folder_ / "in_the_midst"); ++i)
    std::this_thread::sleep_for(milliseconds(5));
  std::this_thread::sleep_for(milliseconds(50));
  ::kill(workers[0], SIGKILL);
  int status = 0;
  ::waitpid(workers[0], &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status));
  ::waitpid(workers[1], &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(trials_of(dir), trials_of(whole));
  // Each result belongs to the run that it names, and that run ended.
  SearchFolder folder(dir, "reader");
  std::map<std::string, int> by_worker;
  for (const auto& [key, result] : folder.read().results) {
    EXPECT_TRUE(fs::exists(dir / result.folder / "done")) << result.folder;
    ++by_worker[result.worker];
  }
  EXPECT_EQ(by_worker.size(), 2U) << "both have worked";
}

TEST_F(SearchWorker, StoppedItGivesItsWorkBack) {
  const fs::path dir = make("search");
  {
    SearchFolder folder(dir, "w", fast);
    std::atomic<bool> stop = false;
    int jobs = 0;
    work(
        folder,
        [&](const Job& job, const JobFiles& files, const std::atomic<bool>& s) {
          if (++jobs == 3) {
            stop = true;
            throw Error(ErrorCode::cancelled, "stopped");
          }
          return toy_trial(job, files, s);
        },
        {}, stop);
    EXPECT_EQ(folder.read().results.size(), 2U);
  }
  // At once, although the claim was held by this very process, which is alive.
  run(dir, toy_trial);
  const fs::path whole = make("whole");
  run(whole, toy_trial);
  EXPECT_EQ(trials_of(dir), trials_of(whole));
}

TEST_F(SearchWorker, WhatFailsIsTriedOnceMore) {
  const fs::path dir = make("search");
  std::map<int, int> tries;
  run(dir,
      [&](const Job& job, const JobFiles& files,
          const std::atomic<bool>& s) -> std::optional<double> {
        const int count = ++tries[job.trial];
        if (job.trial == 1 && count == 1) throw Error(ErrorCode::io, "a bad moment");
        if (job.trial == 2) throw Error(ErrorCode::io, "never works");
        if (job.trial == 3) return std::nullopt;
        return toy_trial(job, files, s);
      });
  SearchFolder folder(dir, "reader");
  const auto& results = folder.read().results;
  EXPECT_TRUE(results.at({1, 0}).figure.has_value());
  EXPECT_FALSE(results.at({2, 0}).figure.has_value());
  EXPECT_EQ(results.at({2, 0}).note, "never works");
  EXPECT_EQ(tries[2], 2);
  EXPECT_FALSE(results.at({3, 0}).figure.has_value());
  // If nothing has ever worked, the error is reported at once.
  const fs::path other = make("other");
  testing::expect_error(ErrorCode::io, "no such data", [&] {
    run(other, [](const Job&, const JobFiles&, const std::atomic<bool>&) -> std::optional<double> {
      throw Error(ErrorCode::io, "no such data");
    });
  });
}

TEST_F(SearchWorker, AMachineThatCannotTrainSpoilsNothing) {
  const fs::path whole = make("whole");
  run(whole, toy_trial);
  const fs::path dir = make("search");
  const RunTrial broken = [](const Job&, const JobFiles&,
                             const std::atomic<bool>&) -> std::optional<double> {
    throw Error(ErrorCode::not_found, "no such folder here");
  };
  // While one works, another comes and fails.
  run(dir, [&](const Job& job, const JobFiles& files, const std::atomic<bool>& s) {
    if (job.trial % 4 == 1 && job.rung == 0)  // there is more for it to try
      testing::expect_error(ErrorCode::not_found, "no such folder here",
                            [&] { run(dir, broken, "broken"); });
    return toy_trial(job, files, s);
  });
  EXPECT_EQ(trials_of(dir), trials_of(whole));
}

TEST_F(SearchWorker, ASecondSearchDoesNotGoIntoTheFirstsFolder) {
  const fs::path dir = make("search");
  EXPECT_NO_THROW((void)make("search")) << "the same one is joined";
  SearchSettings other = settings();
  other.seed = 2;
  testing::expect_error(ErrorCode::invalid_argument, "contains a search with other settings",
                        [&] { SearchFolder::create(dir, other, SearchSpace::parse(toml, "s")); });
  testing::expect_error(ErrorCode::invalid_argument, "contains a search with other settings", [&] {
    SearchFolder::create(dir, settings(), SearchSpace::parse(std::string(toml) + "\n", "s"));
  });
  testing::expect_error(ErrorCode::not_found, "is '" + (folder_ / "none").string() + "' the folder",
                        [&] { (void)SearchFolder(folder_ / "none", "w"); });
  folder_.write("search/results/0000-0.json", "{\"trial\": ");
  testing::expect_error(ErrorCode::format, "0000-0.json: is damaged", [&] {
    SearchFolder folder(dir, "w");
    (void)folder.read();
  });
  EXPECT_EQ(read_settings(settings_json(settings()), "s"), settings());
}

class ClaimTest : public ::testing::Test {
 protected:
  ClaimBoard board(const std::string& worker) { return {folder_ / "", worker, fast}; }
  TestFolder folder_;
};

TEST_F(ClaimTest, OneHoldsItUntilItIsDoneOrGivenBack) {
  ClaimBoard a = board("a"), b = board("b");
  auto claim = a.take("0001-0");
  ASSERT_NE(claim, nullptr);
  EXPECT_EQ(claim->generation(), 1);
  EXPECT_EQ(b.take("0001-0"), nullptr);
  ASSERT_NE(b.take("0002-0"), nullptr);
  claim.reset();
  claim = b.take("0001-0");
  ASSERT_NE(claim, nullptr);
  EXPECT_EQ(claim->generation(), 2);
  EXPECT_EQ(claim->failures(), 0);
  claim->fail("no luck");
  claim = a.take("0001-0");
  ASSERT_NE(claim, nullptr);
  EXPECT_EQ(claim->failures(), 1);
  claim->finish();
  EXPECT_EQ(a.take("0001-0"), nullptr);
  EXPECT_EQ(b.take("0001-0"), nullptr);
}

TEST_F(ClaimTest, OneOfAnotherMachineIsLeftAloneWhileItIsRenewed) {
  const char* const held =
      "{\"worker\":\"far\",\"state\":\"held\",\"machine\":\"m\",\"process\":\"1\",\"started\":"
      "\"2\"}";
  folder_.write("0001-0.1", held);
  ClaimBoard a = board("a");
  const auto renew = [&] {
    fs::last_write_time(folder_ / "0001-0.1", fs::file_time_type::clock::now());
  };
  const auto start = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - start < 2 * fast.stale) {
    renew();
    ASSERT_EQ(a.take("0001-0"), nullptr);
    std::this_thread::sleep_for(milliseconds(20));
  }
  std::unique_ptr<Claim> claim;
  const auto silent = std::chrono::steady_clock::now();
  while (claim == nullptr && std::chrono::steady_clock::now() - silent < milliseconds(20000)) {
    claim = a.take("0001-0");
    std::this_thread::sleep_for(milliseconds(20));
  }
  ASSERT_NE(claim, nullptr);
  EXPECT_GE(std::chrono::steady_clock::now() - silent + milliseconds(40), fast.stale);
  EXPECT_EQ(claim->generation(), 2);
}

TEST_F(ClaimTest, WhoWasAsleepItselfWaitsAnew) {
  folder_.write("0001-0.1", "{\"state\":\"held\",\"machine\":\"m\"}");
  ClaimBoard a = board("a");
  ASSERT_EQ(a.take("0001-0"), nullptr);
  std::this_thread::sleep_for(2 * fast.stale);
  EXPECT_EQ(a.take("0001-0"), nullptr);
}

TEST_F(ClaimTest, AClaimIsRenewedByItself) {
  ClaimBoard a = board("a"), b = board("b");
  const auto claim = a.take("0001-0");
  const auto start = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - start < 2 * fast.stale) {
    ASSERT_EQ(b.take("0001-0"), nullptr);
    std::this_thread::sleep_for(milliseconds(50));
  }
}

}  // namespace
}  // namespace faceshot::augment::search
