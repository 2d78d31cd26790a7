// A trial of `faceshot augment search`: a short training, or a user's command.
#include <fmt/format.h>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>

#include "augment_search.hpp"
#include "common/program.hpp"
#include "faceshot/error.hpp"
#include "runs/run_history.hpp"
#include "support/child_process.hpp"
#include "support/plain_file.hpp"

namespace faceshot::cli {
namespace {

using augment::search::Job;
using augment::search::JobFiles;
using augment::search::SearchSettings;
using augment::search::TrialSettings;
namespace fs = std::filesystem;

/// Keys that the search sets itself.
constexpr const char* own_keys[] = {
    "augment.policy", "train.epochs",  "train.validate_every", "train.stop_after",
    "train.seed",     "train.threads", "model.init.file",      "data.samples_per_epoch"};

std::string last_line(const fs::path& log) {
  std::ifstream in(log);
  std::string line, last;
  while (std::getline(in, line))
    if (line.find_first_not_of(" \t\r") != std::string::npos) last = line;
  return last.empty() ? "no output" : last;
}

/// Waits for it to end. @throws Error(cancelled); Error(io) if it was killed
int exit_code_of(const support::ChildCommand& command, const std::atomic<bool>& stop) {
  support::ChildProcess child(command);
  while (!child.wait(std::chrono::milliseconds(100))) {
    if (!stop) continue;
    child.end(std::chrono::seconds(10));
    throw Error(ErrorCode::cancelled, "stopped");
  }
  if (child.how().signal != 0)
    throw Error(ErrorCode::io, fmt::format("'{}' was killed by signal {}{}; see {}",
                                           command.arguments.front(), child.how().signal,
                                           child.how().signal == SIGKILL ? " (out of memory?)" : "",
                                           command.output.string()));
  return child.how().exit_code;
}

// --- training ------------------------------------------------------------------------------------

int power(int base, int exponent) {
  int value = 1;
  for (int i = 0; i < exponent; ++i) value *= base;
  return value;
}

/// Defaults, which the user's overrides follow.
std::vector<std::string> usual_overrides(const TrialSettings& trial) {
  std::vector<std::string> usual{"train.ema_decay=0.99", "train.warmup_steps=20"};
  if (!trial.start.empty()) usual.emplace_back("train.learning_rate=3e-4");
  return usual;
}

/// @return arguments of `faceshot train` for the job; rungs end at the end of an epoch
std::vector<std::string> training_of(const SearchSettings& settings, const Job& job,
                                     const JobFiles& files) {
  const int epochs = power(settings.eta, settings.rungs - 1);
  const int end = power(settings.eta, job.rung);
  const int stop_after = end == epochs ? 0 : end;
  std::vector<std::string> arguments{program_beside("faceshot-train"), "train"};
  const auto add = [&](auto... texts) { (arguments.push_back(texts), ...); };
  if (!files.before.empty()) {
    for (const char* name : {"last.pt", "metrics.csv", "config.toml"})
      support::copy_file(files.before / name, files.folder / name);
    add("--resume", files.folder.string());
  } else {
    add(settings.trial.config, "--out", files.folder.string());
    for (const auto& text : usual_overrides(settings.trial)) add(text);
    for (const auto& text : settings.trial.overrides) add(text);
    add("augment.policy=" + files.policy.string(), "train.seed=" + std::to_string(job.seed),
        "train.epochs=" + std::to_string(epochs),
        "data.samples_per_epoch=" + std::to_string(std::max(1, settings.trial.crops / epochs)),
        "train.threads=" + std::to_string(settings.trial.threads), "train.validate_start=false",
        "train.tensorboard.every=0", "train.checkpoint_every=0",
        // All trials have the same length and the same schedule.
        "train.early_stopping.metric=none", "train.plateau.metric=none");
    const std::string start =
        files.parent.empty() ? settings.trial.start : (files.parent / "last.pt").string();
    if (!start.empty()) add("model.init.file=" + start);
  }
  add("train.stop_after=" + std::to_string(stop_after),
      "train.validate_every=" + std::to_string(end));
  return arguments;
}

std::optional<double> train(const SearchSettings& settings, const Job& job, const JobFiles& files,
                            const std::atomic<bool>& stop) {
  const fs::path log = files.folder / "log.txt";
  const int exit_code =
      exit_code_of({training_of(settings, job, files), {}, log, settings.trial.directory}, stop);
  if (exit_code != 0 && fs::exists(files.folder / "diverged")) return std::nullopt;
  if (exit_code != 0)
    throw Error(ErrorCode::io,
                fmt::format("training failed: {} (full output: {})", last_line(log), log.string()));
  const runs::RunHistory run = runs::read_run(files.folder);
  const runs::MetricCurve* const curve = run.find(settings.trial.metric);
  const int end = power(settings.eta, job.rung);
  if (curve == nullptr || curve->empty() || curve->back().first != end)
    throw Error(ErrorCode::format,
                fmt::format("training wrote no {} after epoch {} to {}: is data.val set?",
                            settings.trial.metric, end, (files.folder / "metrics.csv").string()));
  const double figure = curve->back().second;
  return std::isfinite(figure) ? std::optional(figure) : std::nullopt;
}

// --- a command -----------------------------------------------------------------------------------

/// The last line that is a number.
std::optional<double> figure_in(const fs::path& log) {
  std::ifstream in(log);
  std::string line;
  std::optional<double> figure;
  while (std::getline(in, line)) {
    const std::size_t first = line.find_first_not_of(" \t"), last = line.find_last_not_of(" \t\r");
    if (first == std::string::npos) continue;
    double value = 0;
    const char* const end = line.data() + last + 1;
    if (std::from_chars(line.data() + first, end, value).ptr == end) figure = value;
  }
  return figure;
}

std::optional<double> call(const SearchSettings& settings, const Job& job, const JobFiles& files,
                           const std::atomic<bool>& stop) {
  const fs::path log = files.folder / "log.txt";
  support::ChildCommand command{
      {"/bin/sh", "-c", settings.trial.command}, {}, log, settings.trial.directory};
  command.environment = {{"FACESHOT_POLICY", files.policy.string()},
                         {"FACESHOT_FOLDER", files.folder.string()},
                         {"FACESHOT_BEFORE", files.before.string()},
                         {"FACESHOT_PARENT", files.parent.string()},
                         {"FACESHOT_TRIAL", std::to_string(job.trial)},
                         {"FACESHOT_RUNG", std::to_string(job.rung)},
                         {"FACESHOT_SEED", std::to_string(job.seed)},
                         {"FACESHOT_SHARE", fmt::format("{:.6g}", job.share)}};
  if (const int exit_code = exit_code_of(command, stop); exit_code != 0)
    throw Error(ErrorCode::io,
                fmt::format("the trial command exited with status {}: {} (full output: {})",
                            exit_code, last_line(log), log.string()));
  const auto figure = figure_in(log);
  if (!figure)
    throw Error(ErrorCode::format,
                "the trial command printed no line with just a number (see " + log.string() + ")");
  return std::isfinite(*figure) ? figure : std::nullopt;
}

}  // namespace

void check_overrides(const TrialSettings& trial) {
  for (const std::string& text : trial.overrides) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos)
      throw Error(ErrorCode::invalid_argument,
                  "'" + text + "' is not key=value; give one config, then overrides");
    const std::string key = text.substr(0, equals);
    if (std::find(std::begin(own_keys), std::end(own_keys), key) != std::end(own_keys))
      throw Error(
          ErrorCode::invalid_argument,
          "'" + key +
              "' is set by the search itself; use --crops, --rungs, --start, --seed and --threads");
  }
}

augment::search::RunTrial trial_runner(const SearchSettings& settings) {
  return [settings](const Job& job, const JobFiles& files, const std::atomic<bool>& stop) {
    return settings.trial.command.empty() ? train(settings, job, files, stop)
                                          : call(settings, job, files, stop);
  };
}

}  // namespace faceshot::cli
