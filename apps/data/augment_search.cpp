// `faceshot augment search`: learns policies.
#include "augment_search.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <thread>

#include "augment/search/search_report.hpp"
#include "base/processors.hpp"
#include "base/waiting_thread.hpp"
#include "common/console.hpp"
#include "data_commands.hpp"
#include "faceshot/error.hpp"

namespace faceshot::cli {
namespace {

using augment::search::SearchFolder;
using augment::search::SearchPlan;
using augment::search::SearchSettings;
namespace fs = std::filesystem;

std::atomic<bool> search_stops{false};

extern "C" void request_search_stop(int signal) {
  static volatile std::sig_atomic_t interrupted = 0;
  if (signal == SIGINT && interrupted != 0) std::_Exit(exit_interrupted);  // its trials die with it
  if (signal == SIGINT) interrupted = 1;
  search_stops = true;
}

struct SearchArguments {
  std::vector<std::string> config;  ///< file, then overrides
  SearchSettings settings;
  std::string space = "faces", budget;
  fs::path dir = "runs/search", resume, show, out;
  int workers = 1, threads = 0;
  bool json = false;
  std::vector<const CLI::Option*> of_new;  ///< options that only make sense for a new search
};

/// @throws Error(invalid_argument)
void check_options(const SearchArguments& a) {
  if (a.resume.empty() && a.show.empty()) return;
  const std::string there = a.resume.empty() ? "--show" : "--resume";
  for (const CLI::Option* const option : a.of_new)
    if (option->count() > 0)
      throw Error(
          ErrorCode::invalid_argument,
          there + " reads all settings from the search's folder; leave out " + option->get_name());
  if (!a.resume.empty() && !a.show.empty())
    throw Error(ErrorCode::invalid_argument, "give --resume or --show, not both");
}

/// "120m" as seconds.
double seconds_of(const std::string& text) {
  double value = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value).ptr;
  const std::string unit(end, text.data() + text.size());
  const double factor = unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3600 : 0;
  if (factor == 0 || !(value > 0))
    throw Error(
        ErrorCode::invalid_argument,
        "--budget " + text +
            ": expected a duration, as in 120m, 2h or 90s; --trials limits the number of trials");
  return value * factor;
}

SearchPlan plan_of(SearchFolder& folder) {
  return make_plan(folder.settings(), folder.space().choices(), folder.read());
}

int show(const SearchArguments& a) {
  SearchFolder folder(a.show, augment::search::this_worker());
  const SearchPlan plan = plan_of(folder);
  if (a.json)
    std::printf("%s", search_json(folder.settings(), folder.space(), plan).c_str());
  else
    print_search(folder.settings(), folder.space(), plan, true);
  return exit_ok;
}

/// Creates the folder of a new search.
void create(SearchArguments& a) {
  SearchSettings& s = a.settings;
  if (a.config.empty() == s.trial.command.empty())
    throw Error(
        ErrorCode::invalid_argument,
        "give a training config or --trial-command, as in: faceshot augment search "
        "configs/faceshot-nano.toml data.train=train.csv data.val=kept.csv --out best.toml");
  if (!a.config.empty()) {
    s.trial.config = a.config.front();
    s.trial.overrides.assign(a.config.begin() + 1, a.config.end());
    check_overrides(s.trial);
    std::error_code ignored;
    for (const std::string& file : {s.trial.config, s.trial.start})
      if (!file.empty() && !fs::exists(file, ignored))
        throw Error(ErrorCode::not_found, "no such file: '" + file + "'");
  }
  if (!s.trial.metric.starts_with("val_ap"))
    throw Error(
        ErrorCode::invalid_argument,
        "--metric must be one where larger is better: val_ap_mean, val_ap, val_ap_from_50px, ...");
  const int cores = base::processors();
  s.trial.threads = a.threads > 0 ? a.threads : std::max(1, cores / a.workers);
  s.trial.directory = fs::current_path().string();
  s.budget = a.budget.empty() ? 0 : seconds_of(a.budget);
  if (s.budget > 0 && s.trials == 0) s.trials = 1000000;
  if (s.trials == 0) s.trials = 40;
  if (s.method == "pba") s.rungs = 1;
  SearchFolder::create(a.dir, s, augment::search::read_search_space(a.space));
}

/// Runs this process's workers, each on a thread of its own, until everything is done or stopped.
void run_workers(const fs::path& dir, int workers, SearchRecorder& recorder) {
  std::vector<base::WaitingThread> threads;
  std::vector<std::exception_ptr> errors(static_cast<std::size_t>(workers));
  std::atomic<int> running = workers;
  const auto one = [&](int i) {
    try {
      SearchFolder folder(
          dir, augment::search::this_worker() + (workers > 1 ? "." + std::to_string(i) : ""));
      const SearchSettings& settings = folder.settings();
      work(folder, trial_runner(settings),
           {[&](const SearchPlan& plan) { recorder.plan(settings, folder.space(), plan); },
            [&](const auto& result) { recorder.result(settings, result); }},
           search_stops);
    } catch (...) {
      errors[static_cast<std::size_t>(i)] = std::current_exception();
      search_stops = true;
    }
    --running;
  };
  try {
    for (int i = 0; i < workers; ++i) threads.emplace_back([&one, i] { one(i); });
  } catch (...) {
    search_stops = true;  // waits for those already started
    throw;
  }
  const bool live = live_terminal();
  auto next = std::chrono::steady_clock::now() + std::chrono::seconds(live ? 1 : 60);
  while (running > 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    if (std::chrono::steady_clock::now() < next) continue;
    next += std::chrono::seconds(live ? 1 : 60);
    std::fprintf(stderr, live ? "\r\033[K%s" : "%s\n", recorder.status().c_str());
  }
  if (live) std::fputs("\r\033[K", stderr);
  threads.clear();  // joins them
  for (const std::exception_ptr& error : errors)
    if (error) std::rethrow_exception(error);
}

int search(SearchArguments& a) {
  check_options(a);
  if (!a.show.empty()) return show(a);
  if (a.resume.empty())
    create(a);
  else
    a.dir = a.resume;
  const std::string go_on = "faceshot augment search --resume " + a.dir.string();
  std::signal(SIGINT, request_search_stop);
  std::signal(SIGTERM, request_search_stop);
  SearchFolder folder(a.dir, augment::search::this_worker());
  SearchRecorder recorder(a.dir, a.out, a.json);
  try {
    run_workers(a.dir, a.workers, recorder);
  } catch (const Error& e) {
    throw Error(e.code(), std::string(e.what()) + "; then resume with: " + go_on);
  }
  const SearchPlan plan = plan_of(folder);
  if (!plan.done) {
    std::fprintf(stderr, "stopped after %zu trials; finished work is kept. Resume with: %s\n",
                 plan.trials.size(), go_on.c_str());
    return exit_interrupted;
  }
  if (a.json) {
    std::printf("%s", search_json(folder.settings(), folder.space(), plan).c_str());
    return exit_ok;
  }
  print_search(folder.settings(), folder.space(), plan, false);
  std::printf("the policy is in %s, charts of what was learned in %s/*.svg\n",
              (a.out.empty() ? a.dir / "best.toml" : a.out).c_str(), a.dir.c_str());
  return exit_ok;
}

void add_trial_options(CLI::App& command, SearchArguments& a) {
  augment::search::TrialSettings& trial = a.settings.trial;
  command.add_option("--crops", trial.crops, "Training crops per full trial")
      ->check(CLI::Range(1, 2000000000))
      ->capture_default_str();
  command.add_option("--start", trial.start, "Initial weights of every trial; default: random");
  command.add_option("--metric", trial.metric, "Validation metric to maximise")
      ->capture_default_str();
  command
      .add_option("--threads", a.threads,
                  "Threads per trial; 0: divide the cores among the workers")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command.add_option("--trial-command", trial.command,
                     "Instead of training, run this shell command, which evaluates "
                     "$FACESHOT_POLICY and prints a score");
}

void add_method_options(CLI::App& command, SearchArguments& a) {
  SearchSettings& s = a.settings;
  command.add_option("--method", s.method, "reinforce, ppo, pba or random")
      ->check(CLI::IsMember(augment::search::search_methods()))
      ->capture_default_str();
  command.add_option("--space", a.space, "Search space: a TOML file or a built-in one (faces)")
      ->capture_default_str();
  command.add_option("--trials", s.trials,
                     "Maximum number of trials; default: 40 unless --budget is given");
  command.add_option("--budget", a.budget,
                     "Total time of all workers, as in 120m; no batch starts after it");
  command.add_option("--batch", s.batch, "Trials proposed at once; for pba, the population")
      ->capture_default_str();
  command
      .add_option("--rungs", s.rungs,
                  "Number of rungs at which trials are compared; 1: never stop a trial early")
      ->capture_default_str();
  command
      .add_option(
          "--eta", s.eta,
          "One in this many trials is promoted to the next rung, which is this many times as long")
      ->capture_default_str();
  command.add_flag("--keep-all", s.keep_all,
                   "Never stop a trial early; shows whether stopping would have been right");
  command.add_option("--confirm", s.confirm, "Number of best policies to train again at the end")
      ->capture_default_str();
  command.add_option("--confirm-times", s.confirm_times, "Number of other seeds for each of these")
      ->capture_default_str();
  command.add_option("--seed", s.seed, "Random seed of proposals and training")
      ->capture_default_str();
}

}  // namespace

void add_augment_search(CLI::App& augment, int& exit_code) {
  auto arguments = std::make_shared<SearchArguments>();
  SearchArguments& a = *arguments;
  a.settings.trials = 0;  // not given
  CLI::App* const command = augment.add_subcommand(
      "search", "Learn a policy: propose, train briefly, measure on held-out images");
  command->add_option("config", a.config, "Training config, then overrides as key=value");
  add_method_options(*command, a);
  add_trial_options(*command, a);
  command->add_option("--dir", a.dir, "Folder of the search; several workers can share it")
      ->capture_default_str();
  for (const CLI::Option* const option : command->get_options())
    if (option != command->get_help_ptr()) a.of_new.push_back(option);
  command->add_option("--resume", a.resume,
                      "Folder of a search to resume, or to join as another worker");
  command->add_option("--show", a.show, "Folder of a search: print its results and exit");
  command->add_option("--workers", a.workers, "Trials run in parallel in this process")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  command->add_option("--out", a.out,
                      "File for the best policy; always written to DIR/best.toml as well");
  command->add_flag("--json", a.json, "Print the results as JSON");
  command->footer(
      "Example:\n"
      "  faceshot augment search configs/faceshot-nano.toml data.train=data/wider/train.csv "
      "data.val=data/kept/val.csv --start models/faceshot-nano.onnx --budget 120m --out best.toml\n"
      "  faceshot augment search --resume runs/search\n"
      "  faceshot augment search --show runs/search\n"
      "Ctrl-C stops; --resume continues from the same point, in as many processes as you start.");
  command->callback(
      [arguments, &exit_code] { exit_code = guarded([&] { return search(*arguments); }); });
}

}  // namespace faceshot::cli
