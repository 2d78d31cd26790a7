// faceshot train
#include "train/trainer.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/console.hpp"
#include "faceshot/error.hpp"
#include "train/callbacks/callback_table.hpp"
#include "train_commands.hpp"

namespace faceshot::cli {
namespace {

std::atomic<bool> stop_requested{false};

extern "C" void request_stop(int signal) {
  // A second Ctrl-C stops immediately. Not SIGTERM, which launchers of several processes send after
  // Ctrl-C.
  static volatile std::sig_atomic_t interrupted = 0;
  if (signal == SIGINT && interrupted != 0) std::_Exit(130);
  if (signal == SIGINT) interrupted = 1;
  stop_requested = true;
}

/// Empty for a network without landmarks.
std::string landmark_text(const std::optional<double>& loss) {
  return loss ? fmt::format("  landmarks {:.4f}", *loss) : "";
}

/// The live line, and a permanent line per epoch.
class TrainDisplay {
 public:
  void note(const std::string& text) {
    clear();
    std::fprintf(stderr, "%s\n", text.c_str());
  }

  void step(const train::TrainProgress& p) {
    const auto now = std::chrono::steady_clock::now();
    const auto interval = live_ ? std::chrono::milliseconds(250) : std::chrono::seconds(60);
    if (now - last_ < interval) return;
    last_ = now;
    clear();
    std::fprintf(stderr,
                 "epoch %d/%d  batch %lld/%lld  step %lld  conf %.4f  loc %.4f%s  lr %.2e  %.0f "
                 "images/s  %s left%s",
                 p.epoch, p.epochs, static_cast<long long>(p.batch),
                 static_cast<long long>(p.batches), static_cast<long long>(p.step),
                 p.confidence_loss, p.location_loss, landmark_text(p.landmark_loss).c_str(),
                 p.learning_rate, p.images_per_second, duration_text(p.seconds_left).c_str(),
                 live_ ? "" : "\n");
    drawn_ = live_;
  }

  void epoch(const train::EpochMetrics& m) {
    clear();
    const auto step = static_cast<long long>(m.step);
    if (m.start)
      std::printf("start      step %lld", step);
    else
      std::printf(
          "epoch %3d  step %lld  conf %.4f  loc %.4f%s  lr %.2e  %.0f images/s  waiting %.1f%%",
          m.epoch, step, m.confidence_loss, m.location_loss, landmark_text(m.landmark_loss).c_str(),
          m.learning_rate, m.images_per_second, 100 * m.waiting_share);
    if (m.val_ap)
      std::printf("  val conf %.4f  loc %.4f%s  AP %.4f  mean AP %.4f", *m.val_confidence_loss,
                  *m.val_location_loss, landmark_text(m.val_landmark_loss).c_str(), *m.val_ap,
                  m.val_ap_mean.value_or(0));
    if (m.val_false_alarms) std::printf("  alarms %.3g", *m.val_false_alarms);
    if (m.best) std::printf("  best");
    if (m.val_landmark_error) std::printf("  NME %.4f", *m.val_landmark_error);
    std::printf("\n");
    std::fflush(stdout);
  }

 private:
  void clear() {
    if (drawn_) std::fputs("\r\033[K", stderr);
    drawn_ = false;
  }

  bool live_ = live_terminal();
  bool drawn_ = false;
  std::chrono::steady_clock::time_point last_;
};

struct TrainArguments {
  std::vector<std::string> config;  ///< file, then overrides
  std::string out, resume;
  bool keys = false, callbacks = false, dry_run = false, json = false;
};

int list_callbacks() {
  for (const train::CallbackInfo& info : train::callback_table())
    std::printf("%-17s %-25s %s\n", info.name, *info.keys == '\0' ? "(always)" : info.keys,
                info.meaning);
  return exit_ok;
}

int run(const TrainArguments& a) {
  if (a.keys) {
    std::cout << train::describe_config_keys();
    return exit_ok;
  }
  if (a.callbacks) return list_callbacks();
  if (a.dry_run) return dry_run_of(a.config, a.json);
  std::signal(SIGINT, request_stop);
  std::signal(SIGTERM, request_stop);
  TrainDisplay display;
  const train::TrainListener listener{[&](const std::string& text) { display.note(text); },
                                      [&](const train::TrainProgress& p) { display.step(p); },
                                      [&](const train::EpochMetrics& m) { display.epoch(m); }};

  train::TrainOutcome outcome;
  std::string dir = a.resume;
  if (!a.resume.empty()) {
    const bool others = std::any_of(a.config.begin(), a.config.end(), [](const std::string& text) {
      return text.find('=') == std::string::npos;
    });
    if (others || !a.out.empty())
      throw Error(ErrorCode::invalid_argument,
                  "--resume takes the config and the folder from the run; give overrides only, "
                  "such as train.threads=2");
    outcome = train::resume_training(a.resume, listener, stop_requested, a.config);
  } else {
    if (a.config.empty() || a.out.empty())
      throw Error(ErrorCode::invalid_argument,
                  "give a config and --out, as in: faceshot train configs/faceshot-nano.toml "
                  "data.train=data/wider/train.csv --out runs/nano");
    dir = a.out;
    outcome = train::start_training(
        train::read_config(a.config.front(), {a.config.begin() + 1, a.config.end()}), a.out,
        listener, stop_requested);
  }
  if (!outcome.leads) return exit_ok;  // rank 0 reports it for all
  if (!outcome.completed) {
    std::fprintf(stderr, "stopped at step %lld; saved. Resume with: faceshot train --resume %s\n",
                 static_cast<long long>(outcome.steps_done), dir.c_str());
    return exit_ok;
  }
  std::printf("done: %d epochs", outcome.epochs_done);
  if (outcome.best) std::printf(", best %s %.4f", outcome.metric.c_str(), *outcome.best);
  std::printf(". Next: faceshot export %s/best.pt --out model.onnx\n", dir.c_str());
  return exit_ok;
}

}  // namespace

void add_train(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<TrainArguments>();
  CLI::App* const command = app.add_subcommand("train", "Train a network or resume a run");
  command->add_option("config", arguments->config,
                      "Config file, then overrides as key=value (see --keys)");
  command->add_option("--out", arguments->out, "Folder of the new run");
  command->add_option("--resume", arguments->resume, "Folder of a run to resume");
  command->add_flag("--keys", arguments->keys, "List all config keys with defaults and meaning");
  command->add_flag("--callbacks", arguments->callbacks,
                    "List the callbacks in order, with the config keys that control them");
  CLI::Option* const dry = command->add_flag(
      "--dry-run", arguments->dry_run,
      "Check config and data, measure speed and memory, and estimate the time; write nothing");
  command->add_flag("--json", arguments->json, "Print the result of the dry run as JSON")
      ->needs(dry);
  command->footer(
      "Example:\n"
      "  faceshot train configs/faceshot-nano.toml data.train=data/wider/train.csv --out "
      "runs/nano\n"
      "  faceshot train --resume runs/nano\n"
      "  faceshot train --resume runs/nano train.threads=1 train.time_limit=60\n"
      "  faceshot train --dry-run configs/faceshot-nano.toml data.train=data/wider/train.csv\n"
      "Ctrl-C saves and exits; --resume continues from exactly that point.");
  command->callback(
      [arguments, &exit_code] { exit_code = guarded([&] { return run(*arguments); }); });
}

}  // namespace faceshot::cli
