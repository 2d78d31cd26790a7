#include "augment/search/search_worker.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "faceshot/error.hpp"
#include "support/folder.hpp"

namespace faceshot::augment::search {
namespace {

using Clock = std::chrono::steady_clock;
namespace fs = std::filesystem;

constexpr int most_failures = 2;

JobFiles files_of(const SearchFolder& folder, const SearchRecord& record, const Job& job,
                  const std::string& run) {
  const auto folder_of = [&](int trial, int rung) {
    const auto found = record.results.find({trial, rung});
    return found == record.results.end() ? fs::path()
                                         : fs::absolute(folder.path() / found->second.folder);
  };
  JobFiles files;
  files.policy = fs::absolute(folder.policy_file(job.trial));
  files.folder = fs::absolute(folder.path() / run);
  if (job.rung > 0 && job.before > 0) files.before = folder_of(job.trial, job.rung - 1);
  if (job.proposal.parent >= 0) files.parent = folder_of(job.proposal.parent, 0);
  return files;
}

/// @param able whether this worker has completed a job before
/// @return what to record; nothing: it was stopped, or failed and may be tried again
std::optional<TrialResult> do_job(SearchFolder& folder, const Job& job, Claim& claim,
                                  const RunTrial& run, bool able, const std::atomic<bool>& stop) {
  TrialResult result;
  result.trial = job.trial;
  result.rung = job.rung;
  result.worker = folder.worker();
  result.folder = SearchFolder::run_folder(job.trial, job.rung, claim.generation());
  const SearchRecord& record = folder.read();
  const JobFiles files = files_of(folder, record, job, result.folder);
  support::make_folder(files.folder);
  const auto start = Clock::now();
  try {
    result.figure = run(job, files, stop);
    if (!result.figure) result.note = "training fails with this policy";
  } catch (const Error& e) {
    if (stop) return std::nullopt;
    const bool any = std::any_of(record.results.begin(), record.results.end(),
                                 [](const auto& known) { return known.second.figure.has_value(); });
    if (!any) throw;
    if (claim.failures() + 1 < most_failures) {
      claim.fail(e.what());
      if (!able) throw;
      return std::nullopt;
    }
    result.note = e.what();
  }
  if (stop && !result.figure) return std::nullopt;
  result.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return result;
}

}  // namespace

void work(SearchFolder& folder, const RunTrial& run, const SearchListener& listener,
          const std::atomic<bool>& stop) {
  auto patience = std::chrono::milliseconds(20);
  bool able = false;
  while (!stop) {
    const SearchPlan plan = make_plan(folder.settings(), folder.space().choices(), folder.read());
    if (listener.on_plan) listener.on_plan(plan);
    if (plan.done) return;
    bool worked = false;
    for (Job job : plan.open) {
      if (stop || worked) break;
      job.proposal = folder.settle(job.trial, job.proposal);
      const auto claim = folder.claim(job.trial, job.rung);
      if (claim == nullptr) continue;
      worked = true;
      const auto result = do_job(folder, job, *claim, run, able, stop);
      if (!result) continue;
      able = able || result->figure.has_value();
      const bool first = folder.publish(*result);
      claim->finish();
      if (first && listener.on_result) listener.on_result(*result);
    }
    if (worked) {
      patience = std::chrono::milliseconds(20);
      continue;
    }
    // Other workers have the remaining jobs; the next batch starts when they are done.
    for (auto slept = patience * 0; slept < patience && !stop;
         slept += std::chrono::milliseconds(20))
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    patience = std::min(patience * 2, std::chrono::milliseconds(2000));
  }
}

std::string this_worker() {
  char host[256] = "localhost";
  ::gethostname(host, sizeof host - 1);
  return std::string(host) + ":" + std::to_string(::getpid());
}

}  // namespace faceshot::augment::search
