// Output of `faceshot augment search`: files, TensorBoard, lines on the terminal.
#include <fmt/format.h>
#include <chrono>
#include <cmath>

#include "augment/search/search_report.hpp"
#include "augment_search.hpp"
#include "common/console.hpp"
#include "support/atomic_file.hpp"
#include "support/folder.hpp"
#include "tensorboard/event_file.hpp"

namespace faceshot::cli {

namespace search = augment::search;
namespace fs = std::filesystem;

struct SearchRecorder::Impl {
  std::mutex mutex;
  fs::path folder, out;
  bool quiet = false;
  std::unique_ptr<tensorboard::EventFile> events;  ///< created at the first result
  std::size_t batches = 0;                         ///< already written
  bool drawn = false, done = false;

  // For the status line.
  using Clock = std::chrono::steady_clock;
  Clock::time_point start = Clock::now();
  std::optional<double> first_work, first_seconds;  ///< when this process started
  double work = 0, planned = 0, seconds = 0, budget = 0;
  int finished = 0, trials = 0;
  std::optional<double> best;

  void draw(const search::SearchSettings& settings, const search::SearchSpace& space,
            const search::SearchPlan& plan) {
    if (plan.best < 0) return;
    const std::string policy = search::best_policy_file(settings, space, plan);
    support::write_file_atomically(folder / "best.toml", policy);
    support::write_file_atomically(folder / "learned.svg",
                                   search::learned_svg(space.choices(), plan));
    support::write_file_atomically(folder / "progress.svg", search::progress_svg(settings, plan));
    if (out.empty()) return;
    support::make_folder(out.parent_path());
    support::write_file_atomically(out, policy);
  }

  void write_events(const search::TrialResult& result) {
    if (!events) events = std::make_unique<tensorboard::EventFile>(folder / "tensorboard");
    std::vector<tensorboard::SummaryValue> values;
    const std::string rung = std::to_string(result.rung + 1);
    if (result.figure)
      values.push_back(tensorboard::scalar_summary("trial/figure_rung_" + rung, *result.figure));
    values.push_back(tensorboard::scalar_summary("trial/seconds_rung_" + rung, result.seconds));
    events->write(result.trial, values);
  }

  void write_events(const search::SearchPlan& plan) {
    if (!events) return;  // this worker has done nothing yet: another one reports it
    for (std::size_t i = batches; i < plan.batches.size(); ++i) {
      const search::BatchSummary& batch = plan.batches[i];
      std::vector<tensorboard::SummaryValue> values{
          tensorboard::scalar_summary("search/entropy", batch.entropy)};
      if (batch.best) values.push_back(tensorboard::scalar_summary("search/best", *batch.best));
      if (batch.mean) values.push_back(tensorboard::scalar_summary("search/mean", *batch.mean));
      events->write(batch.trials, values);
    }
  }
};

SearchRecorder::SearchRecorder(fs::path folder, fs::path out, bool quiet)
    : impl_(std::make_unique<Impl>()) {
  impl_->folder = std::move(folder);
  impl_->out = std::move(out);
  impl_->quiet = quiet;
}

SearchRecorder::~SearchRecorder() = default;

void SearchRecorder::result(const search::SearchSettings& settings,
                            const search::TrialResult& result) {
  const std::lock_guard lock(impl_->mutex);
  impl_->write_events(result);
  if (impl_->quiet) return;
  if (live_terminal()) std::fputs("\r\033[K", stderr);
  std::printf("trial %4d  rung %d/%d  %s  %s\n", result.trial, result.rung + 1, settings.rungs,
              result.figure ? fmt::format("{:.4f}", *result.figure).c_str() : result.note.c_str(),
              duration_text(result.seconds).c_str());
  std::fflush(stdout);
}

void SearchRecorder::plan(const search::SearchSettings& settings, const search::SearchSpace& space,
                          const search::SearchPlan& plan) {
  const std::lock_guard lock(impl_->mutex);
  Impl& i = *impl_;
  i.work = plan.work_done;
  i.planned = plan.work_planned;
  i.seconds = plan.seconds;
  i.budget = settings.budget;
  if (!i.first_work) i.first_work = i.work;
  if (!i.first_seconds) i.first_seconds = i.seconds;
  i.best = plan.best_figure;
  i.finished = 0;
  for (const search::Trial& trial : plan.trials)
    i.finished += trial.confirms < 0 &&
                  (trial.stopped ||
                   (!trial.results.empty() && trial.results.back().rung + 1 == settings.rungs));
  i.trials = settings.trials;
  const bool news = plan.batches.size() > i.batches || (plan.done && !i.done) || !i.drawn;
  if (!news) return;
  i.write_events(plan);
  i.draw(settings, space, plan);
  i.batches = plan.batches.size();
  i.drawn = true;
  i.done = plan.done;
}

std::string SearchRecorder::status() {
  const std::lock_guard lock(impl_->mutex);
  const Impl& i = *impl_;
  if (!i.first_work) return "";
  const double elapsed = std::chrono::duration<double>(Impl::Clock::now() - i.start).count();
  std::string text = fmt::format("trials {}/{}", i.finished, i.trials);
  if (i.best) text += fmt::format("  best {:.4f}", *i.best);
  const double rate = (i.work - *i.first_work) / elapsed;  // whole trials per second
  if (rate <= 0) return text;
  double left = (i.planned - i.work) / rate;
  const double spent = (i.seconds - *i.first_seconds) / elapsed;
  if (i.budget > 0 && spent > 0) left = std::min(left, std::max(0.0, i.budget - i.seconds) / spent);
  return text + fmt::format("  {:.1f} full trials/h  {} left", rate * 3600, duration_text(left));
}

void print_search(const search::SearchSettings& settings, const search::SearchSpace& space,
                  const search::SearchPlan& plan, bool options) {
  std::printf("%s, %zu choices, %.2g policies; %zu trials, %s of computing%s\n",
              settings.method.c_str(), space.choices().size(), space.size(), plan.trials.size(),
              duration_text(plan.seconds).c_str(), plan.done ? "" : "; not finished");
  if (options) {
    const auto records = search::option_records(space.choices(), plan);
    std::printf("\n%-24s %-28s %6s %9s %11s\n", "choice", "option", "trials", "mean",
                "probability");
    for (std::size_t c = 0; c < records.size(); ++c)
      for (std::size_t o = 0; o < records[c].size(); ++o) {
        const auto& record = records[c][o];
        std::printf("%-24.24s %-28.28s %6d %9s %11.2f\n",
                    o == 0 ? space.choices()[c].name.c_str() : "", record.option.c_str(),
                    record.trials, record.mean ? fmt::format("{:.4f}", *record.mean).c_str() : "-",
                    record.probability);
      }
    std::printf("\n");
  }
  for (const auto& rung : search::rung_agreement(settings, plan)) {
    if (std::isnan(rung.spearman) || rung.trials < 4) continue;  // meaningless for two or three
    std::printf(
        "after %.3g of a trial: Spearman %.2f (95 %%: %.2f to %.2f), Kendall %.2f over %zu trials "
        "with both figures; the best one of %d %s the best\n",
        rung.share, rung.spearman, rung.spearman_low, rung.spearman_high, rung.kendall, rung.trials,
        settings.eta, rung.keeps_best ? "hold" : "do not hold");
  }
  if (plan.best < 0) return;
  std::printf("best: trial %d, %.4f\n%s\n", plan.best, plan.best_figure.value_or(0),
              augment::to_toml(search::best_policy(settings, space, plan)).c_str());
}

}  // namespace faceshot::cli
