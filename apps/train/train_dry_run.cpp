// faceshot train --dry-run
#include "train/start/dry_run.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/console.hpp"
#include "faceshot/error.hpp"
#include "train_commands.hpp"

namespace faceshot::cli {
namespace {

std::string megabytes(std::int64_t bytes) {
  return std::to_string((bytes + 524288) / 1048576).append(" MB");
}

}  // namespace

int dry_run_of(const std::vector<std::string>& arguments, bool as_json) {
  if (arguments.empty())
    throw Error(ErrorCode::invalid_argument,
                "give a config, as in: faceshot train --dry-run configs/faceshot-nano.toml "
                "data.train=data/wider/train.csv");
  const train::Config config =
      train::read_config(arguments.front(), {arguments.begin() + 1, arguments.end()});
  const train::DryRun r = train::dry_run(
      config, [&](const std::string& text) { std::fprintf(stderr, "%s\n", text.c_str()); });
  const bool tight =
      r.available_memory > 0 && r.expected_memory - r.peak_memory > r.available_memory;
  if (as_json) {
    const nlohmann::ordered_json json{{"train_images", r.train_images},
                                      {"val_images", r.val_images},
                                      {"test_images", r.test_images},
                                      {"parameters", r.parameters},
                                      {"priors", r.priors},
                                      {"epochs", r.epochs},
                                      {"steps_per_epoch", r.steps_per_epoch},
                                      {"threads", r.threads},
                                      {"callbacks", r.callbacks},
                                      {"images_per_second", r.images_per_second},
                                      {"first_images_per_second", r.first_images_per_second},
                                      {"validation_seconds", r.validation_seconds},
                                      {"total_seconds", r.total_seconds},
                                      {"peak_memory", r.peak_memory},
                                      {"expected_memory", r.expected_memory},
                                      {"available_memory", r.available_memory},
                                      {"checkpoint_size", r.checkpoint_size}};
    std::printf("%s\n", json.dump(2).c_str());
    return exit_ok;
  }
  std::string callbacks;
  for (const std::string& name : r.callbacks)
    callbacks.append(callbacks.empty() ? "" : ", ").append(name);
  std::printf(
      "images       %zu for training, %zu for validation, %zu for testing\n"
      "network      %lld parameters, %lld priors; last.pt takes about %s\n"
      "callbacks    %s\n"
      "speed        %.0f images/s on %d threads, %.0f while images are first read\n"
      "memory       %s now, %s once all images are decoded%s\n"
      "time         %s: %d epochs of %lld steps, each validation %s\n"
      "Nothing was written. To start the run, use the same command with --out instead of "
      "--dry-run.\n",
      r.train_images, r.val_images, r.test_images, static_cast<long long>(r.parameters),
      static_cast<long long>(r.priors), megabytes(r.checkpoint_size).c_str(), callbacks.c_str(),
      r.images_per_second, r.threads, r.first_images_per_second, megabytes(r.peak_memory).c_str(),
      megabytes(r.expected_memory).c_str(),
      tight ? ": more than is available; lower data.cache_mb" : "",
      duration_text(r.total_seconds).c_str(), r.epochs, static_cast<long long>(r.steps_per_epoch),
      duration_text(r.validation_seconds).c_str());
  return exit_ok;
}

}  // namespace faceshot::cli
